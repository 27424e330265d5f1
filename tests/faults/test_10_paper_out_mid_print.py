"""Fault 10: the paper ends in the middle of a receipt. The outcome is "not printed", and no half of it follows later."""

from pathlib import Path

from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus, Printing
from tests.drivers.printer_bench import on_paper, picture, printer_bench


def test_it_is_not_printed_and_the_reprint_comes_out_whole_and_once(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "600") as bench:
        printer = EscposReceiptPrinter(bench.url)
        bench.fault("paper_out_mid_print")
        assert printer.print(picture(1300), Deadline.after(15)) == Printing(printed=False, status=PrinterStatus.PAPER_OUT)
        assert printer.print(picture(1300), Deadline.after(15)) == Printing(printed=False, status=PrinterStatus.PAPER_OUT)
        assert bench.tickets == []
        bench.fault("none")  # a new roll
        assert printer.status(Deadline.after(5)) is PrinterStatus.READY
        assert bench.tickets == []
        assert printer.print(picture(1300), Deadline.after(15)) == Printing(printed=True, status=PrinterStatus.READY)
        assert bench.tickets == ["receipt-001.png"]
        assert bench.dots("receipt-001.png") == on_paper(picture(1300))


def test_the_next_resident_s_receipt_holds_nothing_of_the_one_before(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "600") as bench:
        bench.fault("paper_out_mid_print")
        assert not EscposReceiptPrinter(bench.url).print(picture(1300, seed=1), Deadline.after(15)).printed
        bench.fault("none")
        assert EscposReceiptPrinter(bench.url).print(picture(700, seed=2), Deadline.after(15)).printed
        assert [bench.dots(ticket) for ticket in bench.tickets] == [on_paper(picture(700, seed=2))]
