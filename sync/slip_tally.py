"""How many applications were handed in on each day, and how many of them got their slip: counted where slips are printed, told to the city.

The city compares it with what it received, so that a resident without a slip is found although nobody said anything.
"""

import threading
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from sync.contract.decoding import UNDECODABLE
from sync.contract.heartbeat import SlipDay
from sync.durable import write_durably

FILE_NAME: Final = "slips.json"
DAYS_KEPT: Final = 14


def read_slips(path: Path) -> tuple[SlipDay, ...]:
    """Return the days that were counted, oldest first; none when nothing was handed in yet, or the file cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[SlipDay, ...])
    except (OSError, *UNDECODABLE):
        return ()


class SlipTally:
    """Counts, and keeps the file up to date; for any thread. A slip that is printed again counts once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._without_slip: dict[int, date] = {}  # by the visit's token
        self._lock = threading.Lock()

    def note_handed_in(self, token: int, day: date) -> None:
        """An application is in the outbox."""
        with self._lock:
            self._without_slip = {token: day}  # of an earlier visit nothing more comes
            self._count(day, handed_in=1)

    def note_slip(self, token: int) -> None:
        """A slip of this visit came out."""
        with self._lock:
            day = self._without_slip.pop(token, None)
            if day is not None:
                self._count(day, printed=1)

    def _count(self, day: date, handed_in: int = 0, printed: int = 0) -> None:
        """Kept through a power cut; on a full disk it stays as it was, for nothing that a resident needs hangs on it."""
        known = {one.day: one for one in read_slips(self._path)}
        own = known.get(day, SlipDay(day, 0, 0))
        known[day] = SlipDay(day, own.handed_in + handed_in, own.printed + printed)
        days = sorted(known.values(), key=lambda one: one.day)[-DAYS_KEPT:]
        with suppress(OSError):
            write_durably(self._path, msgspec.json.encode(days))
