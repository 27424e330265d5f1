"""A receipt printer, as the counter sees it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline


class PrinterStatus(StrEnum):
    """The one thing to say about a printer; worst news wins."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_ERROR = "cutter_error"
    OVERHEATED = "overheated"
    OFFLINE = "offline"
    SILENT = "silent"  # attached, but not answering: never taken for READY
    ABSENT = "absent"

    @property
    def can_print(self) -> bool:
        """Whether a receipt may be started."""
        return self in (PrinterStatus.READY, PrinterStatus.PAPER_LOW)


@dataclass(frozen=True, slots=True)
class Raster:
    """A 1-bit picture: rows of `width_dots / 8` bytes, most significant bit left, 1 is black. The width is a multiple of 8."""

    width_dots: int
    height_dots: int
    rows: bytes

    def __post_init__(self) -> None:
        if self.width_dots % 8 or len(self.rows) != self.width_dots // 8 * self.height_dots:
            raise ValueError(f"{len(self.rows)} bytes are not {self.width_dots} x {self.height_dots} dots")


@dataclass(frozen=True, slots=True)
class Printing:
    """The outcome of printing: `printed` only when the printer, asked afterwards, said that it is done."""

    printed: bool
    status: PrinterStatus


class ReceiptPrinter(Protocol):
    """Prints receipts, and never claims a receipt it has not seen leave."""

    def status(self, deadline: Deadline) -> PrinterStatus:
        """Ask the device itself; an unanswered question is SILENT."""

    def print(self, receipt: Raster, deadline: Deadline) -> Printing:
        """Print and cut, then ask again."""
