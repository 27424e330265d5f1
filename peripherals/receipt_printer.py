"""A receipt printer, as the counter sees it."""

from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline
from peripherals.values import dataclass


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


class Charset(StrEnum):
    """Which characters a printer's own font has."""

    GB18030 = "gb18030"
    GBK = "gbk"
    GB2312 = "gb2312"


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line in the printer's own letters."""

    text: str
    is_large: bool = False
    is_bold: bool = False
    is_centred: bool = False

    def __repr__(self) -> str:
        return "PlainLine(<secret>)"


@dataclass(frozen=True, slots=True)
class PlainSlip:
    """A slip in the printer's own letters, and a QR code below it."""

    lines: tuple[PlainLine, ...]
    charset: Charset
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Printing:
    """The outcome of printing: `printed` only when the printer, asked afterwards, said that it is done.

    `missing_glyphs` counts the characters for which a plain slip was not begun; it has to be drawn as a picture instead.
    """

    printed: bool
    status: PrinterStatus
    missing_glyphs: int = 0


class ReceiptPrinter(Protocol):
    """Prints receipts, and never claims a receipt it has not seen leave."""

    def status(self, deadline: Deadline) -> PrinterStatus:
        """Ask the device itself; an unanswered question is SILENT."""

    def line_s(self, slip: Raster | PlainSlip) -> float:
        """Return how long the slip's bytes are on the line, to be granted beside the printer's own time: on a slow serial line much."""

    def print(self, receipt: Raster, deadline: Deadline) -> Printing:
        """Print and cut, then ask again."""

    def print_plain(self, slip: PlainSlip, deadline: Deadline) -> Printing:
        """The same in the printer's own letters, or nothing at all when its font lacks one of them."""
