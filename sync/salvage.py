"""What can still be read of a damaged database, on a disk that may itself refuse now and then."""

import os
import time
from dataclasses import dataclass, field
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
_DAMAGED_IN_A_ROW: Final = 100
"""More than one page of the table can hold: what lies behind them is read from the other end."""
_MOST_S: Final = 40.0
"""So long damage is read around, well within what systemd gives a start; else it would be killed and begin anew for ever."""
_GREATEST_PLACE: Final = 2**63 - 1
_UPWARDS: Final = "SELECT place, body, digest FROM application WHERE place BETWEEN ?1 AND ?2 ORDER BY place LIMIT 1"
_DOWNWARDS: Final = "SELECT place, body, digest FROM application WHERE place BETWEEN ?2 AND ?1 ORDER BY place DESC LIMIT 1"
_KNOW_PLACES: Final = (
    "SELECT max(place) FROM delivery",
    "SELECT max(place) FROM photo",
    "SELECT max(+place) FROM application INDEXED BY sqlite_autoindex_application_1",
)
"""These lie on other pages than the table itself."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What could be read of a damaged database."""

    bodies: tuple[bytes, ...] = ()
    ratings: tuple[tuple[str, bytes], ...] = ()
    is_doubtful: bool = False  # not every place was tried: the disk did not answer, too much was damaged, or the time was up

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
    began_s: float = field(default_factory=time.monotonic)

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

    def has_time(self) -> bool:
        """Tell whether damage may be read around any longer."""
        return time.monotonic() - self.began_s < _MOST_S

    def rows(self, ledger: Ledger, sql: str, *parameters: object) -> list[tuple[Any, ...]] | None:
        """Read; None where it cannot be read."""
        tried = 0
        while True:
            tried += 1
            try:
                return ledger.rows(sql, parameters)
            except (LedgerDamagedError, LedgerFaultError) as error:
                ledger.close()
                is_first = tried == 1 and isinstance(error, LedgerDamagedError)
                if not is_first and (self._is_damage(error) or not self.take()):
                    return None

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
    bodies, is_all = _all_bodies(patience, ledger)
    told = patience.rows(ledger, "SELECT application_id, body FROM rating WHERE state = 'sealed'") or ()
    ledger.close()
    return Salvage(tuple(bodies), tuple((name, body) for name, body in told), patience.is_over or not is_all)


def _all_bodies(patience: _Patience, ledger: Ledger) -> tuple[list[bytes], bool]:
    """Read from the oldest one on; and where too much in a row is damaged, from the newest one back to there. False: not every place."""
    upwards = _Walk(1, 1)
    upwards.go(patience, ledger, _GREATEST_PLACE)
    if upwards.is_done:
        return upwards.bodies, True
    known = [place for sql in _KNOW_PLACES for (place,) in patience.rows(ledger, sql) or () if place is not None]
    downwards = _Walk(max(known, default=_GREATEST_PLACE), -1)
    downwards.go(patience, ledger, upwards.place)
    return [*upwards.bodies, *reversed(downwards.bodies)], downwards.is_done


@dataclass(slots=True)
class _Walk:
    """Goes from row to row, in one direction; over what is damaged from place to place."""

    place: int
    step: int  # 1 or -1
    bodies: list[bytes] = field(default_factory=list)
    is_done: bool = False

    def go(self, patience: _Patience, ledger: Ledger, end: int) -> None:
        """Go as far as `end`, or until too much is damaged."""
        sql = _UPWARDS if self.step > 0 else _DOWNWARDS
        damaged = 0
        while not self.is_done and damaged < _DAMAGED_IN_A_ROW and (damaged == 0 or patience.has_time()):
            rows = patience.rows(ledger, sql, self.place, end)
            if rows:
                ((found, body, digest),) = rows
                self.bodies += [body] if digest_of(body) == digest else []
                self.place = found
            damaged = damaged + 1 if rows is None else 0
            self.place += self.step
            self.is_done = rows == [] or (end - self.place) * self.step < 0
