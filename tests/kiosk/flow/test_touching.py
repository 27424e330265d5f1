"""Calibration of the panel at the menu: crosses, a trial that undoes itself, and keeping it by a press."""

from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.technician import PlaceOpened, TargetTouched, TouchKept
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.technician import Overview, TouchTargets, TouchTrial, UpkeepPlace
from kiosk.flow.technician_orders import KeepTouch
from kiosk.flow.touching import CONFIRM_WITHIN_S
from kiosk.maintenance.touching import TARGETS
from tests.kiosk.flow.test_upkeep import inside, ordered, work
from tests.kiosk.flow.walk import Walk


def at_crosses() -> Walk:
    walk = inside()
    walk.happen(PlaceOpened(UpkeepPlace.TOUCH))
    return walk


def on_trial() -> Walk:
    walk = at_crosses()
    walk.happen(*(TargetTouched((x * 0.98 + 0.01, y), 268.0, 476.0) for x, y in TARGETS))
    return walk


def trial(walk: Walk) -> TouchTrial:
    assert isinstance(walk.state.view, TouchTrial)
    return walk.state.view


def test_five_crosses_put_a_matrix_on_trial() -> None:
    walk = at_crosses()
    assert walk.state.view == TouchTargets()
    assert trial(on_trial()).missed_mm < 0.01
    assert trial(on_trial()).seconds_left == CONFIRM_WITHIN_S


def test_it_is_undone_by_itself() -> None:
    walk = on_trial()
    for _ in range(CONFIRM_WITHIN_S - 1):
        walk.happen(TimerFired(Timer.COUNTDOWN))
    assert trial(walk).seconds_left == 1
    assert not any(isinstance(one, KeepTouch) for one in ordered(walk, TimerFired(Timer.COUNTDOWN)))
    assert walk.state.view == Overview()


def test_a_press_keeps_it_and_time_does_not_undo_it_any_more() -> None:
    walk = on_trial()
    matrix = trial(walk).matrix
    assert KeepTouch(work(walk).token, work(walk).staff, matrix) in ordered(walk, NextPressed())
    assert not trial(walk).is_kept, "not before it is written down"
    walk.happen(TouchKept(work(walk).token), *[TimerFired(Timer.COUNTDOWN)] * (CONFIRM_WITHIN_S + 1))
    assert trial(walk).is_kept
    walk.happen(NextPressed())
    assert walk.state.view == Overview()


def test_crosses_that_were_missed_are_shown_again_and_put_nothing_on_trial() -> None:
    walk = at_crosses()
    walk.happen(*(TargetTouched((0.5, 0.5), 268.0, 476.0) for _ in TARGETS))
    assert walk.state.view == TouchTargets(has_failed=True)
    walk.happen(*(TargetTouched(at if at != (0.5, 0.5) else (0.6, 0.5), 268.0, 476.0) for at in TARGETS))
    view = walk.state.view
    assert isinstance(view, TouchTargets)
    assert view.missed_mm is not None
    assert view.missed_mm > 4


def test_going_back_keeps_nothing() -> None:
    for walk in (at_crosses(), on_trial()):
        assert not any(isinstance(one, KeepTouch) for one in ordered(walk, BackPressed()))
        assert walk.state.view == Overview()
