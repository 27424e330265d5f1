"""A finger wakes the loop. Kivy looks for fingers once a frame only: while nobody is there, that would be ten times a second.

SDL reads fingers off the window system's socket, or off the devices themselves where it draws on the display alone. A thread waits for
one of these to have something to read, and tells Kivy's clock to come at once; who reads is SDL, as ever. Where none is found, nothing is
lost but a moment.
"""

import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kivy.clock import Clock

from kiosk.screens.window import FULL_SPEED

_WINDOW_SYSTEM: Final = ".X11-unix/X"
_FINGERS: Final = "/dev/input/event"
_LOOK_AGAIN_S: Final = 5.0
"""Panels are plugged in and out; SDL opens what comes."""
_SHUT_S: Final = 0.5
_NEVER_READ: Final = 50
"""So often in a row something was there to read, and was not read: it is not SDL's, and not listened to any more."""


def doors() -> Iterator[int]:
    """Yield what this process has open through which fingers come, as its numbers."""
    for entry in Path("/proc/self/fd").iterdir():
        number = int(entry.name)
        try:
            target = str(entry.readlink())
            if target.startswith(_FINGERS) or (target.startswith("socket:") and _WINDOW_SYSTEM in _peer(number)):
                yield number
        except OSError:
            continue  # closed meanwhile, or a socket of another kind


def _peer(number: int) -> str:
    with socket.socket(fileno=os.dup(number)) as copy:
        name = copy.getpeername() if copy.family is socket.AF_UNIX else ""
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)


class Waker:
    """Waits beside the loop, and wakes it; made and begun on the loop's thread."""

    def __init__(self) -> None:
        self._was_read = threading.Event()
        self._wake = Clock.create_trigger(self._woken, 0)
        self._read = Clock.create_trigger(lambda _: self._was_read.set(), 0)
        self._strange: set[int] = set()

    def begin(self) -> None:
        """Begin to wait; it ends with the process."""
        threading.Thread(target=self._wait, name="waker", daemon=True).start()

    def _woken(self, _: float) -> None:
        """SDL reads right after this frame, and what it has read is pressed in the next, which comes at once."""
        self._read()

    def _wait(self) -> None:
        while True:
            poll = select.poll()
            for number in set(doors()) - self._strange:
                poll.register(number, select.POLLIN)
            self._follow(poll)

    def _follow(self, poll: select.poll) -> None:
        """Wake the loop for whatever comes, until it is time to look for other doors."""
        looked_at, unread = time.monotonic(), 0
        while time.monotonic() - looked_at < _LOOK_AGAIN_S:
            came = poll.poll(_LOOK_AGAIN_S * 1000)
            if any(not what & select.POLLIN for _, what in came):
                time.sleep(_SHUT_S)  # one was shut; SDL lets go of it
                return
            if not came:
                return
            self._was_read.clear()
            self._wake()
            self._was_read.wait(_LOOK_AGAIN_S)
            still = poll.poll(0)
            unread = unread + 1 if still else 0
            if unread > _NEVER_READ:
                self._strange.update(number for number, _ in still)
                return
            time.sleep(1 / FULL_SPEED)  # a finger that moves is followed as quickly as before, not with all the processor's time
