"""What the outbox says about itself, for staff and for scripts: plain values, and nothing of a resident."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from sync.deliveries import RowState
from sync.ledger import Ledger
from sync.queue_look import QueueLook, QueueRow
from sync.set_aside import set_aside_folders
from sync.space import Room
from sync.waiting import WaitWatch


class Entry(TypedDict):
    """One application in the outbox."""

    application_id: str
    number: str
    item: str
    install: str
    sequence: int
    state: str
    digest: str
    sealed_at: str
    attempts: int
    reason: str | None
    detail: str | None
    case_number: str | None
    photos: int
    photos_sent: int


class Stats(TypedDict):
    """The outbox in figures."""

    sealed: int
    sent: int
    complete: int
    purged: int
    quarantined: int
    ratings_waiting: int
    oldest_waiting_s: float | None
    waiting_bytes: int
    free_bytes: int
    is_taking: bool
    set_aside: int
    install: str
    last_sequence: int


def entries(ledger: Ledger) -> list[Entry]:
    """Return every application, oldest first."""
    rows = ledger.rows(
        "SELECT a.application_id, a.number, a.item, a.install, a.sequence, coalesce(d.state, 'sealed') AS state, a.digest, a.sealed_at,"
        " coalesce(d.attempts, 0) AS attempts, d.reason, d.detail, d.case_number,"
        " (SELECT count(*) FROM photo p WHERE p.place = a.place) AS photos,"
        " (SELECT count(*) FROM photo p WHERE p.place = a.place AND p.is_sent = 1) AS photos_sent"
        " FROM application a LEFT JOIN delivery d USING (place) ORDER BY a.place"
    )
    return [
        Entry(
            application_id=row[0],
            number=row[1],
            item=row[2],
            install=row[3],
            sequence=row[4],
            state=row[5],
            digest=row[6],
            sealed_at=row[7],
            attempts=row[8],
            reason=row[9],
            detail=row[10],
            case_number=row[11],
            photos=row[12],
            photos_sent=row[13],
        )
        for row in rows
    ]


def stats(ledger: Ledger, room: Room, folder: Path, watch: WaitWatch, *, taking: bool) -> Stats:
    """Count the outbox; `watch` belongs to whoever looks."""
    counts = dict(
        ledger.rows("SELECT coalesce(d.state, 'sealed'), count(*) FROM application a LEFT JOIN delivery d USING (place) GROUP BY 1")
    )
    ((oldest, body_bytes, newest),) = ledger.rows(
        "SELECT min(a.place), coalesce(sum(length(a.body)), 0), (SELECT coalesce(max(place), 0) FROM application)"
        " FROM application a LEFT JOIN delivery d USING (place) WHERE coalesce(d.state, 'sealed') IN ('sealed', 'sent')"
    )
    sealed_at = [datetime.fromisoformat(at) for (at,) in ledger.rows("SELECT sealed_at FROM application WHERE place = ?", (oldest,))]
    by_the_wall_s = (datetime.now(UTC) - sealed_at[0]).total_seconds() if sealed_at else 0.0
    ((photo_bytes,),) = ledger.rows("SELECT coalesce(sum(size_bytes), 0) FROM photo WHERE is_sent = 0")
    ((ratings,),) = ledger.rows("SELECT count(*) FROM rating WHERE state = 'sealed'")
    ((install, last),) = ledger.rows("SELECT install, last_sequence FROM next_in_line")
    return Stats(
        sealed=counts.get(RowState.SEALED, 0),
        sent=counts.get(RowState.SENT, 0),
        complete=counts.get(RowState.COMPLETE, 0),
        purged=counts.get(RowState.PURGED, 0),
        quarantined=counts.get(RowState.QUARANTINED, 0),
        ratings_waiting=ratings,
        oldest_waiting_s=watch.age_s(oldest, newest, by_the_wall_s, install),
        waiting_bytes=body_bytes + photo_bytes,
        free_bytes=room.free_bytes(),
        is_taking=taking,
        set_aside=len(set_aside_folders(folder)),
        install=install,
        last_sequence=last,
    )


_WANT_ATTENTION = (RowState.SEALED, RowState.SENT, RowState.QUARANTINED)
ROWS_SHOWN = 40


def look_at(stats: Stats, entries: Sequence[Entry]) -> QueueLook:
    """Pick from the outbox what may be shown."""
    rows = [_row(entry) for entry in entries if entry["state"] in _WANT_ATTENTION]
    return QueueLook(
        waiting=stats["sealed"] + stats["sent"],
        delivered=stats["complete"] + stats["purged"],
        aside=stats["quarantined"],
        oldest_waiting_s=stats["oldest_waiting_s"],
        free_bytes=stats["free_bytes"],
        rows=tuple(rows[:ROWS_SHOWN]),
    )


def _row(entry: Entry) -> QueueRow:
    return QueueRow(
        number=entry["number"],
        item=entry["item"],
        sealed_at=datetime.fromisoformat(entry["sealed_at"]),
        state=entry["state"],
        attempts=entry["attempts"],
        reason=entry["reason"],
        photos=entry["photos"],
        photos_sent=entry["photos_sent"],
    )
