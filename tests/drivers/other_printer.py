"""Another maker's receipt printer: written apart from the product, it answers in whatever pieces, and says things that nobody asked for."""

import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.drivers.other_module import Delivery, whole

AUTOMATIC = bytes.fromhex("14 00 00 0f")  # drawer, all well: as printers send by themselves when something moves
FLOW_CONTROL = b"\x13\x11"


def behind_automatic_status(answer: bytes) -> Iterable[bytes | float]:
    return [AUTOMATIC + answer]


def before_automatic_status(answer: bytes) -> Iterable[bytes | float]:
    return [answer + AUTOMATIC]


def with_automatic_status_in_pieces(answer: bytes) -> Iterable[bytes | float]:
    return [AUTOMATIC[:1], 0.03, AUTOMATIC[1:], 0.03, answer]


def between_flow_control(answer: bytes) -> Iterable[bytes | float]:
    return [FLOW_CONTROL + answer + FLOW_CONTROL]


def after_a_pause(answer: bytes) -> Iterable[bytes | float]:
    return [0.15, answer]


@dataclass
class OtherPrinter:
    """Takes ESC/POS on TCP. `well` are its four real-time answers; a picture's rows are counted as the commands say them."""

    well: bytes = b"\x16\x12\x12\x12"
    delivery: Delivery = whole
    knows_turns: bool = True
    rows: int = 0
    cuts: int = 0
    paper_ends_after_rows: int | None = None
    hangs_up_after: str = ""
    """`job`: once a picture was cut and its turn told; `answers`: once the four real-time answers are given."""
    _pending: bytes = b""
    _has_cut: bool = False
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.1)
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._server.accept()
            except TimeoutError:
                continue
            with line:
                line.settimeout(0.1)
                self._pending = b""
                self._converse(line)

    def _converse(self, line: socket.socket) -> None:
        while not self._over.is_set():
            try:
                came = line.recv(700)
            except TimeoutError:
                continue
            except OSError:
                return
            if not came:
                return
            self._pending += came
            try:
                while self._step(line):
                    pass
            except OSError:
                return

    def _step(self, line: socket.socket) -> bool:
        """Work one command off; False when it has not come whole yet."""
        rest = self._pending
        used = 0
        if rest.startswith(b"\x1dv0") and len(rest) >= 8:
            wide, high = rest[4] + 256 * rest[5], rest[6] + 256 * rest[7]
            if len(rest) < 8 + wide * high:
                return False
            self.rows += high
            used = 8 + wide * high
        elif rest.startswith(b"\x10\x04") and len(rest) >= 3:
            self._say(line, self._answer(rest[2]))
            used = 3
            if self.hangs_up_after == "answers" and rest[2] == 4:
                line.shutdown(socket.SHUT_RDWR)
        elif rest.startswith(b"\x1dr") and len(rest) >= 3:
            if self.knows_turns:
                self._say(line, b"\x00")
            used = 3
            if self.hangs_up_after == "job" and self._has_cut:
                self._has_cut = False
                line.shutdown(socket.SHUT_RDWR)
        elif rest.startswith(b"\x1dV") and len(rest) >= 4:
            self.cuts += 1
            self._has_cut = self.rows > 0
            used = 4 if rest[2] in b"AB" else 3
        elif rest and (rest[0] not in b"\x10\x1d" or len(rest) >= 4):
            used = 1  # settings, feeds, and what it does not know
        self._pending = rest[used:]
        return used > 0

    def _answer(self, number: int) -> bytes:
        if self.paper_ends_after_rows is not None and self.rows > self.paper_ends_after_rows:
            return {1: b"\x1e", 2: b"\x32", 4: b"\x72"}.get(number, b"\x12")
        return self.well[number - 1 : number]

    def _say(self, line: socket.socket, answer: bytes) -> None:
        for piece in self.delivery(answer):
            if isinstance(piece, float):
                time.sleep(piece)
            else:
                line.sendall(piece)
