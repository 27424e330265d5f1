"""A city, a terminal and a counter, each test its own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync import identity
from sync.outbox import Outbox
from sync.settings import SyncSettings
from sync.space import OutboxLimits
from tests.sync.counter import TERMINAL, Counter
from tests.sync.standin import StandInCity

SMALL = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=64 * 1024, ballast_bytes=0)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[StandInCity]:
    city = StandInCity(tmp_path / "city")
    yield city
    city.stop()


@pytest.fixture
def settings(tmp_path: Path, city: StandInCity) -> SyncSettings:
    """An admitted terminal's settings."""
    here = tmp_path / "terminal"
    settings = SyncSettings(
        url=city.url,
        terminal=TERMINAL,
        ca_file=city.folder / "tls" / "ca.pem",
        city_keys=city.folder / "city-keys",
        receipt_keys=city.folder / "receipt-keys",
        catalogue_keys=city.folder / "catalogue-keys",
        request_key=here / "keys" / "request.pem",
        outbox=here / "outbox",
        outbox_key=here / "keys" / "outbox.key",
        catalogue=here / "catalogue",
        feeds=here / "feeds",
        ask_socket=here / "run" / "ask.sock",
        limits=SMALL,
        exchange_s=5.0,
    )
    city.terminals[TERMINAL] = identity.request_key(settings.request_key, TERMINAL).key.public_key()
    return settings


def open_outbox(settings: SyncSettings, **changes: object) -> Outbox:
    """Open the terminal's outbox as any process of it would."""
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    keys = identity.trusted_keys(settings.receipt_keys)
    return Outbox.open(settings.outbox, identity.outbox_key(settings.outbox_key), keys, settings.limits)


@pytest.fixture
def outbox(settings: SyncSettings) -> Iterator[Outbox]:
    outbox = open_outbox(settings)
    yield outbox
    outbox.close()


@pytest.fixture
def counter(outbox: Outbox, city: StandInCity) -> Counter:
    return Counter(outbox, city.city_key.public_key())
