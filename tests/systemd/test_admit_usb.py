"""Which USB devices are let in: the script that udev calls, on folders as sysfs has them."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "systemd/lib/admit-usb"

DEVICE = bytes((18, 1, 0, 2, 0, 0, 0, 64)) + bytes(10)


def configuration(*kinds: tuple[int, int, int]) -> bytes:
    """One configuration with an interface, and an endpoint, of each kind."""
    parts = b"".join(bytes((9, 4, number, 0, 1, *kind, 0)) + bytes((7, 5, 0x81, 3, 8, 0, 10)) for number, kind in enumerate(kinds))
    return bytes((9, 2)) + (9 + len(parts)).to_bytes(2, "little") + bytes((len(kinds), 1, 0, 0x80, 50)) + parts


def plugged(folder: Path, descriptors: bytes, maker: str = "1234") -> Path:
    (folder / "authorized").write_text("0\n", encoding="ascii")
    (folder / "descriptors").write_bytes(descriptors)
    (folder / "idVendor").write_text(maker + "\n", encoding="ascii")
    return folder


def is_let_in(folder: Path, *words: str) -> bool:
    subprocess.run([SCRIPT, str(folder), *words], check=True, capture_output=True, timeout=60)
    return (folder / "authorized").read_text(encoding="ascii").strip() == "1"


@pytest.mark.parametrize(
    ("kinds", "maker"),
    [
        ([(3, 0, 0)], "1234"),
        ([(9, 0, 1)], "1d6b"),
        ([(7, 1, 2)], "0416"),
        ([(14, 1, 0), (14, 2, 0)], "1234"),
        ([(2, 2, 1), (10, 0, 0)], "1234"),
        ([(11, 0, 0)], "1234"),
        ([(255, 0, 0)], "0403"),
    ],
    ids=["touch panel", "hub", "printer", "camera", "serial line", "card reader", "FTDI"],
)
def test_what_a_terminal_needs_is_let_in(tmp_path: Path, kinds: list[tuple[int, int, int]], maker: str) -> None:
    assert is_let_in(plugged(tmp_path, DEVICE + configuration(*kinds), maker))


@pytest.mark.parametrize(
    ("kinds", "maker"),
    [
        ([(3, 1, 1)], "1234"),
        ([(3, 1, 2)], "1234"),
        ([(8, 6, 80)], "1234"),
        ([(224, 1, 1)], "1234"),
        ([(2, 6, 0), (10, 0, 0)], "1234"),
        ([(255, 0, 0)], "1234"),
        ([(7, 1, 2), (3, 1, 1)], "0416"),
    ],
    ids=["keyboard", "mouse", "storage", "radio", "network", "unknown maker", "a printer that is a keyboard, too"],
)
def test_everything_else_stays_out(tmp_path: Path, kinds: list[tuple[int, int, int]], maker: str) -> None:
    assert not is_let_in(plugged(tmp_path, DEVICE + configuration(*kinds), maker))


@pytest.mark.parametrize("descriptors", [b"", DEVICE, DEVICE + b"\0" * 64, DEVICE + b"\xff", DEVICE + configuration((3, 0, 0))[:12]])
def test_what_says_nothing_or_nonsense_of_itself_stays_out(tmp_path: Path, descriptors: bytes) -> None:
    assert not is_let_in(plugged(tmp_path, descriptors))


NETWORK = DEVICE + configuration((255, 0, 255))


@pytest.mark.parametrize(
    ("socket", "maker", "product", "board", "let_in"),
    [
        ("1-1.1", "0424", "ec00", "raspberrypi,3-model-b", True),
        ("1-1.1.1", "0424", "7800", "raspberrypi,3-model-b-plus", True),
        ("1-1.2", "0424", "ec00", "raspberrypi,3-model-b", False),
        ("1-1.1", "0424", "7800", "raspberrypi,3-model-b-plus", False),
        ("1-1.1", "0bda", "8153", "raspberrypi,3-model-b", False),
        ("1-1.1", "0424", "ec00", "raspberrypi,4-model-b", False),
        ("1-1.1.1", "0424", "7800", "raspberrypi,4-model-b", False),
        ("1-1.1", "0424", "ec00", "", False),
    ],
    ids=[
        "Pi 3 B",
        "Pi 3 B+",
        "in a socket of its own",
        "of the other Pi",
        "another maker",
        "in a socket of a Pi 4",
        "on a hub in a socket of a Pi 4",
        "on a PC",
    ],
)
def test_the_network_of_a_raspberry_pi_3_is_let_in_where_it_is_soldered(
    tmp_path: Path, socket: str, maker: str, product: str, board: str, let_in: bool
) -> None:
    compatible, folder = tmp_path / "compatible", tmp_path / socket
    folder.mkdir()
    plugged(folder, NETWORK, maker)
    (folder / "idProduct").write_text(product + "\n", encoding="ascii")
    if board:
        compatible.write_bytes(board.encode("ascii") + b"\0brcm,bcm2837\0")  # as the device tree says it
    assert is_let_in(folder, str(compatible)) is let_in
