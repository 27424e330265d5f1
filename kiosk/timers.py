"""The flow's waits and the passing minute, on one thread and the monotonic clock."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from kiosk.flow.events import Event, MinutePassed, Timer, TimerFired


class Timers:
    """Fires each timer once, when it is due; setting it again moves it. Every full minute says what time it is."""

    def __init__(self, post: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._post = post
        self._now = now
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
                self._changed.wait(max(0.0, min(soonest - time.monotonic(), to_minute)))
                fired = [timer for timer, at in self._due.items() if at <= time.monotonic()]
                for timer in fired:
                    del self._due[timer]
            for timer in fired:
                self._post(TimerFired(timer))
            now = self._now().replace(second=0, microsecond=0)
            if now != minute:
                minute = now
                self._post(MinutePassed(now))
