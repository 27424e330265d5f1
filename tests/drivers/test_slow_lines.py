"""A slip on a slow serial line: given the time that its bytes need, and not given up while it comes out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.queued_receipt_printer import receipt_printer_at
from drivers.receipt_printer import EscposReceiptPrinter
from drivers.remote import RemoteReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.receipt_printer import Charset, PlainLine, PlainSlip, PrinterStatus, Printing
from tests.drivers.printer_bench import on_paper, picture, printer_bench
from tests.drivers.serial_bridge import bridged

BAUD = 9600
OWN_TIME_S = 25.0
SLIP = picture(800)  # 10 cm of 80 mm paper, 57.6 kB


@dataclass
class SlowLine:
    """A serial line that carries at once, and whose clock goes on by what that would have taken."""

    url: str = ""
    haste: float = 1.0  # of the clock while nothing is carried
    carried_bytes: int = 0

    def clock(self) -> float:
        return time.monotonic() * self.haste + self.carried_bytes * 10 / BAUD


@contextmanager
def slow_line_to(port: int, haste: float = 1.0) -> Iterator[SlowLine]:
    line = SlowLine(haste=haste)

    def carried(count: int) -> None:
        line.carried_bytes += count

    with bridged(port, BAUD, carried) as line.url:
        yield line


def test_a_drawn_slip_has_the_minute_that_it_needs(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "0") as bench, slow_line_to(bench.port) as line:
        printer = EscposReceiptPrinter(line.url)
        began_s = line.clock()
        printed = printer.print(SLIP, Deadline.after(OWN_TIME_S + printer.line_s(SLIP), line.clock))
        printer.close()
        assert printed == Printing(printed=True, status=PrinterStatus.READY)
        assert line.clock() - began_s > 2 * OWN_TIME_S, "it was slow indeed"
        assert bench.dots(bench.tickets[-1]) == on_paper(SLIP)


def test_what_is_not_out_when_the_time_is_up_is_taken_back_and_not_called_printed(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "0") as bench, slow_line_to(bench.port) as line:
        printer = EscposReceiptPrinter(line.url)
        assert not printer.print(SLIP, Deadline.after(OWN_TIME_S, line.clock)).printed
        printer.close()
        assert on_paper(SLIP) not in [bench.dots(ticket) for ticket in bench.tickets]


def test_one_that_is_well_and_prints_nothing_is_not_waited_for_as_long_as_a_slow_line(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "0.001") as bench, slow_line_to(bench.port, haste=10.0) as line:
        printer = EscposReceiptPrinter(line.url)
        until = Deadline.after(600, line.clock)
        assert not printer.print(SLIP, until).printed
        printer.close()
        assert until.remaining_s > 300
        assert bench.tickets == []


@pytest.mark.parametrize(
    ("url", "at_least_s", "at_most_s"),
    [
        ("serial:///dev/ttyS0?baud=9600", 60.0, 63.0),
        ("serial:///dev/ttyS0?baud=115200", 5.0, 5.25),
        ("tcp://192.0.2.7:9100", 0.0, 0.0),
        ("usb://04b8:0e15", 0.0, 0.0),
        ("cups://slips", 0.0, 0.0),
    ],
)
def test_the_screen_and_the_printers_own_process_reckon_alike(tmp_path: Path, url: str, at_least_s: float, at_most_s: float) -> None:
    told_s = receipt_printer_at(url).line_s(SLIP)
    assert at_least_s <= told_s <= at_most_s
    assert RemoteReceiptPrinter(tmp_path / "none", url).line_s(SLIP) == told_s


def test_letters_are_on_the_line_for_seconds_and_not_minutes() -> None:
    slip = PlainSlip((PlainLine("样例社区便民服务中心"),) * 40, Charset.GB18030, "SAMPLE")
    assert 0.5 < EscposReceiptPrinter("serial:///dev/ttyS0?baud=9600").line_s(slip) < 3


def test_a_url_that_names_no_printer_ends_nothing_on_the_screens_side(tmp_path: Path) -> None:
    printer = RemoteReceiptPrinter(tmp_path / "none", "serial:///dev/ttyS0?baud=fast")
    assert printer.line_s(SLIP) == 0.0
    assert printer.print(SLIP, Deadline.after(0.1)) == Printing(printed=False, status=PrinterStatus.ABSENT)
