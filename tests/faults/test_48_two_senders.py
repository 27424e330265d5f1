"""Fault 48: two senders at once double nothing."""

import signal
import subprocess
import sys
import time
from contextlib import ExitStack

from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import ROOT
from tests.sync.counter import Counter, photo
from tests.sync.send_program import AT_A_WORD
from tests.sync.standin import StandInCity


def test_two_sending_processes_at_once_double_nothing(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    """Three processes, let go at the same moment, one application in each request; none claims what another one holds."""
    city.takes_batches = False
    for place in range(120):
        counter.hand_in(*([photo()] if place % 20 == 0 else []))
    words = [settings.url, settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, settings.outbox]
    program = [sys.executable, "-m", "tests.sync.send_program", *map(str, words), str(settings.outbox_key), AT_A_WORD]
    with ExitStack() as running:
        senders = [
            running.enter_context(subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            for _ in range(3)
        ]
        assert [sender.stdout.readline() for sender in senders if sender.stdout] == ["ready\n"] * 3
        for sender in senders:
            assert sender.stdin is not None
            sender.stdin.write("go\n")
            sender.stdin.flush()
        said = [sender.communicate(timeout=120)[0] for sender in senders]
    assert sum(map(int, said)) == 120, said
    assert len(city.cases) == 120
    puts = [path for method, path in city.asked if method == "PUT"]
    assert len(puts) == len(set(puts)) >= 120, "each went out once"
    assert outbox.stats()["complete"] == 120


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
