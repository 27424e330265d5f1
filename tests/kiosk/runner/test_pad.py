"""The signature pad's desk, on a pad at a serial line: ink as it is written, and an honest word when there is none to be had."""

import queue
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from drivers.signature_pad import SerialSignaturePad
from kiosk.flow.events import Event
from kiosk.flow.events.applying import PadInked
from kiosk.flow.events.devices import PadSeen
from kiosk.flow.visit import Ink
from kiosk.runner.health import device_statuses
from kiosk.runner.pad import PadDesk, PadPlace
from peripherals.signature_pad import PadStatus
from peripherals.virtual.control import ControlClient

PATIENCE_S = 30.0


class Pad:
    """A virtual pad, the desk before it, and what the desk said."""

    def __init__(self, folder: Path) -> None:
        self.control = ControlClient(folder / "control", patience_s=30)
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.desk = PadDesk(PadPlace(SerialSignaturePad(str(folder / "pad"), 19200, "lines")), self.events.put, self._failed)

    def _failed(self, error: BaseException) -> None:
        raise error

    def next(self) -> Event:
        return self.events.get(timeout=PATIENCE_S)

    def ink(self, strokes: int) -> Ink:
        """Return the first ink with so many strokes; those before it are passed over."""
        while True:
            event = self.next()
            if isinstance(event, PadInked) and len(event.ink.strokes) == strokes:
                return event.ink

    def status(self) -> PadStatus:
        """Return the next word on how the pad is."""
        while True:
            event = self.next()
            if isinstance(event, PadSeen):
                return event.status


@pytest.fixture
def pad(tmp_path: Path) -> Iterator[Pad]:
    command = [sys.executable, "-m", "peripherals.virtual.signature_pad", "--link", str(tmp_path / "pad")]
    with subprocess.Popen([*command, "--control", str(tmp_path / "control")], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        made = Pad(tmp_path)
        with closing(made.desk):
            yield made
        process.kill()


def test_what_the_pen_writes_comes_in_millimetres_as_it_is_written(pad: Pad) -> None:
    pad.desk.open(7, Ink())
    assert pad.next() == PadSeen(7, PadStatus.READY)
    pad.control.do("sign")
    first = pad.next()
    assert isinstance(first, PadInked)
    assert (first.token, first.ink.on_pad) == (7, True)
    ink = pad.ink(2)
    while len(ink.strokes[-1]) < 39:
        ink = pad.ink(2)
    assert (ink.width_mm, ink.height_mm) == (100.0, 60.0)
    assert ink.strokes[0][0][0] == pytest.approx(600 / 4095 * 100, abs=0.01)
    assert all(0 <= x <= 100 and 0 <= y <= 60 for stroke in ink.strokes for x, y, _ in stroke)
    times = [t for stroke in ink.strokes for _, _, t in stroke]
    assert times == sorted(times)
    assert "600" not in repr(first)


def test_a_stroke_that_was_taken_back_does_not_come_again(pad: Pad) -> None:
    pad.desk.open(7, Ink())
    assert pad.next() == PadSeen(7, PadStatus.READY)
    pad.control.do("send", hex=b"*,100,100,1\r\n*,900,900,1\r\n*,900,900,0\r\n".hex())
    pad.ink(1)
    pad.desk.hold(Ink())
    pad.control.do("send", hex=b"*,2000,2000,1\r\n".hex())
    while (ink := pad.ink(1)).strokes[0][0][0] < 40:
        pass
    assert ink.strokes[0][0][:2] == (pytest.approx(2000 / 4095 * 100, abs=0.01), pytest.approx(2000 / 4095 * 60, abs=0.01))


def test_writing_goes_on_from_the_ink_that_is_there(pad: Pad) -> None:
    held = Ink(100.0, 60.0, (((1.0, 1.0, 0), (20.0, 20.0, 600)),), on_pad=True)
    pad.desk.open(7, held)
    assert pad.next() == PadSeen(7, PadStatus.READY)
    pad.control.do("send", hex=b"*,2000,2000,1\r\n".hex())
    assert pad.ink(2).strokes[0] == held.strokes[0]


def test_a_pad_that_is_pulled_is_said_and_found_again(pad: Pad) -> None:
    pad.control.do("unplug")
    pad.desk.open(7, Ink())
    assert pad.status() is PadStatus.ABSENT
    pad.control.do("plug")
    assert pad.status() is PadStatus.READY
    pad.control.do("unplug")
    assert pad.status() is PadStatus.ABSENT


def test_nonsense_is_said_once_and_a_point_is_believed_again(pad: Pad) -> None:
    pad.desk.open(7, Ink())
    assert pad.status() is PadStatus.READY
    pad.control.do("garbage", bytes=1500)
    assert pad.status() is PadStatus.NOT_UNDERSTOOD
    pad.control.do("sign")
    pad.control.do("sign")  # the first may fall into the moment in which the line is opened anew
    assert pad.status() is PadStatus.READY


def test_after_the_page_has_gone_nothing_more_is_said(pad: Pad) -> None:
    pad.desk.open(7, Ink())
    assert pad.next() == PadSeen(7, PadStatus.READY)
    pad.desk.stop()
    pad.desk.open(8, Ink())
    assert pad.next() == PadSeen(8, PadStatus.READY)
    pad.control.do("send", hex=b"*,100,100,1\r\n".hex())
    event = pad.next()
    assert isinstance(event, PadInked)
    assert event.token == 8


def test_a_terminal_without_a_pad_is_no_trouble() -> None:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    desk = PadDesk(PadPlace(), events.put, lambda _error: None)
    desk.open(7, Ink())
    desk.hold(Ink())
    desk.stop()
    desk.close()
    assert events.empty()


def test_the_city_hears_how_the_pad_is() -> None:
    assert device_statuses(PadSeen(1, PadStatus.ABSENT)) == {"signature_pad": "absent"}
