"""Fault 32: the voltage dips, and the machine starts ten times in a row without getting far. The outbox is as it was, and then sends."""

import random
import subprocess
import sys
import time

from sync.loop import once
from sync.outbox import Outbox
from sync.set_aside import set_aside_folders
from sync.settings import SyncSettings
from tests.faults.outbox_ground import ROOT
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity


def test_ten_starts_that_get_nowhere_leave_the_outbox_alone(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    for _ in range(5):
        counter.hand_in(photo())
    before = outbox.list()
    install = outbox.install
    outbox.close()
    city.stop()
    paths = (settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, settings.outbox, settings.outbox_key)
    program = [sys.executable, "-m", "tests.sync.send_program", settings.url, *map(str, paths)]
    dice = random.Random(32)
    for _ in range(10):
        with subprocess.Popen(program, cwd=ROOT, stderr=subprocess.DEVNULL) as starting:
            time.sleep(dice.uniform(0.05, 0.9))
            starting.kill()
    again = Outbox.open(settings.outbox, settings.outbox_key.read_bytes(), {}, settings.limits)
    assert again.events == ()
    assert again.install == install
    assert [entry["digest"] for entry in again.list()] == [entry["digest"] for entry in before]
    assert set_aside_folders(settings.outbox) == []
    again.close()
    city.start()
    assert once(settings)["waiting"] == 0
    assert len(city.cases) == 5
