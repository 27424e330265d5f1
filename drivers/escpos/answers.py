"""What a receipt printer answers, and how its kinds of answer are told apart.

| sent | answer | told by |
|---|---|---|
| `10 04 n` at any time | one byte at once, out of turn | bits 0, 1, 4, 7 are 0, 1, 1, 0 |
| `1D 72 01` in the stream | one byte when its turn comes | bits 4 and 7 are 0 |
| nothing, when switched on | four bytes of automatic status (ASB) | bits 0, 1, 4, 7 of the first are 0, 0, 1, 0 |

Real-time answers carry no sign of their question, so the asker must know how many are owed.
"""

from dataclasses import dataclass, field
from enum import Enum

from peripherals.receipt_printer import PrinterStatus

QUESTIONS = (b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04")
"""Printer, cause of being offline, cause of error, paper: in the order in which `verdict` takes the answers."""

TURN = b"\x1d\x72\x01"
"""Asks for a byte when everything sent before has been worked off: the printer's own way to say "done"."""

_FIXED_BITS = 0x93
_REAL_TIME = 0x12
_ASB_FIRST = 0x10
_QUEUED_BITS = 0x90
_ASB_MORE = 3


@dataclass
class Answers:
    """Sorts what comes from the printer, byte by byte."""

    real_time: list[int] = field(default_factory=list)
    turns: int = 0
    _asb_owed: int = 0

    def take(self, data: bytes) -> None:
        """Sort `data`. Bytes that are no answer at all (flow control, noise) are dropped."""
        for byte in data:
            if self._asb_owed and not byte & _QUEUED_BITS:
                self._asb_owed -= 1
                continue
            self._asb_owed = 0
            if byte & _FIXED_BITS == _REAL_TIME:
                self.real_time.append(byte)
            elif byte & _FIXED_BITS == _ASB_FIRST:
                self._asb_owed = _ASB_MORE
            elif not byte & _QUEUED_BITS:
                self.turns += 1

    def forget(self) -> None:
        """Drop what came, before a new question."""
        self.real_time.clear()
        self.turns = 0
        self._asb_owed = 0


class _Printer(Enum):
    OFFLINE = 0x08


class _Cause(Enum):
    COVER_OPEN = 0x04
    PAPER_END = 0x20
    ERROR = 0x40


class _Fault(Enum):
    MECHANICAL = 0x04
    CUTTER = 0x08
    UNRECOVERABLE = 0x20
    HEAT = 0x40


class _Paper(Enum):
    NEAR_END = 0x0C
    END = 0x60


def verdict(answers: list[int]) -> PrinterStatus:
    """Return the one thing to say, worst first, from the four answers in the order of QUESTIONS."""
    printer, cause, fault, paper = answers
    if cause & _Cause.COVER_OPEN.value:
        return PrinterStatus.COVER_OPEN  # before paper: an open cover often reads as "no paper", too
    if paper & _Paper.END.value or cause & _Cause.PAPER_END.value:
        return PrinterStatus.PAPER_OUT
    if fault & _Fault.CUTTER.value:
        return PrinterStatus.CUTTER_ERROR
    if fault & _Fault.HEAT.value:
        return PrinterStatus.OVERHEATED
    if printer & _Printer.OFFLINE.value or fault & (_Fault.MECHANICAL.value | _Fault.UNRECOVERABLE.value) or cause & _Cause.ERROR.value:
        return PrinterStatus.OFFLINE
    return PrinterStatus.PAPER_LOW if paper & _Paper.NEAR_END.value else PrinterStatus.READY
