"""The terminal's record of what technicians did: a chain in one file, each record naming the one before it, synced before it counts.

A chain that was changed is never trusted, and never in the way: it is set aside under its own name for whoever investigates, and a fresh
one begins by naming it, which the city makes an alert of.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from sync.contract.decoding import UNDECODABLE
from sync.contract.names import digest_of
from sync.contract.technicians import DAMAGED_NAME_DIGITS, NOTHING_BEFORE, ActKind, ActRecord
from sync.durable import sync_folder

_DAMAGED: Final = ".damaged-"


class ActsDamagedError(ValueError):
    """The chain does not hold; the message says at which record."""


class Acts:
    """One terminal's record. Not for several threads.

    Args:
        path: Belongs to the record alone; a last line that a power cut left half written is dropped.
        now: The wall clock.

    Raises:
        OSError: The file cannot be opened or made.
        ActsDamagedError: It was changed.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._now = now
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._records = list(read(path))
        except ActsDamagedError:
            os.close(self._file)
            raise
        whole = sum(len(_line(record)) for record in self._records)
        os.ftruncate(self._file, whole)
        os.lseek(self._file, 0, os.SEEK_END)

    def note(self, act: ActKind, by: str = "-", about: str = "") -> ActRecord:
        """Write an act down, durably.

        Raises:
            OSError: It could not be written.
        """
        last = self._records[-1] if self._records else None
        record = ActRecord(
            number=last.number + 1 if last else 1,
            at=self._now().astimezone(UTC).replace(microsecond=0),
            by=by,
            act=act,
            about=about,
            before=last.digest if last else NOTHING_BEFORE,
        )
        line = memoryview(_line(record))
        while line:
            line = line[os.write(self._file, line) :]
        os.fsync(self._file)
        self._records.append(record)
        return record

    def after(self, number: int) -> tuple[ActRecord, ...]:
        """Return the records after `number`, oldest first."""
        return tuple(self._records[number:])

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def open_acts(path: Path, now: Callable[[], datetime]) -> Acts:
    """Open the record; a damaged one is set aside beside it, and a fresh one begins that names it.

    Raises:
        OSError: The file cannot be opened, set aside or made.
    """
    try:
        acts = Acts(path, now)
    except ActsDamagedError:
        damaged = digest_of(path.read_bytes())[:DAMAGED_NAME_DIGITS]
        path.replace(path.with_name(f"{path.name}{_DAMAGED}{damaged}"))
        sync_folder(path.parent)
        acts = Acts(path, now)
    aside = max(path.parent.glob(f"{path.name}{_DAMAGED}*"), key=lambda one: one.stat().st_ctime_ns, default=None)
    if aside is not None and not acts.after(0):  # also where a power cut came between setting aside and naming
        acts.note(ActKind.BEGAN_ANEW, about=aside.name.removeprefix(f"{path.name}{_DAMAGED}"))
    return acts


def read(path: Path) -> Iterator[ActRecord]:
    """Yield the records of a chain, each checked against the one before; a last line without its end is not one.

    Raises:
        ActsDamagedError: A record does not continue the chain.
    """
    number, before = 0, NOTHING_BEFORE
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            return
        try:
            record = msgspec.json.decode(line, type=ActRecord)
        except UNDECODABLE as error:
            raise ActsDamagedError(f"{path}: record {number + 1} cannot be read") from error
        if record.number != number + 1 or record.before != before:
            raise ActsDamagedError(f"{path}: record {number + 1} does not continue the chain")
        number, before = record.number, record.digest
        yield record


def _line(record: ActRecord) -> bytes:
    return msgspec.json.encode(record) + b"\n"
