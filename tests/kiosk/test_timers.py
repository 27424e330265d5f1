"""Waits on the monotonic clock, and the passing minute."""

import queue
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.flow.events import Event
from kiosk.flow.events.terminal import MinutePassed, Timer, TimerFired
from kiosk.timers import Timers


def now() -> datetime:
    return datetime.now(UTC)


def test_a_timer_fires_once() -> None:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    timers = Timers(events.put, lambda: datetime(2026, 11, 23, 9, 41, 30, tzinfo=UTC))
    timers.start()
    timers.set(Timer.IDLE, 0.02)
    assert events.get(timeout=5) == TimerFired(Timer.IDLE)
    with pytest.raises(queue.Empty):
        events.get(timeout=0.1)
    timers.close()


def test_setting_it_again_moves_it_and_cancelling_forgets_it() -> None:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    timers = Timers(events.put, lambda: datetime(2026, 11, 23, 9, 41, 30, tzinfo=UTC))
    timers.start()
    timers.set(Timer.IDLE, 30.0)
    timers.set(Timer.CITY, 0.01)
    timers.set(Timer.IDLE, 0.05)
    timers.set(Timer.STEADY, 0.02)
    timers.cancel(Timer.STEADY)
    fired = [events.get(timeout=5), events.get(timeout=5)]
    assert fired == [TimerFired(Timer.CITY), TimerFired(Timer.IDLE)]
    assert events.empty()
    timers.close()


def test_the_next_minute_is_said_even_when_the_clock_jumps() -> None:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    moments = iter([datetime(2026, 11, 23, 9, 41, 59, 990000, tzinfo=UTC)] * 3 + [datetime(1970, 1, 1, tzinfo=UTC)] * 1000)
    timers = Timers(events.put, lambda: next(moments))
    timers.start()
    assert events.get(timeout=5) == MinutePassed(datetime(1970, 1, 1, tzinfo=UTC))
    timers.close()


def test_a_wall_clock_that_jumps_does_not_move_a_timer() -> None:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    shift = timedelta()
    timers = Timers(events.put, lambda: datetime(2026, 11, 23, 9, 41, 30, tzinfo=UTC) + shift)
    timers.start()
    timers.set(Timer.IDLE, 0.1)
    shift = timedelta(days=3650)
    timers.set(Timer.CITY, 60.0)
    kinds = {type(events.get(timeout=5)), type(events.get(timeout=5))}
    assert TimerFired in kinds
    timers.close()
