"""Room on the disk: what was promised to terminals for their photos is kept free before another application is taken.

A promise ends with the photo's arrival, with the terminal's admission, and `HELD_FOR` after the application came. A photo that comes later
than that is taken where there is room, and asked to come again where there is none; the terminal keeps it until then.
"""

import shutil
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum

from city import here
from city.onewindow.models import Attachment
from sync.contract.application import Header

HELD_FOR = timedelta(days=7)


@dataclass(slots=True)
class Room:
    """The room that one request finds, and what it takes of it."""

    _promised_bytes: int | None = None
    _free_bytes: int = 0

    def is_enough_for(self, header: Header, body_bytes: int) -> bool:
        """Tell whether one more may come, and count it."""
        needed = sum(photo.size_bytes for photo in header.attachments) + 4 * body_bytes
        if not self._is_enough(needed):
            return False
        self._promised_bytes = (self._promised_bytes or 0) + needed
        return True

    def is_enough_for_late(self, photo: Attachment) -> bool:
        """Tell whether a photo may begin: for one that room is still held for, always."""
        return photo.case.received_at >= here.now() - HELD_FOR or self._is_enough(photo.size_bytes)

    def _is_enough(self, needed: int) -> bool:
        if self._promised_bytes is None:
            self._promised_bytes = promised_bytes()
            self._free_bytes = shutil.disk_usage(here.folder().root).free
        return self._free_bytes - self._promised_bytes - needed >= here.own().free_space_floor_bytes


def promised_bytes() -> int:
    """Return what admitted terminals may still send of photos that room is held for."""
    held = Attachment.objects.filter(stored_at=None, case__terminal__withdrawn_at=None, case__received_at__gte=here.now() - HELD_FOR)
    return held.aggregate(total=Sum("size_bytes"))["total"] or 0
