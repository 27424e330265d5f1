"""Looks at what the city has sent down to this terminal's residents, and says so when it is something else than before."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from kiosk.flow.community import NOTHING_PUBLISHED, Community
from kiosk.flow.events import Event
from kiosk.flow.events.terminal import CommunityLoaded
from kiosk.lane import Lane
from sync.contract.appointments import WINDOWS
from sync.contract.bills import UTILITIES
from sync.contract.directory import DIRECTORY
from sync.contract.feed import FeedKind
from sync.contract.notices import NOTICES
from sync.contract.places import GRID_MAP
from sync.contract.proofs import PROOFS
from sync.errors import SyncError
from sync.feeds import Feeds, FeedStatus, Reading

T = TypeVar("T")

_FEEDS: Final[tuple[FeedKind[Any], ...]] = (NOTICES, GRID_MAP, DIRECTORY, UTILITIES, PROOFS, WINDOWS)
_LOOK_EVERY_S = 2.0
_READ_EVERY_S = 60.0  # what was sent down may be over by now


class PublishedDesk:
    """The feeds and the thread that reads them. `open_feeds` may raise SyncError: it is tried again."""

    def __init__(
        self,
        open_feeds: Callable[[], Feeds],
        now: Callable[[], datetime],
        post: Callable[[Event], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._open_feeds = open_feeds
        self._now = now
        self._post = post
        self._feeds: Feeds | None = None
        self._said = NOTHING_PUBLISHED  # the flow begins with that
        self._stamps: tuple[float, ...] = ()
        self._read_at = 0.0
        self._lane = Lane("published", failed, self._look, _LOOK_EVERY_S).start()
        self._lane.do(self._look)

    def close(self) -> None:
        """Stop looking."""
        self._lane.close()

    def _look(self) -> None:
        try:
            feeds = self._feeds = self._feeds or self._open_feeds()
        except SyncError:
            return
        stamps, at = tuple(feeds.changed_at(kind) for kind in _FEEDS), time.monotonic()
        if stamps == self._stamps and at < self._read_at:
            return
        self._stamps, self._read_at = stamps, at + _READ_EVERY_S
        published = community_in(feeds, self._now())
        if published != self._said:
            self._said = published
            self._post(CommunityLoaded(published))


def community_in(feeds: Feeds, now: datetime) -> Community:
    """Return what the feeds say, as far as it may be taken as true at `now`."""
    board = _current(feeds.read(NOTICES, now))
    directory = _current(feeds.read(DIRECTORY, now))
    providers = () if directory is None else directory.providers
    utilities = _current(feeds.read(UTILITIES, now))
    proofs, windows = _current(feeds.read(PROOFS, now)), _current(feeds.read(WINDOWS, now))
    return Community(
        () if board is None else board.notices,
        _current(feeds.read(GRID_MAP, now)),
        providers,
        () if utilities is None else utilities.utilities,
        () if proofs is None else proofs.kinds,
        () if windows is None else windows.windows,
    )


def _current(reading: Reading[T]) -> T | None:
    return reading.content if reading.status is FeedStatus.CURRENT else None
