"""What the agent must not forget over a restart: that a switch is under way, what failed here, and what the city has not been told."""

from pathlib import Path
from typing import Protocol

import msgspec

from sync.contract.decoding import UNDECODABLE
from sync.contract.update_report import UpdateReport
from sync.durable import sync_folder, write_durably

UNTOLD_MAX = 50
HISTORY_MAX = 50


class Switch(msgspec.Struct, frozen=True):
    """A release is on its way into the other slot, or runs unproven."""

    rollout: str
    release: str
    attempt: int
    back_to: str  # the version that ran
    is_ordered: bool = False  # written whole, and next at the restart
    failed_stage: str = ""  # it ran, failed its visit here, and is being left


class Notes(msgspec.Struct, frozen=True):
    """The whole of it."""

    switch: Switch | None = None
    failures: dict[str, int] = {}
    untold: tuple[UpdateReport, ...] = ()
    history: tuple[UpdateReport, ...] = ()  # newest last; for the technician
    ran_before: str = ""  # the version that the last proven release took the place of; it is in the other slot

    def told(self, report: UpdateReport) -> "Notes":
        """Return the notes with one more thing to tell; the oldest are dropped when nobody listens for long."""
        return msgspec.structs.replace(self, untold=(*self.untold, report)[-UNTOLD_MAX:], history=(*self.history, report)[-HISTORY_MAX:])


class Journal(Protocol):
    """Where the notes are kept."""

    def read(self) -> Notes:
        """Return them."""

    def write(self, notes: Notes) -> None:
        """Keep them; durable before it returns."""


class JournalFile:
    """Notes in a file on the data disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Notes:
        """Return the notes; a damaged file counts as none, since the slots know best what runs."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Notes)
        except (OSError, *UNDECODABLE):
            return Notes()

    def write(self, notes: Notes) -> None:
        """Keep them."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._path, msgspec.json.encode(notes))
        sync_folder(self._path.parent)
