"""The driver against the virtual printer: what comes out is what was sent, once, and only then it says so."""

import os
import pty
import socket
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.printer_address import PrinterAddress, PrinterAddressError
from drivers.printer_line import usb_printer
from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus, Printing, Raster
from tests.drivers.printer_bench import PrinterBench, on_paper, picture, printer_bench, soon


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[PrinterBench]:
    with printer_bench(tmp_path, "--speed", "1500") as bench:
        yield bench


@pytest.mark.parametrize("width_dots", [384, 512, 576])
def test_the_paper_holds_every_dot(tmp_path: Path, width_dots: int) -> None:
    with printer_bench(tmp_path, "--width-dots", str(width_dots), "--speed", "0") as bench:
        receipt = picture(1321, width_dots)
        assert EscposReceiptPrinter(bench.url).print(receipt, Deadline.after(10)) == Printing(printed=True, status=PrinterStatus.READY)
        assert bench.tickets == ["receipt-001.png"]
        assert bench.dots("receipt-001.png") == on_paper(receipt)


def test_dots_that_look_like_commands_stay_dots(bench: PrinterBench) -> None:
    risky = (b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08" + b"\x10\x04\x01\x10\x05\x02\x10\x14\x01\x00\x05").ljust(72, b"\x10")
    receipt = Raster(576, 100, risky * 100)
    assert EscposReceiptPrinter(bench.url).print(receipt, Deadline.after(10)).printed
    assert bench.dots("receipt-001.png") == on_paper(receipt)


def test_two_receipts_are_two_tickets(bench: PrinterBench) -> None:
    printer = EscposReceiptPrinter(bench.url)
    first, second = picture(200, seed=1), picture(300, seed=2)
    assert printer.print(first, Deadline.after(10)).printed
    assert printer.print(second, Deadline.after(10)).printed
    assert [bench.dots(ticket) for ticket in bench.tickets] == [on_paper(first), on_paper(second)]


def test_it_is_not_printed_before_the_paper_has_moved(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "150") as bench:
        began = time.monotonic()
        assert EscposReceiptPrinter(bench.url).print(picture(600), Deadline.after(10)).printed
        assert time.monotonic() - began >= 600 / 8 / 150
        assert len(bench.tickets) == 1


def test_low_paper_is_said_and_prints(bench: PrinterBench) -> None:
    bench.fault("paper_low")
    printer = EscposReceiptPrinter(bench.url)
    assert printer.status(Deadline.after(5)) is PrinterStatus.PAPER_LOW
    assert printer.print(picture(), Deadline.after(10)) == Printing(printed=True, status=PrinterStatus.PAPER_LOW)


def test_a_printer_that_sends_status_by_itself_is_understood(bench: PrinterBench) -> None:
    bench.fault("asb_noise")
    assert EscposReceiptPrinter(bench.url).print(picture(), Deadline.after(10)).printed
    bench.fault("paper_out")
    assert EscposReceiptPrinter(bench.url).status(Deadline.after(5)) is PrinterStatus.PAPER_OUT


def test_a_slow_answer_is_waited_for_and_never_taken_for_the_next_one(bench: PrinterBench) -> None:
    printer = EscposReceiptPrinter(bench.url)
    bench.fault("late_status")
    assert printer.status(Deadline.after(0.3)) is PrinterStatus.SILENT
    bench.fault("cover_open")
    assert printer.status(Deadline.after(8)) is PrinterStatus.COVER_OPEN


def test_a_deadline_that_is_too_short_leaves_no_half_receipt_for_later(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "100") as bench:
        printer = EscposReceiptPrinter(bench.url)
        assert not printer.print(picture(1600), Deadline.after(1.5)).printed
        assert printer.print(picture(160, seed=3), Deadline.after(10)).printed
        half, whole = bench.tickets
        assert bench.dots(whole) == on_paper(picture(160, seed=3))
        assert on_paper(picture(1600)).startswith(bench.dots(half))
        assert len(bench.dots(half)) < 72 * 800


def test_a_printer_that_comes_back_is_found_again(bench: PrinterBench) -> None:
    printer = EscposReceiptPrinter(bench.url)
    assert printer.status(Deadline.after(5)) is PrinterStatus.READY
    bench.fault("power_off")
    assert printer.status(Deadline.after(1)) is PrinterStatus.ABSENT
    assert printer.print(picture(), Deadline.after(1)) == Printing(printed=False, status=PrinterStatus.ABSENT)
    bench.fault("none")
    assert printer.print(picture(), Deadline.after(10)).printed


def test_others_may_ask_the_printer_between_two_receipts(bench: PrinterBench) -> None:
    ours, theirs = EscposReceiptPrinter(bench.url), EscposReceiptPrinter(bench.url)
    assert ours.print(picture(), Deadline.after(10)).printed
    assert theirs.status(Deadline.after(5)) is PrinterStatus.READY
    assert ours.print(picture(), Deadline.after(10)).printed


def test_something_that_is_no_printer_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        printer = EscposReceiptPrinter(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        assert printer.status(Deadline.after(0.3)) is PrinterStatus.SILENT


def test_a_printer_that_hangs_up_is_absent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            line, _ = server.accept()
            line.close()

        hanging_up = threading.Thread(target=hang_up)
        hanging_up.start()
        printer = EscposReceiptPrinter(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        assert printer.status(Deadline.after(2)) is PrinterStatus.ABSENT
        hanging_up.join()


@pytest.fixture
def serial_line(bench: PrinterBench) -> Iterator[str]:
    """A serial line that leads to the virtual printer: a pty, and a thread that carries its bytes to the port and back."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    network = socket.create_connection(("127.0.0.1", bench.port))

    def there() -> None:
        try:
            while data := os.read(ours, 1024):
                network.sendall(data)
        except OSError:
            return

    def back() -> None:
        try:
            while data := network.recv(1024):
                os.write(ours, data)
        except OSError:
            return

    for carry in (there, back):
        threading.Thread(target=carry, daemon=True).start()
    yield name
    network.close()
    os.close(theirs)
    os.close(ours)


@pytest.mark.parametrize("scheme", ["serial", "usblp"])
def test_a_serial_or_usb_printer_prints_the_same_way(bench: PrinterBench, serial_line: str, scheme: str) -> None:
    printer = EscposReceiptPrinter(f"{scheme}://{serial_line}")
    receipt = picture(400)
    assert printer.status(Deadline.after(5)) is PrinterStatus.READY
    assert printer.print(receipt, Deadline.after(20)) == Printing(printed=True, status=PrinterStatus.READY)
    assert bench.dots("receipt-001.png") == on_paper(receipt)
    bench.fault("late_status")
    assert printer.status(Deadline.after(0.3)) is PrinterStatus.SILENT
    bench.fault("none")
    bench.fault("paper_out")
    assert printer.status(Deadline.after(20)) is PrinterStatus.PAPER_OUT
    printer.close()


class Plain:
    """A printer that knows the real-time questions only, and never says when its turn comes."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self.server.getsockname()[1]}"
        self.received = b""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            line, _ = self.server.accept()
            while data := line.recv(4096):
                self.received += data
                line.sendall(b"\x12" * data.count(b"\x10\x04"))


def test_a_printer_that_knows_no_turns_is_given_the_time_that_the_slowest_needs() -> None:
    plain = Plain()
    began = time.monotonic()
    assert EscposReceiptPrinter(plain.url).print(picture(48), Deadline.after(20)).printed
    assert time.monotonic() - began > 48 / 8 / 60 + 1
    assert soon(lambda: plain.received.count(b"\x1d\x76\x30\x00") == 2)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://192.0.2.7", PrinterAddress("tcp", "192.0.2.7", 9100)),
        ("tcp://printer.example:9101", PrinterAddress("tcp", "printer.example", 9101)),
        ("serial:///dev/ttyS0?baud=9600&flow=none", PrinterAddress("serial", "/dev/ttyS0", baud=9600, flow="none")),
        ("usblp:///dev/usb/lp0", PrinterAddress("usblp", "/dev/usb/lp0")),
        ("usb://04B8:0e15", PrinterAddress("usb", "04b8:0e15")),
    ],
)
def test_an_address_says_where(url: str, address: PrinterAddress) -> None:
    assert PrinterAddress.of(url) == address


WRONG = """
printer
http://192.0.2.7
tcp://
tcp://192.0.2.7:x
tcp://192.0.2.7?speed=1
serial:///dev/x?baud=fast
serial:///dev/x?baud=0
serial:///dev/x?flow=down
usb://epson
usb://04b8:0e15:1
cups://queue
"""


@pytest.mark.parametrize("url", WRONG.split("\n")[:-1])
def test_a_wrong_address_is_refused_with_what_is_wrong(url: str) -> None:
    with pytest.raises(PrinterAddressError, match=r"^'.*': .+"):
        EscposReceiptPrinter(url)


def test_a_usb_printer_is_found_by_what_it_is_and_not_by_where(tmp_path: Path) -> None:
    for number, (vendor, product) in enumerate([("1fc9", "2016"), ("04b8", "0e15")]):
        unit = tmp_path / "devices" / f"1-{number}"
        (unit / "interface").mkdir(parents=True)
        (unit / "idVendor").write_text(vendor + "\n")
        (unit / "idProduct").write_text(product + "\n")
        entry = tmp_path / "class" / f"lp{number}"
        entry.mkdir(parents=True)
        (entry / "device").symlink_to(unit / "interface")
    assert usb_printer("04b8:0e15", tmp_path / "class") == Path("/dev/usb/lp1")
    with pytest.raises(FileNotFoundError):
        usb_printer("04b8:0e16", tmp_path / "class")


def test_a_usb_printer_that_is_not_plugged_in_is_absent() -> None:
    assert EscposReceiptPrinter("usb://ffff:fffe").status(Deadline.after(1)) is PrinterStatus.ABSENT
