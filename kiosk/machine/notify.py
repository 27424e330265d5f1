"""What a unit tells systemd: that it is ready, and that it is alive. The protocol of sd_notify(3): datagrams of `NAME=value` lines."""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

_BEATS_PER_WATCHDOG = 4  # so that one lost beat, or a slow moment, ends nothing
_LONGEST_S = 3600.0


class Service(Protocol):
    """This process, as systemd sees it."""

    @property
    def beat_every_s(self) -> float | None:
        """How often to say that one is alive; None when nobody counts."""

    def ready(self) -> None:
        """Say that start-up is over."""

    def beat(self) -> None:
        """Say that one is alive."""


class Unwatched:
    """A process that systemd did not start: a developer's desk, the demo, a test."""

    beat_every_s: float | None = None

    def ready(self) -> None:
        """Nobody asked."""

    def beat(self) -> None:
        """Nobody counts."""


class Watched:
    """A process of a unit with Type=notify."""

    def __init__(self, address: str, watchdog_s: float | None) -> None:
        self.beat_every_s = None if watchdog_s is None else watchdog_s / _BEATS_PER_WATCHDOG
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def ready(self) -> None:
        """Say that start-up is over."""
        self._tell("READY=1")

    def beat(self) -> None:
        """Say that one is alive."""
        self._tell("WATCHDOG=1")

    def _tell(self, line: str) -> None:
        # Not delivered means that systemd is being replaced at this moment; the next beat comes through.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
            try:
                sender.sendto(line.encode(), self._address)
            except OSError:
                return


def service(environment: Mapping[str, str], pid: int) -> Service:
    """Return this process's line to systemd, as its environment names it; see sd_notify(3) and sd_watchdog_enabled(3)."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return Unwatched()
    meant = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
    try:
        watchdog_s = int(environment.get("WATCHDOG_USEC", "0")) / 1_000_000
    except ValueError:
        watchdog_s = 0.0
    return Watched(address, watchdog_s if meant and 0 < watchdog_s < _LONGEST_S else None)


def this_service() -> Service:
    """Return this very process's line to systemd."""
    return service(os.environ, os.getpid())


class Pulse:
    """The screen's signs of life, each of them a picture that really reached the glass.

    A timer would beat on behind a frozen picture. So the timer only asks for a picture, and the drawn picture is the beat.
    """

    def __init__(self, told: Service, draw_anew: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._told = told
        self._draw_anew = draw_anew
        self._clock = clock
        self._beaten_at: float | None = None

    @property
    def every_s(self) -> float | None:
        """How often to call `ask`; None when nobody counts."""
        return self._told.beat_every_s

    def ask(self) -> None:
        """Ask for a picture, should there be none by itself."""
        self._draw_anew()

    def on_frame(self) -> None:
        """A picture is on the glass."""
        now = self._clock()
        if self._beaten_at is None:
            self._told.ready()
        elif self.every_s is None or now - self._beaten_at < self.every_s / 2:
            return
        self._beaten_at = now
        if self.every_s is not None:
            self._told.beat()


def beat_in_background(told: Service) -> None:
    """Beat from a thread, for a process whose work ends itself when it hangs: a stopped or starved process beats no more."""
    every_s = told.beat_every_s
    if every_s is None:
        return

    def beat() -> None:
        while True:
            told.beat()
            time.sleep(every_s)

    threading.Thread(target=beat, name="beat", daemon=True).start()
