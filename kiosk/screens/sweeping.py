"""What a page leaves behind is swept up while nobody touches the glass, and what a visit took is given back when it ends.

Kivy's widgets hold each other in rings, which Python frees when it happens to look: in the middle of the next change of page, or long after
the resident has left. So it is made to look soon after each change, at what was made since the start only. Freed memory lies scattered
where the C library keeps it for whoever asks next; when a visit is over the system gets back what is free of it.
"""

import ctypes
import gc
from collections.abc import Callable

from kivy.clock import Clock

_AFTER_S = 0.6
"""The new page is on the glass by then."""

_libc = ctypes.CDLL(None)


def sweep() -> None:
    """Free what only holds itself."""
    gc.collect()


def spare() -> None:
    """Look no more through what was made by now: it stays."""
    gc.freeze()


class Sweeping:
    """Sweeps after changes of page; not under a finger, for it takes a moment. `is_touched` tells of one."""

    def __init__(self, is_touched: Callable[[], bool]) -> None:
        self._is_touched = is_touched
        self._has_left = False
        self._soon = Clock.create_trigger(self._come, _AFTER_S)

    def page_changed(self) -> None:
        """Sweep soon."""
        self._soon.cancel()  # from the last change on
        self._soon()

    def resident_left(self) -> None:
        """Sweep soon, and give back what is free."""
        self._has_left = True
        self.page_changed()

    def _come(self, _: float) -> None:
        if self._is_touched():
            self._soon()
            return
        sweep()
        if self._has_left:
            self._has_left = False
            _libc.malloc_trim(0)
