"""Fault 12: the printer is attached and says nothing. That is SILENT, never "has paper", and nothing is sent to it."""

import threading
from pathlib import Path

from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus, Printing
from tests.drivers.printer_bench import picture, printer_bench, soon


def test_a_mute_printer_is_silent_and_gets_no_receipt(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "0") as bench:
        printer = EscposReceiptPrinter(bench.url)
        bench.fault("mute")
        assert printer.status(Deadline.after(0.3)) is PrinterStatus.SILENT
        assert printer.print(picture(), Deadline.after(0.5)) == Printing(printed=False, status=PrinterStatus.SILENT)
        bench.fault("none")
        assert printer.status(Deadline.after(5)) is PrinterStatus.READY
        assert bench.tickets == []


def test_one_that_falls_silent_in_the_middle_has_not_printed(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "60") as bench:
        outcome: list[Printing] = []
        printing = threading.Thread(target=lambda: outcome.append(EscposReceiptPrinter(bench.url).print(picture(1300), Deadline.after(12))))
        printing.start()
        assert soon(lambda: bench.order("state")["rows"] > 100)
        bench.fault("mute")
        printing.join()
        assert outcome == [Printing(printed=False, status=PrinterStatus.SILENT)]
