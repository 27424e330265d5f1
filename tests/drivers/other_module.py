"""Another maker's module: written apart from the product, it answers from a script and in whatever pieces it likes."""

import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

Script = dict[str, list[bytes]]
Delivery = Callable[[bytes], Iterable[bytes | float]]
"""Pieces of bytes, and pauses in seconds."""


def whole(frame: bytes) -> Iterable[bytes | float]:
    return [frame]


def byte_by_byte(frame: bytes) -> Iterable[bytes | float]:
    return [frame[place : place + 1] for place in range(len(frame))]


def head_and_rest(frame: bytes) -> Iterable[bytes | float]:
    return [frame[:7], 0.05, frame[7:]]


def halting(frame: bytes) -> Iterable[bytes | float]:
    third = max(1, len(frame) // 3)
    return [0.2, frame[:1], 0.2, frame[1:third], 0.2, frame[third:]]


def behind_noise(frame: bytes) -> Iterable[bytes | float]:
    return [b"\x00\xff\xaa\xaa\x96", 0.02, b"\xaa" + frame]


class OtherModule:
    """Answers each command with the next line of its script; the last line is said for ever. An empty line is no answer."""

    def __init__(self, script: Script, delivery: Delivery = whole) -> None:
        self.asked: list[str] = []
        self._script = {command: list(lines) for command, lines in script.items()}
        self._delivery = delivery
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._end_read, self._end_write = os.pipe()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.write(self._end_write, b".")
        self._thread.join()
        for end in (self._master, self._slave, self._end_read, self._end_write):
            os.close(end)

    def _serve(self) -> None:
        pending = b""
        while True:
            ready, _, _ = select.select([self._master, self._end_read], [], [])
            if self._end_read in ready:
                return
            pending += os.read(self._master, 1000)
            while len(pending) >= 10:
                command, pending = pending[7:9].hex(), pending[10:]
                self.asked.append(command)
                self._say(command)

    def _say(self, command: str) -> None:
        lines = self._script.get(command, [b""])
        line = lines.pop(0) if len(lines) > 1 else lines[0]
        for piece in self._delivery(line) if line else []:
            if isinstance(piece, float):
                time.sleep(piece)
            else:
                os.write(self._master, piece)
