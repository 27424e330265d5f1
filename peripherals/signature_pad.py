"""A signature pad beside the screen, as the counter sees it. The screen itself can be signed on; a pad is for terminals that have one."""

from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline
from peripherals.secret import Secret
from peripherals.values import dataclass


class PadStatus(StrEnum):
    """The one thing to say about a pad."""

    READY = "ready"
    NOT_UNDERSTOOD = "not_understood"  # what comes is not what this pad should send: wrong form or rate
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class PadPoint:
    """Where the pen is, as fractions of the pad's width and height from the upper left; `is_down` when it touches."""

    x: float
    y: float
    is_down: bool


@dataclass(frozen=True, slots=True)
class PadReport:
    """What the pen did since it was last asked; a signature is personal."""

    status: PadStatus
    points: Secret[tuple[PadPoint, ...]] = Secret(())


class SignaturePad(Protocol):
    """Tells where the pen goes, as it goes; it keeps nothing."""

    def open(self, deadline: Deadline) -> PadStatus:
        """Begin to listen; what was written before is forgotten."""

    def points(self, deadline: Deadline) -> PadReport:
        """Return the points since the last call, as soon as there is one; none at the deadline."""

    def close(self) -> None:
        """Let the pad go."""
