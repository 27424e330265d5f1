"""Calibration of the touch panel at the menu: five crosses, the matrix on trial for some seconds, and kept only if it is confirmed."""

from dataclasses import replace

from kiosk.flow.effects import CancelTimer, SetTimer
from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.technician import TargetTouched, TouchKept
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay
from kiosk.flow.technician import Overview, Staff, TouchTargets, TouchTrial, Upkeep
from kiosk.flow.technician_orders import KeepTouch
from kiosk.maintenance.touching import RESIDUAL_MAX_MM, TARGETS, fitted, residual_mm

CONFIRM_WITHIN_S = 15


def open_touch(state: Kiosk, work: Upkeep) -> Step:
    """Begin with the first cross; meanwhile nothing is corrected."""
    return replace(state, visit=work, view=TouchTargets()), ()


def on_targets(state: Kiosk, view: TouchTargets, event: Event) -> Step:
    """Take one cross after the other. Whatever is touched belongs to the cross that is shown: the way back is the last of them."""
    match event:
        case TargetTouched(at, width_mm, height_mm):
            touched = (*view.touched, at)
            if len(touched) < len(TARGETS):
                return show(state, TouchTargets(touched))
            matrix = fitted(touched)
            missed = None if matrix is None else residual_mm(matrix, touched, width_mm, height_mm)
            if matrix is None or missed is None or missed > RESIDUAL_MAX_MM:
                return show(state, TouchTargets(missed_mm=missed, has_failed=True))
            return replace(state, view=TouchTrial(matrix, missed, CONFIRM_WITHIN_S)), (SetTimer(Timer.COUNTDOWN, 1.0),)
        case BackPressed():
            return show(state, Overview())
        case _:
            return stay(state)


def on_trial(state: Kiosk, work: Upkeep, staff: Staff, view: TouchTrial, event: Event) -> Step:
    """The new matrix holds while this is shown; only a press that it lets through keeps it."""
    match event:
        case TimerFired(Timer.COUNTDOWN) if not view.is_kept and work.busy is None:
            if view.seconds_left <= 1:
                return show(state, Overview())
            return replace(state, view=replace(view, seconds_left=view.seconds_left - 1)), (SetTimer(Timer.COUNTDOWN, 1.0),)
        case NextPressed() if not view.is_kept:
            return state, (CancelTimer(Timer.COUNTDOWN), KeepTouch(work.token, staff, view.matrix))
        case TouchKept(token) if token == work.token:
            return replace(state, view=replace(view, is_kept=True)), ()
        case BackPressed() | NextPressed():
            left, effects = show(state, Overview())
            return left, (CancelTimer(Timer.COUNTDOWN), *effects)
        case _:
            return stay(state)
