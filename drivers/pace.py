"""The pace of a camera, and how long after its newest frame it counts as stalled."""

from collections import deque
from dataclasses import dataclass, field

STALLED_AFTER_S = 1.5  # most cameras send 5 to 30 frames a second, and no two of a live sensor are the same
STALLED_AFTER_FRAMES = 2.5  # a slower one is waited for, as long as two of its own frames take and a little
STALLED_AFTER_MOST_S = 4.0  # one in two seconds is the slowest that counts as a camera; also while its pace is not known yet
PACE_GAPS = 3  # what came at once from somebody's buffer says nothing about the pace


@dataclass(slots=True)
class Pace:
    """When frames came last, fresh or not, in seconds of the monotonic clock."""

    arrived_s: float | None = None
    gaps_s: deque[float] = field(default_factory=lambda: deque(maxlen=PACE_GAPS))

    def arrived(self, at_s: float) -> None:
        """Take note that a frame came."""
        if self.arrived_s is not None:
            self.gaps_s.append(at_s - self.arrived_s)
        self.arrived_s = at_s

    @property
    def patience_s(self) -> float:
        """How old the newest frame of this camera may be, and how long the next is waited for."""
        if len(self.gaps_s) < PACE_GAPS:
            return STALLED_AFTER_MOST_S
        return min(STALLED_AFTER_MOST_S, max(STALLED_AFTER_S, STALLED_AFTER_FRAMES * max(self.gaps_s)))
