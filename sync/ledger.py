"""The outbox's database: SQLite in WAL with synchronous=FULL, encrypted, opened with settings that are checked.

SQLite comes with sqlcipher3, because the distribution's own has a race that two writing processes can meet. Errors of the
library end here; what leaves is of the family `SyncError`.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from sqlcipher3 import dbapi2 as sqlcipher

from sync.errors import LedgerDamagedError, LedgerDoubtError, LedgerFaultError, LedgerFullError, LedgerVersionError, SyncError
from sync.settings import OUTBOX_KEY_BYTES
from sync.space import Room
from sync.tables import Database

T = TypeVar("T")

BUSY_MS: Final = 5000

_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a commit that returned has been synced
    "wal_autocheckpoint": 1000,
    "foreign_keys": 1,
    "temp_store": 2,  # nothing unencrypted in a temporary file
    "trusted_schema": 0,
}

MIGRATIONS: Final = (
    """
    CREATE TABLE install (install TEXT NOT NULL, made_at TEXT NOT NULL);
    CREATE TABLE application (
        place INTEGER PRIMARY KEY,
        application_id TEXT NOT NULL UNIQUE,
        install TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        number TEXT NOT NULL,
        item TEXT NOT NULL,
        sealed_at TEXT NOT NULL,
        digest TEXT NOT NULL,
        body BLOB NOT NULL
    );
    CREATE TABLE photo (
        place INTEGER NOT NULL REFERENCES application,
        position INTEGER NOT NULL,
        digest TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        is_sent INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (place, position)
    ) WITHOUT ROWID;
    CREATE TABLE delivery (
        place INTEGER PRIMARY KEY REFERENCES application,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        held_boot TEXT NOT NULL DEFAULT '',
        held_until_s REAL NOT NULL DEFAULT 0,
        reason TEXT,
        detail TEXT,
        receipt BLOB,
        case_number TEXT,
        settled_at TEXT
    );
    CREATE INDEX delivery_state ON delivery (state);
    CREATE TABLE rating (
        application_id TEXT PRIMARY KEY REFERENCES application (application_id),
        body BLOB NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        held_boot TEXT NOT NULL DEFAULT '',
        held_until_s REAL NOT NULL DEFAULT 0,
        reason TEXT
    ) WITHOUT ROWID;
    CREATE VIEW next_in_line AS
        SELECT i.install, coalesce(
            (SELECT a.sequence FROM application a WHERE a.install = i.install ORDER BY a.place DESC LIMIT 1), 0
        ) AS last_sequence FROM install i ORDER BY i.rowid DESC LIMIT 1;
    """,
)
"""Forward only, numbered from 1 by their place; a released one is never changed."""


class Ledger:
    """One connection to the database, for any thread of this process, one at a time."""

    def __init__(self, path: Path, key: bytes, room: Room, *, is_new: bool = False) -> None:
        """Open the database, or make it.

        Raises:
            LedgerDamagedError: It is gone, or cannot be read with `key`.
            LedgerVersionError: A newer version wrote it.
            LedgerFaultError: The disk does not let it be opened.
        """
        if len(key) != OUTBOX_KEY_BYTES:
            raise LedgerDamagedError(f"the outbox key has {len(key)} bytes instead of {OUTBOX_KEY_BYTES}")
        self._path = path
        self._key = key
        self._room = room
        self._lock = threading.RLock()
        self._db: Database | None = None
        self._file = (0, 0)
        try:
            self._open("rwc" if is_new else "rw")
        except LedgerFaultError:
            if not room.give_up_ballast():  # opening takes a few pages, and the disk may be full
                raise
            self._open("rwc" if is_new else "rw")

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Read."""
        with self._lock, _translated():
            return cast("list[tuple[Any, ...]]", self._opened().execute(sql, tuple(parameters)).fetchall())

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Hold the only right to write, over all processes, until the transaction is committed or nothing of it happened.

        Raises:
            LedgerFullError, LedgerFaultError: Nothing was stored.
            LedgerDoubtError: The commit itself failed; look again.
        """
        with self._lock:
            with _translated():
                db = self._opened()
                db.execute("BEGIN IMMEDIATE")
            try:
                with _translated():
                    yield db
            except BaseException:
                self._forget(db)
                raise
            try:
                db.execute("COMMIT")
            except sqlcipher.Error as error:
                self._forget(db)
                fault = _fault(error)
                if isinstance(fault, LedgerFullError):
                    raise fault from error  # it never got its last frame
                self.close()
                raise LedgerDoubtError("the commit failed") from error
            if self._file != self._file_now():
                raise LedgerDoubtError("the database was replaced meanwhile")

    def settle(self, change: Callable[[Database], T]) -> T:
        """Write what was already done elsewhere, and may be written twice; when the disk is full, the ballast is given up for it."""
        try:
            with self.writing() as db:
                return change(db)
        except LedgerDoubtError:
            pass
        except LedgerFullError:
            if not self._room.give_up_ballast():
                raise
        with self.writing() as db:
            return change(db)

    def checkpoint(self) -> None:
        """Bring everything into the main file, and sync it.

        Raises:
            LedgerFaultError: Some of it did not get there.
        """
        busy = self.rows("PRAGMA wal_checkpoint(FULL)")[0][0]
        if busy:
            raise LedgerFaultError("the write-ahead log could not be brought in")

    def grow(self, grown_bytes: int) -> None:
        """Make the file at least so large, with free pages that later rows use; again, also after a kill at any step of it, it is done.

        Raises:
            LedgerFaultError: The disk does not take it, or somebody reads; the database is as good as before.
        """
        if self._path.stat().st_size < grown_bytes:
            with self.writing() as db:
                db.execute("DROP TABLE IF EXISTS growth")
                db.execute("CREATE TABLE growth (filler BLOB)")
                db.execute("INSERT INTO growth VALUES (zeroblob(?))", (grown_bytes,))
        elif not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'growth'"):
            return
        with self.writing() as db:
            db.execute("DROP TABLE growth")
        self.checkpoint()

    def _opened(self) -> Database:
        if self._db is not None and self._file != self._file_now():
            self.close()  # another process has set the old one aside
        if self._db is None:
            self._open("rw")
        assert self._db is not None  # noqa: S101  _open sets it or raises
        return self._db

    def _open(self, mode: str) -> None:
        if mode == "rw" and not self._path.exists():
            raise LedgerDamagedError(f"{self._path}: the outbox's database is gone")
        uri = f"{self._path.absolute().as_uri()}?mode={mode}"
        try:
            connection = sqlcipher.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
        except sqlcipher.Error as error:
            raise LedgerFaultError(f"{self._path}: cannot be opened") from error
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")  # or it writes a line for each damaged page, past every log of ours
            connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
            self._db = self._checked(connection)
            self._file = self._file_now()
        except BaseException:
            connection.close()
            raise

    def _checked(self, connection: Any) -> Database:  # noqa: ANN401  the library has no types
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            for name, wanted in _PRAGMAS.items():
                connection.execute(f"PRAGMA {name} = {wanted}")
                (found,) = connection.execute(f"PRAGMA {name}").fetchone()
                if found != wanted:
                    raise LedgerFaultError(f"{self._path}: {name} is {found!r}, not {wanted!r}")
            db = Database(connection, recursive_triggers=False, execute_plugins=False)
            self._migrate(db)
        except sqlcipher.Error as error:
            raise _fault(error) from error
        return db

    def _file_now(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_dev, found.st_ino

    def _migrate(self, db: Database) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise LedgerVersionError(f"{self._path}: written by version {version}; this one knows {len(MIGRATIONS)}")
        if version == len(MIGRATIONS):
            return
        db.execute("BEGIN IMMEDIATE")
        (version,) = db.execute("PRAGMA user_version").fetchone()  # another process may have been faster
        for step, script in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in script.split(";"):
                if statement.strip():
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {step}")
        db.execute("COMMIT")

    def is_whole(self) -> bool:
        """Check every page and its seal."""
        try:
            with self._lock:
                found = self._opened().execute("PRAGMA quick_check(1)").fetchall()
        except sqlcipher.DatabaseError:
            return False
        return found == [("ok",)]

    def _forget(self, db: Database) -> None:
        try:
            if db.conn.in_transaction:
                db.execute("ROLLBACK")
        except sqlcipher.Error:
            self.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlcipher.Error as error:
        raise _fault(error) from error


def _fault(error: Exception) -> SyncError:
    said = str(error)
    if "not a database" in said or "malformed" in said:
        return LedgerDamagedError(f"the outbox's database is damaged, or its key is another one: {said}")
    return LedgerFullError(said) if "full" in said else LedgerFaultError(said)
