"""Fault 33: the clock jumps by years. Waits do not move, the visit goes on, and a time that cannot be true is marked on the slip."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.counter import clock_is_sure
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.events.terminal import LineSeen, MinutePassed, Stored, Timer, TimerFired
from kiosk.flow.views import Done, Form, Review, StillThere
from kiosk.runner.slip import slip_for
from sync.contract.names import ApplicationId, ReceiptNumber
from tests.kiosk.flow.walk import NOW, Walk

YEARS = timedelta(days=3653)


@pytest.mark.parametrize("jumped", [NOW - YEARS, NOW + YEARS, datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_visit_neither_ends_nor_loses_anything(jumped: datetime) -> None:
    walk = Walk().at_review()
    draft = walk.state.visit
    walk.happen(MinutePassed(jumped))
    assert isinstance(walk.state.view, Review)
    assert (walk.state.overlay, walk.state.visit) == (None, draft)
    walk.happen(NextPressed())
    assert walk.state.visit.answers == draft.answers
    assert walk.state.visit.papers == draft.papers
    walk.happen(MinutePassed(NOW))
    if isinstance(walk.state.view, Form):  # a day that lies ahead of the wrong clock was asked about once more
        walk.happen(NextPressed(), NextPressed())
    walk.happen(Stored(walk.token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW))
    assert isinstance(walk.state.view, Done)


def test_time_that_passes_on_the_wall_alone_asks_nobody_whether_he_is_there() -> None:
    walk = Walk().at_form().happen(MinutePassed(NOW + YEARS))
    assert walk.state.overlay is None
    walk.happen(TimerFired(Timer.IDLE))
    assert isinstance(walk.state.overlay, StillThere)


def test_a_time_that_cannot_be_true_is_marked_on_the_slip() -> None:
    walk = Walk().at_review().happen(LineSeen(up=False), NextPressed())
    walk.happen(Stored(walk.token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), datetime(1970, 1, 1, tzinfo=UTC), time_is_sure=False))
    assert not slip_for(walk.state.visit, walk.state.place, "zh").time_is_sure


@pytest.mark.parametrize(
    ("ahead_s", "now", "is_sure"),
    [
        (None, NOW, True),
        (3.0, NOW, True),
        (-119.0, NOW, True),
        (3600.0, NOW, False),
        (-3600.0, NOW, False),
        (None, datetime(1970, 1, 1, tzinfo=UTC), False),
    ],
)
def test_the_clock_is_believed_while_it_agrees_with_the_citys(ahead_s: float | None, now: datetime, is_sure: bool) -> None:
    assert clock_is_sure(ahead_s, now) is is_sure
