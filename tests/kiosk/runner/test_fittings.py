"""The cabinet's desk, on a board behind its own process: lights as they are wanted, door and plug as events, buttons as they go down."""

import queue
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.fittings import LineFittings
from drivers.line_chip import Wire
from kiosk.flow.events import Event
from kiosk.flow.events.devices import DoorSeen
from kiosk.flow.events.glass import HeadphonesPlugged
from kiosk.runner.fittings import Cabinet, FittingsDesk
from kiosk.runner.health import device_statuses
from peripherals.fittings import Contact, Light
from peripherals.virtual.control import ControlClient
from tests.drivers.printer_bench import soon

DOOR, PLUG, HELP, NEXT = 22, 23, 24, 5
CARD_LIGHT, CAMERA_LIGHT = 17, 16
PATIENCE_S = 20.0


class Board:
    """A virtual board, the desk before it, and what the desk said."""

    def __init__(self, folder: Path, *, speaks: bool) -> None:
        self.control = ControlClient(folder / "control")
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.buttons: queue.SimpleQueue[Contact] = queue.SimpleQueue()
        contacts = {Contact.DOOR: DOOR, Contact.HEADPHONES: PLUG, Contact.HELP_BUTTON: HELP, Contact.NEXT_BUTTON: NEXT}
        lights = {Light.CARD: Wire(CARD_LIGHT), Light.CAMERA: Wire(CAMERA_LIGHT)}
        board = LineFittings(f"unix:{folder / 'board'}", {name: Wire(line, is_active_low=True) for name, line in contacts.items()}, lights)
        self.desk = FittingsDesk(Cabinet(board, speaks, self.buttons.put), self.events.put, self._failed)

    def _failed(self, error: BaseException) -> None:
        raise error

    def is_lit(self, line: int) -> bool:
        return bool(self.control.do("state")["high"].get(str(line)))


@contextmanager
def board(folder: Path, *, speaks: bool = True) -> Iterator[Board]:
    command = [sys.executable, "-m", "peripherals.virtual.fittings", "--socket", str(folder / "board")]
    command += ["--control", str(folder / "control"), "--high", ",".join(map(str, (DOOR, PLUG, HELP, NEXT)))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        made = Board(folder, speaks=speaks)
        try:
            yield made
        finally:
            made.desk.close()
            process.kill()


def test_lights_shine_as_wanted_and_go_out_at_the_end(tmp_path: Path) -> None:
    with board(tmp_path) as made:
        made.desk.shine(frozenset({Light.CARD, Light.PRINTER}))  # this cabinet has no light at its printer
        assert soon(lambda: made.is_lit(CARD_LIGHT), PATIENCE_S)
        made.desk.shine(frozenset({Light.CAMERA}))
        assert soon(lambda: made.is_lit(CAMERA_LIGHT) and not made.is_lit(CARD_LIGHT), PATIENCE_S)
        made.desk.close()
        assert not made.is_lit(CAMERA_LIGHT)


def test_door_and_plug_are_told_once_each_way(tmp_path: Path) -> None:
    with board(tmp_path) as made:
        made.control.do("close", line=DOOR)
        assert made.events.get(timeout=PATIENCE_S) == DoorSeen(is_open=True)
        made.control.do("close", line=PLUG)
        assert made.events.get(timeout=PATIENCE_S) == HeadphonesPlugged(plugged=True)
        made.control.do("open", line=PLUG)
        assert made.events.get(timeout=PATIENCE_S) == HeadphonesPlugged(plugged=False)
        made.control.do("open", line=DOOR)
        assert made.events.get(timeout=PATIENCE_S) == DoorSeen(is_open=False)
        assert made.events.empty()


def test_a_button_is_told_as_it_goes_down_and_not_as_it_comes_up(tmp_path: Path) -> None:
    with board(tmp_path) as made:
        made.control.do("press", line=HELP)
        made.control.do("press", line=NEXT)
        pressed = [made.buttons.get(timeout=PATIENCE_S), made.buttons.get(timeout=PATIENCE_S)]
        assert pressed == [Contact.HELP_BUTTON, Contact.NEXT_BUTTON]
        assert made.buttons.empty()
        assert made.events.empty()


def test_a_plug_means_nothing_where_nothing_speaks(tmp_path: Path) -> None:
    with board(tmp_path, speaks=False) as made:
        made.control.do("close", line=PLUG)
        made.control.do("close", line=DOOR)
        assert made.events.get(timeout=PATIENCE_S) == DoorSeen(is_open=True)


def test_a_board_that_was_unplugged_is_lit_again_and_what_changed_meanwhile_is_told(tmp_path: Path) -> None:
    with board(tmp_path) as made:
        made.desk.shine(frozenset({Light.CARD}))
        assert soon(lambda: made.is_lit(CARD_LIGHT), PATIENCE_S)
        made.control.do("unplug")
        made.desk.shine(frozenset({Light.CAMERA}))
        made.control.do("close", line=DOOR)
        made.control.do("plug")
        assert soon(lambda: made.is_lit(CAMERA_LIGHT) and not made.is_lit(CARD_LIGHT), PATIENCE_S)
        assert made.events.get(timeout=PATIENCE_S) == DoorSeen(is_open=True)


@pytest.mark.parametrize("is_open", [True, False])
def test_the_city_hears_of_the_door(is_open: bool) -> None:
    assert device_statuses(DoorSeen(is_open)) == {"door": "open" if is_open else "ready"}


def test_a_cabinet_without_a_board_is_no_trouble() -> None:
    failed: list[BaseException] = []
    desk = FittingsDesk(Cabinet(), lambda _event: None, failed.append)
    desk.shine(frozenset({Light.CARD}))
    desk.close()
    assert failed == []
