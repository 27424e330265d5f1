"""How often somebody tried to sign in and failed, kept so that neither a restart nor a pulled plug gives tries back.

Five tries, then a wait of a quarter of an hour, and each further five double it, up to a day. A try is written down before it is judged.
After a restart a wait begins anew: the wall clock may lie, and the monotonic one does not reach back.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from sync.durable import sync_folder, write_durably

TRIES: Final = 5
FIRST_WAIT_S: Final = 900.0
LONGEST_WAIT_S: Final = 24 * 3600.0


class _Kept(msgspec.Struct, frozen=True):
    failures: int = 0
    code_counter: int = 0  # of the last one-time code that let somebody in


class Attempts:
    """The tries at one terminal. Not for several threads."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._kept = _read(path)
        self._blocked_at = clock() if self._wait_s() else None

    @property
    def left(self) -> int:
        """How many tries are left before the next wait."""
        return TRIES - self._kept.failures % TRIES

    def blocked_s(self) -> float:
        """Return how long nobody may try, 0 when somebody may."""
        if self._blocked_at is None:
            return 0.0
        return max(0.0, self._blocked_at + self._wait_s() - self._clock())

    def begin(self) -> None:
        """Write a try down as failed, before it is judged.

        Raises:
            OSError: It cannot be written; then nobody is let in.
        """
        self._keep(msgspec.structs.replace(self._kept, failures=self._kept.failures + 1))
        self._blocked_at = self._clock() if self._wait_s() else None

    def succeed(self, code_counter: int | None = None) -> None:
        """Forget the failures; a one-time code is remembered, so that it is one.

        Raises:
            OSError: It cannot be written; then nobody is let in.
        """
        counter = self._kept.code_counter if code_counter is None else code_counter
        self._keep(_Kept(0, counter))
        self._blocked_at = None

    def is_used(self, code_counter: int) -> bool:
        """Tell whether this one-time code, or a later one, has let somebody in."""
        return code_counter <= self._kept.code_counter

    def _wait_s(self) -> float:
        rounds, rest = divmod(self._kept.failures, TRIES)
        return 0.0 if rest or not rounds else min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(rounds - 1, 10))

    def _keep(self, kept: _Kept) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._path, msgspec.json.encode(kept))
        sync_folder(self._path.parent)
        self._kept = kept


def _read(path: Path) -> _Kept:
    """A file that cannot be read counts as all tries used up: damaging it must not be a way in."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return _Kept()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return _Kept(failures=TRIES)
