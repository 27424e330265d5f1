"""Lights, door, plug and buttons, on a virtual board of lines."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.fittings import LineFittings
from drivers.line_chip import BoardGoneError, GpiodChip, SocketChip, Wire
from peripherals.deadline import Deadline
from peripherals.fittings import Contact, Contacts, FittingsStatus, Light
from peripherals.virtual.control import ControlClient
from tests.drivers.printer_bench import soon

DOOR, PLUG, HELP, CARD_LIGHT, HELP_LIGHT = 22, 23, 24, 17, 18
CONTACTS = {
    Contact.DOOR: Wire(DOOR, is_active_low=True),
    Contact.HEADPHONES: Wire(PLUG, is_active_low=True),
    Contact.HELP_BUTTON: Wire(HELP),
}
LIGHTS = {Light.CARD: Wire(CARD_LIGHT), Light.HELP: Wire(HELP_LIGHT, is_active_low=True)}
READY = FittingsStatus.READY


class Board:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "board"
        self.control = ControlClient(folder / "control")
        self.fittings = LineFittings(f"unix:{self.path}", CONTACTS, LIGHTS)

    def level(self, line: int) -> bool | None:
        level: bool | None = self.control.do("state")["high"].get(str(line))
        return level

    def contacts(self) -> Contacts:
        return self.fittings.contacts(Deadline.after(5))


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    command = [sys.executable, "-m", "peripherals.virtual.fittings", "--socket", str(tmp_path / "board")]
    command += ["--control", str(tmp_path / "control"), "--high", f"{DOOR},{PLUG}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        board = Board(tmp_path)
        try:
            yield board
        finally:
            board.fittings.close()
            process.kill()


def test_a_contact_to_ground_is_on_when_it_is_closed(board: Board) -> None:
    assert board.contacts() == Contacts(READY)
    board.control.do("close", line=DOOR)
    assert board.contacts() == Contacts(READY, frozenset({Contact.DOOR}))
    board.control.do("open", line=DOOR)
    assert board.contacts() == Contacts(READY)


def test_lights_shine_as_they_are_wired(board: Board) -> None:
    assert board.contacts().status is READY
    assert (board.level(CARD_LIGHT), board.level(HELP_LIGHT)) == (False, True)
    for light in Light:
        assert board.fittings.light(light, shines=True, deadline=Deadline.after(5)) is READY
    assert soon(lambda: (board.level(CARD_LIGHT), board.level(HELP_LIGHT)) == (True, False))
    assert board.fittings.light(Light.CARD, shines=False, deadline=Deadline.after(5)) is READY
    assert soon(lambda: board.level(CARD_LIGHT) is False)


def test_a_change_is_told_as_soon_as_it_has_settled(board: Board) -> None:
    plugging = threading.Timer(0.3, lambda: board.control.do("close", line=PLUG))
    plugging.start()
    deadline = Deadline.after(30)
    assert board.fittings.await_change(frozenset(), deadline) == Contacts(READY, frozenset({Contact.HEADPHONES}))
    assert not deadline.is_past
    plugging.join()


def test_a_worn_contact_that_bounces_is_one_change(board: Board) -> None:
    assert board.contacts().status is READY
    board.control.do("fault", fault="bounce")
    closing = threading.Timer(0.1, lambda: board.control.do("close", line=DOOR))
    closing.start()
    seen = board.fittings.await_change(frozenset(), Deadline.after(30))
    closing.join()
    assert seen == Contacts(READY, frozenset({Contact.DOOR}))
    assert board.fittings.await_change(seen.on, Deadline.after(0.2)) == seen


def test_nothing_that_changes_is_told_at_the_deadline(board: Board) -> None:
    assert board.fittings.await_change(frozenset(), Deadline.after(0.2)) == Contacts(READY)


def test_a_board_that_was_unplugged_comes_back_with_its_lights(board: Board) -> None:
    assert board.fittings.light(Light.CARD, shines=True, deadline=Deadline.after(5)) is READY
    board.control.do("unplug")
    assert soon(lambda: board.contacts() == Contacts(FittingsStatus.ABSENT))
    assert board.fittings.light(Light.HELP, shines=True, deadline=Deadline.after(1)) is FittingsStatus.ABSENT
    seen = board.fittings.look(Deadline.after(1))
    assert (seen.status, seen.is_fit) == ("absent", False)
    board.control.do("plug")
    assert soon(lambda: board.contacts().status is READY)
    assert soon(lambda: (board.level(CARD_LIGHT), board.level(HELP_LIGHT)) == (True, False))


def test_a_board_that_speaks_of_something_else_is_gone(board: Board) -> None:
    board.control.do("fault", fault="nonsense")
    assert board.contacts().status is FittingsStatus.ABSENT
    assert soon(lambda: board.contacts().status is READY)


def test_a_board_that_is_not_there_is_absent(tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path}/none", "/dev/gpiochip-none", str(tmp_path)):
        fittings = LineFittings(address, CONTACTS, LIGHTS)
        assert fittings.contacts(Deadline.after(1)) == Contacts(FittingsStatus.ABSENT)
        assert fittings.look(Deadline.after(1)).detail
    with pytest.raises(BoardGoneError):
        SocketChip(tmp_path / "none", (), ())
    with pytest.raises(BoardGoneError):
        GpiodChip("/dev/null", (Wire(1),), ())
