"""A pcscd of one's own: the real card service, with virtual readers, beside whatever else runs on the machine.

pcscd has one fixed place for its socket, so it runs in a mount namespace in which a folder of ours lies there. Where a machine lets
nobody have a namespace, it runs at the fixed place itself, alone on the machine, and our folder's socket leads there.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from peripherals.deadline import Deadline
from peripherals.unix_address import unix_address

SERVICE, READER_LIBRARY = Path("/usr/sbin/pcscd"), "pcsc/drivers/serial/libifdvpcd.so"
FIXED_PLACE = Path("/run/pcscd")
SOCKET = "pcscd.comm"

_BECOME = (sys.executable, "-m", "peripherals.virtual.own_pcscd")
_DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")
_STARTS_S, _ENDS_S, _LOOK_S = 10.0, 10.0, 0.02
_READER = """\
FRIENDLYNAME "{name}"
DEVICENAME   /dev/null:0x{port:04X}
LIBPATH      {library}
CHANNELID    0x{port:04X}
"""


class NoServiceError(Exception):
    """The card service cannot be run on this machine, or did not start; the message says why."""


class CardService:
    """A pcscd with virtual readers. Start it on a thread that lasts: it ends with the thread that started it."""

    def __init__(self, folder: Path, slots: Mapping[str, int]) -> None:
        """Prepare it.

        Args:
            folder: Where its socket and settings are; made when it is missing.
            slots: Names of readers, and the port on which each one's card is awaited; the next port is taken as well.

        Raises:
            NoServiceError: What it needs is not on this machine.
        """
        if (reason := why_not()) is not None:
            raise NoServiceError(reason)
        self.folder = folder.absolute()
        self.socket = self.folder / SOCKET
        self._slots = dict(slots)
        self._process: subprocess.Popen[bytes] | None = None
        self._place: int | None = None  # the lock on the fixed place, while it is used

    @property
    def pid(self) -> int | None:
        """The running service's, or None."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def start(self, readers: Iterable[str] | None = None) -> None:
        """Start it, with the readers named or all of them, and wait until its socket answers; one that runs is left as it is.

        Raises:
            NoServiceError: It did not start.
        """
        if self.pid is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "readers.conf"
        settings.write_text("".join(self._reader(name) for name in (self._slots if readers is None else readers)), encoding="utf-8")
        command = [*_DIES_WITH_US, str(SERVICE), "--foreground", *_without_polkit(), "--config", str(settings)]
        for name in (SOCKET, "pcscd.pid"):
            (self.folder / name).unlink(missing_ok=True)
        if _own_place() is None:
            self._take_fixed_place()
        self._process = subprocess.Popen(
            command if _own_place() is None else [*(_own_place() or ()), *_BECOME, str(self.folder), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = Deadline.after(_STARTS_S)
        while not _answers(self.socket):
            if deadline.is_past or self._process.poll() is not None:
                self.end(kill=True)
                raise NoServiceError("pcscd did not start")
            time.sleep(_LOOK_S)

    def end(self, *, kill: bool = False) -> None:
        """End it, by a word or at once."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGCONT)
            (self._process.kill if kill else self._process.terminate)()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_ENDS_S)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._place is not None:
            os.close(self._place)
            self._place = None

    def signal(self, number: int) -> None:
        """Send it a signal; nothing when it does not run."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _reader(self, name: str) -> str:
        """Return one reader's settings. Each has a copy of vpcd: readers of one copy would share their slots."""
        library = self.folder / f"{name.replace(' ', '-')}.so"
        if not library.exists():
            shutil.copyfile(_reader_library() or "", library)
        return _READER.format(name=name, port=self._slots[name], library=library)

    def _take_fixed_place(self) -> None:
        """Wait for the machine's one place, so that two benches do not pull it from under each other."""
        place = os.open(Path(tempfile.gettempdir()) / "card-service.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(place, fcntl.LOCK_EX)
        self._place = place
        if _answers(FIXED_PLACE / SOCKET):
            self.end()
            raise NoServiceError("this machine's own pcscd runs, and it lets nobody have another")
        for name in (SOCKET, "pcscd.pid"):
            (FIXED_PLACE / name).unlink(missing_ok=True)
        self.socket.symlink_to(FIXED_PLACE / SOCKET)


@cache
def why_not() -> str | None:
    """Return why no card service of one's own can run here, or None when it can."""
    if not SERVICE.exists() or _reader_library() is None:
        return "chip cards need Debian's packages pcscd and vsmartcard-vpcd"
    if _own_place() is None and os.geteuid() != 0:
        return "chip cards need to be root here, or a kernel that lets anybody have namespaces"
    return None


def free_slot() -> int:
    """Return a port that nobody listens on, and its next one neither: vpcd takes both."""
    while True:
        with contextlib.suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            second.bind(("127.0.0.1", port + 1))
            return port


@cache
def _reader_library() -> Path | None:
    folders = (Path("/usr/lib"), *sorted(Path("/usr/lib").glob("*-linux-gnu")))
    return next((path for folder in folders if (path := folder / READER_LIBRARY).exists()), None)


@cache
def _own_place() -> tuple[str, ...] | None:
    """Return how to be given a namespace, or None where this machine gives none."""
    words = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user", "--mount")
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run([*words, "mount", "--bind", folder, "/mnt"], capture_output=True, check=False)
        return words if tried.returncode == 0 else None
    return None


@cache
def _without_polkit() -> tuple[str, ...]:
    """Return the option that newer services need where no system bus runs, as in a container; older ones do not know it."""
    told = subprocess.run([SERVICE, "--help"], capture_output=True, text=True, check=False).stdout
    return ("--disable-polkit",) if "--disable-polkit" in told else ()


def _answers(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line, unix_address(path) as address:
        line.connect(address)
        return True
    return False


def _become(folder: str, command: list[str]) -> None:
    """Turn into pcscd, with `folder` at its fixed place: this process has a namespace of its own."""
    if not FIXED_PLACE.is_dir():
        if not os.access(FIXED_PLACE.parent, os.W_OK):
            subprocess.run(["mount", "-t", "tmpfs", "none", str(FIXED_PLACE.parent)], check=True)
        FIXED_PLACE.mkdir()
    subprocess.run(["mount", "--bind", folder, str(FIXED_PLACE)], check=True)
    os.execvp(command[0], command)  # noqa: S606 - this process's last act


if __name__ == "__main__":
    _become(sys.argv[1], sys.argv[2:])
