"""Where a release is gathered: resumed after every interruption, never faster than allowed, and taken for whole only by its digest.

The release before lies here as a seed where there is room for it: what the new one shares with it is not fetched again (`pieces`).
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from tuf.api.exceptions import DownloadError, DownloadHTTPError

from sync.contract.chunk_index import SUFFIX
from sync.durable import is_full, sync_folder, write_durably
from sync.update.channel import Bundle
from sync.update.line import Line, LineError, LineTrouble
from sync.update.pieces import SEED, Piece, Seed, assembled, fetch_index, read_index

_SYNC_EVERY_BYTES: Final = 4 * 1024 * 1024
_SLOWEST_BYTES_S: Final = 512.0
_GRACE_S: Final = 120.0


class FetchStatus(StrEnum):
    """How a fetch ended."""

    WHOLE = "whole"
    NO_LINE = "no_line"
    TOO_SLOW = "too_slow"
    MISSING = "missing"
    OTHER_BYTES = "other_bytes"  # whole, and not what was signed: thrown away
    NO_ROOM = "no_room"
    STOPPED = "stopped"  # somebody needs the terminal, or the line


_TROUBLES: Final = {
    LineTrouble.NO_LINE: FetchStatus.NO_LINE,
    LineTrouble.TOO_SLOW: FetchStatus.TOO_SLOW,
    LineTrouble.MISSING: FetchStatus.MISSING,
}


class Staging(Protocol):
    """Where the agent has its releases gathered."""

    def has(self, bundle: Bundle) -> bool:
        """Tell whether it lies here whole."""

    def fetch(self, bundle: Bundle, go_on: Callable[[], bool]) -> FetchStatus:
        """Gather more of it, as long as `go_on` says so."""

    def clear(self, keep: Bundle | None = None) -> None:
        """Throw away everything else."""


@dataclass(slots=True)
class StagingFolder:
    """A folder on the data disk.

    Attributes:
        folder: Where.
        line: The way to the server.
        bytes_s: The cap.
        spare_bytes: What must stay free: the outbox comes first.
    """

    folder: Path
    line: Line
    bytes_s: float = 512 * 1024.0
    spare_bytes: int = 256 * 1024 * 1024
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def has(self, bundle: Bundle) -> bool:
        """Tell whether it lies here whole; its name is only given to what was verified and synced."""
        return self._whole(bundle).is_file()

    @contextmanager
    def opened(self, bundle: Bundle) -> Iterator[BinaryIO]:
        """Open a gathered release; what is read is what is checked, whatever happens to the name meanwhile.

        Raises:
            FileNotFoundError: It is not here.
            ValueError: The disk changed it; it is thrown away.
        """
        with self._whole(bundle).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != bundle.sha256:
                self._whole(bundle).unlink(missing_ok=True)
                raise ValueError("the disk changed the release")
            file.seek(0)
            yield file

    def fetch(self, bundle: Bundle, go_on: Callable[[], bool]) -> FetchStatus:
        """Gather more of it."""
        if self.has(bundle):
            return FetchStatus.WHOLE
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._part(bundle)
        try:
            offset = min(part.stat().st_size if part.exists() else 0, bundle.size_bytes)
            needed_bytes = bundle.size_bytes - offset + self.spare_bytes
            if _free_bytes(self.folder) < needed_bytes:
                self._drop_seeds()
            if _free_bytes(self.folder) < needed_bytes:
                return FetchStatus.NO_ROOM
            status = self._append(bundle, part, offset, go_on)
            return self._finish(bundle, part) if status is FetchStatus.WHOLE else status
        except OSError as error:
            if is_full(error):
                return FetchStatus.NO_ROOM
            raise

    def clear(self, keep: Bundle | None = None) -> None:
        """Throw away every other release, whole or not; the last whole one stays as the seed of the next, where there is room."""
        kept = set() if keep is None else {self._whole(keep).name, self._part(keep).name, self._index(keep).name}
        for file in self.folder.glob("*.bundle") if self.folder.is_dir() else ():
            if file.name not in kept and file.with_suffix(SUFFIX).is_file():
                file.replace(file.with_suffix(SEED))
        for seed in self._seeds()[:1]:
            kept |= {seed.name, seed.with_suffix(SUFFIX).name}
        for file in self.folder.iterdir() if self.folder.is_dir() else ():
            if file.name not in kept:
                file.unlink()
        if self._seeds() and _free_bytes(self.folder) < self.spare_bytes:
            self._drop_seeds()  # the outbox comes first

    def _seeds(self) -> list[Path]:
        """Return what may be put together from, the newest first."""
        return sorted(self.folder.glob(f"*{SEED}"), key=lambda seed: seed.stat().st_mtime_ns, reverse=True)

    def _drop_seeds(self) -> None:
        for seed in self._seeds():
            seed.unlink()

    def _source(self, bundle: Bundle, offset: int) -> Iterator[Piece]:
        """Return the bytes of a release from `offset` on, as few of them as possible from the line.

        Raises:
            LineError: The line broke.
        """
        chunks = read_index(self._index(bundle), bundle.size_bytes)
        if chunks is None:
            with suppress(DownloadHTTPError):
                content = fetch_index(self.line, bundle.url, bundle.size_bytes)
                if content is not None:
                    write_durably(self._index(bundle), content)
                    chunks = read_index(self._index(bundle), bundle.size_bytes)
        seed = next((found for path in self._seeds() if (found := Seed.at(path)) is not None), None)
        if chunks is None or seed is None:
            return (Piece(piece, len(piece)) for piece in self.line.pieces(bundle.url, offset))
        return assembled(chunks, seed, self.line, bundle.url, offset)

    def _append(self, bundle: Bundle, part: Path, offset: int, go_on: Callable[[], bool]) -> FetchStatus:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return self._gathered(bundle, descriptor, offset, go_on)
        except LineError as error:
            return _TROUBLES[error.trouble]
        except DownloadError:
            return self._missing()
        finally:
            with suppress(OSError):
                os.fsync(descriptor)
            os.close(descriptor)

    def _gathered(self, bundle: Bundle, descriptor: int, offset: int, go_on: Callable[[], bool]) -> FetchStatus:
        """Write what comes, from `offset` on; whatever a server sends beyond the signed length is not looked at."""
        if offset == bundle.size_bytes:
            return FetchStatus.WHOLE
        source = self._source(bundle, offset)
        begun_s, got, fetched, synced = self.clock(), 0, 0, offset
        seen_s = begun_s
        for piece in source:
            wanted = piece.content[: bundle.size_bytes - offset - got]
            _write(descriptor, wanted)
            got += len(wanted)
            fetched += piece.fetched_bytes
            before_s, seen_s = seen_s, self.clock()
            if not piece.fetched_bytes:
                begun_s += seen_s - before_s  # time for what lay here says nothing of the line
            if offset + got == bundle.size_bytes:
                return FetchStatus.WHOLE
            if offset + got - synced >= _SYNC_EVERY_BYTES:
                os.fsync(descriptor)
                synced = offset + got
            if not go_on():
                return FetchStatus.STOPPED
            taken_s = self.clock() - begun_s
            if taken_s > _GRACE_S and fetched / taken_s < _SLOWEST_BYTES_S:
                return FetchStatus.TOO_SLOW
            self.sleep(max(0.0, fetched / self.bytes_s - taken_s))
            seen_s = self.clock()
        return FetchStatus.NO_LINE  # the line broke, or the server's file is shorter than what was signed

    def _finish(self, bundle: Bundle, part: Path) -> FetchStatus:
        """Give it its name, once its bytes are those that were signed; what is not is thrown away whole."""
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != bundle.sha256:
            part.unlink()
            self._index(bundle).unlink(missing_ok=True)
            self._drop_seeds()  # put together by a wrong index, perhaps: the next time all of it is fetched
            sync_folder(self.folder)
            return FetchStatus.OTHER_BYTES
        part.replace(self._whole(bundle))
        sync_folder(self.folder)
        return FetchStatus.WHOLE

    def _missing(self) -> FetchStatus:
        """The server does not have it; or it gives out no parts of files, and the whole is asked for the next time."""
        if self._seeds():
            self._drop_seeds()
            return FetchStatus.NO_LINE
        return FetchStatus.MISSING

    def _whole(self, bundle: Bundle) -> Path:
        return self.folder / f"{bundle.sha256}.bundle"

    def _index(self, bundle: Bundle) -> Path:
        return self.folder / f"{bundle.sha256}{SUFFIX}"

    def _part(self, bundle: Bundle) -> Path:
        return self.folder / f"{bundle.sha256}.part"


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
