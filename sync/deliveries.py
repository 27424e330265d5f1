"""The side of the outbox from which things are sent: what is due, who is sending it, and what became of it.

Whoever sends takes a lease first, so that two senders never have the same row, and a sender that dies gives it back by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sync.boot_clock import BootClock
from sync.contract.names import ApplicationId, Digest, digest_of
from sync.contract.receipt import Receipt, ReceiptState
from sync.contract.routes import BATCH_MAX_BYTES
from sync.ledger import Ledger
from sync.tables import Database


class RowState(StrEnum):
    """How far an application has come."""

    SEALED = "sealed"  # here, and nowhere else as far as this terminal knows
    SENT = "sent"  # the city's signed receipt is here; photos may be wanted
    COMPLETE = "complete"  # the city has all of it
    PURGED = "purged"  # complete, and its content removed from here
    QUARANTINED = "quarantined"  # refused for good; kept, sealed, for staff


@dataclass(frozen=True, slots=True)
class Parcel:
    """An application that is being sent."""

    place: int
    application_id: ApplicationId
    digest: Digest
    attempts: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PhotoParcel:
    """A sealed photo that is being sent."""

    place: int
    position: int
    application_id: ApplicationId
    application_digest: Digest
    attempts: int
    digest: Digest
    size_bytes: int
    path: Path


@dataclass(frozen=True, slots=True)
class Receipted:
    """An application that the city has, its signed receipt, and the photos that are still wanted."""

    place: int
    statement: bytes = field(repr=False)
    receipt: Receipt
    missing: Sequence[Digest]


@dataclass(frozen=True, slots=True)
class RatingParcel:
    """A rating that is being sent."""

    application_id: ApplicationId
    digest: Digest
    attempts: int
    body: bytes


# Constants only are put together below; every value is a parameter.
# ruff: noqa: S608
_FREE = "NOT (coalesce(d.held_boot, '') = ? AND coalesce(d.held_until_s, 0) > ?)"
_NEVER_TRIED = (
    "SELECT place FROM application INDEXED BY sqlite_autoindex_application_1"  # small: its entries are ids, not bodies
    " WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.place = application.place)"
)
_DUE = f"SELECT d.place FROM delivery d WHERE d.state = 'sealed' AND {_FREE} UNION ALL {_NEVER_TRIED}"
_HOLD = (
    "INSERT INTO delivery (place, state, held_boot, held_until_s) VALUES (?, 'sealed', ?, ?)"
    " ON CONFLICT (place) DO UPDATE SET held_boot = excluded.held_boot, held_until_s = excluded.held_until_s"
)


class Deliveries:
    """Claims, settles, holds back and sets aside; every method is one transaction."""

    def __init__(self, ledger: Ledger, photos: Path, clock: BootClock) -> None:
        self._ledger = ledger
        self._photos = photos
        self.clock = clock

    def claim(self, limit: int, lease_s: float) -> list[Parcel]:
        """Take up to `limit` due applications: the newest, whose resident may still be there, then the oldest."""
        with self._ledger.writing() as db:
            newest = db.execute(f"{_DUE} ORDER BY 1 DESC LIMIT 1", self._now()).fetchall()
            oldest = db.execute(f"{_DUE} ORDER BY 1 LIMIT ?", (*self._now(), limit)).fetchall()
            places = list(dict.fromkeys(place for (place,) in newest + oldest))[:limit]
            parcels: list[Parcel] = []
            for place in places:
                if sum(len(parcel.body) for parcel in parcels) >= BATCH_MAX_BYTES:
                    break  # no more than goes into a batch is held in memory, or under a lease
                row = db.execute(
                    "SELECT a.application_id, a.digest, coalesce(d.attempts, 0), a.body FROM application a"
                    " LEFT JOIN delivery d USING (place) WHERE a.place = ?",
                    (place,),
                ).fetchone()
                parcels.append(Parcel(place, *row))
                db.execute(_HOLD, (place, *self._until(lease_s)))
        return parcels

    def claim_photo(self, lease_s: float) -> PhotoParcel | None:
        """Take one photo of the application that has waited longest; one at a time fills a line."""
        with self._ledger.writing() as db:
            row = db.execute(
                "SELECT p.place, p.position, a.application_id, a.digest, d.attempts, p.digest, p.size_bytes FROM delivery d"
                " JOIN application a USING (place) JOIN photo p USING (place)"
                f" WHERE d.state = 'sent' AND p.is_sent = 0 AND {_FREE} ORDER BY p.place, p.position LIMIT 1",
                self._now(),
            ).fetchone()
            if row is None:
                return None
            db.execute(_HOLD, (row[0], *self._until(lease_s)))
        place, position, name, digest, attempts, photo, size_bytes = row
        return PhotoParcel(place, position, name, digest, attempts, photo, size_bytes, self._photos / photo)

    def claim_unconfirmed(self, lease_s: float) -> Parcel | None:
        """Take an application whose photos were all sent, so that the city is asked for its last word."""
        with self._ledger.writing() as db:
            row = db.execute(
                "SELECT a.place, a.application_id, a.digest, d.attempts, a.body FROM delivery d JOIN application a USING (place)"
                f" WHERE d.state = 'sent' AND {_FREE}"
                " AND NOT EXISTS (SELECT 1 FROM photo p WHERE p.place = d.place AND p.is_sent = 0) ORDER BY d.place LIMIT 1",
                self._now(),
            ).fetchone()
            if row is None:
                return None
            db.execute(_HOLD, (row[0], *self._until(lease_s)))
        return Parcel(*row)

    def claim_rating(self, lease_s: float) -> RatingParcel | None:
        """Take one rating whose application has arrived."""
        with self._ledger.writing() as db:
            row = db.execute(
                "SELECT d.application_id, d.attempts, d.body FROM rating d JOIN application a USING (application_id)"
                " JOIN delivery s USING (place)"
                f" WHERE d.state = 'sealed' AND s.receipt IS NOT NULL AND {_FREE} ORDER BY a.place LIMIT 1",
                self._now(),
            ).fetchone()
            if row is None:
                return None
            name, attempts, body = row
            held = self._until(lease_s)
            db.execute("UPDATE rating SET held_boot = ?, held_until_s = ? WHERE application_id = ?", (*held, name))
        return RatingParcel(name, digest_of(body), attempts, body)

    def settle(self, receipts: Sequence[Receipted]) -> None:
        """Write down the city's receipts, which the caller has verified, in one transaction, and which photos the city still lacks."""
        now = datetime.now(UTC).isoformat()

        def change(db: Database) -> None:
            for one in receipts:
                _settle_row(db, one, now)

        self._ledger.settle(change)

    def settle_carried(self, statement: bytes, receipt: Receipt) -> bool:
        """Write down a receipt that came back by hand, which the caller has verified; tell whether it says more than what is here."""
        rows = self._ledger.rows(
            "SELECT a.place, coalesce(d.state, 'sealed') FROM application a LEFT JOIN delivery d USING (place)"
            " WHERE a.application_id = ? AND a.digest = ?",
            (receipt.application_id, receipt.digest),
        )
        is_whole = receipt.state is ReceiptState.COMPLETE
        if not rows or rows[0][1] not in ((RowState.SEALED, RowState.SENT) if is_whole else (RowState.SEALED,)):
            return False
        photos = self._ledger.rows("SELECT digest FROM photo WHERE place = ?", (rows[0][0],))
        self.settle([Receipted(rows[0][0], statement, receipt, () if is_whole else [Digest(name) for (name,) in photos])])
        return True

    def photo_sent(self, parcel: PhotoParcel) -> None:
        """Write down that the city has this photo, whole, and let go of its application."""

        def change(db: Database) -> None:
            db.execute("UPDATE photo SET is_sent = 1 WHERE place = ? AND position = ?", (parcel.place, parcel.position))
            db.execute("UPDATE delivery SET held_until_s = 0, attempts = 0 WHERE place = ?", (parcel.place,))

        self._ledger.settle(change)

    def renew_all(self, places: Sequence[int], lease_s: float) -> None:
        """Keep claims for longer."""
        until = self._until(lease_s)
        self._ledger.settle(lambda db: _each(db, _HOLD, [(place, *until) for place in places]))

    def release(self, places: Sequence[int]) -> None:
        """Give claims back untried, as when the line is down."""
        self._ledger.settle(lambda db: _each(db, "UPDATE delivery SET held_until_s = 0 WHERE place = ?", [(p,) for p in places]))

    def hold(self, place: int, wait_s: float, reason: str) -> None:
        """Leave an application alone for a while."""
        self._ledger.settle(
            lambda db: db.execute(
                "UPDATE delivery SET held_boot = ?, held_until_s = ?, attempts = attempts + 1, reason = ? WHERE place = ?",
                (*self._until(wait_s), reason, place),
            )
        )

    def send_again(self, place: int, wait_s: float, reason: str) -> None:
        """Send an application anew that the city no longer has, as after a restore; its receipt stays until the next one comes."""
        self._ledger.settle(
            lambda db: db.execute(
                "UPDATE delivery SET state = 'sealed', held_boot = ?, held_until_s = ?, attempts = attempts + 1, reason = ?"
                " WHERE place = ? AND state = 'sent'",
                (*self._until(wait_s), reason, place),
            )
        )

    def quarantine(self, place: int, reason: str, detail: str | None = None) -> None:
        """Set an application aside for staff; it stays sealed, and is not sent again by itself."""
        self._ledger.settle(
            lambda db: db.execute(
                "UPDATE delivery SET state = 'quarantined', held_until_s = 0, attempts = attempts + 1, reason = ?, detail = ?"
                " WHERE place = ? AND state IN ('sealed', 'sent')",  # another sender may have had the last word meanwhile
                (reason, detail, place),
            )
        )

    def take_up_again(self, number: str | None, *, is_delivered_too: bool = False) -> int:
        """Have applications that were set aside sent once more, all of them or the one of a slip's number; return how many.

        For staff, once the cause was seen to. What the city still refuses is set aside again. With `is_delivered_too` also what the city
        has said to have whole, as far as it is still here: for one that was restored from a backup. What it has, it recognises.
        """

        def change(db: Database) -> int:
            taken: int = db.execute(
                "UPDATE delivery SET state = CASE WHEN state = 'quarantined' AND receipt IS NOT NULL THEN 'sent' ELSE 'sealed' END,"
                " held_until_s = 0, attempts = 0, reason = NULL, detail = NULL WHERE state IN ('quarantined', ?)"
                " AND (? IS NULL OR place IN (SELECT place FROM application WHERE number = ?))",
                (RowState.COMPLETE if is_delivered_too else RowState.QUARANTINED, number, number),
            ).rowcount
            return taken

        return self._ledger.settle(change)

    def rating_settled(self, application_id: ApplicationId) -> None:
        """The city has the rating; nothing of it needs to stay."""
        self._ledger.settle(lambda db: db.execute("UPDATE rating SET state = 'complete' WHERE application_id = ?", (application_id,)))

    def rating_released(self, application_id: ApplicationId) -> None:
        """Give a claimed rating back untried."""
        self._ledger.settle(lambda db: db.execute("UPDATE rating SET held_until_s = 0 WHERE application_id = ?", (application_id,)))

    def rating_held(self, application_id: ApplicationId, wait_s: float, reason: str) -> None:
        """Leave a rating alone for a while."""
        self._ledger.settle(
            lambda db: db.execute(
                "UPDATE rating SET held_boot = ?, held_until_s = ?, attempts = attempts + 1, reason = ? WHERE application_id = ?",
                (*self._until(wait_s), reason, application_id),
            )
        )

    def rating_quarantined(self, application_id: ApplicationId, reason: str) -> None:
        """Set a rating aside."""
        self._ledger.settle(
            lambda db: db.execute("UPDATE rating SET state = 'quarantined', reason = ? WHERE application_id = ?", (reason, application_id))
        )

    def purge(self, settled_before: datetime) -> int:
        """Remove the content of applications that have been complete since then; files go first. Returns how many."""
        rows = self._ledger.rows(
            "SELECT place FROM delivery WHERE state = 'complete' AND settled_at < ?", (settled_before.astimezone(UTC).isoformat(),)
        )
        for (place,) in rows:
            try:
                for (digest,) in self._ledger.rows("SELECT digest FROM photo WHERE place = ?", (place,)):
                    (self._photos / digest).unlink(missing_ok=True)
            except OSError:
                return 0  # a disk that gives nothing up; another time
            self._ledger.settle(lambda db, place=place: _purge_row(db, place))  # type: ignore[misc]
        return len(rows)

    def next_due_s(self) -> float | None:
        """Return in how many seconds something may be tried; 0 when something is due, None when nothing waits."""
        boot, now = self._now()
        rows = self._ledger.rows(
            f"SELECT 0 WHERE EXISTS ({_NEVER_TRIED})"
            " UNION ALL SELECT min(CASE WHEN held_boot = ? THEN held_until_s ELSE 0 END) FROM delivery WHERE state IN ('sealed', 'sent')"
            " UNION ALL SELECT min(CASE WHEN r.held_boot = ? THEN r.held_until_s ELSE 0 END) FROM rating r"
            " JOIN application a USING (application_id) JOIN delivery d USING (place) WHERE r.state = 'sealed' AND d.receipt IS NOT NULL",
            (boot, boot),
        )
        moments = [float(row[0]) for row in rows if row[0] is not None]
        return max(0.0, min(moments) - now) if moments else None

    def _now(self) -> tuple[str, float]:
        return self.clock.boot_id, self.clock.now_s()

    def _until(self, wait_s: float) -> tuple[str, float]:
        return self.clock.boot_id, self.clock.now_s() + wait_s


