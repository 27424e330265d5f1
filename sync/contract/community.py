"""What a community tells its residents: notices. The city publishes it to the terminals of a grid as one signed statement.

A notice is there once two people of the city have seen it, one who wrote it and one who let it through; a terminal shows it while
it is valid, by its own clock, and never longer than the city said.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from sync.contract.words import Words

FORMAT = 1
PAYLOAD_TYPE = "application/vnd.bianmin.community+json"


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


class Community(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything of the community that terminals show."""

    format: int = FORMAT
    notices: tuple[Notice, ...] = ()


NOTHING_PUBLISHED = Community()


def notices_at(notices: Iterable[Notice], now: datetime) -> tuple[Notice, ...]:
    """Return the notices that are valid now: urgent ones first, then the newest."""
    valid = [notice for notice in notices if notice.valid_from <= now < notice.valid_until]
    return tuple(sorted(valid, key=lambda notice: (not notice.urgent, -notice.valid_from.timestamp(), notice.id)))
