"""Fault 30: something wants to be written down without end. A few lines are, the rest is counted, and sending goes on unharmed."""

import io
import json
from dataclasses import replace

from sync.journal import Journal
from sync.loop import Sender, once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity


def test_a_city_that_comes_and_goes_all_night_writes_few_lines(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    paper = io.StringIO()
    sender = Sender.open(replace(settings, exchange_s=2.0))
    sender.journal = Journal(paper.write, lambda: 0.0)
    for _ in range(25):
        counter.hand_in()
        city.stop()
        sender.deliver()
        city.start()
        sender.deliver()
        sender.beat()
    sender.close()
    lines = [json.loads(line) for line in paper.getvalue().splitlines()]
    assert 0 < len(lines) <= 40
    assert len(paper.getvalue()) < 10_000
    assert outbox.stats()["complete"] == 25


def test_a_journal_whose_disk_is_full_stops_nothing(settings: SyncSettings, counter: Counter) -> None:
    def full(_line: str) -> None:
        raise OSError(28, "No space left on device")

    counter.hand_in()
    sender = Sender.open(settings)
    sender.journal = Journal(full)
    assert sender.deliver().complete == 1
    sender.close()
    assert once(settings)["waiting"] == 0
