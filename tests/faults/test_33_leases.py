"""Fault 33: leases keep to the monotonic clock."""

from pathlib import Path

from sync.boot_clock import BootClock
from sync.contract.suites import CitySecretKey
from tests.faults.outbox_ground import opened
from tests.sync.counter import Counter


def test_leases_keep_to_the_monotonic_clock_and_to_their_boot(folder: Path, city_key: CitySecretKey) -> None:
    now_s = 1000.0
    outbox = opened(folder, clock=BootClock("boot-1", lambda: now_s))
    Counter(outbox, city_key.public_key()).hand_in()
    assert len(outbox.deliveries.claim(5, 60)) == 1
    assert outbox.deliveries.claim(5, 60) == []
    assert outbox.deliveries.next_due_s() == 60
    now_s = 1059.0
    assert outbox.deliveries.claim(5, 60) == []
    now_s = 1061.0
    assert len(outbox.deliveries.claim(5, 1e9)) == 1
    outbox.close()
    rebooted = opened(folder, clock=BootClock("boot-2", lambda: 5.0))
    assert rebooted.deliveries.next_due_s() == 0
    assert len(rebooted.deliveries.claim(5, 60)) == 1, "a lease of another boot is over"
    rebooted.close()
