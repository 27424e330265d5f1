"""Fault 11: the printer loses its current in the middle of a receipt. Nobody hears of it; silence means "not printed"."""

from pathlib import Path

from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus, Printing
from tests.drivers.printer_bench import on_paper, picture, printer_bench


def test_silence_after_sending_is_not_printed(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "600") as bench:
        printer = EscposReceiptPrinter(bench.url)
        bench.fault("power_off_mid_print")
        assert printer.print(picture(1300), Deadline.after(15)) == Printing(printed=False, status=PrinterStatus.SILENT)
        assert printer.status(Deadline.after(1)) is PrinterStatus.ABSENT
        bench.fault("none")
        assert printer.print(picture(500), Deadline.after(15)).printed
        assert [bench.dots(ticket) for ticket in bench.tickets] == [on_paper(picture(500))]


def test_the_answer_comes_by_the_deadline(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "600") as bench:
        bench.fault("power_off_mid_print")
        deadline = Deadline.after(2)
        assert not EscposReceiptPrinter(bench.url).print(picture(1300), deadline).printed
        assert Deadline(deadline.at_s + 1.5).remaining_s > 0
