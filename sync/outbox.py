"""The outbox: an application that was put in is there after anything that can happen to a terminal, exactly once.

The sealed body is part of its row, the sealed photos are files beside the database; one committed transaction makes all of it
true at once. What the outbox holds can be opened by the city alone.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync import reckoning
from sync.boot_clock import BootClock
from sync.contract.application import Header, SealedApplication
from sync.contract.names import ApplicationId, Digest, InstallId, TerminalId
from sync.contract.rating import Level, Rating
from sync.contract.receipt import Receipt
from sync.contract.suites import Sealed
from sync.deliveries import Deliveries
from sync.durable import is_full, sync_folder, write_durably
from sync.errors import LedgerDamagedError, LedgerDoubtError, LedgerFaultError, LedgerFullError
from sync.export import SealedRow
from sync.ledger import Ledger
from sync.receipts import verified
from sync.rows import insert_application
from sync.set_aside import PHOTO_FOLDER, OutboxEvent, copy_of_read_only, open_ledger
from sync.space import OutboxLimits, Room
from sync.waiting import WaitWatch

_DEFAULT_LIMITS: Final = OutboxLimits()


class HandInStatus(StrEnum):
    """What became of an application that was to be put in."""

    HANDED_IN = "handed_in"
    STORAGE_FULL = "storage_full"  # nothing was taken; there is too little room left
    STORAGE_FAULT = "storage_fault"  # nothing was taken; the disk did not store it


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The outcome of `hand_in`; `header` and `digest` are there only when the application is safe."""

    status: HandInStatus
    header: Header | None = None
    digest: Digest | None = None


