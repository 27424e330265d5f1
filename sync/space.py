"""Room on the disk: enough is kept back that what was taken can always be sent and settled."""

import os
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class OutboxLimits:
    """How much room the outbox wants.

    Attributes:
        floor_bytes: Below this much free space, nothing new is taken: five of the largest applications and some for the system.
        floor_files: The same for inodes.
        grown_bytes: How far the database is grown when it is made, so that a full disk does not stop rows being settled.
        ballast_bytes: A file that is given up when even that is not enough.
    """

    floor_bytes: int = 5 * 24 * MIB + 64 * MIB
    floor_files: int = 200
    grown_bytes: int = 8 * MIB
    ballast_bytes: int = 16 * MIB


class Room:
    """Measures the disk under the outbox, and holds its ballast."""

    def __init__(self, folder: Path, limits: OutboxLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._ballast = folder / "ballast"

    def free_bytes(self) -> int:
        """Return what this process may still write."""
        disk = os.statvfs(self._folder)
        return disk.f_bavail * disk.f_frsize

    def is_enough(self) -> bool:
        """Whether a new application may be taken."""
        disk = os.statvfs(self._folder)
        has_files = disk.f_files == 0 or disk.f_favail >= self._limits.floor_files  # some file systems do not count inodes
        return has_files and disk.f_bavail * disk.f_frsize >= self._limits.floor_bytes

    def give_up_ballast(self) -> bool:
        """Free the ballast; False when it was free already."""
        try:
            self._ballast.unlink()
        except FileNotFoundError:
            return False
        return True

    def take_ballast(self) -> None:
        """Put the ballast back as soon as there is room for it and for new applications."""
        wanted = self._limits.ballast_bytes
        if wanted == 0 or self._ballast_bytes() >= wanted or self.free_bytes() < self._limits.floor_bytes + wanted:
            return
        descriptor = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, wanted)
        except OSError:
            self._ballast.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    def _ballast_bytes(self) -> int:
        """How large it is: whoever was killed while taking it leaves a name with nothing behind it."""
        try:
            return self._ballast.stat().st_size
        except FileNotFoundError:
            return 0
