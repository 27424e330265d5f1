"""Printers that are not ours: every pace and every word between the answers, and the same statuses and the same honesty."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus, Printing
from tests.drivers.other_module import Delivery, whole
from tests.drivers.other_printer import (
    OtherPrinter,
    after_a_pause,
    before_automatic_status,
    behind_automatic_status,
    between_flow_control,
    with_automatic_status_in_pieces,
)
from tests.drivers.printer_bench import picture
from tests.drivers.serial_bridge import bridged

DELIVERIES = [
    whole, after_a_pause, behind_automatic_status, before_automatic_status, with_automatic_status_in_pieces, between_flow_control,
]  # fmt: skip
WORDS = [
    (b"\x16\x12\x12\x12", PrinterStatus.READY),
    (b"\x12\x12\x12\x1e", PrinterStatus.PAPER_LOW),
    (b"\x1a\x32\x12\x72", PrinterStatus.PAPER_OUT),
    (b"\x1a\x16\x12\x12", PrinterStatus.COVER_OPEN),
    (b"\x1a\x52\x1a\x12", PrinterStatus.CUTTER_ERROR),
    (b"\x1a\x52\x52\x12", PrinterStatus.OVERHEATED),
    (b"\x1a\x12\x12\x12", PrinterStatus.OFFLINE),
]


@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize(("well", "status"), WORDS)
def test_a_status_is_the_same_however_it_comes(well: bytes, status: PrinterStatus, delivery: Delivery) -> None:
    with OtherPrinter(well, delivery) as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert [driver.status(Deadline.after(10)) for _ in range(2)] == [status, status]
        driver.close()


@pytest.mark.parametrize("knows_turns", [True, False])
@pytest.mark.parametrize("delivery", [whole, behind_automatic_status, between_flow_control])
def test_a_slip_comes_out_whole_and_once(delivery: Delivery, knows_turns: bool) -> None:
    with OtherPrinter(delivery=delivery, knows_turns=knows_turns) as printer:
        driver = EscposReceiptPrinter(printer.url)
        driver.print(picture(48), Deadline.after(30))  # whatever hung there before is cut off with the first
        cuts = printer.cuts
        assert driver.print(picture(240), Deadline.after(30)) == Printing(printed=True, status=PrinterStatus.READY)
        assert (printer.rows, printer.cuts - cuts) == (48 + 240, 1)
        driver.close()


@pytest.mark.parametrize("delivery", [whole, with_automatic_status_in_pieces])
def test_paper_that_ends_in_the_middle_is_never_called_printed(delivery: Delivery) -> None:
    with OtherPrinter(delivery=delivery, paper_ends_after_rows=120) as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.print(picture(960), Deadline.after(30)) == Printing(printed=False, status=PrinterStatus.PAPER_OUT)
        driver.close()


def test_one_that_hangs_up_after_each_job_is_called_again_and_asked() -> None:
    with OtherPrinter(hangs_up_after="job") as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert [driver.print(picture(240), Deadline.after(30)) for _ in range(2)] == [
            Printing(printed=True, status=PrinterStatus.READY)
        ] * 2
        assert printer.rows == 2 * 240, "nothing was printed twice"
        printer.well = b"\x1a\x32\x12\x72"
        assert driver.status(Deadline.after(10)) is PrinterStatus.PAPER_OUT
        driver.close()


def test_one_that_hangs_up_once_it_has_answered_has_answered_and_prints_nothing() -> None:
    with OtherPrinter(hangs_up_after="answers") as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.status(Deadline.after(10)) is PrinterStatus.READY
        assert driver.print(picture(240), Deadline.after(10)) == Printing(printed=False, status=PrinterStatus.ABSENT)
        driver.close()


@contextmanager
def slow_line_to(printer: OtherPrinter, baud: int) -> Iterator[str]:
    """A serial line of that speed."""
    over = threading.Event()
    with bridged(urlsplit(printer.url).port or 0, baud, lambda count: over.wait(count * 10 / baud)) as url:
        try:
            yield url
        finally:
            over.set()


@pytest.mark.parametrize("knows_turns", [True, False])
def test_a_slow_serial_line_is_no_silent_printer(knows_turns: bool) -> None:
    with OtherPrinter(knows_turns=knows_turns) as printer, slow_line_to(printer, 9600) as url:
        driver = EscposReceiptPrinter(url)
        slip = picture(96, 576)
        assert len(slip.rows) > 3.5 * 960, "more than a real-time answer may take"
        assert driver.print(slip, Deadline.after(120)) == Printing(printed=True, status=PrinterStatus.READY)
        driver.close()
        assert printer.rows == 96


def test_one_that_says_nothing_at_all_is_silent_and_gets_nothing() -> None:
    with OtherPrinter(delivery=lambda _answer: []) as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.print(picture(48), Deadline.after(1)) == Printing(printed=False, status=PrinterStatus.SILENT)
        assert printer.rows == 0
        driver.close()


def test_one_that_answers_with_what_are_no_status_bytes_is_silent() -> None:
    with OtherPrinter(b"\xff\xff\xff\xff") as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.status(Deadline.after(1)) is PrinterStatus.SILENT
        driver.close()
