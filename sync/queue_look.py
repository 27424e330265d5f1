"""What a technician sees of the outbox: numbers and states, and nothing that somebody wrote."""

from datetime import datetime

import msgspec


class QueueRow(msgspec.Struct, frozen=True):
    """One application that is still here for the city, or was refused by it."""

    number: str
    item: str
    sealed_at: datetime
    state: str  # a RowState
    attempts: int
    reason: str | None
    photos: int
    photos_sent: int


class QueueLook(msgspec.Struct, frozen=True):
    """The outbox at one moment; `rows` are those that want somebody's attention, oldest first."""

    waiting: int
    delivered: int
    aside: int
    oldest_waiting_s: float | None
    free_bytes: int
    rows: tuple[QueueRow, ...] = ()