def _each(db: Database, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    for row in rows:
        db.execute(sql, row)


def _settle_row(db: Database, one: Receipted, now: str) -> None:
    state = RowState.COMPLETE if one.receipt.state is ReceiptState.COMPLETE else RowState.SENT
    if state is RowState.SENT and _is_over(db, one.place):
        return  # another sender has had the last word meanwhile
    db.execute(
        "INSERT INTO delivery (place, state, receipt, case_number, settled_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (place) DO UPDATE SET state = excluded.state, receipt = excluded.receipt,"
        " case_number = excluded.case_number, settled_at = excluded.settled_at, held_until_s = 0, attempts = 0,"
        " reason = NULL, detail = NULL",
        (one.place, state, one.statement, one.receipt.case_number, now),
    )
    wanted = set(one.missing)
    for position, digest in db.execute("SELECT position, digest FROM photo WHERE place = ?", (one.place,)).fetchall():
        is_sent = state is RowState.COMPLETE or digest not in wanted
        db.execute("UPDATE photo SET is_sent = ? WHERE place = ? AND position = ?", (is_sent, one.place, position))


def _is_over(db: Database, place: int) -> bool:
    return bool(db.execute("SELECT 1 FROM delivery WHERE place = ? AND state IN ('complete', 'purged')", (place,)).fetchall())


def _purge_row(db: Database, place: int) -> None:
    if not db.execute("SELECT 1 FROM delivery WHERE place = ? AND state = 'complete'", (place,)).fetchall():
        return  # staff have just had it taken up again
    db.execute("UPDATE application SET body = x'' WHERE place = ?", (place,))
    db.execute("DELETE FROM photo WHERE place = ?", (place,))
    db.execute("UPDATE delivery SET state = 'purged' WHERE place = ?", (place,))
