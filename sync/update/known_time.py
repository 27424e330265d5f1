"""Time for machines without a battery: never earlier than what is known to be past.

Signed metadata has to be judged by a clock, and a clock may start in 1970. What is kept is the latest moment at which unexpired signed
metadata was seen, so an attacker who sets the clock ahead gains at most the metadata's own validity, once.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sync.durable import sync_folder, write_durably


class KnownTime:
    """The clock of the update agent."""

    def __init__(self, path: Path, built_at: datetime, clock: Callable[[], datetime]) -> None:
        """Begin.

        Args:
            path: Where the latest known moment is kept; its folder exists.
            built_at: When the running image was made: nothing is earlier.
            clock: The machine's own, aware.
        """
        self._path = path
        self._clock = clock
        self._least = max(built_at, self._kept(built_at))

    def now(self) -> datetime:
        """Return the machine's time, or the latest known one where that is later; UTC."""
        return max(self._clock().astimezone(UTC), self._least)

    @property
    def is_behind(self) -> bool:
        """Whether the machine's clock shows a time that is certainly past."""
        return self._clock() < self._least

    def learn(self, moment: datetime) -> None:
        """Keep a moment that signed, unexpired metadata vouches for."""
        if (moment - self._least).total_seconds() < 60:
            return  # no need to wear the disk
        self._least = moment
        write_durably(self._path, moment.astimezone(UTC).isoformat().encode("ascii"))
        sync_folder(self._path.parent)

    def _kept(self, otherwise: datetime) -> datetime:
        try:
            kept = datetime.fromisoformat(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return otherwise
        return kept if kept.tzinfo is not None else otherwise
