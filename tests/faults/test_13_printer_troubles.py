"""Fault 13: cover open, knife stuck, head too hot: each has its own name, before and during a receipt."""

import threading
from pathlib import Path

import pytest

from drivers.receipt_printer import EscposReceiptPrinter
from kiosk.commands.printer import _ADVICE
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus, Printing
from tests.drivers.printer_bench import on_paper, picture, printer_bench, soon

TROUBLES = [
    ("cover_open", PrinterStatus.COVER_OPEN),
    ("cutter_error", PrinterStatus.CUTTER_ERROR),
    ("overheated", PrinterStatus.OVERHEATED),
    ("paper_out", PrinterStatus.PAPER_OUT),
]


@pytest.mark.parametrize(("fault", "status"), TROUBLES)
def test_before_a_receipt_it_is_named_and_nothing_is_sent(tmp_path: Path, fault: str, status: PrinterStatus) -> None:
    with printer_bench(tmp_path, "--speed", "0") as bench:
        printer = EscposReceiptPrinter(bench.url)
        bench.fault(fault)
        assert printer.status(Deadline.after(5)) is status
        assert printer.print(picture(), Deadline.after(5)) == Printing(printed=False, status=status)
        bench.fault("none")
        assert printer.print(picture(), Deadline.after(5)).printed
        assert [bench.dots(ticket) for ticket in bench.tickets] == [on_paper(picture())]


@pytest.mark.parametrize(("fault", "status"), TROUBLES)
def test_during_a_receipt_it_is_named_too(tmp_path: Path, fault: str, status: PrinterStatus) -> None:
    with printer_bench(tmp_path, "--speed", "100") as bench:
        outcome: list[Printing] = []
        printing = threading.Thread(target=lambda: outcome.append(EscposReceiptPrinter(bench.url).print(picture(1600), Deadline.after(15))))
        printing.start()
        assert soon(lambda: bench.order("state")["rows"] > 100)
        bench.fault(fault)
        printing.join()
        assert outcome == [Printing(printed=False, status=status)]
        assert bench.tickets == []


def test_staff_reads_something_else_for_each() -> None:
    assert set(_ADVICE) == set(PrinterStatus)
    assert len(set(_ADVICE.values())) == len(_ADVICE)
