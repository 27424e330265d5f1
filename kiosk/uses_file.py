"""Where the counts of `kiosk.uses` lie: one small file in the terminal's own folder, which goes with the terminal."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import msgspec

from kiosk.uses import Uses, rolled, with_one_more
from sync.contract.decoding import UNDECODABLE
from sync.contract.names import ItemCode
from sync.durable import write_durably

_LARGEST_BYTES = 256 * 1024


class UsesFile:
    """The counts of one terminal. Not for several threads; a disk that refuses costs counts and stops nobody."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._uses: Uses | None = None

    def on(self, day: date) -> Uses:
        """Return the counts as they stand on `day`."""
        held = self._held(day)
        if (now := rolled(held, day)) is not held:
            self._keep(now)
        return now

    def add(self, code: ItemCode, day: date) -> None:
        """Count one application that was handed in."""
        self._keep(with_one_more(self._held(day), code, day))

    def _held(self, day: date) -> Uses:
        """What cannot be read is as if nothing had been counted: the order is the city's again."""
        if self._uses is None:
            self._uses = _read(self._path) or Uses(day)
        return self._uses

    def _keep(self, uses: Uses) -> None:
        self._uses = uses
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_durably(self._path, msgspec.json.encode(uses))


def _read(path: Path) -> Uses | None:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST_BYTES), type=Uses)
    except (OSError, *UNDECODABLE):
        return None
