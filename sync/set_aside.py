"""Opening the outbox when its database is new, whole, damaged or gone; a damaged one is never quietly replaced by an empty one."""

import fcntl
import hashlib
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from sync.durable import PART_SUFFIX, sync_folder, write_durably
from sync.errors import LedgerDamagedError, LedgerFaultError, SettingsError
from sync.ledger import Ledger
from sync.salvage import READ_AGAIN_AFTER_S, Salvage, salvaged
from sync.space import OutboxLimits, Room

DATABASE_NAME: Final = "outbox.db"
_MARKER_NAME: Final = "outbox.json"
_ASIDE_PREFIX: Final = "set-aside-"
_SIDE_FILES: Final = ("", "-wal", "-shm")
_NEW_NAME: Final = "outbox.db.new"
_TAKEN_OVER_NAME: Final = "taken-over"  # in a set-aside folder: what could be read of it is in the outbox
PHOTO_FOLDER: Final = "photos"
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  memory is meant: the disk is read-only
_INDEX_HEAD_BYTES: Final = 100
_SAID_DAMAGED: Final = 3


class OutboxEvent(StrEnum):
    """What opening the outbox found; staff are told."""

    NEW = "new"
    DAMAGED_SET_ASIDE = "damaged_set_aside"  # what could be read of it is in the new one
    NOT_ALL_READ = (
        "not_all_read"  # the disk refused again and again, or too much was damaged; what was set aside is kept, and not read again
    )
    DATABASE_MISSING = "database_missing"  # it had been there before
    READ_ONLY = "read_only"  # the disk takes nothing; a copy in memory is being sent


class _Marker(msgspec.Struct, frozen=True):
    """Stays beside the database and tells a new outbox from one whose database is gone, and a wrong key from damage."""

    key_check: str
    made_at: datetime


def open_ledger(folder: Path, key: bytes, room: Room, limits: OutboxLimits) -> tuple[Ledger, tuple[OutboxEvent, ...]]:
    """Return the open database and what was found.

    Raises:
        SettingsError: The key is not the one with which the outbox was made.
        LedgerVersionError: A newer version wrote it.
        LedgerFaultError: The disk does not let it be opened or made.
    """
    path = folder / DATABASE_NAME
    with _alone(folder):
        marker = _read_marker(folder)
        if marker is not None and marker.key_check != _key_check(key):
            raise SettingsError(f"{folder}: the outbox was made with another key; bring back the key file that belongs to it")
        make = _Making(folder, key, room, limits)
        pending = [aside for aside in set_aside_folders(folder) if not (aside / _TAKEN_OVER_NAME).exists()]
        if pending:  # the process that began it was killed
            return make.from_set_aside(pending)
        if not path.exists():
            return make.anew(), (OutboxEvent.NEW if marker is None else OutboxEvent.DATABASE_MISSING,)
        ledger = None if _log_was_lost(path) else _whole(path, key, room)
        if ledger is not None:
            if marker is None:  # it was made, and then the power went
                make.write_marker()
            make.grow(ledger)
            return ledger, ()
        return make.from_set_aside([_new_set_aside_folder(folder)])


def _whole(path: Path, key: bytes, room: Room) -> Ledger | None:
    """Return it if it is whole; what does not look so is looked at again, since a disk that hiccups is no reason to set anything aside."""
    for tried in range(_SAID_DAMAGED):
        if tried:
            time.sleep(READ_AGAIN_AFTER_S)
        try:
            ledger = Ledger(path, key, room)
        except LedgerDamagedError:
            continue
        if ledger.is_whole() and _rows(ledger, "SELECT 1 FROM install LIMIT 1"):
            return ledger
        ledger.close()
    return None


def _log_was_lost(path: Path) -> bool:
    """Tell whether the write-ahead log is gone although it held what the database had not yet; SQLite would say nothing of it.

    Its index is there from before the first frame until after the last; https://sqlite.org/walformat.html, section 2, has the offsets.
    """
    index_file, log = (path.with_name(path.name + suffix) for suffix in ("-shm", "-wal"))
    if log.exists() or not index_file.exists():
        return False
    index = index_file.read_bytes()[:_INDEX_HEAD_BYTES]
    if len(index) < _INDEX_HEAD_BYTES or index[:48] != index[48:96] or not index[12]:
        return False  # after a power cut there may be anything in it
    frames, brought_in = (int.from_bytes(index[place : place + 4], sys.byteorder) for place in (16, 96))
    return frames > brought_in


def copy_of_read_only(folder: Path) -> Path | None:
    """Return a copy of the database in memory if the disk takes nothing any more; it is as encrypted as the original.

    Write-ahead log and database belong together, and SQLite can use neither on a read-only disk.
    """
    if not os.statvfs(folder).f_flag & os.ST_RDONLY:
        return None
    copy = Path(tempfile.mkdtemp(prefix="outbox-", dir=_MEMORY if _MEMORY.is_dir() else None))
    for name in (DATABASE_NAME, DATABASE_NAME + "-wal", _MARKER_NAME):
        if (folder / name).exists():
            shutil.copyfile(folder / name, copy / name)
    return copy


def is_made(folder: Path) -> bool:
    """Tell whether there is an outbox, or was one."""
    return (folder / _MARKER_NAME).exists() or (folder / DATABASE_NAME).exists()


