"""Fault 35: the machine is suspended and goes on. Whoever stood there has left: the visit is ended, and no lease lasts longer."""

import queue
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.flow.events import Event
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.events.terminal import MachineSlept, Timer
from kiosk.flow.views import HandingIn, Home
from kiosk.timers import Timers
from sync.boot_clock import BootClock
from sync.contract.suites import CitySecretKey
from tests.faults.outbox_ground import opened
from tests.kiosk.flow.walk import Walk
from tests.sync.counter import Counter


@pytest.mark.parametrize("where", ["at_form", "at_review"])
def test_the_visit_is_ended_with_everything_in_it(where: str) -> None:
    walk: Walk = getattr(Walk(), where)()
    assert walk.state.visit is not None
    walk.happen(MachineSlept())
    assert isinstance(walk.state.view, Home)
    assert walk.state.visit is None


def test_what_is_being_stored_is_stored_first() -> None:
    walk = Walk().at_review().happen(NextPressed())
    assert isinstance(walk.state.view, HandingIn)
    walk.happen(MachineSlept())
    assert isinstance(walk.state.view, HandingIn)


def test_at_rest_nothing_changes() -> None:
    walk = Walk()
    before = walk.state
    walk.happen(MachineSlept())
    assert walk.state == before


def test_the_timers_notice_it_while_somebody_is_waited_for() -> None:
    posted: queue.SimpleQueue[Event] = queue.SimpleQueue()
    asleep_s = 0.0
    timers = Timers(posted.put, lambda: datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC), lambda: asleep_s)
    timers.start()
    timers.set(Timer.IDLE, 600)
    asleep_s = 0.5
    with pytest.raises(queue.Empty):
        posted.get(timeout=1.5)
    asleep_s = 3600.0
    assert posted.get(timeout=20) == MachineSlept()
    timers.close()


def test_a_lease_counts_the_time_of_the_sleep(folder: Path, city_key: CitySecretKey) -> None:
    now_s = 50.0
    outbox = opened(folder, clock=BootClock("boot", lambda: now_s))
    Counter(outbox, city_key.public_key()).hand_in()
    assert len(outbox.deliveries.claim(5, 60)) == 1
    now_s += 8 * 3600  # CLOCK_BOOTTIME goes on in a sleep
    assert len(outbox.deliveries.claim(5, 60)) == 1
    outbox.close()
