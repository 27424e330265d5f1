"""A feed: what the city sends down ahead of need, such as notices; one signed content for one terminal, whole in each version.

The terminal fetches it when it has changed, keeps it, and uses it with the line down. Every kind of content has its own type, in a
module of its own; `known.FEEDS` lists them all.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

import msgspec

from sync.contract.names import TerminalId, digest_of

T = TypeVar("T")

PAYLOAD_TYPE: Final = "application/vnd.bianmin.feed+json"
MAX_BYTES: Final = 8 * 1024 * 1024
"""The largest statement of a feed."""


@dataclass(frozen=True, slots=True)
class FeedKind(Generic[T]):
    """One feed: its name on the wire, in lower-case letters and hyphens, and the type of its content."""

    name: str
    content: type[T]


class Issue(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of a feed for one terminal, as the city signs it.

    Attributes:
        format: 1.
        feed: The feed's name.
        terminal: For whom; another terminal does not believe it.
        version: Only ever grows, for this feed and terminal; gaps mean nothing.
        issued_at: By the city's clock, UTC.
        content: JSON of the feed's own type; `null` when it is withdrawn.
        expires_at: From when on the content may no longer be taken as true; never, when absent.
        is_withdrawn: The city took the feed back: nothing of any earlier version may be used.
    """

    format: int
    feed: str
    terminal: TerminalId
    version: int
    issued_at: datetime
    content: msgspec.Raw
    expires_at: datetime | None = None
    is_withdrawn: bool = False


def etag_of(statement: bytes) -> str:
    """Return the ETag of a statement: its digest, quoted. So a terminal knows the tag of what it holds by looking at it."""
    return f'"{digest_of(statement)[:32]}"'
