"""A scanner of QR codes and barcodes, as the counter sees it. It says what a code holds, and never whether that may be believed."""

from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline
from peripherals.secret import Secret
from peripherals.values import dataclass

LONGEST_TEXT_BYTES = 7089  # the digits of the largest QR code; nothing that was printed as one code is longer


class CodeKind(StrEnum):
    """What kind of code it was. A scanner that is not set to say so leaves it open."""

    QR = "qr"
    EAN_UPC = "ean_upc"
    CODE_128 = "code_128"
    CODE_39 = "code_39"
    ITF = "itf"
    OTHER = "other"
    NOT_STATED = "not_stated"


class ScanStatus(StrEnum):
    """The one thing to say about an attempt to scan."""

    SCANNED = "scanned"
    NO_CODE = "no_code"  # nothing was shown before the deadline
    UNREADABLE = "unreadable"  # something came that is longer than any code, or no text
    STALLED = "stalled"  # a camera that sends no new frames; of a hand scanner nobody can tell
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Code:
    """One code. Its text may be about a person, or an attack; whoever takes it judges it first."""

    text: Secret[str]
    kind: CodeKind = CodeKind.NOT_STATED


@dataclass(frozen=True, slots=True)
class Scan:
    """The outcome of one attempt; `code` is there exactly when the status is SCANNED, `detail` is for staff and quotes nothing."""

    status: ScanStatus
    code: Code | None = None
    detail: str | None = None


class CodeScanner(Protocol):
    """Waits for one code after another."""

    def open(self, deadline: Deadline) -> ScanStatus:
        """Begin to listen; NO_CODE when the scanner is there, ABSENT or STALLED when not. What was scanned before is forgotten."""

    def scan(self, deadline: Deadline) -> Scan:
        """Return the next code shown since `open`, which is implied when it was not called; NO_CODE when the deadline passes first."""

    def close(self) -> None:
        """Let the device go."""
