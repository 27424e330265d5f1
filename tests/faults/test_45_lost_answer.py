"""Fault 45: the answer is lost after the city took it; counted once."""

import random
import subprocess
import sys
import time

from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import ROOT
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity


def test_the_sender_is_killed_again_and_again_and_everything_arrives_once(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """Killed wherever it happens to be: before asking, with the answer on its way, and between the answer and writing it down."""
    for place in range(24):
        counter.hand_in(*([photo(300_000)] if place % 4 == 0 else []))
    words = [settings.url, settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, settings.outbox]
    program = [sys.executable, "-m", "tests.sync.send_program", *(str(word) for word in (*words, settings.outbox_key))]
    city.takes_batches = False
    chance = random.Random(45)
    kills = 0
    deadline_s = time.monotonic() + 120
    while outbox.stats()["complete"] < 24:
        assert time.monotonic() < deadline_s
        asked = len(city.asked)
        with subprocess.Popen(program, cwd=ROOT) as sender:
            while sender.poll() is None and len(city.asked) < asked + 8:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.03))
            kills += sender.poll() is None
            sender.kill()
    assert kills >= 3
    assert len(city.cases) == 24
    assert all(city.missing(case) == () for case in city.cases.values())
    assert [entry["state"] for entry in outbox.list()] == ["complete"] * 24
