"""Feeds on the terminal: only what the city signed for this terminal, whole, never an older version; by ETag, usable offline."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync import identity
from sync.client import CityClient
from sync.contract import routes
from sync.contract.feed import PAYLOAD_TYPE, FeedKind, Issue
from sync.contract.names import TerminalId
from sync.contract.sealing_keys import SEALING_KEYS, SealingKeys
from sync.contract.signed import sign
from sync.contract.signing_keys import key_id_of
from sync.contract.suites import SealError, new_city_key
from sync.exchange import Exchange
from sync.feeds import FeedFetch, Feeds, FeedStatus, Reading
from sync.sealing import key_to_seal_to
from sync.settings import SyncSettings
from tests.sync.counter import TERMINAL
from tests.sync.standin import Asked, Reply, StandInCity

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Board(msgspec.Struct, frozen=True):
    """An invented content."""

    lines: tuple[str, ...]


BOARD = FeedKind("board", Board)


@pytest.fixture
def client(settings: SyncSettings) -> Iterator[CityClient]:
    exchange = Exchange(settings.url, settings.ca_file, identity.request_key(settings.request_key, settings.terminal), 5)
    yield CityClient(exchange, settings.terminal, identity.trusted_keys(settings.receipt_keys))
    exchange.close()


@pytest.fixture
def feeds(settings: SyncSettings) -> Feeds:
    return Feeds(settings.feeds, settings.terminal, identity.trusted_keys(settings.receipt_keys))


def test_a_feed_is_fetched_once_and_then_only_asked_about(city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    assert feeds.read(BOARD, NOW).status is FeedStatus.ABSENT
    city.publish(BOARD, Board(("停水通知（样例）",)), 7)
    assert feeds.fetch(client, BOARD) is FeedFetch.REPLACED
    assert feeds.fetch(client, BOARD) is FeedFetch.UNCHANGED
    reading = feeds.read(BOARD, NOW)
    assert (reading.status, reading.content, reading.version) == (FeedStatus.CURRENT, Board(("停水通知（样例）",)), 7)


def test_a_newer_version_replaces_the_whole_and_is_used_with_the_line_down(city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    city.publish(BOARD, Board(("old", "older")), 7)
    feeds.fetch(client, BOARD)
    seen = feeds.changed_at(BOARD)
    city.publish(BOARD, Board(("new",)), 9)
    assert feeds.fetch(client, BOARD) is FeedFetch.REPLACED
    assert feeds.changed_at(BOARD) > seen
    city.stop()
    assert feeds.fetch(client, BOARD) is FeedFetch.OFFLINE
    assert feeds.read(BOARD, NOW).content == Board(("new",))


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 6},
        {"version": 7},
        {"terminal": TerminalId("SY-OTHER")},
        {"feed": "another"},
        {"format": 2},
        {"content": msgspec.Raw(b'{"lines":3}')},
    ],
    ids=[
        "an older version",
        "other content under the same version",
        "another terminal's",
        "another feed's",
        "a later format",
        "unreadable",
    ],
)
def test_what_is_not_believable_leaves_what_is_there(
    city: StandInCity, client: CityClient, feeds: Feeds, changes: dict[str, object]
) -> None:
    city.publish(BOARD, Board(("good",)), 7)
    feeds.fetch(client, BOARD)
    city.publish(BOARD, Board(("bad",)), 8, **changes)
    assert feeds.fetch(client, BOARD) is FeedFetch.UNBELIEVABLE
    assert feeds.read(BOARD, NOW).content == Board(("good",))


def test_a_strangers_signature_and_a_portals_page_are_not_believed(city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    stranger = Ed25519PrivateKey.generate()
    said = Issue(1, "board", TERMINAL, 9, NOW, msgspec.Raw(b'{"lines":[]}'))
    city.feeds["board"] = sign(msgspec.json.encode(said), PAYLOAD_TYPE, key_id_of(stranger.public_key()), stranger)
    assert feeds.fetch(client, BOARD) is FeedFetch.UNBELIEVABLE
    city.misbehave = lambda _asked: (200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>")
    assert feeds.fetch(client, BOARD) is FeedFetch.UNBELIEVABLE
    assert feeds.read(BOARD, NOW).status is FeedStatus.ABSENT


def test_a_feed_that_is_over_says_so_and_one_taken_back_is_gone_at_once(city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    city.publish(BOARD, Board(("until noon",)), 1, expires_at=NOW + timedelta(hours=3))
    feeds.fetch(client, BOARD)
    assert feeds.read(BOARD, NOW).status is FeedStatus.CURRENT
    late = feeds.read(BOARD, NOW + timedelta(hours=3))
    assert (late.status, late.content) == (FeedStatus.EXPIRED, Board(("until noon",)))
    city.publish(BOARD, None, 2, is_withdrawn=True)
    assert feeds.fetch(client, BOARD) is FeedFetch.REPLACED
    withdrawn = feeds.read(BOARD, NOW)
    assert (withdrawn.status, withdrawn.content) == (FeedStatus.WITHDRAWN, None)
    city.publish(BOARD, Board(("until noon",)), 1)
    assert feeds.fetch(client, BOARD) is FeedFetch.UNBELIEVABLE, "what was taken back does not return by an old version"


def test_a_city_without_such_a_feed_changes_nothing(city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    city.publish(BOARD, Board(("here",)), 1)
    feeds.fetch(client, BOARD)
    del city.feeds["board"]
    assert feeds.fetch(client, BOARD) is FeedFetch.NOT_OFFERED
    assert feeds.read(BOARD, NOW).status is FeedStatus.CURRENT


def test_a_newer_city_may_say_more_than_this_terminal_knows(city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    city.publish(BOARD, {"lines": ["known"], "later": {"unknown": True}}, 1)
    assert feeds.fetch(client, BOARD) is FeedFetch.REPLACED
    assert feeds.read(BOARD, NOW).content == Board(("known",))


def test_a_damaged_file_is_fetched_anew(settings: SyncSettings, city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    city.publish(BOARD, Board(("whole",)), 5)
    feeds.fetch(client, BOARD)
    path = settings.feeds / "board.feed.json"
    path.write_bytes(path.read_bytes()[:40])
    assert feeds.read(BOARD, NOW) == Reading(FeedStatus.ABSENT)
    assert feeds.fetch(client, BOARD) is FeedFetch.REPLACED
    assert feeds.read(BOARD, NOW).content == Board(("whole",))


def test_old_feeds_and_half_written_ones_are_pruned(settings: SyncSettings, city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    city.publish(BOARD, Board(("kept",)), 5)
    feeds.fetch(client, BOARD)
    for name in ("of-an-older-release.feed.json", "board.feed.json.part"):
        (settings.feeds / name).write_bytes(b"{}")
    feeds.prune([BOARD])
    assert [path.name for path in settings.feeds.iterdir()] == ["board.feed.json"]


def test_the_request_goes_by_tag(city: StandInCity, client: CityClient, feeds: Feeds) -> None:
    city.publish(BOARD, Board(()), 5)
    tags: list[str | None] = []

    def note(asked: Asked) -> Reply | None:
        if asked.path == routes.feed_path("board"):
            tags.append(asked.headers.get("If-None-Match"))
        return None

    city.misbehave = note
    feeds.fetch(client, BOARD)
    feeds.fetch(client, BOARD)
    assert tags[0] is None
    assert tags[1] is not None


def test_a_new_sealing_key_comes_down_and_one_that_was_withdrawn_is_not_sealed_to(
    settings: SyncSettings, city: StandInCity, client: CityClient, feeds: Feeds
) -> None:
    given = city.city_key.public_key()
    assert key_to_seal_to(settings.city_keys, feeds, NOW) == given
    fresh = new_city_key(NOW - timedelta(days=300)).public_key()  # older by its date, and yet the only one that is left
    city.publish(SEALING_KEYS, SealingKeys((fresh,)), 1)
    feeds.fetch(client, SEALING_KEYS)
    assert key_to_seal_to(settings.city_keys, feeds, NOW) == fresh


def test_keys_of_suites_that_this_version_does_not_know_are_passed_over(
    settings: SyncSettings, city: StandInCity, client: CityClient, feeds: Feeds
) -> None:
    known = city.city_key.public_key()
    later = msgspec.structs.replace(known, key_id="later", suite="bianmin-2-sm2", created_at=NOW + timedelta(days=900))
    city.publish(SEALING_KEYS, SealingKeys((known, later)), 1)
    feeds.fetch(client, SEALING_KEYS)
    assert key_to_seal_to(settings.city_keys, feeds, NOW) == known
    city.publish(SEALING_KEYS, SealingKeys((later,)), 2)
    feeds.fetch(client, SEALING_KEYS)
    with pytest.raises(SealError):
        key_to_seal_to(settings.city_keys, feeds, NOW)
