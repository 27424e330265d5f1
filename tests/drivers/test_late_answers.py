"""Answers that come late are never taken for the answers to other questions."""

import heapq
import os
import select
import threading
import time
import tty
from types import TracebackType
from typing import Self

import pytest

from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus
from tests.drivers.printer_bench import picture

READY = b"\x16\x12\x12\x12"
NO_PAPER = b"\x16\x12\x12\x72"  # said by the fourth answer only


class LatePrinter:
    """A printer on a serial line that answers real-time questions, each after its own time, and knows nothing else.

    Args:
        delays_s: how late the first answers are; the last one holds for ever.
        keeps_order: an answer waits for those before it.
    """

    def __init__(self, delays_s: list[float], *, keeps_order: bool = True, well: bytes = NO_PAPER) -> None:
        self.well = well
        self.received = b""
        self._delays_s = delays_s
        self._keeps_order = keeps_order
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
        due: list[tuple[float, int, bytes]] = []
        asked, last_s, pending = 0, 0.0, b""
        while not self._over.is_set():
            if select.select([self._far], [], [], 0.005)[0]:
                came = os.read(self._far, 1000)
                self.received += came
                pending += came
                while (at := pending.find(b"\x10\x04")) >= 0 and len(pending) >= at + 3:
                    delay_s = self._delays_s.pop(0) if len(self._delays_s) > 1 else self._delays_s[0]
                    at_s = time.monotonic() + delay_s
                    last_s = max(last_s, at_s) if self._keeps_order else at_s
                    heapq.heappush(due, (last_s, asked, self.well[pending[at + 2] - 1 :][:1]))
                    asked, pending = asked + 1, pending[at + 3 :]
            while due and due[0][0] <= time.monotonic():
                os.write(self._far, heapq.heappop(due)[2])


def told_until_sure(driver: EscposReceiptPrinter, within_s: float) -> PrinterStatus:
    deadline = Deadline.after(30)
    while not deadline.is_past:
        if (status := driver.status(Deadline.after(within_s))) is not PrinterStatus.SILENT:
            return status
    return PrinterStatus.SILENT


@pytest.mark.parametrize("keeps_order", [True, False])
@pytest.mark.parametrize("within_s", [1.5, 5.0])
def test_paper_that_has_ended_is_never_told_as_ready(within_s: float, keeps_order: bool) -> None:
    with LatePrinter([2.0, 0.1], keeps_order=keeps_order) as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.status(Deadline.after(1)) is PrinterStatus.SILENT
        assert told_until_sure(driver, within_s) is PrinterStatus.PAPER_OUT
        assert [driver.status(Deadline.after(10)) for _ in range(3)] == [PrinterStatus.PAPER_OUT] * 3
        driver.close()


def test_what_is_well_all_the_time_hides_no_answer_that_still_comes() -> None:
    with LatePrinter([2.0, 0.1], well=READY) as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.status(Deadline.after(1)) is PrinterStatus.SILENT
        assert told_until_sure(driver, 1.5) is PrinterStatus.READY
        printer.well = NO_PAPER
        assert [driver.status(Deadline.after(10)) for _ in range(3)] == [PrinterStatus.PAPER_OUT] * 3
        driver.close()


def test_a_receipt_is_not_sent_on_the_strength_of_a_late_answer() -> None:
    with LatePrinter([2.0, 0.1]) as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.status(Deadline.after(1)) is PrinterStatus.SILENT
        printing = driver.print(picture(48), Deadline.after(30))
        assert not printing.printed
        assert b"\x1dv0" not in printer.received
        driver.close()


def test_an_answer_that_never_comes_does_not_silence_the_printer_for_ever() -> None:
    with LatePrinter([3600.0, 0.1], keeps_order=False) as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.status(Deadline.after(0.5)) is PrinterStatus.SILENT
        assert driver.status(Deadline.after(20)) is PrinterStatus.PAPER_OUT
        driver.close()


def test_one_that_takes_its_time_over_each_answer_prints_where_it_tells_its_status() -> None:
    with LatePrinter([1.0], well=READY) as printer:
        driver = EscposReceiptPrinter(printer.url)
        assert driver.status(Deadline.after(30)) is PrinterStatus.READY
        assert driver.print(picture(24), Deadline.after(60)).printed
        driver.close()


def test_a_mute_one_is_waited_for_no_longer_than_for_one_answer() -> None:
    with LatePrinter([3600.0]) as printer:
        driver = EscposReceiptPrinter(printer.url)
        began_s = time.monotonic()
        assert driver.print(picture(24), Deadline.after(60)).status is PrinterStatus.SILENT
        assert time.monotonic() - began_s < 20
        driver.close()
