"""What the city sent down reaches the flow when it comes, changes, or is over; without the keys to believe it, nothing does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.flow.community import Community
from kiosk.flow.events.terminal import CommunityLoaded
from kiosk.runner.published import PublishedDesk
from sync import identity
from sync.client import CityClient
from sync.contract.notices import NOTICES, Notice, Noticeboard, NoticeKind
from sync.contract.words import Words
from sync.errors import SettingsError
from sync.exchange import Exchange
from sync.feeds import FeedFetch, Feeds
from sync.settings import SyncSettings
from tests.kiosk.runner.said import Said
from tests.sync.standin import StandInCity

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def board(title: str) -> Noticeboard:
    words = Words(title)
    return Noticeboard((Notice("n1", NoticeKind.OTHER, words, words, words, words, NOW, NOW + timedelta(days=1)),))


@pytest.fixture
def client(settings: SyncSettings) -> Iterator[CityClient]:
    exchange = Exchange(settings.url, settings.ca_file, identity.request_key(settings.request_key, settings.terminal), 5)
    yield CityClient(exchange, settings.terminal, identity.trusted_keys(settings.receipt_keys))
    exchange.close()


def test_what_comes_down_is_told_and_told_again_when_it_changes(
    settings: SyncSettings, city: StandInCity, client: CityClient, said: Said
) -> None:
    feeds = Feeds(settings.feeds, settings.terminal, identity.trusted_keys(settings.receipt_keys))
    desk = PublishedDesk(lambda: feeds, lambda: NOW, said.post, said.fail)
    city.publish(NOTICES, board("停水"), 1)
    assert feeds.fetch(client, NOTICES) is FeedFetch.REPLACED
    assert said.next(CommunityLoaded) == CommunityLoaded(Community(board("停水").notices))
    city.publish(NOTICES, board("来水了"), 2)
    assert feeds.fetch(client, NOTICES) is FeedFetch.REPLACED
    assert said.next(CommunityLoaded) == CommunityLoaded(Community(board("来水了").notices))
    desk.close()


def test_without_keys_nothing_is_believed_and_nothing_breaks(said: Said) -> None:
    asked: list[bool] = []

    def no_keys() -> Feeds:
        asked.append(True)
        raise SettingsError("no key")

    desk = PublishedDesk(no_keys, lambda: NOW, said.post, said.fail)
    desk.close()
    assert asked
    assert said.is_silent()
