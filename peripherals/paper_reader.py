"""Something that reads the print on a photographed paper, as the counter sees it. It can be wrong, and says how sure it is."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline
from peripherals.secret import Secret
from peripherals.values import dataclass


class PaperTextStatus(StrEnum):
    """The one thing to say about an attempt to read."""

    READ = "read"
    NOTHING = "nothing"  # there is no print that could be made out
    NOT_INSTALLED = "not_installed"
    TOO_SLOW = "too_slow"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of print, from 0 to 1 how sure it is, and where its middle is, as fractions of the picture."""

    text: Secret[str]
    confidence: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PaperText:
    """The outcome; `lines` from top to bottom, there exactly when the status is READ. `detail` is for staff and quotes nothing."""

    status: PaperTextStatus
    lines: tuple[PrintedLine, ...] = ()
    detail: str | None = None


class PaperReader(Protocol):
    """Reads print. What it reads is offered to a person, who decides; nothing is filled in or refused on its word alone."""

    def read(self, jpeg: Secret[bytes], deadline: Deadline, is_wanted: Callable[[], bool] = lambda: True) -> PaperText:
        """Read a flat, upright picture of a paper; ended as TOO_SLOW soon after `is_wanted`, asked on this thread, says no."""
