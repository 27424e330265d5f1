"""A port belongs to one driver at a time, and one that is configured for another device is not looked at."""

import os
import termios
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.code_scanner import SerialCodeScanner
from drivers.id_card_reader import SamIdCardReader
from drivers.printer_address import PrinterAddress
from drivers.printer_line import LineGoneError, PrinterLine
from drivers.roaming_reader import find_reader
from drivers.serial_ports import free_ports, locked
from drivers.signature_pad import SerialSignaturePad
from peripherals.code_scanner import ScanStatus
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus
from peripherals.signature_pad import PadStatus


class Port:
    """A serial port whose other end only listens."""

    def __init__(self) -> None:
        self.far, self.near = os.openpty()
        tty.setraw(self.near)
        os.set_blocking(self.far, False)
        self.name = os.ttyname(self.near)

    @property
    def rate(self) -> int:
        rate: int = termios.tcgetattr(self.near)[5]
        return rate

    def came(self) -> bytes:
        try:
            return os.read(self.far, 1000)
        except BlockingIOError:
            return b""


@pytest.fixture
def port() -> Iterator[Port]:
    made = Port()
    yield made
    os.close(made.far)
    os.close(made.near)


def soon() -> Deadline:
    return Deadline.after(10)


@pytest.mark.parametrize("scheme", ["serial", "usblp"])
def test_a_search_leaves_an_open_printer_alone(port: Port, scheme: str) -> None:
    line = PrinterLine.to(PrinterAddress.of(f"{scheme}://{port.name}"), soon())
    rate = port.rate
    assert find_reader([port.name], soon()) is None
    assert (port.came(), port.rate) == (b"", rate)
    line.write(b"still mine", soon())
    assert port.came() == b"still mine"
    line.close()
    os.close(locked(port.name))  # and lets it go


def hold_as_reader(port: str) -> Callable[[], None]:
    reader = SamIdCardReader(port)
    reader.module(Deadline.after(0.1))
    return reader.close


def hold_as_pad(port: str) -> Callable[[], None]:
    pad = SerialSignaturePad(port, 57600, "lines")
    assert pad.open(soon()) is PadStatus.READY
    return pad.close


def hold_as_scanner(port: str) -> Callable[[], None]:
    scanner = SerialCodeScanner(port, 57600)
    assert scanner.open(soon()) is ScanStatus.NO_CODE
    return scanner.close


def hold_as_printer(port: str) -> Callable[[], None]:
    return PrinterLine.to(PrinterAddress.of(f"serial://{port}?baud=57600"), soon()).close


@pytest.mark.parametrize("hold", [hold_as_reader, hold_as_pad, hold_as_scanner, hold_as_printer])
def test_a_port_in_use_is_opened_by_no_other_driver_and_keeps_its_rate(port: Port, hold: Callable[[str], Callable[[], None]]) -> None:
    let_go = hold(port.name)
    port.came()
    rate = port.rate
    with pytest.raises(LineGoneError):
        PrinterLine.to(PrinterAddress.of(f"serial://{port.name}?baud=9600"), soon())
    assert SerialSignaturePad(port.name, 9600, "lines").open(soon()) is PadStatus.ABSENT
    assert SerialCodeScanner(port.name, 9600).open(soon()) is ScanStatus.ABSENT
    assert SamIdCardReader(port.name, 9600).module(soon()).status is CardReadStatus.ABSENT
    assert (port.came(), port.rate) == (b"", rate)
    let_go()
    PrinterLine.to(PrinterAddress.of(f"serial://{port.name}?baud=9600"), soon()).close()
    assert port.rate == termios.B9600


def test_ports_of_other_devices_are_no_candidates_by_whatever_name(tmp_path: Path) -> None:
    for name in ("ttyS0", "ttyS1", "ttyUSB0", "ttyUSB1"):
        (tmp_path / name).touch()
    by_id = tmp_path / "by id"
    by_id.symlink_to(tmp_path / "ttyUSB0")
    all_ports = [str(tmp_path / name) for name in ("ttyS0", "ttyS1", "ttyUSB0", "ttyUSB1")]
    taken = [f"serial://{tmp_path}/ttyS0?baud=38400", f"serial://{tmp_path}/by%20id", f"{tmp_path}/ttyS1", "any", "tcp://127.0.0.1:9100"]
    assert free_ports(all_ports, taken) == (str(tmp_path / "ttyUSB1"),)
    assert free_ports(all_ports, []) == tuple(all_ports)
    by_id.unlink()
    by_id.symlink_to(tmp_path / "ttyUSB1")  # plugged in elsewhere
    assert free_ports(all_ports, taken) == (str(tmp_path / "ttyUSB0"),)


def test_what_is_no_port_is_not_locked(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        locked(str(tmp_path / "nothing"))
