"""Room on the disk: what was promised to terminals for their photos is kept free before another application is taken.

A promise ends with the photo's arrival, with the terminal's admission, and `HELD_FOR` after the application came. A photo that comes later
than that is taken where there is room, and asked to come again where there is none; the terminal keeps it until then.
"""

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Sum

from city import here
from city.onewindow.models import Attachment
from sync.contract.application import Header

HELD_FOR = timedelta(days=7)


KEPT_S: Final = 5.0
"""So long a serving process remembers the sum of all promises. It grows with the photos that are under way in the whole town, and
while there is room for far more it need not be added up for every application."""

AMPLE_BYTES: Final = 8 * 1024**3
"""With less room to spare the sum is always taken anew: so much, other processes cannot promise within `KEPT_S`."""


class _Remembered:
    """The sum as this process last took it, and what it has promised since. Threads may lose one another's additions: see `AMPLE_BYTES`."""

    _promised_bytes = 0
    _until_s = 0.0

    def promised_bytes(self) -> int:
        if time.monotonic() >= self._until_s:
            self.take_anew()
        return self._promised_bytes

    def take_anew(self) -> int:
        self._promised_bytes = promised_bytes()
        self._until_s = time.monotonic() + KEPT_S
        return self._promised_bytes

    def add(self, promised: int) -> None:
        self._promised_bytes += promised


_remembered = _Remembered()


@dataclass(slots=True)
class Room:
    """The room that one request finds, and what it takes of it."""

    _taken_bytes: int = 0
    _exact_bytes: int | None = None

    def is_enough_for(self, header: Header, body_bytes: int) -> bool:
        """Tell whether one more may come, and count it."""
        needed = sum(photo.size_bytes for photo in header.attachments) + 4 * body_bytes
        if not self._is_enough(needed):
            return False
        self._taken_bytes += needed
        _remembered.add(needed)
        return True

    def is_enough_for_late(self, photo: Attachment) -> bool:
        """Tell whether a photo may begin: for one that room is still held for, always."""
        return photo.case.received_at >= here.now() - HELD_FOR or self._is_enough(photo.size_bytes)

    def _is_enough(self, needed: int) -> bool:
        spare_bytes = shutil.disk_usage(here.folder().root).free - here.own().free_space_floor_bytes - needed
        if self._exact_bytes is None:
            if spare_bytes - _remembered.promised_bytes() >= AMPLE_BYTES:
                return True
            self._exact_bytes = _remembered.take_anew()
        return spare_bytes - self._exact_bytes - self._taken_bytes >= 0


def promised_bytes() -> int:
    """Return what admitted terminals may still send of photos that room is held for."""
    held = Attachment.objects.filter(stored_at=None, case__terminal__withdrawn_at=None, case__received_at__gte=here.now() - HELD_FOR)
    return held.aggregate(total=Sum("size_bytes"))["total"] or 0
