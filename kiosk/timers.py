"""The flow's waits and the passing minute, on one thread and the monotonic clock."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from kiosk.flow.events import Event
from kiosk.flow.events.terminal import MachineSlept, MinutePassed, Timer, TimerFired

_SLEPT_S = 5.0  # a machine that was asleep for this long has a stranger before it
_LOOK_EVERY_S = 1.0  # while somebody is waited for


class Timers:
    """Fires each timer once, when it is due; setting it again moves it. Every full minute says what time it is.

    Says also when the machine has slept: the monotonic clock stands still meanwhile, so no timer would notice.
    """

    def __init__(self, post: Callable[[Event], None], now: Callable[[], datetime], asleep_s: Callable[[], float] | None = None) -> None:
        self._post = post
        self._now = now
        self._asleep_s = asleep_s or _asleep_s
        self._slept_s = self._asleep_s()
        self._due: dict[Timer, float] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="timers", daemon=True)

    def start(self) -> None:
        """Begin to watch the clock."""
        self._thread.start()

    def set(self, timer: Timer, after_s: float) -> None:
        """Let `timer` fire `after_s` seconds from now."""
        with self._changed:
            self._due[timer] = time.monotonic() + after_s
            self._changed.notify()

    def cancel(self, timer: Timer) -> None:
        """Forget `timer`."""
        with self._changed:
            self._due.pop(timer, None)

    def close(self) -> None:
        """Stop."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _work(self) -> None:
        minute = self._now().replace(second=0, microsecond=0)
        while True:
            with self._changed:
                if self._closed:
                    return
                soonest = min(self._due.values(), default=time.monotonic() + 60.0)
                to_minute = 60.0 - self._now().second - self._now().microsecond / 1e6
                most_s = _LOOK_EVERY_S if self._due else to_minute
                self._changed.wait(max(0.0, min(soonest - time.monotonic(), to_minute, most_s)))
                fired = [timer for timer, at in self._due.items() if at <= time.monotonic()]
                for timer in fired:
                    del self._due[timer]
            self._look_for_sleep()
            for timer in fired:
                self._post(TimerFired(timer))
            now = self._now().replace(second=0, microsecond=0)
            if now != minute:
                minute = now
                self._post(MinutePassed(now))

    def _look_for_sleep(self) -> None:
        slept_s = self._asleep_s()
        if slept_s - self._slept_s >= _SLEPT_S:
            self._post(MachineSlept())
        self._slept_s = slept_s


def _asleep_s() -> float:
    """Return how long the machine has been asleep since it was started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
