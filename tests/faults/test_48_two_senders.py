"""Fault 48: two senders at once double nothing."""

import signal
import subprocess
import sys
import threading
import time

from sync.loop import OnceResult, once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import ROOT
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
    program = (
        "import os, signal, sys; from pathlib import Path; from sync import identity; from sync.outbox import Outbox;"
        "outbox = Outbox.open(Path(sys.argv[1]), identity.outbox_key(Path(sys.argv[2])), {});"
        "print(len(outbox.deliveries.claim(10, lease_s=4.0)), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", program, str(settings.outbox), str(settings.outbox_key)]
    died = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert (died.returncode, died.stdout) == (-signal.SIGKILL, "1\n"), died.stderr
    assert outbox.deliveries.claim(10, lease_s=0.2) == [], "it is the dead one's for a while"
    deadline_s = time.monotonic() + 30
    while not outbox.deliveries.claim(10, lease_s=0.2):
        assert time.monotonic() < deadline_s
        time.sleep(0.02)
