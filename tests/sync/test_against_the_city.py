"""The terminal's half against the real city, both as their own processes would be: one whole exchange over TLS."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from sync import identity
from sync.catalogue import FetchStatus, fetch_catalogue, load_catalogue
from sync.client import CityClient
from sync.contract.city_keys import newest_public_key
from sync.contract.names import TerminalId
from sync.contract.rating import Level
from sync.contract.receipt import ReceiptState
from sync.exchange import Exchange
from sync.line import line_state
from sync.line_speed import SpeedOutcome
from sync.loop import once
from sync.measuring import measure
from sync.outbox import HandInStatus
from sync.settings import SyncSettings
from tests.sync.conftest import open_outbox
from tests.sync.counter import TERMINAL, Counter
from tests.sync.real_city import ITEM, serving

ANOTHER = TerminalId("SY-TEST-0002")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncSettings]:
    """A city that serves, and a terminal that it has admitted."""
    with serving(tmp_path_factory.mktemp("real"), TERMINAL, ANOTHER) as terminals:
        yield terminals[TERMINAL]


def test_packages_come_down(here: SyncSettings) -> None:
    exchange = Exchange(here.url, here.ca_file, identity.request_key(here.request_key, TERMINAL), 10)
    client = CityClient(exchange, TERMINAL, identity.trusted_keys(here.receipt_keys))
    keys = identity.trusted_keys(here.catalogue_keys)
    assert client.is_there() is True
    assert fetch_catalogue(client, here.catalogue, keys) is FetchStatus.REPLACED
    assert fetch_catalogue(client, here.catalogue, keys) is FetchStatus.UNCHANGED
    exchange.close()
    loaded = load_catalogue(here.catalogue, keys, datetime.now(UTC).date())
    assert [item.code for item in loaded.items] == ["residence-registration"], loaded.refused


def test_the_line_is_measured(here: SyncSettings) -> None:
    speed = measure(here, within_s=200)  # a machine with much to do is no slow line
    assert speed.outcome is SpeedOutcome.MEASURED, speed
    assert min(speed.down_kbit_s, speed.up_kbit_s) > 0


def picture(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_valid_application_arrives_with_photos_receipt_and_rating(here: SyncSettings) -> None:
    outbox = open_outbox(here)
    counter = Counter(outbox, newest_public_key(here.city_keys))
    counter.take_up(ITEM)
    photos = (picture(1600, 1200), picture(640, 480))
    assert len(photos[0]) > 1_000_000
    handed = counter.hand_in(*photos)
    assert handed.header is not None
    name = handed.header.application_id
    outbox.put_rating(name, Level.SATISFIED)
    result = once(here)
    assert result["status"] == "done", result
    assert (result["sent"], result["complete"], result["photos"], result["ratings"]) == (1, 1, 2, 1), (result, outbox.list())
    receipt = outbox.receipt_of(name)
    assert receipt is not None
    assert receipt.state is ReceiptState.COMPLETE
    assert receipt.case_number
    offset_s = line_state(here.outbox).clock_offset_s
    assert offset_s is not None
    assert abs(offset_s) < 60
    outbox.close()


def test_what_the_city_cannot_accept_is_set_aside_with_its_reason(here: SyncSettings) -> None:
    """The invented application has no valid answers; the city opens it, says so, and its neighbours are answered too."""
    outbox = open_outbox(here)
    counter = Counter(outbox, newest_public_key(here.city_keys))
    for _ in range(3):
        assert counter.hand_in().status is HandInStatus.HANDED_IN
    result = once(here)
    assert result["status"] == "done", result
    assert result["quarantined"] == 3
    refused = [entry["reason"] for entry in outbox.list() if entry["state"] == "quarantined"]
    assert refused == ["invalid"] * 3
    assert all(entry["detail"] for entry in outbox.list() if entry["state"] == "quarantined"), "staff read what was wrong"
    outbox.close()


def test_what_another_terminal_took_is_set_aside_and_the_own_goes_on(here: SyncSettings) -> None:
    """As on a disk that went into a terminal admitted anew."""
    of_another = replace(here, outbox=here.outbox.with_name("moved"))
    outbox = open_outbox(of_another)
    counter = Counter(outbox, newest_public_key(here.city_keys))
    counter.take_up(ITEM)
    counter.terminal = ANOTHER
    assert counter.hand_in(picture(640, 480)).status is HandInStatus.HANDED_IN
    counter.terminal = TERMINAL
    assert counter.hand_in(picture(640, 480)).status is HandInStatus.HANDED_IN
    result = once(of_another)
    assert (result["status"], result["complete"], result["quarantined"]) == ("done", 1, 1), (result, outbox.list())
    assert [(entry["state"], entry["reason"]) for entry in outbox.list()] == [("quarantined", "not-yours"), ("complete", None)]
    outbox.close()