class Outbox:
    """Puts applications in and tells what became of them. `deliveries` is the side from which they are sent."""

    def __init__(
        self, folder: Path, ledger: Ledger, room: Room, receipt_keys: Mapping[str, Ed25519PublicKey], deliveries: Deliveries
    ) -> None:
        self._folder = folder
        self._photos = folder / PHOTO_FOLDER
        self._ledger = ledger
        self._room = room
        self._receipt_keys = receipt_keys
        self.deliveries = deliveries
        self._watch = WaitWatch(deliveries.clock.now_s)
        self.events: tuple[OutboxEvent, ...] = ()
        self._copy: Path | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        key: bytes,
        receipt_keys: Mapping[str, Ed25519PublicKey],
        limits: OutboxLimits = _DEFAULT_LIMITS,
        clock: BootClock | None = None,
    ) -> Self:
        """Open the outbox in `folder`, or make it; a damaged one is set aside and what can be read of it is taken over.

        On a disk that has become read-only, a copy in memory is opened: what is there is sent, and nothing new is taken.

        Args:
            folder: Belongs to the outbox alone.
            key: 32 bytes; see `identity.outbox_key`.
            receipt_keys: The keys by which the city signs receipts.
            limits: How much room it wants.
            clock: For leases; this machine's when left out.

        Raises:
            SettingsError: The key is not the one with which the outbox was made.
            LedgerVersionError: A newer version wrote it.
            LedgerFaultError: The disk does not let it be opened or made.
        """
        clock = clock or BootClock.of_this_machine()
        try:
            (folder / PHOTO_FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
            copy = copy_of_read_only(folder)
        except OSError as error:
            raise LedgerFaultError(f"{folder}: the outbox cannot be made or read there") from error
        place = copy or folder
        limits = replace(limits, ballast_bytes=0, grown_bytes=0) if copy else limits
        room = Room(place, limits)
        ledger, events = open_ledger(place, key, room, limits)
        outbox = cls(folder, ledger, room, receipt_keys, Deliveries(ledger, folder / PHOTO_FOLDER, clock))
        outbox.events = (*events, OutboxEvent.READ_ONLY) if copy else events
        outbox._copy = copy
        outbox.tidy()
        return outbox

    def close(self) -> None:
        """Let go of the database."""
        self._ledger.close()
        if self._copy is not None:
            shutil.rmtree(self._copy, ignore_errors=True)

    @property
    def install(self) -> InstallId:
        """The id of this installation, which numbers its applications from 1."""
        return InstallId(self._ledger.rows("SELECT install FROM install ORDER BY rowid DESC LIMIT 1")[0][0])

    def refusal(self) -> HandInStatus | None:
        """Return why nothing can be taken right now, or None; ask before a resident begins, and `hand_in` asks again."""
        if self._copy is not None:
            return HandInStatus.STORAGE_FAULT
        try:
            return None if self._room.is_enough() else HandInStatus.STORAGE_FULL
        except OSError:
            return HandInStatus.STORAGE_FAULT

    def hand_in(self, make: Callable[[int, InstallId], Sealed]) -> HandedIn:
        """Put one application in; only HANDED_IN means that it is safe.

        Args:
            make: Given the sequence number and the install id that its header must carry, returns the sealed application. It is
                called once, while nobody else can write, so it should only seal.
        """
        refused = self.refusal()
        if refused is not None:
            return HandedIn(refused)
        sealed: Sealed | None = None
        try:
            with self._ledger.writing() as db:
                last = db.execute("SELECT install, last_sequence FROM next_in_line").fetchone()
                sealed = make(last[1] + 1, InstallId(last[0]))
                _check_numbered(sealed.header, last[1] + 1, last[0])
                self._store_photos(sealed)
                insert_application(db, sealed.header, sealed.body, sealed.digest)
        except LedgerDoubtError:
            return self._look_again(sealed)
        except (LedgerFaultError, LedgerDamagedError, OSError) as error:
            self._drop_photos(sealed)
            return HandedIn(_status_of(error))
        except BaseException:
            self._drop_photos(sealed)
            raise
        return HandedIn(HandInStatus.HANDED_IN, sealed.header, sealed.digest)

    def put_rating(self, application_id: ApplicationId, level: int) -> HandInStatus:
        """Keep a rating, to be delivered after its application, which is in this outbox. The first one stays."""
        if self._copy is not None:
            return HandInStatus.STORAGE_FAULT
        try:
            with self._ledger.writing() as db:
                rows = db.execute("SELECT body FROM application WHERE application_id = ? AND body != x''", (application_id,)).fetchall()
                for (body,) in rows:
                    rating = Rating(1, _terminal_of(body), application_id, Level(level), datetime.now(UTC))
                    db.execute(
                        "INSERT OR IGNORE INTO rating (application_id, body, state) VALUES (?, ?, 'sealed')",
                        (application_id, msgspec.json.encode(rating)),
                    )
        except (LedgerFaultError, LedgerDamagedError) as error:
            return _status_of(error)
        return HandInStatus.HANDED_IN

    def receipt_of(self, application_id: ApplicationId) -> Receipt | None:
        """Return the city's receipt, its signature checked once more, or None while there is none."""
        try:
            rows = self._ledger.rows(
                "SELECT delivery.receipt, application.digest FROM application JOIN delivery USING (place)"
                " WHERE application_id = ? AND delivery.receipt IS NOT NULL",
                (application_id,),
            )
        except (LedgerFaultError, LedgerDamagedError):
            return None  # the city may have answered; it cannot be read now, so nothing is claimed
        if not rows:
            return None
        statement, digest = rows[0]
        return verified(statement, self._receipt_keys, application_id, Digest(digest))

    def settle_carried(self, application_id: ApplicationId, digest: Digest, statement: bytes) -> bool:
        """Settle an application that was carried by hand, by the city's receipt for it; tell whether that changed anything.

        Raises:
            LedgerFaultError: It cannot be written down now.
        """
        receipt = verified(statement, self._receipt_keys, application_id, digest)
        return receipt is not None and self.deliveries.settle_carried(statement, receipt)

    def last_receipt_at(self) -> datetime | None:
        """Return the city's time on the receipt of the newest application that has one, its signature checked once more."""
        try:
            rows = self._ledger.rows(
                "SELECT a.application_id, a.digest, d.receipt FROM delivery d JOIN application a USING (place)"
                " WHERE d.receipt IS NOT NULL ORDER BY d.place DESC LIMIT 1"
            )
        except (LedgerFaultError, LedgerDamagedError):
            return None
        found = [verified(statement, self._receipt_keys, ApplicationId(name), Digest(digest)) for name, digest, statement in rows]
        return max((one.received_at for one in found if one is not None and one.received_at.tzinfo is not None), default=None)

    def sealed_rows(self, after: ApplicationId | None = None) -> Iterator[SealedRow]:
        """Yield what the city does not have whole and has not refused, oldest first, to be carried by hand; only what came after `after`.

        Raises:
            LedgerFaultError: It cannot be read now.
        """
        rows = self._ledger.rows(
            "SELECT a.place, a.application_id, a.digest, a.body FROM application a LEFT JOIN delivery d USING (place)"
            " WHERE coalesce(d.state, 'sealed') IN ('sealed', 'sent') AND a.body != x''"
            " AND a.place > coalesce((SELECT place FROM application WHERE application_id = ?), 0) ORDER BY a.place",
            (after,),
        )
        for place, application_id, digest, body in rows:
            photos = self._ledger.rows("SELECT digest FROM photo WHERE place = ? ORDER BY position", (place,))
            names = tuple(Digest(name) for (name,) in photos)
            yield SealedRow(ApplicationId(application_id), Digest(digest), body, names, lambda name: (self._photos / name).read_bytes())

    def list(self) -> list[reckoning.Entry]:
        """Return what is in the outbox, oldest first, without anything that the seal protects."""
        return reckoning.entries(self._ledger)

    def stats(self) -> reckoning.Stats:
        """Return the figures that staff and the fleet's operators look at."""
        return reckoning.stats(self._ledger, self._room, self._folder, self._watch, taking=self.refusal() is None)

    def tidy(self) -> None:
        """Remove what a crash left behind, and put the ballast back. Never called while this thread is putting something in."""
        if self._copy is not None:
            return
        try:
            with self._ledger.writing() as db:  # whoever is putting something in holds this right until it is there
                known = {row[0] for row in db.execute("SELECT digest FROM photo").fetchall()}
                for path in self._photos.iterdir():
                    if path.name not in known:
                        path.unlink()
            self._room.take_ballast()
        except (LedgerFaultError, OSError):
            return  # it costs room and harms nobody; the next pass tries again

    def _store_photos(self, sealed: Sealed) -> None:
        if not sealed.attachments:
            return
        for named, content in zip(sealed.header.attachments, sealed.attachments, strict=True):
            write_durably(self._photos / named.digest, content)
        sync_folder(self._photos)

    def _drop_photos(self, sealed: Sealed | None) -> None:
        for named in sealed.header.attachments if sealed is not None else ():
            for name in (named.digest, named.digest + ".part"):
                try:
                    (self._photos / name).unlink(missing_ok=True)
                except OSError:
                    return  # `tidy` will find them

    def _look_again(self, sealed: Sealed | None) -> HandedIn:
        """After a commit that failed: yes only if the row is read back and has reached the main file."""
        if sealed is None:
            return HandedIn(HandInStatus.STORAGE_FAULT)
        try:
            self._ledger.checkpoint()
            found = self._ledger.rows("SELECT digest FROM application WHERE application_id = ?", (sealed.header.application_id,))
        except (LedgerFaultError, LedgerDamagedError):
            return self._take_back(sealed)
        if found == [(sealed.digest,)]:
            return HandedIn(HandInStatus.HANDED_IN, sealed.header, sealed.digest)
        self._drop_photos(sealed)
        return HandedIn(HandInStatus.STORAGE_FAULT)

    def _take_back(self, sealed: Sealed) -> HandedIn:
        """Nobody was told yes, so it must not be sent either."""
        try:
            with self._ledger.writing() as db:
                place = "(SELECT place FROM application WHERE application_id = ?)"
                db.execute(f"DELETE FROM photo WHERE place = {place}", (sealed.header.application_id,))  # noqa: S608
                db.execute("DELETE FROM application WHERE application_id = ?", (sealed.header.application_id,))
        except (LedgerFaultError, LedgerDamagedError):
            return HandedIn(HandInStatus.STORAGE_FAULT)
        self._drop_photos(sealed)
        return HandedIn(HandInStatus.STORAGE_FAULT)


def _check_numbered(header: Header, sequence: int, install: str) -> None:
    if (header.sequence, header.install) != (sequence, install):
        raise ValueError("the header must carry the sequence number and the install id that were given")


def _terminal_of(body: bytes) -> TerminalId:
    return msgspec.json.decode(body, type=SealedApplication).header.terminal


def _status_of(error: Exception) -> HandInStatus:
    is_no_room = isinstance(error, LedgerFullError) or (isinstance(error, OSError) and is_full(error))
    return HandInStatus.STORAGE_FULL if is_no_room else HandInStatus.STORAGE_FAULT
