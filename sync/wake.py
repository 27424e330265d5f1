"""What wakes the sending process before its timer: a tap on the shoulder, an empty datagram on a local socket; or a link that came up."""

import os
import select
import socket
import time
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sync.link_events import LinkEvents

_NAME: Final = "wake.sock"
_SETTLE_S: Final = 0.5
"""A link, its addresses and its routes come one after the other."""

_LINKS_APART_S: Final = 5.0
"""A plug with a loose contact is no reason to knock at the city more often."""

_FLAGS: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Woken(StrEnum):
    """What ended a sleep before its time."""

    TAP = "tap"
    LINK = "link"


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
        self._links = LinkEvents()
        self._link_tries_from_s = 0.0
        self._folder = os.open(outbox_folder, _FLAGS)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with suppress(OSError):  # on a read-only disk nobody taps, and the timer is enough
            (outbox_folder / _NAME).unlink(missing_ok=True)
            self._socket.bind(_short_path(self._folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._links.close()
        self._socket.close()
        os.close(self._folder)

    def wait(self, seconds: float) -> Woken | None:
        """Wait until woken, or until the time is over; several taps in a row are one, and so are several words about a link."""
        ends_s = time.monotonic() + max(0.001, seconds)
        link_s: float | None = None
        while True:
            now_s = time.monotonic()
            if link_s is not None and now_s >= link_s:
                self._link_tries_from_s = now_s + _LINKS_APART_S
                return Woken.LINK
            if now_s >= ends_s:
                return None
            heard, _, _ = select.select([self._socket, *self._links.sockets], [], [], min(ends_s, link_s or ends_s) - now_s)
            if self._socket in heard:
                self._drain()
                return Woken.TAP
            if heard and self._links.has_come_up() and link_s is None:
                link_s = max(time.monotonic() + _SETTLE_S, self._link_tries_from_s)

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while True:
                self._socket.recv(1, socket.MSG_DONTWAIT)


def _short_path(folder: int) -> str:
    """A socket's name has at most 107 bytes; the folder's may be longer."""
    return f"/proc/self/fd/{folder}/{_NAME}"
