"""The printer's desk: the slip, and how the printer is, said only when it changes."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk import assets
from kiosk.flow.events.devices import PrinterSeen, SlipAnswered
from kiosk.flow.state import Place
from kiosk.flow.visit import HandedIn
from kiosk.receipt.content import SlipKind
from kiosk.receipt.sheet import sheet_of
from kiosk.runner.printer import PrinterDesk
from kiosk.runner.slip import slip_for
from peripherals.deadline import Deadline
from peripherals.receipt_printer import Charset, PlainSlip, PrinterStatus, Printing, Raster
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from tests.kiosk.flow.walk import NOW, Walk
from tests.kiosk.runner.said import Said

PLACE = Place("SY-TEST-0001", "样例社区", "12345", "1 号窗口")
HANDED_IN = HandedIn(ApplicationId("0193582a-7b3c-7d4e-8f50-123456789abc"), ReceiptNumber("7F3K29QD"), NOW)


class Paper:
    def __init__(self) -> None:
        self.now = PrinterStatus.READY
        self.printed: list[Raster] = []
        self.plain: list[PlainSlip] = []
        self.lacks = 0
        self.on_the_line_s = 0.0
        self.patience_s: list[float] = []

    def line_s(self, slip: Raster | PlainSlip) -> float:
        return self.on_the_line_s

    def status(self, deadline: Deadline) -> PrinterStatus:
        return self.now

    def print(self, receipt: Raster, deadline: Deadline) -> Printing:
        self.patience_s.append(deadline.remaining_s)
        if self.now.can_print:
            self.printed.append(receipt)
        return Printing(printed=self.now.can_print, status=self.now)

    def print_plain(self, slip: PlainSlip, deadline: Deadline) -> Printing:
        if not self.lacks:
            self.plain.append(slip)
        return Printing(printed=not self.lacks, status=self.now, missing_glyphs=self.lacks)


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def desk(paper: Paper, said: Said) -> Iterator[PrinterDesk]:
    desk = PrinterDesk(paper, 576, assets.fonts(), said.post, said.fail)
    yield desk
    desk.close()


def test_the_slip_is_drawn_and_answered(desk: PrinterDesk, paper: Paper, said: Said) -> None:
    assert said.next(PrinterSeen) == PrinterSeen(PrinterStatus.READY)
    visit = replace(Walk().at_review().state.visit, handed_in=HANDED_IN)
    desk.print(visit.token, sheet_of(slip_for(visit, PLACE, "zh")))
    assert said.next(SlipAnswered) == SlipAnswered(visit.token, Printing(printed=True, status=PrinterStatus.READY))
    assert paper.printed[0].width_dots == 576


@pytest.mark.parametrize("on_the_line_s", [0.0, 60.0])
def test_a_slip_on_a_slow_line_is_waited_for_as_long_as_it_is_on_its_way(
    desk: PrinterDesk, paper: Paper, said: Said, on_the_line_s: float
) -> None:
    paper.on_the_line_s = on_the_line_s
    visit = replace(Walk().at_review().state.visit, handed_in=HANDED_IN)
    desk.print(visit.token, sheet_of(slip_for(visit, PLACE, "zh")))
    assert said.next(SlipAnswered).printing.printed
    assert paper.patience_s[0] - on_the_line_s == pytest.approx(25.0, abs=10.0)


@pytest.mark.parametrize("lacks", [0, 1])
def test_a_terminal_that_prints_letters_draws_what_the_font_lacks(paper: Paper, said: Said, lacks: int) -> None:
    desk = PrinterDesk(paper, 576, assets.fonts(), said.post, said.fail, Charset.GB18030)
    try:
        paper.lacks = lacks
        visit = replace(Walk().at_review().state.visit, handed_in=HANDED_IN)
        desk.print(visit.token, sheet_of(slip_for(visit, PLACE, "zh")))
        assert said.next(SlipAnswered).printing.printed
        assert (len(paper.plain), len(paper.printed)) == (1 - lacks, lacks)
    finally:
        desk.close()


def test_a_slip_that_did_not_come_is_said_with_the_reason(desk: PrinterDesk, paper: Paper, said: Said) -> None:
    said.next(PrinterSeen)
    paper.now = PrinterStatus.PAPER_OUT
    visit = replace(Walk().at_review().state.visit, handed_in=HANDED_IN)
    desk.print(visit.token, sheet_of(slip_for(visit, PLACE, "zh")))
    assert said.next(SlipAnswered).printing == Printing(printed=False, status=PrinterStatus.PAPER_OUT)
    assert said.next(PrinterSeen) == PrinterSeen(PrinterStatus.PAPER_OUT)


def test_a_printer_that_is_being_mended_is_asked_often_enough_to_go_on_by_itself(desk: PrinterDesk, paper: Paper, said: Said) -> None:
    said.next(PrinterSeen)
    paper.now = PrinterStatus.PAPER_OUT
    visit = replace(Walk().at_review().state.visit, handed_in=HANDED_IN)
    desk.print(visit.token, sheet_of(slip_for(visit, PLACE, "zh")))
    assert said.next(PrinterSeen) == PrinterSeen(PrinterStatus.PAPER_OUT)
    began_s = time.monotonic()
    paper.now = PrinterStatus.READY
    assert said.next(PrinterSeen) == PrinterSeen(PrinterStatus.READY)
    assert time.monotonic() - began_s < 12  # a printer that is well is asked every fifteen


def test_the_slip_says_what_is_so_and_no_more() -> None:
    visit = Walk().at_review().state.visit
    here = slip_for(replace(visit, handed_in=HANDED_IN), PLACE, "zh")
    assert (here.kind, here.case_number, here.decide_by) == (SlipKind.RECEIVED, None, None)
    assert (here.applicant, here.papers, here.signatures) == ("样*甲", 1, 1)
    there = slip_for(replace(visit, handed_in=replace(HANDED_IN, case_number=CaseNumber("2101-1"))), PLACE, "zh")
    assert (there.kind, there.decide_by) == (SlipKind.DELIVERED, None)


def test_nothing_stored_is_nothing_to_print() -> None:
    with pytest.raises(ValueError, match="nothing to print"):
        slip_for(Walk().at_review().state.visit, PLACE, "zh")
