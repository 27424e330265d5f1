"""The feeds that this terminal holds: one signed file each, used with the line down as with the line up.

Fetching replaces a feed whole or not at all, and never by an older version, one for another terminal, or one that this release cannot
read. Readers look at the file, so the screen's process needs no word with the sending one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.contract.decoding import UNDECODABLE
from sync.contract.feed import MAX_BYTES, PAYLOAD_TYPE, FeedKind, Issue, etag_of
from sync.contract.names import TerminalId
from sync.contract.signed import SignatureError, verify_as
from sync.durable import sync_folder, write_durably
from sync.offline import Offline, Refused

if TYPE_CHECKING:
    from sync.client import CityClient  # brings the line's library, which the screen has no use for

SUFFIX: Final = ".feed.json"

T = TypeVar("T")


class FeedStatus(StrEnum):
    """What may be done with a feed's content."""

    CURRENT = "current"
    EXPIRED = "expired"  # was true once; whoever shows it says of when it is
    WITHDRAWN = "withdrawn"
    ABSENT = "absent"  # never fetched, or what lies there is not believable


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A feed as it lies here; `content` is there when CURRENT and when EXPIRED."""

    status: FeedStatus
    content: T | None = None
    version: int = 0
    issued_at: datetime | None = None

    @property
    def current(self) -> T | None:
        """The content while it may be taken as true."""
        return self.content if self.status is FeedStatus.CURRENT else None


class FeedFetch(StrEnum):
    """How fetching one feed ended."""

    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    NOT_OFFERED = "not_offered"  # this city has no such feed
    REFUSED = "refused"
    OFFLINE = "offline"
    UNBELIEVABLE = "unbelievable"  # not signed, for somebody else, older than what is here, or unreadable
    STORAGE_FAULT = "storage_fault"


class Feeds:
    """The folder of the feeds of one terminal."""

    def __init__(self, folder: Path, terminal: TerminalId, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._folder = folder
        self._terminal = terminal
        self._keys = keys

    def read(self, kind: FeedKind[T], now: datetime) -> Reading[T]:
        """Return what is held of a feed, judged at `now` (aware)."""
        issue = self._issue(kind, self._held(kind))
        if issue is None:
            return Reading(FeedStatus.ABSENT)
        if issue.is_withdrawn:
            return Reading(FeedStatus.WITHDRAWN, None, issue.version, issue.issued_at)
        is_over = issue.expires_at is not None and now >= issue.expires_at
        content = msgspec.json.decode(issue.content, type=kind.content)  # `_issue` has tried it
        return Reading(FeedStatus.EXPIRED if is_over else FeedStatus.CURRENT, content, issue.version, issue.issued_at)

    def version(self, kind: FeedKind[Any]) -> int:
        """Return the version that is held, 0 for none."""
        issue = self._issue(kind, self._held(kind))
        return 0 if issue is None else issue.version

    def last_issued_at(self, kinds: Sequence[FeedKind[Any]]) -> datetime | None:
        """Return the latest moment at which the city signed any of those that are held."""
        issues = [self._issue(kind, self._held(kind)) for kind in kinds]
        return max((issue.issued_at for issue in issues if issue is not None and issue.issued_at.tzinfo is not None), default=None)

    def changed_at(self, kind: FeedKind[Any]) -> float:
        """Return a figure that changes with the feed, for whoever looks at it again and again."""
        try:
            return self._path(kind).stat().st_mtime
        except OSError:
            return 0.0

    def fetch(self, client: "CityClient", kind: FeedKind[Any]) -> FeedFetch:
        """Bring one feed to what the city says now."""
        held = self._held(kind)
        here = self._issue(kind, held)
        answer = client.feed(kind.name, None if here is None else etag_of(held))
        if isinstance(answer, Offline):
            return FeedFetch.OFFLINE
        if isinstance(answer, Refused):
            return FeedFetch.NOT_OFFERED if answer.status == 404 else FeedFetch.REFUSED
        if answer is None or answer == held:
            return FeedFetch.UNCHANGED
        issue = self._issue(kind, answer)
        if issue is None or (here is not None and issue.version <= here.version):
            return FeedFetch.UNBELIEVABLE
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_durably(self._path(kind), answer)
            sync_folder(self._folder)
        except OSError:
            return FeedFetch.STORAGE_FAULT
        return FeedFetch.REPLACED

    def prune(self, kinds: Sequence[FeedKind[Any]]) -> None:
        """Remove feeds that this release does not know, and what an ended write left behind."""
        known = {self._path(kind) for kind in kinds}
        for path in self._folder.glob(f"*{SUFFIX}*"):
            if path not in known:
                path.unlink(missing_ok=True)

    def _path(self, kind: FeedKind[Any]) -> Path:
        return self._folder / f"{kind.name}{SUFFIX}"

    def _held(self, kind: FeedKind[Any]) -> bytes:
        try:
            with self._path(kind).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError:
            return b""

    def _issue(self, kind: FeedKind[Any], statement: bytes) -> Issue | None:
        """Return what `statement` says, if it is the city's word on this feed for this terminal and can be read."""
        try:
            issue = verify_as(statement, PAYLOAD_TYPE, self._keys, Issue)
            if not issue.is_withdrawn:
                msgspec.json.decode(issue.content, type=kind.content)
        except (SignatureError, *UNDECODABLE):
            return None
        is_ours = issue.format == 1 and issue.feed == kind.name and issue.terminal == self._terminal
        return issue if is_ours else None
