"""Whether the line to the city is up, as the sending process last saw it, for the screen and for staff."""

import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

_NAME: Final = "line.json"


class LineState(StrEnum):
    """The one thing to say about the line."""

    UP = "up"
    DOWN = "down"
    STOPPED = "stopped"  # the city does not admit this terminal now; staff are needed
    UNKNOWN = "unknown"  # nothing was tried yet


class Line(msgspec.Struct, frozen=True):
    """The line, why it is so, and since when; `clock_offset_s` is how far the city's clock is ahead."""

    state: LineState
    reason: str | None
    since: datetime
    clock_offset_s: float | None = None


def line_state(outbox_folder: Path) -> Line:
    """Return what was last written, or UNKNOWN."""
    try:
        return msgspec.json.decode((outbox_folder / _NAME).read_bytes(), type=Line)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Line(LineState.UNKNOWN, None, datetime.now(UTC))


def write_line_state(outbox_folder: Path, state: LineState, reason: str | None, clock_offset_s: float | None) -> None:
    """Publish a change. A hint that a power cut may take, so it is not synced; a full disk only makes it old."""
    before = line_state(outbox_folder)
    if (before.state, before.reason, before.clock_offset_s) == (state, reason, clock_offset_s):
        return
    since = before.since if before.state is state else datetime.now(UTC)
    part = outbox_folder / f"{_NAME}.{os.getpid()}"
    try:
        part.write_bytes(msgspec.json.encode(Line(state, reason, since, clock_offset_s)))
        part.replace(outbox_folder / _NAME)
    except OSError:
        return
