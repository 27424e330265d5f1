"""Fault 36: the line is cut for a week. Taking goes on, order is kept, and everything is sent within minutes of the line's return."""

import itertools
import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync import identity, loop
from sync.boot_clock import BootClock
from sync.client import CityClient
from sync.courier import Courier, PassStatus
from sync.exchange import Exchange
from sync.feeds import Feeds
from sync.loop import Sender, once
from sync.outbox import HandInStatus, Outbox
from sync.settings import SyncSettings
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity

DAY_S = 24 * 3600.0


def test_after_a_long_cut_everything_arrives_in_order(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.stop()
    for _ in range(70):
        counter.hand_in()
        if outbox.stats()["sealed"] % 20 == 0:
            assert once(settings)["status"] == "offline"
    city.start()
    assert once(settings)["complete"] == 70
    sequences = [city.cases[name].sealed.header.sequence for name in city.order]
    assert sorted(sequences) == list(range(1, 71))
    backlog = [sequence for sequence in sequences if sequence <= 69]
    assert backlog[1:49] == sorted(backlog[1:49])


class Simulation:
    """A terminal in simulated time: what it pauses for passes at once, what it does is real."""

    def __init__(self, settings: SyncSettings, dice: random.Random) -> None:
        self.now_s = 0.0
        self.dice = dice
        keys = identity.trusted_keys(settings.receipt_keys)
        clock = BootClock("one-boot", lambda: self.now_s)
        self.outbox = Outbox.open(settings.outbox, identity.outbox_key(settings.outbox_key), keys, settings.limits, clock)
        signer = identity.request_key(settings.request_key, settings.terminal)
        exchange, line = (Exchange(settings.url, settings.ca_file, signer, settings.exchange_s) for _ in range(2))
        client = CityClient(exchange, settings.terminal, keys)
        courier = Courier(self.outbox.deliveries, client, settings.lease_s)
        feeds = Feeds(settings.feeds, settings.terminal, keys)
        self.sender = Sender(settings, self.outbox, exchange, line, client, courier, identity.trusted_keys(settings.catalogue_keys), feeds)
        self.failures = self.tries = 0

    def try_now(self) -> PassStatus:
        """Make one pass, and let the pause after it pass."""
        done = self.sender.deliver()
        self.tries += 1
        self.failures = self.failures + 1 if done.is_over else 0
        self.now_s += loop._pause_s(self.sender, done, self.failures, self.dice.random)
        return done.status


@pytest.fixture
def in_memory(settings: SyncSettings) -> Iterator[SyncSettings]:
    """The outbox in memory: here it is about time and order, and a week has more commits than a busy disk is quick with."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        yield replace(settings, outbox=Path(place) / "outbox")


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("applications", "days"), [(150, 1), pytest.param(2000, 7, marks=pytest.mark.slow)], ids=["a day and 150", "a week and 2,000"]
)
def test_everything_taken_meanwhile_is_there_soon_after_the_return(
    in_memory: SyncSettings, city: StandInCity, applications: int, days: int
) -> None:
    simulation = Simulation(in_memory, random.Random(36))
    counter = Counter(simulation.outbox, city.city_key.public_key())
    city.stop()
    handed_in = 0
    while simulation.now_s < days * DAY_S:
        while handed_in <= applications * simulation.now_s / (days * DAY_S):
            assert counter.hand_in().status is HandInStatus.HANDED_IN
            handed_in += 1
        assert simulation.try_now() is PassStatus.OFFLINE
    assert days * 96 <= simulation.tries <= days * 96 * 4, "it is tried all the time, and not all the time"
    assert {entry["state"] for entry in simulation.outbox.list()} == {"sealed"}

    city.start()
    returned_s = simulation.now_s
    while simulation.try_now() is not PassStatus.DONE:
        pass
    assert simulation.now_s - returned_s < 15 * 60 + 60
    assert [entry["state"] for entry in simulation.outbox.list()] == ["complete"] * handed_in
    assert len(city.cases) == handed_in
    sequences = [city.cases[name].sealed.header.sequence for name in city.order]
    assert len(sequences) == len(set(sequences)) == handed_in
    oldest_first = [sequence for sequence in sequences if sequence <= handed_in - 60]  # the newest of each batch goes first
    assert sum(later < earlier for earlier, later in itertools.pairwise(oldest_first)) == 0
    simulation.sender.close()
