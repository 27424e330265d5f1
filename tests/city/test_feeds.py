"""What the city sends down: a version, a signature and a tag for what an app of the city supplies."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from django.http import HttpResponse

from city.api import feeds
from city.api.feeds import Supply, supplies
from city.fleet.models import Terminal as Row
from city.here import keys
from sync.contract import routes
from sync.contract.feed import PAYLOAD_TYPE, FeedKind, Issue, etag_of
from sync.contract.sealing_keys import SealingKeys
from sync.contract.signed import verify_as
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db


class Board(msgspec.Struct, frozen=True):
    """An invented content."""

    lines: dict[str, str]


BOARD = FeedKind("board", Board)


class Office:
    """What the office has on its board for each terminal."""

    def __init__(self) -> None:
        self.supply: Supply[Board] | None = Supply(Board({"b": "2", "a": "1"}))

    def __call__(self, terminal: Row) -> Supply[Board] | None:
        return self.supply


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    supplies(BOARD)(office)
    yield office
    del feeds._suppliers["board"]


def fetch(terminal: Terminal, etag: str | None = None, feed: str = "board") -> HttpResponse:
    return terminal.send("GET", routes.feed_path(feed), headers={"If-None-Match": etag} if etag else {})


def issue(response: HttpResponse) -> Issue:
    return verify_as(response.content, PAYLOAD_TYPE, keys().receipts.public, Issue)


def test_a_feed_is_signed_for_its_terminal_and_its_tag_is_its_digest(terminal: Terminal, office: Office) -> None:
    response = fetch(terminal)
    said = issue(response)
    assert (said.feed, said.terminal, said.content) == ("board", terminal.id, msgspec.Raw(b'{"lines":{"a":"1","b":"2"}}'))
    assert response["ETag"] == etag_of(response.content)
    assert fetch(terminal).content == response.content, "the same version is the same bytes"
    again = fetch(terminal, response["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_change_is_a_higher_version_and_no_change_is_none(terminal: Terminal, office: Office) -> None:
    first = fetch(terminal)
    office.supply = Supply(Board({"a": "1", "b": "2"}))
    assert fetch(terminal, first["ETag"]).status_code == 304, "the same content, in whatever order it is held"
    office.supply = Supply(Board({"a": "3"}))
    second = fetch(terminal, first["ETag"])
    assert second.status_code == 200
    assert issue(second).version > issue(first).version


def test_each_terminal_has_its_own(terminal: Terminal, office: Office, enrol: object) -> None:
    other = enrol("SY-TEST-02")  # type: ignore[operator]
    assert issue(fetch(terminal)).terminal != issue(fetch(other)).terminal


def test_what_is_only_true_for_a_while_is_issued_anew_at_half_time(
    terminal: Terminal, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from city import here

    began = here.now()
    office.supply = Supply(Board({}), valid_for=timedelta(hours=10))
    first = fetch(terminal)
    monkeypatch.setattr(here, "now", lambda: began + timedelta(hours=4))
    assert fetch(terminal, first["ETag"]).status_code == 304
    monkeypatch.setattr(here, "now", lambda: began + timedelta(hours=6))
    second = fetch(terminal, first["ETag"])
    assert issue(second).version > issue(first).version
    assert issue(second).expires_at is not None


def test_a_feed_can_be_taken_back(terminal: Terminal, office: Office) -> None:
    first = issue(fetch(terminal))
    office.supply = Supply(None)
    taken_back = issue(fetch(terminal))
    assert (taken_back.is_withdrawn, taken_back.content) == (True, msgspec.Raw(b"null"))
    assert taken_back.version > first.version


def test_a_city_restored_from_an_older_backup_goes_on_above_what_it_gave_out(terminal: Terminal, office: Office) -> None:
    from city.api.models import FeedIssue

    first = issue(fetch(terminal))
    FeedIssue.objects.all().delete()
    office.supply = Supply(Board({"c": "4"}))
    assert issue(fetch(terminal)).version > first.version


def test_what_nobody_supplies_is_not_found(terminal: Terminal, office: Office) -> None:
    assert fetch(terminal, feed="nothing").status_code == 404
    office.supply = None
    assert fetch(terminal).status_code == 404


def test_a_feed_has_one_supplier(office: Office) -> None:
    with pytest.raises(ValueError, match="board"):
        supplies(BOARD)(office)


def test_the_citys_own_sealing_keys_come_down(terminal: Terminal) -> None:
    said = issue(fetch(terminal, feed="sealing-keys"))
    (key,) = msgspec.json.decode(said.content, type=SealingKeys).keys
    assert key == terminal.city_key
