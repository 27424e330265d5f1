"""One connection to a virtual receipt printer: what is obeyed at once, what waits for its turn, and what is answered."""

import contextlib
import re
import select
import socket
import threading
import time
from collections.abc import Sequence

from peripherals.virtual.escpos_stream import AutomaticStatus, StreamParser, TurnAsked
from peripherals.virtual.receipt_mechanism import POLL_S, Mechanism, PowerLossError

_LATE_S = 0.6
_PORTION_BYTES = 512
_REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04])|\x10\x05[\x01\x02]|\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
_LONGEST_REAL_TIME = 10


class Line:
    """One connection: real-time commands are obeyed as they arrive, everything else waits in a buffer for its turn.

    As in a real printer there is one paper: what an `earlier` connection sent is printed before anything of this one, even when whoever
    sent it has hung up since.
    """

    def __init__(self, connection: socket.socket, mechanism: Mechanism, buffer_bytes: int, earlier: Sequence["Line"]) -> None:
        self._connection = connection
        self._earlier = [line for line in earlier if not line.is_over]
        self._mechanism = mechanism
        self._faults = mechanism.faults
        self._limit_bytes = buffer_bytes
        self._buffer = bytearray()
        self._parser = StreamParser()
        self._changed = threading.Condition()
        self._cleared = 0  # how often the buffers were cleared: what was begun before is dropped
        self._ended = False
        self._working = False
        self._automatic = False
        self._sending = threading.Lock()
        for work in (self._receive, self._work_off):
            threading.Thread(target=work, daemon=True).start()

    def hang_up(self) -> None:
        """Close the connection and forget what it sent."""
        with self._changed:
            self._ended = True
            self._cleared += 1
            self._buffer.clear()
            self._changed.notify_all()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    @property
    def is_over(self) -> bool:
        """Whether nothing can come from it any more."""
        return self._ended and not self._buffer and not self._working

    def _is_busy(self) -> bool:
        """Whether something that was sent here is still to be printed."""
        with self._changed:
            return bool(self._buffer) or self._working or (not self._ended and is_readable(self._connection, 0))

    def _wait_for_earlier(self) -> None:
        while self._earlier:
            if self._earlier[0]._is_busy():  # noqa: SLF001 - another of its kind
                time.sleep(POLL_S)
            else:
                del self._earlier[0]

    def _receive(self) -> None:
        seen = b""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or len(self._buffer) < self._limit_bytes)
                room = self._limit_bytes - len(self._buffer)
            if self._ended:
                return
            try:
                came = self._connection.recv(min(room, 1024))
            except OSError:
                came = b""
            if self._faults.is_armed("power_off"):
                return  # no current: nothing is taken, nothing is said, and nobody hears of it
            with self._changed:
                self._ended = self._ended or not came
                self._buffer += came
                seen = self._obey_at_once(seen + came)
                self._changed.notify_all()

    def _obey_at_once(self, seen: bytes) -> bytes:
        """Obey the real-time commands in `seen`; return the end of it that may be the beginning of one."""
        done = 0
        for match in _REAL_TIME.finditer(seen):
            done = match.end()
            if match[1]:
                self._mechanism.questions += 1
                self._answer(match[1][0])
            elif match[0].startswith(b"\x10\x14") or self._mechanism.is_stopped:
                self._clear(after=len(seen) - done)
        return seen[done:][1 - _LONGEST_REAL_TIME :]

    def _clear(self, after: int) -> None:
        del self._buffer[: max(0, len(self._buffer) - after)]
        self._cleared += 1

    def _answer(self, question: int) -> None:
        byte = self._mechanism.real_time(question)
        if byte is None or self._faults.is_armed("mute"):
            return
        answer = bytes((byte,))
        if self._automatic or self._faults.is_armed("asb_noise"):
            answer = self._mechanism.automatic() + answer
        if self._faults.is_armed("late_status"):
            threading.Timer(_LATE_S, self._send, (answer,)).start()
        else:
            self._send(answer)

    def _send(self, answer: bytes) -> None:
        if not self._faults.is_armed("power_off"):
            with self._sending, contextlib.suppress(OSError):
                self._connection.sendall(answer)

    def _work_off(self) -> None:
        cleared = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._buffer)
                if not self._buffer:
                    return
            self._wait_for_earlier()
            with self._changed:
                if self._cleared != cleared:
                    cleared = self._cleared
                    self._parser.clear()
                came = bytes(self._buffer[:_PORTION_BYTES])
                del self._buffer[:_PORTION_BYTES]
                self._working = bool(came)
                self._changed.notify_all()
            try:
                self._do_all(came, cleared)
            except PowerLossError:
                return
            finally:
                self._working = False

    def _do_all(self, came: bytes, cleared: int) -> None:
        for doing in self._parser.feed(came):
            if self._cleared != cleared or self._faults.is_armed("power_off"):
                return
            match doing:
                case AutomaticStatus(on):
                    self._automatic = on
                case TurnAsked():
                    if not self._faults.is_armed("mute"):
                        self._send(self._mechanism.paper_bits())
                case _:
                    self._mechanism.do(doing, lambda: self._cleared == cleared)


def is_readable(line: socket.socket, within_s: float) -> bool:
    """Tell whether something came, or somebody did, within the time."""
    try:
        return bool(select.select([line], [], [], within_s)[0])
    except (OSError, ValueError):  # closed meanwhile
        return False
