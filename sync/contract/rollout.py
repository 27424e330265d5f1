"""Which release goes to whom: the rollout document, a signed target of its own, and the arithmetic by which a terminal finds itself in it.

There is no list of terminals: each computes from its own id and the rollout's whether it is meant. The share is sticky and grows with
the percentage, so nobody who was in is out again.
"""

import hashlib
import re
from datetime import datetime, time
from enum import StrEnum
from typing import Final

import msgspec

from sync.contract.names import TerminalId

ROLLOUT_MAX_BYTES: Final = 256 * 1024
WHOLE: Final = 10_000
_VERSION: Final = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


class ReleaseNameError(ValueError):
    """This is no version, channel or board that a path may be made of."""


class RolloutState(StrEnum):
    """What the operators, or the controller, want now."""

    RUNNING = "running"
    PAUSED = "paused"  # who has it keeps it; nobody else begins
    HALTED = "halted"  # as paused, for good


class Window(msgspec.Struct, frozen=True):
    """When a terminal may restart, in its own local time; over midnight when it closes before it opens. Equal ends: at any time."""

    opens: time = time(23, 0)
    closes: time = time(5, 0)

    def holds(self, moment: time) -> bool:
        """Tell whether `moment` lies in it."""
        if self.opens == self.closes:
            return True
        if self.opens < self.closes:
            return self.opens <= moment < self.closes
        return moment >= self.opens or moment < self.closes


class Ring(msgspec.Struct, frozen=True):
    """A step on the way to everybody: up to this percentage of the fleet."""

    name: str
    percent: int


class Rollout(msgspec.Struct, frozen=True, omit_defaults=True):
    """The document. `number` grows with each publication; `rollout` names one way of one release to everybody, and decides the shares."""

    format: int
    rollout: str
    number: int
    channel: str
    release: str
    state: RolloutState
    percent: int
    starts_at: datetime
    expires_at: datetime
    widened_at: datetime  # when the percentage grew last
    rings: tuple[Ring, ...] = ()
    pilots: tuple[TerminalId, ...] = ()  # named terminals that go first, whatever their share
    window: Window = Window()
    minimum_version: str = "0"  # older ones need a release in between
    left_out: tuple[str, ...] = ()  # makes (forms) that were taken out of it
    recall: bool = False  # with HALTED: who has the release goes back to what it had


def share(rollout: str, terminal: TerminalId) -> int:
    """Return where in 0 to 9,999 this terminal lies in this rollout."""
    digest = hashlib.sha256(f"{rollout}\0{terminal}".encode()).digest()
    return int.from_bytes(digest[:8]) % WHOLE


def is_meant(rollout: Rollout, terminal: TerminalId, form: str = "") -> bool:
    """Tell whether the release is for this terminal by now."""
    if form and form in rollout.left_out:
        return False
    return terminal in rollout.pilots or share(rollout.rollout, terminal) < rollout.percent * WHOLE // 100


def version_key(version: str) -> tuple[int, ...]:
    """Return what orders versions: 2.4.10 is newer than 2.4.9; 2.4 is 2.4.0.

    Raises:
        ReleaseNameError: It is not one to four numbers with dots.
    """
    if not _VERSION.fullmatch(version):
        raise ReleaseNameError(f"{version[:40]!r}: a version is one to four numbers, such as 2.4.2")
    parts = [int(part) for part in version.split(".")]
    return tuple(parts + [0] * (4 - len(parts)))


def bundle_target(channel: str, version: str, board: str) -> str:
    """Return the name under which a release for a board is signed.

    Raises:
        ReleaseNameError: One of the names cannot stand in a path.
    """
    version_key(version)
    return f"{named(channel)}/{version}/{named(board)}.bundle"


def rollout_target(channel: str) -> str:
    """Return the name under which the channel's rollout document is signed.

    Raises:
        ReleaseNameError: The name cannot stand in a path.
    """
    return f"{named(channel)}/rollout.json"


def rollout_role(channel: str) -> str:
    """Return the delegated role that signs the channel's rollout document: an online key that can choose, and can add nothing."""
    return f"{named(channel)}-rollout"


def named(name: str) -> str:
    """Return `name` if it can stand in a path.

    Raises:
        ReleaseNameError: It cannot.
    """
    if not _NAME.fullmatch(name):
        raise ReleaseNameError(f"{name[:40]!r}: small letters, digits and hyphens, at most 32")
    return name
