"""Fault 20: a device that comes back under another name is found by what it is, not by its name."""

from pathlib import Path

import pytest

from drivers.printer_line import usb_printer
from drivers.roaming_reader import RoamingIdCardReader, find_reader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus, PlateStatus
from tests.drivers.reader_bench import reader_bench


def moved(port: Path, name: str) -> Path:
    """Let the port go on under another name, as when its plug goes into another socket."""
    elsewhere = port.with_name(name)
    elsewhere.symlink_to(port.resolve())
    port.unlink()
    return elsewhere


def test_a_reader_under_another_name_is_found(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        elsewhere = moved(bench.port, "ttyUSB7")
        assert bench.read(1).status is CardReadStatus.ABSENT
        reader = find_reader([str(bench.port), str(elsewhere)], Deadline.after(5))
        assert reader is not None
        reader.close()


def test_a_reader_that_is_known_by_what_it_answers_goes_on_wherever_it_is(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        stranger = tmp_path / "ttyS0"  # a port with nobody behind it
        reader = RoamingIdCardReader(lambda: [str(stranger), *map(str, sorted(tmp_path.glob("ttyUSB*")))])
        assert reader.read(Deadline.after(0.2)).status is CardReadStatus.ABSENT
        assert not reader.look(Deadline.after(1)).is_fit
        first = moved(bench.port, "ttyUSB0")
        bench.do("lay", card="zhou-guilan")
        assert until_read(reader) is CardReadStatus.READ
        reader.close()
        moved(first, "ttyUSB3")
        bench.do("lift")
        assert reader.plate(Deadline.after(2)) in {PlateStatus.EMPTY, PlateStatus.ABSENT}
        bench.do("lay", card="zhou-guilan")
        assert until_read(reader) is CardReadStatus.READ
        assert reader.module(Deadline.after(2)).status is CardReadStatus.READ
        reader.close()


def until_read(reader: RoamingIdCardReader) -> CardReadStatus:
    deadline = Deadline.after(20)
    status = CardReadStatus.ABSENT
    while status is CardReadStatus.ABSENT and not deadline.is_past:
        status = reader.read(deadline.sooner(2)).status
    return status


def test_a_usb_printer_is_found_by_maker_and_model_whatever_its_number(tmp_path: Path) -> None:
    def plug(name: str, vendor: str, product: str) -> None:
        unit = tmp_path / "units" / name
        (unit / "interface").mkdir(parents=True)
        (unit / "idVendor").write_text(f"{vendor}\n")
        (unit / "idProduct").write_text(f"{product}\n")
        (tmp_path / "usbmisc" / name).mkdir(parents=True)
        (tmp_path / "usbmisc" / name / "device").symlink_to(unit / "interface")

    plug("lp0", "03f0", "1234")
    plug("lp1", "04b8", "0e15")
    assert usb_printer("04b8:0e15", tmp_path / "usbmisc", Path("/dev/usb")) == Path("/dev/usb/lp1")
    with pytest.raises(FileNotFoundError):
        usb_printer("04b8:9999", tmp_path / "usbmisc")
