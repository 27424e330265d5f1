"""What wears and runs out, as values: paper left on the roll, hours of the lamp, work and faults of each device; and a change of paper."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from peripherals.receipt_printer import PrinterStatus
from peripherals.values import dataclass

LOW_ROLL: Final = 0.15
"""A roll of which less than this share is left is worth bringing a new one for (a sample)."""

_NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Supplies:
    """What has been used. Counts are of the devices' lives; the roll's is since somebody said that it was changed.

    Attributes:
        roll_mm: Length of a new roll.
        used_mm: Of this one.
        slips: That came out.
        lamp_s: Seconds of the camera's lamp.
        cards: Read whole.
        pictures: Of papers.
        errors: Pieces of work that failed through the device, by device; none where there were none.
    """

    roll_mm: int
    used_mm: int
    slips: int = 0
    lamp_s: int = 0
    cards: int = 0
    pictures: int = 0
    errors: Mapping[str, int] = field(default_factory=lambda: _NOTHING)

    @property
    def left_mm(self) -> int:
        """How much of the roll is left, as far as it was counted."""
        return max(0, self.roll_mm - self.used_mm)

    @property
    def is_low(self) -> bool:
        """Whether a new roll is wanted soon."""
        return self.left_mm < LOW_ROLL * self.roll_mm


class PaperStep(StrEnum):
    """A change of paper, step by step."""

    OPEN = "open"
    TAKE_OUT = "take_out"
    PUT_IN = "put_in"
    CLOSE = "close"
    TEST = "test"
    DONE = "done"


def seen_at(step: PaperStep, status: PrinterStatus) -> PaperStep:
    """Return where a change of paper is, now that the printer says this: its own sensors know when it was opened and closed."""
    is_open = status is PrinterStatus.COVER_OPEN
    match step:
        case PaperStep.OPEN if is_open:
            return PaperStep.TAKE_OUT
        case PaperStep.TAKE_OUT | PaperStep.PUT_IN | PaperStep.CLOSE if status.can_print:
            return PaperStep.TEST
        case PaperStep.CLOSE if status is PrinterStatus.PAPER_OUT:
            return PaperStep.PUT_IN
        case _:
            return step


def after(step: PaperStep) -> PaperStep:
    """Return the next step, for a printer whose sensors say too little."""
    steps = list(PaperStep)
    return steps[min(steps.index(step) + 1, steps.index(PaperStep.TEST))]
