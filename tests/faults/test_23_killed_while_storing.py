"""Fault 23: the process that stores is killed at any moment."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sync.contract.names import digest_of
from sync.contract.suites import CitySecretKey, open_sealed
from tests.faults.outbox_ground import ROOT, opened

KILLS = 8


@pytest.mark.parametrize("photos", [0, 2])
def test_killed_at_any_moment_what_was_acknowledged_is_there_and_nothing_else(photos: int, folder: Path, city_key: CitySecretKey) -> None:
    acknowledged: dict[str, int] = {}
    chance = random.Random(photos)
    for _ in range(KILLS):
        command = [sys.executable, "-m", "tests.sync.hand_in_program", str(folder), str(folder.parent / "keys"), str(photos)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines(keepends=True)
        process.wait()
        for line in (first, *rest):
            if line.endswith("\n"):
                name, sequence = line.split()
                acknowledged[name] = int(sequence)

    outbox = opened(folder)
    entries = outbox.list()
    there = {entry["application_id"]: entry["sequence"] for entry in entries}
    assert len(there) == len(entries)
    assert acknowledged.items() <= there.items()
    assert len(there) - len(acknowledged) <= KILLS, "at most the one in hand at each kill, stored and not yet told"
    assert sorted(there.values()) == list(range(1, len(there) + 1)), "numbers without gaps"
    parcels = outbox.deliveries.claim(10_000, 60)
    stored = {path.name for path in (folder / "photos").iterdir()}
    named: set[str] = set()
    for parcel in parcels:
        assert digest_of(parcel.body) == parcel.digest
        sealed = open_sealed(parcel.body, {city_key.key_id: city_key})
        for place, attachment in enumerate(sealed.header.attachments):
            named.add(attachment.digest)
            assert len(sealed.attachment(place, (folder / "photos" / attachment.digest).read_bytes())) == 30_000
    assert stored == named, "no leftovers of those that were not stored"
    outbox.close()
