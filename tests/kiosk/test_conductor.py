"""State in one pair of hands."""

import threading

import pytest

from kiosk.conductor import Conductor
from kiosk.flow.effects import Effect, SetTimer
from kiosk.flow.events.glass import GlassTouched, StaffWanted
from kiosk.flow.events.terminal import ItemsLoaded
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Home
from tests.kiosk.flow.walk import Walk, item


def test_an_event_changes_the_state_orders_effects_and_shows_it() -> None:
    effects: list[Effect] = []
    shown: list[Kiosk] = []
    conductor = Conductor(Walk().state, shown.append)
    conductor.order_from(effects.append)
    conductor.happen(ItemsLoaded((item(),)))
    conductor.happen(GlassTouched())
    assert conductor.state.view == Home()
    assert shown[-1] is conductor.state
    assert any(isinstance(effect, SetTimer) for effect in effects)


def test_what_is_ordered_before_there_are_desks_waits_for_them_and_comes_first() -> None:
    conductor, at_once = Conductor(Walk().state, lambda _: None), Conductor(Walk().state, lambda _: None)
    effects: list[Effect] = []
    expected: list[Effect] = []
    at_once.order_from(expected.append)
    for one in (conductor, at_once):
        one.happen(ItemsLoaded((item(),)))
    conductor.order_from(effects.append)
    for one in (conductor, at_once):
        one.happen(GlassTouched())
    assert effects == expected != []


def test_desks_that_come_later_are_not_given_the_same_twice() -> None:
    conductor = Conductor(Walk().state, lambda _: None)
    conductor.happen(ItemsLoaded((item(),)))
    conductor.happen(GlassTouched())
    first: list[Effect] = []
    second: list[Effect] = []
    conductor.order_from(first.append)
    conductor.order_from(second.append)
    assert first
    assert second == []


def test_an_event_that_means_nothing_is_not_drawn() -> None:
    shown: list[Kiosk] = []
    conductor = Conductor(Walk().at_home().happen(StaffWanted()).state, shown.append)
    conductor.happen(StaffWanted())
    assert shown == []


def test_an_event_on_another_thread_is_a_mistake() -> None:
    conductor = Conductor(Walk().state, lambda _: None)
    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            conductor.happen(GlassTouched())
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(caught) == 1
    with pytest.raises(RuntimeError, match="does not draw"):
        raise caught[0]
