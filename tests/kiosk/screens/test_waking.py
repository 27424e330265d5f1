"""A glass at which nobody is stands still, and is awake with the first touch."""

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from Xlib import X, display
from Xlib.ext import xtest

from kiosk.demo.display import OffScreenDisplay
from kiosk.screens import waking
from kiosk.screens.waking import Waker, doors

from kivy.clock import Clock  # isort: skip  after kiosk.screens has set it up

SOON_S = 60.0
A_WHILE_S = 3.0


class Asleep:
    """The program of `asleep`, and a finger on its display."""

    def __init__(self, program: "subprocess.Popen[str]", server: str) -> None:
        self._program = program
        self._server = display.Display(server)

    def says(self, within_s: float = SOON_S) -> str | None:
        """Return its next word, or None when it says nothing."""
        assert self._program.stdout is not None
        ready, _, _ = select.select([self._program.stdout], [], [], within_s)
        return self._program.stdout.readline().strip() if ready else None

    def touch(self) -> None:
        for what, detail in ((X.ButtonPress, 1), (X.ButtonRelease, 1)):
            xtest.fake_input(self._server, what, detail)
        self._server.sync()

    def call(self) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write("\n")
        self._program.stdin.flush()


@contextmanager
def asleep(*arguments: str) -> Iterator[Asleep]:
    with OffScreenDisplay(400, 300) as glass:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("KIVY", "SDL"))} | {"DISPLAY": glass.name}
        command = [sys.executable, "-m", "tests.kiosk.screens.asleep", *arguments]
        program = subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        try:
            one = Asleep(program, glass.name)
            assert one.says() == "asleep"
            time.sleep(A_WHILE_S / 2)  # it says so within its last frame, and looks for fingers at the end of that
            yield one
        finally:
            program.kill()
            program.communicate()


def test_the_first_touch_wakes_it() -> None:
    with asleep() as glass:
        glass.touch()
        assert glass.says() == "touched"


def test_a_device_that_has_something_to_say_wakes_it() -> None:
    with asleep() as glass:
        glass.call()
        assert glass.says() == "called"


def test_without_a_waker_a_touch_waits_for_the_next_look() -> None:
    with asleep("--deaf") as glass:
        glass.touch()
        assert glass.says(A_WHILE_S) is None


def test_what_nobody_reads_is_not_listened_to_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"!")
    monkeypatch.setattr(waking, "doors", lambda: iter([reading]))
    monkeypatch.setattr(waking, "_NEVER_READ", 2)
    monkeypatch.setattr(waking, "_LOOK_AGAIN_S", SOON_S)  # a clock that has other tests' work to do may be slow to come
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    waker = Waker()
    following = threading.Thread(target=waker._follow, args=(poll,))
    following.start()
    began = time.monotonic()
    while following.is_alive() and time.monotonic() - began < SOON_S:
        Clock.tick()
    following.join(SOON_S)
    assert waker._strange == {reading}
    os.close(reading)
    os.close(writing)


def test_only_what_fingers_come_through_is_a_door() -> None:
    reading, writing = os.pipe()
    assert not {reading, writing} & set(doors())
    with OffScreenDisplay(400, 300) as glass:
        connection = display.Display(glass.name)
        assert connection.fileno() in set(doors())
        connection.close()
    os.close(reading)
    os.close(writing)
