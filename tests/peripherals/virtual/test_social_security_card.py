"""The virtual chip card keeps to vpcd's side of the wire, and refuses orders that make no sense."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from peripherals.virtual.chip_cards import DEMO_CHIP_CARDS
from peripherals.virtual.control import ControlClient, OrderRefusedError

SELECT = bytes.fromhex("00a404000f7378312e73682ec9e7bbe1b1a3d5cf")


@contextmanager
def virtual_card(folder: Path) -> Iterator[tuple[socket.socket, ControlClient]]:
    """Start a virtual card, and be its vpcd."""
    with socket.socket() as vpcd:
        vpcd.bind(("127.0.0.1", 0))
        vpcd.listen(1)
        vpcd.settimeout(5)
        words = ["--vpcd", f"127.0.0.1:{vpcd.getsockname()[1]}", "--control", str(folder / "control")]
        command = [sys.executable, "-m", "peripherals.virtual.social_security_card", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
                yield vpcd, ControlClient(folder / "control")
            finally:
                process.terminate()


def said(line: socket.socket, message: bytes) -> bytes:
    """Send a message as vpcd does, its length apart, and return the answer."""
    line.sendall(len(message).to_bytes(2))
    line.sendall(message)
    with line.makefile("rb") as answers:
        return answers.read(int.from_bytes(answers.read(2)))


def test_put_in_it_connects_and_taken_out_it_hangs_up(tmp_path: Path) -> None:
    with virtual_card(tmp_path) as (vpcd, control):
        assert control.do("state")["connected"] is False
        control.do("insert", card="zhou-guilan")
        line, _ = vpcd.accept()
        with line:
            line.settimeout(5)
            line.sendall(b"\x00\x01\x01")  # power on: no answer
            assert said(line, b"\x04")[:2] == b"\x3b\x6d"
            assert said(line, bytes.fromhex("00b2010400")) == b"\x69\x86"  # nothing was chosen
            assert said(line, SELECT)[:1] == b"\x61"
            assert said(line, bytes.fromhex("00b2012c00")) == b"\x6c\x12"
            assert said(line, bytes.fromhex("00b2012c12"))[:5] == bytes.fromhex("0110210100")
            line.sendall(b"\x00\x01\x02")  # reset: what was chosen is forgotten
            assert said(line, bytes.fromhex("00b2012c12")) == b"\x69\x86"
            assert said(line, bytes.fromhex("0020000003313233")) == b"\x6d\x00"  # no PIN here
            control.do("remove")
            assert line.recv(1) == b""


def test_cards_of_other_makes_say_something_else_on_power_up(tmp_path: Path) -> None:
    with virtual_card(tmp_path) as (vpcd, control):
        for card in ("storage", "zhou-guilan-3"):
            control.do("insert", card=card)
            line, _ = vpcd.accept()
            with line:
                line.settimeout(5)
                assert said(line, b"\x04")[:1] == b"\x3b"
                control.do("remove")


@pytest.mark.parametrize(
    "order",
    [
        {"order": "insert"},
        {"order": "insert", "card": "nobody"},
        {"order": "insert", "card": {"kind": "passport"}},
        {"order": "insert", "card": {"name": "周"}},
        {"order": "insert", "card": {**DEMO_CHIP_CARDS["zhou-guilan"], "name": "样" * 26}},
        {"order": "insert", "card": {**DEMO_CHIP_CARDS["zhou-guilan"], "spec_version": "4.00"}},
        {"order": "insert", "card": {**DEMO_CHIP_CARDS["zhou-guilan"], "birth_date": "yesterday"}},
        {"order": "fault", "fault": "earthquake"},
        {"order": "fault"},
        {"order": "dance"},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(virtual: ControlClient, order: dict[str, object]) -> None:
    details = dict(order)
    with pytest.raises(OrderRefusedError):
        virtual.do(str(details.pop("order")), **details)
    assert virtual.do("state")["card"] is False


@pytest.fixture(scope="module")
def virtual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlClient]:
    with virtual_card(tmp_path_factory.mktemp("card")) as (_, control):
        yield control
