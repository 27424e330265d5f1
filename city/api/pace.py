"""How much one terminal may ask in a while, so that one that has gone wild takes nothing from the others.

A bucket for each terminal, in the memory of each serving process: it fills with time, and each request takes one out. What is counted
is proven to be that terminal's, so nobody can use up another's.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

BURST_S: Final = 60.0
"""A terminal that was silent may ask as much at once as otherwise in this time: a backlog arrives in a burst."""

_MOST_TERMINALS: Final = 50_000


class Pace:
    """Counts the requests of every terminal."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = per_second * BURST_S
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, terminal: str) -> float:
        """Count one request; returns 0 when it may be answered, or in how many seconds the next one may."""
        now_s = self._clock()
        with self._lock:
            left, then_s = self._left.pop(terminal, (self._most, now_s))
            left = min(self._most, left + (now_s - then_s) * self._per_second)
            is_fine = left >= 1
            self._left[terminal] = (left - 1 if is_fine else left), now_s
            if len(self._left) > _MOST_TERMINALS:
                self._left.popitem(last=False)  # the one that was silent for longest has a full bucket anyway
        return 0.0 if is_fine else (1 - left) / self._per_second