def set_aside_folders(folder: Path) -> list[Path]:
    """Return where damaged databases were put."""
    return sorted(folder.glob(_ASIDE_PREFIX + "*"))


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes the database under another name, with all that is to be in it, and renames it: no process ever sees half of it.

    Each step may be the last before the power goes; the next opening goes on from there.
    """

    folder: Path
    key: bytes
    room: Room
    limits: OutboxLimits

    def anew(self) -> Ledger:
        """Make it with nothing in it."""
        return self._made((), None)

    def from_set_aside(self, pending: Sequence[Path]) -> tuple[Ledger, tuple[OutboxEvent, ...]]:
        """Move the damaged files away, and take over every row that can be read, under a new install id."""
        salvage: list[Salvage] = []
        for aside in pending:
            self._move_away(aside)
        path = self.folder / DATABASE_NAME
        if path.exists():  # it was made already, and only the note of it is missing
            ledger = Ledger(path, self.key, self.room)
        else:
            salvage = [salvaged(aside / DATABASE_NAME, self.key, self.room) for aside in pending]
            ledger = self._made(salvage, pending[-1])
        for aside in pending:
            _durably(aside / _TAKEN_OVER_NAME, b"")
        doubt = (OutboxEvent.NOT_ALL_READ,) if any(one.is_doubtful for one in salvage) else ()
        return ledger, (OutboxEvent.DAMAGED_SET_ASIDE, *doubt)

    def write_marker(self) -> None:
        """Note that there is an outbox, and with which key."""
        _durably(self.folder / _MARKER_NAME, msgspec.json.encode(_Marker(_key_check(self.key), datetime.now(UTC))))

    def _move_away(self, aside: Path) -> None:
        """The main file goes last: while it is not there, the move is not done."""
        if (aside / DATABASE_NAME).exists():
            return
        for suffix in reversed(_SIDE_FILES):
            source = self.folder / (DATABASE_NAME + suffix)
            if source.exists():
                source.rename(aside / source.name)
        sync_folder(aside)
        sync_folder(self.folder)

    def _made(self, salvage: "Sequence[Salvage]", aside: Path | None) -> Ledger:
        path, new = self.folder / DATABASE_NAME, self.folder / _NEW_NAME
        for suffix in _SIDE_FILES:
            new.with_name(new.name + suffix).unlink(missing_ok=True)
        ledger = Ledger(new, self.key, self.room, is_new=True)
        with ledger.writing() as db:
            made_at = datetime.now(UTC).isoformat()
            db.execute("INSERT INTO install (install, made_at) VALUES (?, ?)", (secrets.token_hex(8), made_at))
            for one in salvage:
                one.put_into(db)
        known = {digest for (digest,) in ledger.rows("SELECT digest FROM photo")}
        ledger.checkpoint()
        ledger.close()
        try:
            self._keep_leftovers(known, aside)
            new.rename(path)
            sync_folder(self.folder)
        except OSError as error:
            raise LedgerFaultError(f"{self.folder}: the outbox cannot be made there") from error
        self.write_marker()
        ledger = Ledger(path, self.key, self.room)
        self.grow(ledger)  # after the renaming: the log grows with it, and goes when a database is closed
        return ledger

    def grow(self, ledger: Ledger) -> None:
        """Keep room in it for settling, unless there is none to spare: the next opening tries again."""
        with suppress(LedgerFaultError, OSError):
            if self.room.free_bytes() > 3 * self.limits.grown_bytes:  # log and database, and some is left
                ledger.grow(self.limits.grown_bytes)

    def _keep_leftovers(self, known: set[str], aside: Path | None) -> None:
        """Photos whose rows were not read, and the log of a database that is gone, are kept: whoever mends it needs them."""
        photos = self.folder / PHOTO_FOLDER
        found = list(photos.iterdir()) if photos.exists() else []
        unknown = [path for path in found if path.name not in known and not path.name.endswith(PART_SUFFIX)]
        logs = [path for suffix in _SIDE_FILES[1:] if (path := self.folder / (DATABASE_NAME + suffix)).exists()]
        if not unknown and not logs:
            return
        if aside is None:
            aside = _new_set_aside_folder(self.folder)
            _durably(aside / _TAKEN_OVER_NAME, b"")
        kept = aside / PHOTO_FOLDER
        kept.mkdir(exist_ok=True, mode=0o700)
        for path in unknown:
            path.rename(kept / path.name)
        for path in logs:
            path.rename(aside / path.name)
        sync_folder(kept)
        sync_folder(aside)


def _new_set_aside_folder(folder: Path) -> Path:
    aside = folder / f"{_ASIDE_PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    try:
        aside.mkdir(mode=0o700)
        sync_folder(folder)
    except OSError as error:
        raise LedgerFaultError(f"{folder}: nothing can be set aside there") from error
    return aside


def _rows(ledger: Ledger, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    try:
        return ledger.rows(sql, parameters)
    except (LedgerDamagedError, LedgerFaultError):
        return []


def _durably(path: Path, content: bytes) -> None:
    try:
        write_durably(path, content)
        sync_folder(path.parent)
    except OSError as error:
        raise LedgerFaultError(f"{path}: cannot be written") from error


def _key_check(key: bytes) -> str:
    return hashlib.sha256(b"bianmin-kiosk/outbox-key-check\n" + key).hexdigest()[:32]


def _read_marker(folder: Path) -> _Marker | None:
    try:
        return msgspec.json.decode((folder / _MARKER_NAME).read_bytes(), type=_Marker)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise LedgerFaultError(f"{folder / _MARKER_NAME}: not readable") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two processes that start together open one after the other."""
    try:
        descriptor = os.open(folder / "opening.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LedgerFaultError(f"{folder}: not writable") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    except OSError as error:
        raise LedgerFaultError(f"{folder}: the outbox cannot be opened or made there") from error
    finally:
        os.close(descriptor)
