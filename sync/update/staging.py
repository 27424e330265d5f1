"""Where a release is gathered: resumed after every interruption, never faster than allowed, and taken for whole only by its digest."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from tuf.api.exceptions import DownloadError

from sync.durable import is_full, sync_folder
from sync.update.channel import Bundle
from sync.update.line import Line, LineError, LineTrouble

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
            if _free_bytes(self.folder) < bundle.size_bytes - offset + self.spare_bytes:
                return FetchStatus.NO_ROOM
            status = self._append(bundle, part, offset, go_on)
            return self._finish(bundle, part) if status is FetchStatus.WHOLE else status
        except OSError as error:
            if is_full(error):
                return FetchStatus.NO_ROOM
            raise

    def clear(self, keep: Bundle | None = None) -> None:
        """Throw away every other release, whole or not."""
        kept = set() if keep is None else {self._whole(keep).name, self._part(keep).name}
        for file in self.folder.iterdir() if self.folder.is_dir() else ():
            if file.name not in kept:
                file.unlink()

    def _append(self, bundle: Bundle, part: Path, offset: int, go_on: Callable[[], bool]) -> FetchStatus:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return self._gathered(bundle, descriptor, offset, go_on)
        except LineError as error:
            return _TROUBLES[error.trouble]
        except DownloadError:
            return FetchStatus.MISSING
        finally:
            with suppress(OSError):
                os.fsync(descriptor)
            os.close(descriptor)

    def _gathered(self, bundle: Bundle, descriptor: int, offset: int, go_on: Callable[[], bool]) -> FetchStatus:
        """Write what comes, from `offset` on; whatever a server sends beyond the signed length is not looked at."""
        begun_s, got, synced = self.clock(), 0, offset
        if offset == bundle.size_bytes:
            return FetchStatus.WHOLE
        for piece in self.line.pieces(bundle.url, offset):
            wanted = piece[: bundle.size_bytes - offset - got]
            _write(descriptor, wanted)
            got += len(wanted)
            if offset + got == bundle.size_bytes:
                return FetchStatus.WHOLE
            if offset + got - synced >= _SYNC_EVERY_BYTES:
                os.fsync(descriptor)
                synced = offset + got
            if not go_on():
                return FetchStatus.STOPPED
            taken_s = self.clock() - begun_s
            if taken_s > _GRACE_S and got / taken_s < _SLOWEST_BYTES_S:
                return FetchStatus.TOO_SLOW
            self.sleep(max(0.0, got / self.bytes_s - taken_s))
        return FetchStatus.NO_LINE  # the line broke, or the server's file is shorter than what was signed

    def _finish(self, bundle: Bundle, part: Path) -> FetchStatus:
        """Give it its name, once its bytes are those that were signed; what is not is thrown away whole."""
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != bundle.sha256:
            part.unlink()
            sync_folder(self.folder)
            return FetchStatus.OTHER_BYTES
        part.replace(self._whole(bundle))
        sync_folder(self.folder)
        return FetchStatus.WHOLE

    def _whole(self, bundle: Bundle) -> Path:
        return self.folder / f"{bundle.sha256}.bundle"

    def _part(self, bundle: Bundle) -> Path:
        return self.folder / f"{bundle.sha256}.part"


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
