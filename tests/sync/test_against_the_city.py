"""The terminal's half against the real city, both as their own processes would be: one whole exchange over TLS."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sync import identity
from sync.catalogue import FetchStatus, fetch_catalogue, load_catalogue
from sync.client import CityClient
from sync.contract.city_keys import newest_public_key
from sync.contract.rating import Level
from sync.contract.receipt import ReceiptState
from sync.contract.signing_keys import public_pem
from sync.exchange import Exchange
from sync.line import line_state
from sync.loop import once
from sync.outbox import HandInStatus
from sync.settings import SyncSettings
from tests.sync.conftest import SMALL, open_outbox
from tests.sync.counter import TERMINAL, Counter

ROOT = Path(__file__).parents[2]
ITEM = ROOT / "city" / "items" / "residence-registration"


def city(*words: str) -> list[str]:
    return [sys.executable, "-m", "city.cli", *words]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncSettings]:
    """A city that serves, and a terminal that it has admitted."""
    folder = tmp_path_factory.mktemp("real")
    data, keys = folder / "city", folder / "terminal" / "keys"
    for command in (
        city("init", "--data", str(data)),
        city("publish-items", "--data", str(data), "--from", str(ITEM)),
    ):
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    public = folder / "terminal.pem"
    public.write_bytes(public_pem(identity.request_key(keys / "request.pem", TERMINAL).key.public_key()))
    enrol = city("enrol", "--data", str(data), "--terminal", TERMINAL, "--public-key", str(public))
    subprocess.run(enrol, check=True, cwd=ROOT, capture_output=True)
    serve = city("serve", "--data", str(data), "--port", "0", "--workers", "1", "--json")
    process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    assert process.stdout is not None
    ready = process.stdout.readline()
    url = json.loads(ready)["url"] if ready.startswith("{") else ready.split()[-1]
    given = data / "public"
    yield SyncSettings(
        url=url,
        terminal=TERMINAL,
        ca_file=given / "ca.pem",
        city_keys=given / "sealing-keys",
        receipt_keys=given / "receipt-keys",
        catalogue_keys=given / "catalogue-keys",
        request_key=keys / "request.pem",
        outbox=folder / "terminal" / "outbox",
        outbox_key=keys / "outbox.key",
        catalogue=folder / "terminal" / "catalogue",
        feeds=folder / "terminal" / "feeds",
        ask_socket=folder / "terminal" / "run" / "ask.sock",
        limits=SMALL,
    )
    process.terminate()
    process.wait(90)


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
