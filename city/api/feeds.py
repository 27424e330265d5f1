"""Feeds on their way down. An app of the city says what a feed holds for a terminal; here it gets a version, a signature and a tag.

    @supplies(NOTICES)
    def notices_for(terminal: Terminal) -> Supply[Notices] | None:
        return Supply(Notices(...), valid_for=timedelta(days=7))

The module with it is imported in the app's `AppConfig.ready`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec
from django.db import transaction

from city import here
from city.api.models import FeedIssue
from city.fleet.models import Terminal
from city.refused import Refused
from sync.contract.feed import PAYLOAD_TYPE, FeedKind, Issue, etag_of
from sync.contract.names import digest_of
from sync.contract.problem import ProblemCode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Supply(Generic[T]):
    """What a feed holds now.

    Attributes:
        content: The whole content, or None to take the feed back.
        valid_for: How long a terminal without a line may take it as true; for ever, when None. It is issued anew at half of that.
    """

    content: T | None
    valid_for: timedelta | None = None


Supplier = Callable[[Terminal], Supply[Any] | None]
"""Says what a feed holds for a terminal; None when this terminal has no such feed."""

_suppliers: dict[str, Supplier] = {}


def supplies(kind: FeedKind[T]) -> Callable[[Callable[[Terminal], Supply[T] | None]], Callable[[Terminal], Supply[T] | None]]:
    """Make a function the supplier of a feed.

    Raises:
        ValueError: The feed has a supplier already.
    """

    def register(supplier: Callable[[Terminal], Supply[T] | None]) -> Callable[[Terminal], Supply[T] | None]:
        if kind.name in _suppliers:
            raise ValueError(f"the feed {kind.name} has a supplier already")
        _suppliers[kind.name] = supplier
        return supplier

    return register


def issue(terminal: Terminal, feed: str, known_tags: Collection[str]) -> tuple[bytes | None, str] | Refused:
    """Return the signed statement of a feed, or None when the terminal has it, and its ETag."""
    supplier = _suppliers.get(feed)
    supply = None if supplier is None else supplier(terminal)
    if supply is None:
        return Refused(ProblemCode.UNKNOWN, "no such feed")
    content = msgspec.json.encode(supply.content, order="deterministic")
    row = FeedIssue.objects.filter(terminal=terminal, feed=feed).first()
    if row is None or not _is_good(row, digest_of(content), supply.valid_for):
        row = _next(terminal, feed, content, supply)
    if row.etag in known_tags:
        return None, row.etag
    return _statement(row, content, is_withdrawn=supply.content is None), row.etag


def _is_good(row: FeedIssue, digest: str, valid_for: timedelta | None) -> bool:
    """Whether the version issued last still says what the feed holds, and for long enough."""
    if row.content_digest != digest or (row.expires_at is None) is not (valid_for is None):
        return False
    return row.expires_at is None or valid_for is None or row.expires_at - here.now() > valid_for / 2


def _next(terminal: Terminal, feed: str, content: bytes, supply: Supply[Any]) -> FeedIssue:
    """Give out a new version: the time in milliseconds, so that a city restored from its backup still goes on above the old ones."""
    now = here.now().replace(microsecond=0)
    with transaction.atomic():
        Terminal.objects.select_for_update().get(pk=terminal.pk)  # two requests of one terminal do not both give out a version
        last = FeedIssue.objects.filter(terminal=terminal, feed=feed).first()
        digest = digest_of(content)
        if last is not None and _is_good(last, digest, supply.valid_for):
            return last
        row = last or FeedIssue(terminal=terminal, feed=feed, version=0)
        row.version = max(row.version + 1, _milliseconds(here.now()))
        row.content_digest, row.issued_at = digest, now
        row.expires_at = None if supply.valid_for is None else now + supply.valid_for
        row.etag = etag_of(_statement(row, content, is_withdrawn=supply.content is None))
        row.save()
    return row


def _statement(row: FeedIssue, content: bytes, *, is_withdrawn: bool) -> bytes:
    said = Issue(
        format=1,
        feed=row.feed,
        terminal=row.terminal.terminal_id,
        version=row.version,
        issued_at=row.issued_at,
        content=msgspec.Raw(content),
        expires_at=row.expires_at,
        is_withdrawn=is_withdrawn,
    )
    return here.keys().receipts.sign(msgspec.json.encode(said), PAYLOAD_TYPE)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
