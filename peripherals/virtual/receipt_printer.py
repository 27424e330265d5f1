"""A virtual receipt printer: ESC/POS over TCP, with paper, knife, cover and their faults; each ticket becomes a picture.

    python -m peripherals.virtual.receipt_printer --port 0 --control PATH --out DIR

It says `ready PORT` on standard output. Orders on the control socket (see `peripherals.virtual.control`):

    {"do": "fault", "fault": NAME}   until {"do": "fault", "fault": "none"}, which puts everything right
    {"do": "state"}                  what is armed, what has been printed
    {"do": "take"}                   the tickets that were cut since it was last asked
"""

import argparse
import contextlib
import os
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from peripherals.virtual.control import ControlServer, FaultTable, Order, OrderRefusedError, end_with_parent
from peripherals.virtual.escpos_stream import (
    LINE_DOTS,
    AutomaticStatus,
    Cut,
    Doing,
    Dots,
    Feed,
    LineEnd,
    Reset,
    Skipped,
    StreamParser,
    Text,
    TurnAsked,
)

FAULTS = (
    "paper_low",
    "paper_out",
    "paper_out_mid_print",
    "cover_open",
    "cutter_error",
    "overheated",
    "mute",  # attached, takes everything, answers nothing
    "late_status",  # real-time answers come late
    "asb_noise",  # an automatic status frame before each real-time answer
    "power_off",
    "power_off_mid_print",
)
_STOPPING = ("paper_out", "cover_open", "cutter_error", "overheated")
_DOTS_PER_MM = 8
_ROWS_A_STEP = 24
_MID_PRINT_ROWS = 300
_CUT_S = 0.15
_LATE_S = 0.6
_TEXTS_KEPT = 200
_PORTION_BYTES = 512
_POLL_S = 0.02


class PowerLossError(Exception):
    """The plug was pulled while the paper moved."""


