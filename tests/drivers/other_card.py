"""A card that is not ours in the real card service's virtual slot: vpcd's protocol spoken from its description, a chip behind it.

A message is a length of two bytes and what it counts. One byte is the reader's: 0 power off, 1 power on, 2 reset, 4 what is said on
power-up; anything else is a command for the chip.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.drivers.pcsc.chip import CONTACT

_SAY_POWER_UP = 4


class OtherCard:
    """Is in the slot while it is entered. `pause_s` passes before every answer; with `one_by_one` each byte is a packet of its own."""

    def __init__(
        self,
        port: int,
        chip: Callable[[bytes], bytes],
        *,
        power_up: bytes = CONTACT,
        pause_s: float = 0.0,
        one_by_one: bool = False,
        leaves_after: int | None = None,
    ) -> None:
        self._port = port
        self._chip = chip
        self._power_up = power_up
        self._pause_s = pause_s
        self._one_by_one = one_by_one
        self._left = leaves_after
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._line = socket.create_connection(("127.0.0.1", self._port), timeout=20)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pull()
        self._thread.join()
        self._line.close()

    def _pull(self) -> None:
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        self._line.settimeout(None)
        with contextlib.suppress(OSError, EOFError):
            while True:
                message = self._take(int.from_bytes(self._take(2), "big"))
                if len(message) == 1:
                    if message[0] == _SAY_POWER_UP:
                        self._give(self._power_up)
                    continue
                if self._left is not None:
                    self._left -= 1
                    if self._left < 0:
                        self._pull()
                        return
                time.sleep(self._pause_s)
                self._give(self._chip(message))

    def _take(self, size: int) -> bytes:
        came = b""
        while len(came) < size:
            piece = self._line.recv(size - len(came))
            if not piece:
                raise EOFError
            came += piece
        return came

    def _give(self, data: bytes) -> None:
        message = len(data).to_bytes(2, "big") + data
        for piece in [message[place : place + 1] for place in range(len(message))] if self._one_by_one else [message]:
            self._line.sendall(piece)
