"""Fault 48: two senders at once double nothing."""

import os
import threading
import time

from sync.loop import OnceResult, once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity


def test_two_sending_processes_at_once_double_nothing(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    for place in range(30):
        counter.hand_in(*([photo()] if place % 5 == 0 else []))
    results: list[OnceResult] = []
    workers = [threading.Thread(target=lambda: results.append(once(settings))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(results) == 3
    assert len(city.cases) == 30
    puts = [path for method, path in city.asked if method == "PUT"]
    assert len(puts) == len(set(puts)), "each went out once"
    assert outbox.stats()["complete"] == 30


def test_a_sender_that_died_gives_its_lease_back(settings: SyncSettings, outbox: Outbox, counter: Counter) -> None:
    counter.hand_in()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    assert len(outbox.deliveries.claim(10, lease_s=0.2)) == 1
    assert outbox.deliveries.claim(10, lease_s=0.2) == []
    deadline_s = time.monotonic() + 5
    while not outbox.deliveries.claim(10, lease_s=0.2):
        assert time.monotonic() < deadline_s
        time.sleep(0.02)
