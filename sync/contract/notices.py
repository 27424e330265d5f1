"""What a community tells its residents, published by the city to the terminals of its area as one feed.

A notice is there once two people of the city have seen it, one who wrote it and one who let it through; a terminal shows it while
it is valid, by its own clock, and never longer than the city said.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.words import Words


class NoticeKind(StrEnum):
    """What a notice is about; decides its icon and nothing else."""

    POWER = "power"
    WATER = "water"
    GAS = "gas"
    HEATING = "heating"
    HEALTH = "health"
    MEALS = "meals"
    ACTIVITY = "activity"
    POLICY = "policy"
    SAFETY = "safety"
    OTHER = "other"


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One notice: `short` is what matters in two lines, `text` the whole of it, in paragraphs."""

    id: str
    kind: NoticeKind
    title: Words
    short: Words
    text: Words
    publisher: Words
    valid_from: datetime
    valid_until: datetime
    urgent: bool = False


class Noticeboard(msgspec.Struct, frozen=True):
    """The content of the feed: what is valid now, or will be."""

    notices: tuple[Notice, ...] = ()


NOTICES: Final = FeedKind("notices", Noticeboard)


def notices_at(notices: Iterable[Notice], now: datetime) -> tuple[Notice, ...]:
    """Return the notices that are valid now: urgent ones first, then the newest."""
    valid = [notice for notice in notices if notice.valid_from <= now < notice.valid_until]
    return tuple(sorted(valid, key=lambda notice: (not notice.urgent, -notice.valid_from.timestamp(), notice.id)))
