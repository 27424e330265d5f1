"""A tap on the shoulder of the sending process, so that it need not wait for its timer: an empty datagram on a local socket."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_NAME: Final = "wake.sock"
_FLAGS: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def wake(outbox_folder: Path) -> None:
    """Wake the sending process if it is there; its timer finds everything anyway."""
    try:
        descriptor = os.open(outbox_folder, _FLAGS)
    except OSError:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
            sender.sendto(b"", _short_path(descriptor))
    except OSError:
        return  # nobody listens, or it has been told already
    finally:
        os.close(descriptor)


class WakeSocket:
    """Where the sending process waits."""

    def __init__(self, outbox_folder: Path) -> None:
        self._folder = os.open(outbox_folder, _FLAGS)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with suppress(OSError):  # on a read-only disk nobody taps, and the timer is enough
            (outbox_folder / _NAME).unlink(missing_ok=True)
            self._socket.bind(_short_path(self._folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()
        os.close(self._folder)

    def wait(self, seconds: float) -> bool:
        """Wait until woken, or until the time is over; several taps in a row are one."""
        self._socket.settimeout(max(0.001, seconds))
        try:
            self._socket.recv(1)
            self._socket.setblocking(False)
            while True:
                self._socket.recv(1)
        except TimeoutError:
            return False
        except BlockingIOError:
            return True


def _short_path(folder: int) -> str:
    """A socket's name has at most 107 bytes; the folder's may be longer."""
    return f"/proc/self/fd/{folder}/{_NAME}"
