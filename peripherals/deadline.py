"""A moment on the monotonic clock by which something must have happened."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    """Made once where the waiting begins, then asked for what remains; a wall clock that jumps does not move it."""

    at_s: float
    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Self:
        """Return the deadline that lies `seconds` from now."""
        return cls(clock() + seconds, clock)

    @property
    def remaining_s(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.at_s - self.clock())

    @property
    def is_past(self) -> bool:
        """Whether no time is left."""
        return self.clock() >= self.at_s

    def sooner(self, seconds: float) -> "Deadline":
        """Return this deadline or the one `seconds` from now, whichever comes first."""
        return Deadline(min(self.at_s, self.clock() + seconds), self.clock)
