"""The small things of a cabinet, as the counter sees them: lights that show where to look, a door, a headphone plug, buttons."""

from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline
from peripherals.values import dataclass


class Light(StrEnum):
    """A light beside what it shows the way to."""

    CARD = "card"
    PRINTER = "printer"
    CAMERA = "camera"
    SCANNER = "scanner"
    HELP = "help"


class Contact(StrEnum):
    """Something that is on or off: an open door, a plug that is in, a button that is held."""

    DOOR = "door"  # on: the service door stands open
    HEADPHONES = "headphones"  # on: a plug is in
    HELP_BUTTON = "help_button"
    BACK_BUTTON = "back_button"
    NEXT_BUTTON = "next_button"
    OK_BUTTON = "ok_button"


class FittingsStatus(StrEnum):
    """The one thing to say about them all: they hang on one board."""

    READY = "ready"
    SILENT = "silent"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Contacts:
    """Which contacts are on; none of them is when the board does not answer."""

    status: FittingsStatus
    on: frozenset[Contact] = frozenset()


class Fittings(Protocol):
    """Lights to switch and contacts to read; what a cabinet does not have is never on, and lighting it does nothing."""

    def light(self, light: Light, *, shines: bool, deadline: Deadline) -> FittingsStatus:
        """Switch one light."""

    def contacts(self, deadline: Deadline) -> Contacts:
        """Say which contacts are on now."""

    def await_change(self, known: frozenset[Contact], deadline: Deadline) -> Contacts:
        """Return as soon as the contacts differ from `known` and have settled, or at the deadline as they are."""
