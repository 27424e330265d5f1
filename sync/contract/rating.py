"""How satisfied a resident was (好差评): five levels, voluntary, about one visit and never about a person."""

from datetime import datetime
from enum import IntEnum

import msgspec

from sync.contract.names import ApplicationId, Digest, TerminalId

PAYLOAD_TYPE = "application/vnd.bianmin.rating-receipt+json"


class Level(IntEnum):
    """The five levels of the national scheme."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    BASICALLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1


class Rating(msgspec.Struct, frozen=True):
    """Body of the PUT. It is kept as sent; another level for the same application is refused as other content."""

    format: int
    terminal: TerminalId
    application_id: ApplicationId
    level: Level
    rated_at: datetime  # UTC, by the terminal's clock


class RatingReceipt(msgspec.Struct, frozen=True):
    """The city's signed word that it has the rating whose bytes have this digest."""

    format: int
    terminal: TerminalId
    application_id: ApplicationId
    digest: Digest


class RatingAnswer(msgspec.Struct, frozen=True):
    """Body of 200 and 201."""

    receipt: bytes  # a `signed.Statement` of a `RatingReceipt`, as JSON
