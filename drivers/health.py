"""How a device is, and what it has done in its life: looked at by its own worker, told to whoever asks through three small files.

| File | What | Kept |
|---|---|---|
| `run/NAME.health` | the status, since when, seen when | in memory: rewritten with every look, never synced |
| `run/NAME.owed` | what to count should the worker end before its work does | in memory: there while it works |
| `devices/NAME.json` | counts of work and wear | on disk: replaced and synced after each piece of work |

A worker that ends without being told to leaves the first two behind; the next one takes them up, so that no crash goes uncounted.
None says anything about a person. Times are UTC for people and the monotonic clock for comparing, which all processes share.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

LOOK_EVERY_S = 0.7
"""So that a plug that is pulled or put in is noticed within a second."""

STALE_AFTER_S = 6.0
"""A worker that has not said anything for so long hangs; its longest look and its pauses are shorter."""

_MINUTE_S = 60.0
_FLAPS = 6  # changes within a minute: no hand plugs that often
_LONGEST_PAUSE_S = 4.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the device came to: `status` is a word of the device's own closed set, or "ready"."""

    status: str
    is_fit: bool
    detail: str | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How a device was when its worker last looked."""

    status: str
    is_fit: bool
    detail: str | None
    since: datetime
    is_flapping: bool
    looked_at_s: float  # on the monotonic clock
    worker: int  # its process
    changes_s: tuple[float, ...] = ()  # when it changed of late, on the monotonic clock
    at_work_until_s: float = 0.0  # when the call that it is in has to be over, on the monotonic clock; it cannot look before

    def is_told_at(self, now_s: float) -> bool:
        """Whether its worker is still heard of: it has looked of late, or has work that may take longer."""
        return now_s < max(self.looked_at_s, self.at_work_until_s) + STALE_AFTER_S

    def flaps_at(self, now_s: float) -> bool:
        """Whether it comes and goes, also when nobody has looked since."""
        return Changes(self.changes_s).after(now_s, is_change=False).is_flapping


@dataclass(frozen=True, slots=True)
class Changes:
    """When a device's status changed of late. Pure: the caller tells the time."""

    at_s: tuple[float, ...] = ()
    told_at_s: float = -_MINUTE_S

    def after(self, now_s: float, *, is_change: bool) -> "Changes":
        """Return what is known one look later."""
        recent = tuple(at_s for at_s in self.at_s if now_s - at_s < _MINUTE_S)
        return replace(self, at_s=(*recent, now_s) if is_change else recent)

    @property
    def is_flapping(self) -> bool:
        """Whether it comes and goes more often than any hand would plug it."""
        return len(self.at_s) >= _FLAPS

    @property
    def pause_s(self) -> float:
        """How long to wait until the next look: a flapping device is left in peace, the longer the more it flaps."""
        return min(_LONGEST_PAUSE_S, LOOK_EVERY_S * 2 ** (len(self.at_s) - _FLAPS + 1)) if self.is_flapping else LOOK_EVERY_S

    def may_tell(self, now_s: float) -> bool:
        """Whether a change is worth a line in the log: each one, but of a flapping device one a minute."""
        return not self.is_flapping or now_s - self.told_at_s >= _MINUTE_S


