"""Fault 36: the line is cut for long; order is kept, and everything goes when it returns."""

from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity


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
