"""The virtual printer as other programs and a person at the bench see it."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from peripherals.virtual.control import OrderRefusedError
from tests.drivers.printer_bench import PrinterBench, printer_bench, soon


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[PrinterBench]:
    with printer_bench(tmp_path, "--speed", "0") as bench:
        yield bench


def asked(line: socket.socket, question: bytes) -> bytes:
    line.settimeout(5)
    line.sendall(question)
    return line.recv(16)


ANOTHER_PROGRAM = """
import sys
from escpos.printer import Network
from PIL import Image, ImageDraw

image = Image.new("1", (64, 48), 1)
ImageDraw.Draw(image).rectangle((8, 6, 40, 30), fill=0)
printer = Network("127.0.0.1", int(sys.argv[1]), timeout=5)
printer.image(image, impl=sys.argv[2])
printer.text("Caf\u00e9 \u6536\u4ef6\\n")
printer.qr("BM1", native=True)
printer.cut()
printer.close()
"""
"""Uses python-escpos as it comes: in the printer's own process it knows no printers."""


@pytest.mark.parametrize("impl", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_another_program_s_picture_comes_out_too(bench: PrinterBench, impl: str) -> None:
    subprocess.run([sys.executable, "-c", ANOTHER_PROGRAM, str(bench.port), impl], check=True, timeout=60)
    assert soon(lambda: len(bench.tickets) == 1)
    with Image.open(bench.out / "receipt-001.png") as paper:
        black = Image.eval(paper.convert("L"), lambda grey: 255 - grey).getbbox()
    assert black is not None
    assert (black[0], black[2]) == (8, 41)
    assert (black[1], black[3]) == (6, 31)


def test_it_answers_in_the_middle_of_a_picture(bench: PrinterBench) -> None:
    with socket.create_connection(("127.0.0.1", bench.port)) as line:
        line.sendall(b"\x1dv0\x00\x48\x00\x10\x00" + bytes(100))
        assert asked(line, b"\x10\x04\x01") == b"\x12"
        assert asked(line, b"\x10\x04\x04") == b"\x12"


def test_a_question_that_comes_in_two_packets_is_one(bench: PrinterBench) -> None:
    with socket.create_connection(("127.0.0.1", bench.port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(b"\x10")
        line.sendall(b"\x04")
        assert asked(line, b"\x02") == b"\x12"


@pytest.mark.parametrize(
    ("fault", "answers"),
    [
        ("paper_out", b"\x1a\x32\x12\x7e"),
        ("paper_low", b"\x12\x12\x12\x1e"),
        ("cover_open", b"\x1a\x16\x12\x12"),
        ("cutter_error", b"\x1a\x52\x1a\x12"),
        ("overheated", b"\x1a\x52\x52\x12"),
    ],
)
def test_each_fault_shows_in_the_bits_of_the_manuals(bench: PrinterBench, fault: str, answers: bytes) -> None:
    bench.fault(fault)
    with socket.create_connection(("127.0.0.1", bench.port)) as line:
        assert b"".join(asked(line, bytes((0x10, 0x04, number))) for number in (1, 2, 3, 4)) == answers
        bench.fault("none")
        assert asked(line, b"\x10\x04\x01") == b"\x12"


def test_without_paper_it_waits_and_goes_on_with_new_paper(bench: PrinterBench) -> None:
    bench.fault("paper_out")
    with socket.create_connection(("127.0.0.1", bench.port)) as line:
        line.sendall(b"\x1dv0\x00\x01\x00\x08\x00" + b"\xff" * 8 + b"\x1dV\x00")
        assert asked(line, b"\x10\x04\x04") == b"\x7e"
        assert bench.tickets == []
        bench.fault("none")
        assert soon(lambda: bench.tickets == ["receipt-001.png"])


def test_the_tickets_since_last_time_can_be_taken(bench: PrinterBench) -> None:
    with socket.create_connection(("127.0.0.1", bench.port)) as line:
        line.sendall((b"\x1dv0\x00\x01\x00\x01\x00\xff" + b"\x1dV\x00") * 2)
        assert soon(lambda: len(bench.tickets) == 2)
    assert bench.order("take")["tickets"] == ["receipt-001.png", "receipt-002.png"]
    assert bench.order("take")["tickets"] == []


@pytest.mark.parametrize(
    ("order", "details"), [("fault", {"fault": "flood"}), ("fault", {"fault": "paper_out", "times": -2}), ("jump", {})]
)
def test_an_order_that_it_does_not_know_is_refused(bench: PrinterBench, order: str, details: dict[str, object]) -> None:
    with pytest.raises(OrderRefusedError):
        bench.order(order, **details)
    assert bench.order("state")["faults"] == {}


def test_it_ends_with_the_program_that_started_it(tmp_path: Path) -> None:
    starter = "import subprocess, sys, time; subprocess.Popen([sys.executable, *sys.argv[1:]]); time.sleep(600)"
    words = ["-m", "peripherals.virtual.receipt_printer", "--control", str(tmp_path / "control"), "--out", str(tmp_path)]
    with subprocess.Popen([sys.executable, "-c", starter, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split()[1])
        process.send_signal(signal.SIGKILL)

    def is_gone() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            return True
        return False

    assert soon(is_gone)
