"""Dark colours by the hour: only while nobody is there, over midnight too, and never against what a resident chose."""

from dataclasses import replace
from datetime import datetime, time

import pytest

from kiosk.flow.display import DarkHours, Display, Theme
from kiosk.flow.events.glass import GlassTouched, ThemeChosen
from kiosk.flow.events.terminal import ItemsLoaded, MinutePassed, Timer, TimerFired
from kiosk.flow.views import Home, Idle, OutOfOrder
from tests.kiosk.flow.walk import NOW, Walk, item

NIGHT = DarkHours(time(19, 0), time(6, 30))


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def terminal(hours: DarkHours | None = NIGHT) -> Walk:
    walk = Walk()
    walk.state = replace(walk.state, place=replace(walk.state.place, dark=hours), view=Idle())
    return walk.happen(ItemsLoaded((item(),)))


@pytest.mark.parametrize(
    ("hours", "now", "dark"),
    [
        (NIGHT, at(18, 59), False),
        (NIGHT, at(19), True),
        (NIGHT, at(0), True),
        (NIGHT, at(6, 29), True),
        (NIGHT, at(6, 30), False),
        (DarkHours(time(1), time(2)), at(1, 30), True),
        (DarkHours(time(1), time(2)), at(2), False),
    ],
)
def test_the_first_minute_is_dark_and_the_last_is_light(hours: DarkHours, now: datetime, dark: bool) -> None:
    assert hours.holds(now) is dark


def test_the_idle_screen_turns_dark_and_light_by_itself() -> None:
    walk = terminal().happen(MinutePassed(at(19)))
    assert walk.state.display == Display(theme=Theme.DARK)
    assert walk.happen(MinutePassed(at(6, 30))).state.display == Display()


def test_nothing_changes_while_somebody_is_there() -> None:
    walk = terminal().happen(MinutePassed(at(18, 59)), GlassTouched(), MinutePassed(at(19)))
    assert (walk.state.view, walk.state.display) == (Home(), Display())
    walk.happen(TimerFired(Timer.IDLE))
    assert (walk.state.view, walk.state.display) == (Idle(), Display(theme=Theme.DARK)), "they have gone"


def test_what_a_resident_chose_holds_as_long_as_they_are_there() -> None:
    walk = terminal().happen(MinutePassed(at(20)), GlassTouched(), ThemeChosen(Theme.LIGHT), MinutePassed(at(20, 1)))
    assert walk.state.display.theme is Theme.LIGHT
    assert walk.happen(TimerFired(Timer.IDLE)).state.display.theme is Theme.DARK


def test_without_hours_it_is_never_dark_of_itself() -> None:
    walk = terminal(None).happen(MinutePassed(at(23)))
    assert walk.state.display == Display()


@pytest.mark.parametrize(("now", "unwanted"), [(at(18, 59), False), (at(19), True), (at(6, 29), True), (at(6, 30), False)])
def test_in_the_hours_of_no_display_an_idle_terminal_is_unwanted_and_one_that_is_used_is_not(now: datetime, unwanted: bool) -> None:
    walk = terminal(None)
    walk.state = replace(walk.state, place=replace(walk.state.place, off=NIGHT))
    assert walk.happen(MinutePassed(now)).state.is_unwanted is unwanted
    assert not walk.happen(GlassTouched()).state.is_unwanted
    assert walk.happen(TimerFired(Timer.IDLE)).state.is_unwanted is unwanted


def test_without_hours_the_display_is_always_wanted() -> None:
    assert not terminal().happen(MinutePassed(at(20))).state.is_unwanted


def test_an_idle_terminal_that_is_dark_is_asleep_all_the_same() -> None:
    walk = terminal().happen(MinutePassed(at(21)))
    before = len(walk.effects)
    walk.happen(MinutePassed(at(21, 1)))
    assert walk.effects[before:] == [], "nobody is waited for"
    assert not isinstance(walk.state.view, OutOfOrder)
