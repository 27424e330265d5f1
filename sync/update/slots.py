"""Two slots: what runs, and where the next one is written. The engine that owns them decides whether bytes may touch a slot."""

from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Protocol


class InstallStatus(StrEnum):
    """How writing the other slot ended."""

    INSTALLED = "installed"  # whole, checked, and next at the restart
    FOREIGN = "foreign"  # not signed by the authority of this terminal's slots
    OTHER_BOARD = "other_board"
    DAMAGED = "damaged"
    NOT_GOOD_YET = "not_good_yet"  # the running slot has not proven itself: there would be no way back
    FAILED = "failed"  # the engine says so; its own log says why


@dataclass(frozen=True, slots=True)
class SlotState:
    """What the engine says now.

    Attributes:
        booted: The slot that runs.
        running: The version that runs.
        is_good: Whether the running slot has been marked good.
        other: The version in the other slot, None when there is nothing that could be started.
        is_other_good: Whether the other slot may be started.
    """

    booted: str
    running: str
    is_good: bool
    other: str | None
    is_other_good: bool


class Slots(Protocol):
    """What the agent asks of the engine."""

    def state(self) -> SlotState:
        """Ask."""

    def install(self, bundle: BinaryIO, version: str) -> InstallStatus:
        """Check an open bundle, write it into the other slot, and make that the next one; the open file is the one that is used."""

    def mark_good(self) -> None:
        """The running slot has proven itself: stay."""

    def go_back(self) -> None:
        """Make the other slot the next one, and the running one bad."""

    def restart(self) -> None:
        """Restart the machine; does not return on a real one."""