@dataclass
class Mechanism:
    """Paper, head and knife, shared by all lines to the printer."""

    out: Path
    width_dots: int
    speed_mm_s: float
    faults: FaultTable
    tickets: list[str] = field(default_factory=list)
    skipped: int = 0
    questions: int = 0  # that were asked in real time
    texts: list[str] = field(default_factory=list)
    _rows: bytearray = field(default_factory=bytearray)  # on the paper since the last cut
    _marked: bool = False
    _in_line: bool = False  # a strip of dots has been printed already and waits for the end of its line
    _taken: int = 0
    _moving: threading.RLock = field(default_factory=threading.RLock)  # one command at a time
    _paper: threading.Lock = field(default_factory=threading.Lock)  # what hangs out of the slot

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.width_dots // 8

    @property
    def rows_hanging(self) -> int:
        """How many rows of dots have come out since the last cut."""
        return len(self._rows) // self.row_bytes

    @property
    def is_stopped(self) -> bool:
        """Whether nothing can move now."""
        return any(self.faults.is_armed(fault) for fault in _STOPPING)

    def real_time(self, question: int) -> int | None:
        """Return the answer to `10 04 n`, or None for a question that this printer does not know."""
        armed = self.faults.is_armed
        bits = {
            1: 0x08 * self.is_stopped,
            2: 0x04 * armed("cover_open") | 0x20 * armed("paper_out") | 0x40 * (armed("cutter_error") or armed("overheated")),
            3: 0x08 * armed("cutter_error") | 0x40 * armed("overheated"),
            4: 0x0C * (armed("paper_low") or armed("paper_out")) | 0x60 * armed("paper_out"),
        }
        return None if question not in bits else 0x12 | bits[question]

    def automatic(self) -> bytes:
        """Return the four bytes of automatic status."""
        armed = self.faults.is_armed
        first = 0x10 | 0x08 * self.is_stopped | 0x20 * armed("cover_open")
        second = 0x08 * armed("cutter_error") | 0x40 * armed("overheated")
        third = 0x03 * (armed("paper_low") or armed("paper_out")) | 0x0C * armed("paper_out")
        return bytes((first, second, third, 0))

    def paper_bits(self) -> bytes:
        """Return the answer to the queued question for the paper sensor."""
        return bytes((0x03 * self.faults.is_armed("paper_low"),))

    def do(self, doing: Doing, may_go_on: Callable[[], bool]) -> None:
        """Carry out one command; waits while the printer is stopped, and drops it when `may_go_on` says so."""
        with self._moving:
            match doing:
                case Dots(row_bytes, rows, in_line):
                    self._print(row_bytes, rows, may_go_on)
                    self._in_line = in_line
                case Text(characters):
                    self.texts = [*self.texts[1 - _TEXTS_KEPT :], characters.decode("gb18030", "replace")]
                    self._marked = True
                case LineEnd():
                    self._print(self.row_bytes, bytes(0 if self._in_line else self.row_bytes * LINE_DOTS), may_go_on)
                    self._in_line = False
                case Feed(dots):
                    self._print(self.row_bytes, bytes(self.row_bytes * dots), may_go_on)
                case Cut():
                    self._cut(may_go_on)
                case Skipped():
                    self.skipped += 1
                case Reset() | TurnAsked() | AutomaticStatus():
                    pass

    def _print(self, row_bytes: int, rows: bytes, may_go_on: Callable[[], bool]) -> None:
        own = self.row_bytes
        if not row_bytes:
            return
        for top in range(0, len(rows) // row_bytes, _ROWS_A_STEP):
            if not self._wait_until_ready(may_go_on):
                return
            step = rows[top * row_bytes : (top + _ROWS_A_STEP) * row_bytes]
            with self._paper:
                for start in range(0, len(step) - row_bytes + 1, row_bytes):
                    self._rows += step[start : start + min(own, row_bytes)].ljust(own, b"\0")
                self._marked = self._marked or any(step)
            self._pace(len(step) // row_bytes)
            self._meet_fate()

    def _pace(self, rows: int) -> None:
        if self.speed_mm_s:
            time.sleep(rows / _DOTS_PER_MM / self.speed_mm_s)

    def _meet_fate(self) -> None:
        if len(self._rows) < _MID_PRINT_ROWS * self.row_bytes:
            return
        if self.faults.take("paper_out_mid_print"):
            self.faults.arm("paper_out", FaultTable.FOR_EVER)
        if self.faults.take("power_off_mid_print"):
            self.faults.arm("power_off", FaultTable.FOR_EVER)
            raise PowerLossError

    def _wait_until_ready(self, may_go_on: Callable[[], bool]) -> bool:
        while self.is_stopped:
            if not may_go_on():
                return False
            time.sleep(_POLL_S)
        return may_go_on()

    def _cut(self, may_go_on: Callable[[], bool]) -> None:
        if not self._wait_until_ready(may_go_on):
            return
        with self._paper:
            if self._marked:
                self.tickets.append(self._keep("receipt"))
            self._drop_paper()
        if self.speed_mm_s:
            time.sleep(_CUT_S)

    def _drop_paper(self) -> None:
        self._rows.clear()
        self._marked = False

    def tear(self) -> None:
        """Somebody puts the printer right and tears off what hangs there; it is kept, but is no receipt."""
        with self._paper:
            if self._marked:
                self._keep("torn")
            self._drop_paper()

    def _keep(self, word: str) -> str:
        taken = {int(path.stem.rpartition("-")[2]) for path in self.out.glob(f"{word}-*.png")}
        path = self.out / f"{word}-{max(taken, default=0) + 1:03}.png"
        picture = Image.frombytes("1", (self.width_dots, len(self._rows) // self.row_bytes), bytes(byte ^ 0xFF for byte in self._rows))
        half = path.with_suffix(".part")
        picture.save(half, "PNG")
        half.replace(path)  # whoever watches the folder sees whole pictures only
        return path.name

    def take(self) -> list[str]:
        """Return the tickets that were cut since this was last asked."""
        new = self.tickets[self._taken :]
        self._taken = len(self.tickets)
        return new


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
            return bool(self._buffer) or self._working or (not self._ended and _is_readable(self._connection, 0))

    def _wait_for_earlier(self) -> None:
        while self._earlier:
            if self._earlier[0]._is_busy():  # noqa: SLF001 - another of its kind
                time.sleep(_POLL_S)
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


class VirtualReceiptPrinter:
    """The whole device: the port, the lines to it, and the orders on the control socket."""

    def __init__(self, mechanism: Mechanism, port: int, buffer_bytes: int) -> None:
        self._mechanism = mechanism
        self._buffer_bytes = buffer_bytes
        self._lines: list[Line] = []
        self._changing = threading.Lock()
        self._listener = self._listen(port)
        self.port: int = self._listener.getsockname()[1]

    def obey(self, order: Order) -> dict[str, Any]:
        """Carry out an order of the control socket."""
        match order:
            case {"do": "fault", "fault": "none"}:
                self._put_right()
            case {"do": "fault", "fault": str(fault)}:
                self._mechanism.faults.arm(fault, order.get("times", 1 if fault.endswith("_mid_print") else FaultTable.FOR_EVER))
            case {"do": "take"}:
                return {"tickets": self._mechanism.take()}
            case {"do": "state"}:
                pass
            case _:
                raise OrderRefusedError(f"no order {order.get('do')!r}; known: fault, state, take")
        self._follow_power()
        return self._state()

    def _state(self) -> dict[str, Any]:
        mechanism = self._mechanism
        return {
            "faults": mechanism.faults.state(),
            "tickets": list(mechanism.tickets),
            "skipped_commands": mechanism.skipped,
            "questions": mechanism.questions,
            "texts": list(mechanism.texts),
            "port": self.port,
            "width_dots": mechanism.width_dots,
            "rows": mechanism.rows_hanging,
        }

    def _put_right(self) -> None:
        was_off = self._mechanism.faults.is_armed("power_off")
        if was_off or self._mechanism.is_stopped:
            self._mechanism.tear()  # before it goes on with what waits in its buffers
        self._mechanism.faults.clear()
        if was_off:
            with self._changing:
                for line in self._lines:
                    line.hang_up()
                self._lines.clear()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(8)
        return listener

    def _follow_power(self) -> None:
        """Without current nobody listens; with it, somebody does."""
        with self._changing:
            is_off = self._mechanism.faults.is_armed("power_off")
            if is_off and self._listener.fileno() >= 0:
                self._listener.close()
            elif not is_off and self._listener.fileno() < 0:
                self._listener = self._listen(self.port)

    def run(self) -> None:
        """Take connections for ever."""
        while True:
            self._follow_power()
            listener = self._listener
            if listener.fileno() < 0 or not _is_readable(listener, _POLL_S):
                time.sleep(_POLL_S if listener.fileno() < 0 else 0)
                continue
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._changing:
                    self._lines = [line for line in self._lines if not line.is_over]
                    self._lines.append(Line(connection, self._mechanism, self._buffer_bytes, self._lines))


def _is_readable(line: socket.socket, within_s: float) -> bool:
    try:
        return bool(select.select([line], [], [], within_s)[0])
    except (OSError, ValueError):  # closed meanwhile
        return False


def main() -> None:
    """Run until the starting process ends or SIGTERM comes."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.receipt_printer", description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures of the tickets")
    parser.add_argument("--width-dots", type=int, default=576, help="576 for 80 mm paper, 384 for 58 mm")
    parser.add_argument("--speed", type=float, default=150.0, help="millimetres a second; 0 for at once")
    parser.add_argument("--buffer", type=int, default=4096, help="bytes of the receive buffer")
    words = parser.parse_args()
    words.out.mkdir(parents=True, exist_ok=True)
    end_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    printer = VirtualReceiptPrinter(Mechanism(words.out, words.width_dots, words.speed, FaultTable(FAULTS)), words.port, words.buffer)
    with ControlServer(words.control, printer.obey):
        print(f"ready {printer.port}", flush=True)  # noqa: T201 - the starter waits for this line
        printer.run()


if __name__ == "__main__":
    main()
