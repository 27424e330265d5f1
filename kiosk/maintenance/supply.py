"""Looks after what runs out: the devices' own counts, and at which millimetre the roll was changed last."""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from kiosk.maintenance.supplies import Supplies
from sync.contract.decoding import UNDECODABLE
from sync.durable import sync_folder, write_durably


class _Roll(msgspec.Struct, frozen=True):
    """Kept: what the printer had used in its life when the roll was put in."""

    at_mm: int = 0


class Supply:
    """One terminal's supplies.

    Args:
        kept: Where the roll is noted.
        roll_mm: Length of a new roll.
        counts: Returns a device's counts by its name; nothing for one that never worked.
        devices: Names of those that are installed.
    """

    def __init__(self, kept: Path, roll_mm: int, counts: Callable[[str], Mapping[str, int]], devices: tuple[str, ...]) -> None:
        self._kept = kept
        self._roll_mm = roll_mm
        self._counts = counts
        self._devices = devices

    def look(self) -> Supplies:
        """Return what was used."""
        counts = {name: self._counts(name) for name in self._devices}
        printer = counts.get("receipt_printer", {})
        camera = counts.get("document_camera", {})
        errors = {name: found["errors"] for name, found in counts.items() if found.get("errors")}
        used_mm = printer.get("paper_mm", 0)
        return Supplies(
            roll_mm=self._roll_mm,
            used_mm=max(0, used_mm - self._roll().at_mm),
            slips=printer.get("receipts", 0),
            lamp_s=camera.get("lamp_s", 0),
            cards=counts.get("id_card_reader", {}).get("cards_read", 0),
            pictures=camera.get("pictures", 0),
            errors=errors,
        )

    def roll_changed(self) -> None:
        """Note that a new roll was put in now.

        Raises:
            OSError: It cannot be written.
        """
        self._kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._kept, msgspec.json.encode(_Roll(self._counts("receipt_printer").get("paper_mm", 0))))
        sync_folder(self._kept.parent)

    def _roll(self) -> _Roll:
        """Return what is noted; a printer that was changed for a new one counts from nothing, and so does its roll."""
        try:
            roll = msgspec.json.decode(self._kept.read_bytes(), type=_Roll)
        except (OSError, *UNDECODABLE):
            return _Roll()
        return roll if roll.at_mm <= self._counts("receipt_printer").get("paper_mm", 0) else _Roll()
