"""Fault 39: a broken city is left alone, and tried for ever."""

import pytest

from sync.courier import full_jitter
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import always, nothing_was_believed
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_broken_city_is_left_alone_and_tried_again(
    status: int, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always((status, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>"))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)
    city.misbehave = None
    outbox.deliveries.release([1])
    assert once(settings)["complete"] == 1


def test_pauses_grow_to_a_cap_and_are_spread_out() -> None:
    assert full_jitter(0, 1.0, 900.0, lambda: 1.0) == 1.0
    assert full_jitter(5, 1.0, 900.0, lambda: 1.0) == 32.0
    assert full_jitter(10_000, 1.0, 900.0, lambda: 1.0) == 900.0
    assert full_jitter(10_000, 1.0, 900.0, lambda: 0.5) == 450.0, "the chance comes after the cap"
    assert full_jitter(10_000, 1.0, 900.0, lambda: 0.0) > 0


def test_three_bad_answers_end_a_pass(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    city.takes_batches = False
    city.misbehave = lambda asked: (500, {}, b"") if asked.method == "PUT" else None
    for _ in range(30):
        counter.hand_in()
    result = once(settings)
    assert result["status"] == "busy"
    assert sum(method == "PUT" for method, _ in city.asked) == 3
