"""What can still be read of a damaged database, on a disk that may itself refuse now and then."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from sync.contract.application import SealedApplication
from sync.contract.names import digest_of
from sync.errors import LedgerDamagedError, LedgerFaultError, SyncError
from sync.ledger import Ledger
from sync.rows import insert_application
from sync.space import Room
from sync.tables import Database

READ_AGAIN_AFTER_S: Final = 0.2
_READ_AGAIN: Final = 10
_UNREADABLE_IN_A_ROW: Final = 10_000
_UNREADABLE_AT_LAST: Final = 200
"""The same, once the disk has refused too often."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What could be read of a damaged database."""

    bodies: tuple[bytes, ...] = ()
    ratings: tuple[tuple[str, bytes], ...] = ()
    is_doubtful: bool = False  # something was not read because the disk did not answer, and not because it is damaged

    def put_into(self, db: Database) -> None:
        """What the city has already, it recognises."""
        for body in self.bodies:
            header = msgspec.json.decode(body, type=SealedApplication).header
            if not db.execute("SELECT 1 FROM application WHERE application_id = ?", (header.application_id,)).fetchall():
                insert_application(db, header, body, digest_of(body))
        for application_id, body in self.ratings:
            db.execute(
                "INSERT OR IGNORE INTO rating (application_id, body, state)"
                " SELECT application_id, ?, 'sealed' FROM application WHERE application_id = ?",
                (body, application_id),
            )


@dataclass(slots=True)
class _Patience:
    """Reads what a damaged database gives. Where the disk itself fails it tries again, a few times in all.

    A page that the disk did not give is, to SQLCipher, one of another database, and so is every page after it until the file is opened
    anew. So the file's bytes are read as well before anything is taken for damage.
    """

    path: Path
    left: int = _READ_AGAIN
    is_over: bool = False

    def take(self) -> bool:
        """Wait a moment; False when it has been tried often enough."""
        self.is_over = self.is_over or self.left == 0
        if not self.is_over:
            self.left -= 1
            time.sleep(READ_AGAIN_AFTER_S)
        return not self.is_over

    def opened(self, key: bytes, room: Room) -> Ledger | None:
        """Open it, if it can be."""
        tried = 0
        while True:
            tried += 1
            try:
                return Ledger(self.path, key, room)
            except (LedgerDamagedError, LedgerFaultError) as error:
                if (tried > 1 and self._is_damage(error)) or not self.take():
                    return None

    def rows(self, ledger: Ledger, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Read, if it can be read."""
        tried = 0
        while True:
            tried += 1
            try:
                return ledger.rows(sql, parameters)
            except (LedgerDamagedError, LedgerFaultError) as error:
                ledger.close()
                is_first = tried == 1 and isinstance(error, LedgerDamagedError)
                if not is_first and (self._is_damage(error) or not self.take()):
                    return []

    def _is_damage(self, error: SyncError) -> bool:
        return isinstance(error, LedgerDamagedError) and _is_given(self.path)


def _is_given(path: Path) -> bool:
    """Tell whether the disk gives all bytes of a file, whatever they are."""
    try:
        with path.open("rb", buffering=0) as file:
            place = 0
            while part := os.pread(file.fileno(), 1 << 20, place):
                place += len(part)
    except OSError:
        return False
    return True


def salvaged(path: Path, key: bytes, room: Room) -> Salvage:
    """Read row by row, so that a damaged page costs its own rows only."""
    patience = _Patience(path)
    ledger = patience.opened(key, room)
    if ledger is None:
        return Salvage(is_doubtful=patience.is_over)
    bodies: list[bytes] = []
    unreadable = 0
    place = 0
    while unreadable < (_UNREADABLE_AT_LAST if patience.is_over else _UNREADABLE_IN_A_ROW):
        place += 1
        rows = patience.rows(ledger, "SELECT body, digest FROM application WHERE place = ?", place)
        unreadable = 0 if rows else unreadable + 1
        bodies += [body for body, digest in rows if digest_of(body) == digest]
    told = patience.rows(ledger, "SELECT application_id, body FROM rating WHERE state = 'sealed'")
    ledger.close()
    return Salvage(tuple(bodies), tuple((name, body) for name, body in told), patience.is_over)
