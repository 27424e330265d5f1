"""Hears from the kernel that a network link has come up, or got an address or a way out, so that the line is tried before the timer.

It is rtnetlink (rtnetlink(7)), which anybody may listen to. Where that is not allowed nothing is heard, and the timer is enough.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

_GROUPS: Final = 0x1 | 0x10 | 0x40 | 0x100 | 0x400
"""RTMGRP_LINK, and addresses and routes of IPv4 and IPv6."""

_HEAD: Final = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_LINK: Final = struct.Struct("=BxHiII")  # family, type, index, flags, change
_ADDRESS: Final = struct.Struct("=BBBBI")  # family, prefix length, flags, scope, index
_ROUTE: Final = struct.Struct("=BBBBBBBBI")  # family, lengths, type of service, table, protocol, scope, type, flags

_NEW_LINK: Final = 16
_DEL_LINK: Final = 17
_NEW_ADDRESS: Final = 20
_NEW_ROUTE: Final = 24
_RUNNING: Final = 0x40
_LOOPBACK: Final = 0x8
_SCOPE_HOST: Final = 254
_TABLE_MAIN: Final = 254
_UNICAST: Final = 1
_READ_BYTES: Final = 64 * 1024


class LinkEvents:
    """A socket to wait on; `has_come_up` says whether what was heard is a reason to try the line."""

    def __init__(self) -> None:
        self._running: set[int] = set()
        self._socket: socket.socket | None = None
        with suppress(OSError):
            listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, 0)
            listener.bind((0, _GROUPS))
            self._socket = listener

    def close(self) -> None:
        """Hear no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def sockets(self) -> list[socket.socket]:
        """What to wait on; nothing where it may not be heard."""
        return [] if self._socket is None else [self._socket]

    def has_come_up(self) -> bool:
        """Read everything that was said, and tell whether a way has come."""
        is_up = False
        while self._socket is not None:
            try:
                said = self._socket.recv(_READ_BYTES)
            except BlockingIOError:
                break
            except OSError:  # more was said than there was room for: something of it may have been it
                return True
            for kind, body in _messages(said):  # all of it, since each may change which links are known to run
                is_up |= self._is_a_way(kind, body)
        return is_up

    def _is_a_way(self, kind: int, body: bytes) -> bool:
        if kind in (_NEW_LINK, _DEL_LINK) and len(body) >= _LINK.size:
            _, _, index, flags, _ = _LINK.unpack_from(body)
            is_running = kind == _NEW_LINK and flags & _RUNNING and not flags & _LOOPBACK
            is_new = bool(is_running) and index not in self._running
            (self._running.add if is_running else self._running.discard)(index)
            return is_new
        if kind == _NEW_ADDRESS and len(body) >= _ADDRESS.size:
            return bool(_ADDRESS.unpack_from(body)[3] != _SCOPE_HOST)
        if kind == _NEW_ROUTE and len(body) >= _ROUTE.size:
            route = _ROUTE.unpack_from(body)
            return bool(route[4] == _TABLE_MAIN and route[7] == _UNICAST)
        return False


def _messages(said: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and body of each message of a datagram; what is cut off at its end is left out."""
    place = 0
    while place + _HEAD.size <= len(said):
        length, kind, *_ = _HEAD.unpack_from(said, place)
        if not _HEAD.size <= length <= len(said) - place:
            return
        yield kind, said[place + _HEAD.size : place + length]
        place += (length + 3) & ~3
