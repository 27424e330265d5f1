"""The windows of a town as a file: read whole, or refused with what is wrong and where."""

from datetime import date, time
from typing import Annotated

import msgspec
from msgspec import Meta

from sync.contract.appointments import Matter
from sync.contract.decoding import UNDECODABLE
from sync.contract.words import Words

Id = Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$")]


class WindowsError(ValueError):
    """The file is no list of windows; the message says why."""


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Opening hours of one half of a day."""

    opens: time
    closes: time


class WrittenWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One window as its office writes it."""

    id: Id
    area: str
    name: Words
    place: Words
    mark: Annotated[str, Meta(pattern="^[A-Z]$")]  # the letter before its numbers
    hours: Annotated[tuple[Span, ...], Meta(min_length=1, max_length=6)]
    matters: Annotated[tuple[Matter, ...], Meta(min_length=1, max_length=40)]
    slot_minutes: Annotated[int, Meta(ge=5, le=240)] = 30
    capacity: Annotated[int, Meta(ge=1, le=50)] = 2
    lead_minutes: Annotated[int, Meta(ge=0, le=20160)] = 60
    horizon_days: Annotated[int, Meta(ge=1, le=60)] = 10  # working days ahead that can be booked
    closed: tuple[date, ...] = ()  # beside the holidays of the state
    sample: bool = False


def read_windows(data: bytes) -> tuple[WrittenWindow, ...]:
    """Return the windows of a file.

    Raises:
        WindowsError: It is none, or says something that cannot be.
    """
    try:
        windows = msgspec.json.decode(data, type=tuple[WrittenWindow, ...])
    except UNDECODABLE as error:
        raise WindowsError(str(error)) from error
    for window in windows:
        _check(window)
    if len({window.id for window in windows}) != len(windows):
        raise WindowsError("two windows have the same id")
    if len({(window.area, window.mark) for window in windows}) != len(windows):
        raise WindowsError("two windows of one area call with the same letter")
    return windows


def _check(window: WrittenWindow) -> None:
    last = time.min
    for span in window.hours:
        if not last <= span.opens < span.closes:
            raise WindowsError(f"{window.id}: hours must follow each other, and close after they open")
        last = span.closes
    if len({matter.code for matter in window.matters}) != len(window.matters):
        raise WindowsError(f"{window.id}: a matter stands there twice")
