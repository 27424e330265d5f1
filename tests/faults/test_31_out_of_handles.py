"""Fault 31: no file handles are left."""

import resource
from pathlib import Path

from sync.contract.suites import CitySecretKey
from sync.outbox import HandInStatus
from tests.faults.outbox_ground import opened
from tests.sync.counter import Counter, photo


def test_out_of_file_handles_nothing_is_taken(folder: Path, city_key: CitySecretKey) -> None:
    outbox = opened(folder)
    counter = Counter(outbox, city_key.public_key())
    counter.hand_in()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        status = counter.hand_in(photo()).status
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert status in {HandInStatus.STORAGE_FULL, HandInStatus.STORAGE_FAULT}
    assert counter.hand_in(photo()).status is HandInStatus.HANDED_IN
    assert [entry["sequence"] for entry in outbox.list()] == [1, 2]
    outbox.close()