@dataclass
class Record:
    """One device's files, kept by its worker."""

    device: str
    run: Path
    kept: Path
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    tell: Callable[[str], object] = field(default=lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201 - the journal's
    _changes: Changes = field(default_factory=Changes)
    _last: Health | None = None
    _next_look_s: float = 0.0
    follows_one_that_died: bool = False
    """Whether the process before this one ended without being told to: what it asked of the device may still be answered."""
    follows_one_that_died_in_work: bool = False
    """Whether that was in the middle of a call, so that a slip may be half printed."""

    def __post_init__(self) -> None:
        self._counts = dict(counts_of(self.kept, self.device))
        self._could_keep = True
        self._is_owing = False
        self._take_up()

    @property
    def until_look_s(self) -> float:
        """Seconds until the device should be looked at again."""
        return max(0.0, self._next_look_s - self.clock())

    def saw(self, seen: Seen) -> None:
        """Take in what a look, or a piece of work, has shown."""
        now_s, last = self.clock(), self._last
        is_change = last is not None and last.status != seen.status
        self._changes = self._changes.after(now_s, is_change=is_change)
        if is_change and self._changes.may_tell(now_s):
            self._changes = replace(self._changes, told_at_s=now_s)
            self.tell(f"{self.device}: {seen.status}{' (it comes and goes)' if self._changes.is_flapping else ''}")
        self._last = Health(
            status=seen.status,
            is_fit=seen.is_fit,
            detail=seen.detail,
            since=last.since if last is not None and not is_change else self.wall(),
            is_flapping=self._changes.is_flapping,
            looked_at_s=now_s,
            worker=os.getpid(),
            changes_s=self._changes.at_s,
        )
        self._next_look_s = now_s + self._changes.pause_s
        self._show(self._last)

    def works(self, within_s: float) -> None:
        """Say that nobody looks at the device for so long: a slip on a slow line, a card that is waited for. It is no sign of a hang."""
        if self._last is not None and within_s > LOOK_EVERY_S:
            self._show(msgspec.structs.replace(self._last, at_work_until_s=self.clock() + within_s))

    def owes(self, more: Mapping[str, int]) -> None:
        """Leave a note of what is to be counted should this process end before `did` counts it."""
        if not more:
            self._settle()
            return
        with contextlib.suppress(OSError):  # then a crash in this very work is not counted; the work is done all the same
            _replace(self._owed, msgspec.json.encode(dict(more)), is_synced=False)
            self._is_owing = True

    def did(self, more: Mapping[str, int]) -> None:
        """Add to the counts, durably; nothing is owed any more."""
        if more:
            self._count(more)
        self._settle()

    def ended(self) -> None:
        """Leave nothing to take up: this process was told to end."""
        with contextlib.suppress(OSError):
            (self.run / f"{self.device}.health").unlink(missing_ok=True)
            self._owed.unlink(missing_ok=True)

    @property
    def _owed(self) -> Path:
        return self.run / f"{self.device}.owed"

    def _take_up(self) -> None:
        """Go on where a process stopped that was not told to end: that is a change of the device, and its work came to nothing."""
        last, owed = health_of(self.run, self.device), _counts_in(self._owed)
        was_another = last is not None and last.worker != os.getpid()
        if last is not None and was_another:
            self._changes = Changes(last.changes_s).after(self.clock(), is_change=True)
            # Shown before the first look: a worker that ends before it comes to that has come and gone, too.
            self._show(msgspec.structs.replace(last, changes_s=self._changes.at_s, is_flapping=self._changes.is_flapping))
        self.follows_one_that_died_in_work = bool(owed)
        self.follows_one_that_died = bool(owed) or was_another
        if self.follows_one_that_died:
            self._is_owing = True
            self.did({**owed, "restarts": 1})

    def _show(self, health: Health) -> None:
        with contextlib.suppress(OSError):  # nobody can be told; the device works all the same
            _replace(self.run / f"{self.device}.health", msgspec.json.encode(health), is_synced=False)

    def _settle(self) -> None:
        if self._is_owing:
            with contextlib.suppress(OSError):
                self._owed.unlink(missing_ok=True)
            self._is_owing = False

    def _count(self, more: Mapping[str, int]) -> None:
        for what, count in more.items():
            self._counts[what] = self._counts.get(what, 0) + count
        try:
            self.kept.mkdir(parents=True, exist_ok=True, mode=0o700)
            _replace(self.kept / f"{self.device}.json", msgspec.json.encode(self._counts), is_synced=True)
        except OSError as error:
            if self._could_keep:
                self.tell(f"{self.device}: its counts cannot be kept: {error.strerror}")
            self._could_keep = False
        else:
            self._could_keep = True


def _replace(path: Path, data: bytes, *, is_synced: bool) -> None:
    coming = path.with_name(f".{path.name}.{os.getpid()}")
    with coming.open("wb") as file:
        file.write(data)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())
    coming.replace(path)


def health_of(run: Path, device: str) -> Health | None:
    """Return how the device was at its worker's last look; None when none has looked since the machine came up."""
    try:
        health = msgspec.json.decode((run / f"{device}.health").read_bytes(), type=Health)
    except (OSError, msgspec.DecodeError):
        return None
    return health if health.looked_at_s <= time.monotonic() else None  # else written before the last start of the machine


def counts_of(kept: Path, device: str) -> dict[str, int]:
    """Return what the device has done in its life; nothing when that was never written or is damaged."""
    return _counts_in(kept / f"{device}.json")


def _counts_in(path: Path) -> dict[str, int]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError):
        return {}
