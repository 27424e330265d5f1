"""The moving parts of a virtual receipt printer: paper, head and knife, what is wrong with them, and the pictures of what came out."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from peripherals.virtual.control import FaultTable
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
_TEXTS_KEPT = 200
POLL_S = 0.02


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
            time.sleep(POLL_S)
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
