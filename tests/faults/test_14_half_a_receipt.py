"""Fault 14: half a receipt hangs in the slot, because the process that printed was killed. It is cut off before the next one."""

import subprocess
import sys
from pathlib import Path

from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from tests.drivers.printer_bench import on_paper, picture, printer_bench, soon

PROGRAM = """
import sys
from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from tests.drivers.printer_bench import picture
EscposReceiptPrinter(sys.argv[1]).print(picture(1600, seed=1), Deadline.after(60))
"""


def test_the_next_receipt_is_a_slip_of_its_own(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "100") as bench:
        with subprocess.Popen([sys.executable, "-c", PROGRAM, bench.url]) as printing:
            assert soon(lambda: bench.order("state")["rows"] > 200, seconds=20)
            printing.kill()
        assert EscposReceiptPrinter(bench.url).print(picture(400, seed=2), Deadline.after(20)).printed
        half, whole = bench.tickets
        assert bench.dots(whole) == on_paper(picture(400, seed=2))
        assert on_paper(picture(1600, seed=1)).startswith(bench.dots(half))
