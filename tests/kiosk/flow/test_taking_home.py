"""The paper of a case, taken home: whole pages by the city's word, a slip where they do not come, and printed only when they are."""

from dataclasses import replace

import msgspec
import pytest

from kiosk.flow.case_sheets import CaseSheet, SheetStage
from kiosk.flow.effects import Enquire, PrintNotice, PrintOutcome, PrintPages
from kiosk.flow.errands import CaseShown, OnceOnly
from kiosk.flow.events.applying import Rated, ReprintPressed
from kiosk.flow.events.choosing import CaseOpened, CasePaperWanted
from kiosk.flow.events.devices import PagesAnswered, SlipAnswered
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, Timer, TimerFired
from kiosk.flow.patience import seconds
from kiosk.runner.slip import outcome_of
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.progress import CaseProgress, CaseState
from sync.contract.proofs import CASE_PAPER, CasePaper, CasePaperAnswer, CasePaperQuestion
from sync.contract.question import Answered, Declined, NoLine, Outcome, QuestionId
from sync.contract.words import Words
from tests.kiosk.flow.cases import ACCEPTED, CLOSED, TO_CORRECT, case
from tests.kiosk.flow.test_following import listed
from tests.kiosk.flow.walk import Walk

REFUSED = case(4, CaseState.NOT_ACCEPTED, reason="本人名下有住房")
OUT = PrintedDocument(JobEnd.PRINTED, DocumentPrinterStatus.READY)
JAM = PrintedDocument(JobEnd.ABORTED, DocumentPrinterStatus.JAMMED)


def shown(one: CaseProgress = CLOSED, *, pages: bool = True) -> Walk:
    walk = listed(one, ACCEPTED).happen(CaseOpened(one.application_id))
    walk.state = replace(walk.state, place=replace(walk.state.place, pages=pages))
    return walk


def told(walk: Walk, outcome: Outcome[CasePaperAnswer]) -> Walk:
    return walk.happen(CityTold(walk.token, CASE_PAPER.name, QuestionId("q"), outcome))


def printing(one: CaseProgress = CLOSED) -> Walk:
    return told(shown(one).happen(CasePaperWanted()), Answered(CasePaperAnswer(b"%PDF-")))


def sheet(walk: Walk) -> CaseSheet | None:
    assert isinstance(walk.state.view, CaseShown | OnceOnly)
    return walk.state.view.sheet


@pytest.mark.parametrize(
    ("one", "paper"), [(CLOSED, CasePaper.RESULT), (REFUSED, CasePaper.NON_ACCEPTANCE), (TO_CORRECT, CasePaper.ONCE_ONLY)]
)
def test_the_citys_own_paper_is_asked_for_and_printed(one: CaseProgress, paper: CasePaper) -> None:
    walk = printing(one)
    ask = walk.ordered(Enquire)[-1]
    assert (ask.kind, ask.question) == (CASE_PAPER, CasePaperQuestion(one.application_id, one.number, paper))
    (order,) = walk.ordered(PrintPages)
    assert order.pdf.reveal() == b"%PDF-"
    assert "%PDF-" not in repr(walk.state) + repr(order)
    assert sheet(walk.happen(PagesAnswered(walk.token, OUT))) == CaseSheet(SheetStage.PRINTED, OUT.status, OUT.end)


def test_a_case_that_is_under_way_has_no_paper() -> None:
    assert sheet(shown(ACCEPTED).happen(CasePaperWanted(), CasePaperWanted(on_slip=True))) is None


@pytest.mark.parametrize("outcome", [NoLine("down"), Declined("busy", is_passing=True), Answered(CasePaperAnswer())])
def test_what_the_city_does_not_give_out_is_not_printed_and_a_slip_is(outcome: Outcome[CasePaperAnswer]) -> None:
    walk = told(shown().happen(CasePaperWanted()), outcome)
    assert sheet(walk) == CaseSheet(SheetStage.NOT_TOLD)
    assert walk.ordered(PrintPages) == []
    walk.happen(CasePaperWanted(on_slip=True))
    assert len(walk.ordered(PrintOutcome)) == 1
    assert sheet(walk.happen(SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)))) == CaseSheet(
        SheetStage.SLIP_PRINTED
    )


def test_pages_that_did_not_come_out_are_said_and_tried_again() -> None:
    walk = printing().happen(PagesAnswered(1, JAM))
    assert sheet(walk) == CaseSheet(SheetStage.NOT_PRINTED, DocumentPrinterStatus.JAMMED, JobEnd.ABORTED)
    assert sheet(walk.happen(CasePaperWanted())) == CaseSheet(SheetStage.ASKING)


def test_without_a_page_printer_it_is_a_slip_at_once() -> None:
    walk = shown(pages=False).happen(CasePaperWanted())
    assert sheet(walk) == CaseSheet(SheetStage.SLIP_PRINTING)
    walk.happen(SlipAnswered(walk.token, Printing(printed=False, status=PrinterStatus.PAPER_OUT)))
    assert sheet(walk) == CaseSheet(SheetStage.SLIP_NOT_PRINTED)


def test_a_once_only_notice_keeps_its_own_slip() -> None:
    walk = shown(TO_CORRECT, pages=False).happen(CasePaperWanted())
    assert (sheet(walk), walk.ordered(PrintOutcome)) == (None, [])
    walk.happen(ReprintPressed())
    assert len(walk.ordered(PrintNotice)) == 1


def test_nothing_leads_away_while_paper_is_on_its_way() -> None:
    walk = shown().happen(CasePaperWanted())
    assert seconds(walk.state) is None
    before = walk.state
    assert walk.happen(FinishPressed(), BackPressed(), NextPressed(), Rated(5), TimerFired(Timer.IDLE)).state == before


def test_news_for_an_earlier_resident_means_nothing() -> None:
    walk = shown().happen(CasePaperWanted())
    before = walk.state
    late = CityTold(walk.token - 1, CASE_PAPER.name, QuestionId("q"), Answered(CasePaperAnswer(b"%PDF-")))
    assert walk.happen(late, PagesAnswered(walk.token - 1, OUT)).state == before


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (CLOSED, "办好了"),
        (msgspec.structs.replace(CLOSED, is_approved=False, reason="不符合条件"), "没有批准"),
        (REFUSED, "不予受理"),
    ],
)
def test_the_slip_says_how_it_ended_and_that_it_is_not_the_decision(one: CaseProgress, words: str) -> None:
    walk = shown(msgspec.structs.replace(one, result=Words("到窗口取证")), pages=False).happen(CasePaperWanted())
    (order,) = walk.ordered(PrintOutcome)
    said = repr(outcome_of(order, walk.state.place))
    assert words in said
    assert "不是决定书" in said
    assert "样*甲" in said
    assert "样例甲" not in said
    assert ("到窗口取证" in said) is one.is_approved
    assert one.reason is None or one.reason in said
