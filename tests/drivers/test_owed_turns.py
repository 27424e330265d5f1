"""A receipt printer's worker that follows one which was killed: answers owed to the other's slip are not taken for this slip's."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
import tty
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.escpos.answers import TURN
from drivers.remote import RemoteReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.receipt_printer import Charset, PlainLine, PlainSlip, PrinterStatus
from tests.drivers.printer_bench import picture, soon

PACE_S = 0.07  # a line of letters
READY, NO_PAPER = b"\x16\x12\x12\x12", b"\x16\x12\x12\x72"
LONG = PlainSlip((PlainLine("样例"),) * 60, Charset.GBK)

_WORKER = """
import sys; from pathlib import Path
from drivers.health import Record; from drivers.receipt_printer import EscposReceiptPrinter; from drivers.worker import serve
folder = Path(sys.argv[2])
serve(EscposReceiptPrinter(sys.argv[1]), folder / "printer.sock", record=Record("receipt_printer", folder, folder / "devices"))
"""


class PacedPrinter:
    """A printer on a serial line that says its turns at the pace of paper, knows no order to forget, and may run out of paper."""

    def __init__(self) -> None:
        self.turns_due: deque[bool] = deque()  # for each turn, whether it belongs to the second slip
        self.second = False
        self.ends_at: int | None = None  # at so many turns of the second slip the paper ends
        self._far, self._near = os.openpty()
        tty.setraw(self._near)
        self.url = f"serial://{os.ttyname(self._near)}"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._far)
        os.close(self._near)

    def _serve(self) -> None:
        pending, next_s, of_second, well = b"", 0.0, 0, READY
        while not self._over.is_set():
            if select.select([self._far], [], [], 0.005)[0]:
                pending += os.read(self._far, 4000)
            while (at := min((place for place in (pending.find(b"\x10\x04"), pending.find(TURN)) if place >= 0), default=-1)) >= 0:
                if len(pending) < at + 3:
                    break
                if pending[at] == 0x10:
                    os.write(self._far, well[pending[at + 2] - 1 :][:1])
                else:
                    self.turns_due.append(self.second)
                pending = pending[at + 3 :]
            if self.turns_due and time.monotonic() >= next_s and well is READY:
                next_s = time.monotonic() + PACE_S
                of_second += self.turns_due.popleft()
                if of_second and of_second == self.ends_at:
                    well = NO_PAPER
                else:
                    os.write(self._far, b"\x00")


@contextmanager
def worker(printer: PacedPrinter, folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    (folder / "printer.sock").unlink(missing_ok=True)
    with subprocess.Popen([sys.executable, "-c", _WORKER, printer.url, str(folder)]) as process:
        try:
            assert soon((folder / "printer.sock").exists, 60)
            yield process
        finally:
            process.kill()


def kill_amid_a_slip(printer: PacedPrinter, folder: Path) -> None:
    """Leave the printer with the turns of a slip whose worker is dead."""
    with worker(printer, folder) as first:
        remote = RemoteReceiptPrinter(folder / "printer.sock", printer.url)
        assert soon(lambda: remote.status(Deadline.after(5)) is PrinterStatus.READY)
        printing = threading.Thread(target=remote.print_plain, args=(LONG, Deadline.after(30)))
        printing.start()
        assert soon(lambda: len(printer.turns_due) > 20)
        first.send_signal(signal.SIGKILL)
        first.wait()
        printing.join()


def test_turns_of_a_slip_whose_worker_was_killed_do_not_say_that_the_next_one_is_printed(tmp_path: Path) -> None:
    with PacedPrinter() as printer:
        kill_amid_a_slip(printer, tmp_path)
        printer.second, printer.ends_at = True, 3
        with worker(printer, tmp_path):
            remote = RemoteReceiptPrinter(tmp_path / "printer.sock", printer.url)
            printed = remote.print(picture(24), Deadline.after(25))
            assert (printed.printed, printed.status) == (False, PrinterStatus.PAPER_OUT)


def test_the_next_slip_is_printed_once_the_owed_turns_have_come(tmp_path: Path) -> None:
    with PacedPrinter() as printer:
        kill_amid_a_slip(printer, tmp_path)
        printer.second = True
        with worker(printer, tmp_path):
            printed = RemoteReceiptPrinter(tmp_path / "printer.sock", printer.url).print(picture(24), Deadline.after(25))
            assert (printed.printed, printed.status) == (True, PrinterStatus.READY)
            assert not printer.turns_due
