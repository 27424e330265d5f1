"""Calling a person: the alert is tried at once, and what is said of it is true at every moment."""

from dataclasses import replace

from kiosk.flow.effects import Enquire
from kiosk.flow.events.terminal import CityTold
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, stay
from kiosk.flow.views import CallStage, StaffCalled
from sync.contract.calls import CALL_STAFF, StaffCall
from sync.contract.question import Answered

WITHIN_S = 8.0


def call(state: Kiosk) -> Step:
    """Say where help is, and alert the community's people; without a line nobody is said to come."""
    if not state.line_up:
        return replace(state, overlay=StaffCalled(CallStage.NO_LINE)), ()
    return replace(state, overlay=StaffCalled(CallStage.RINGING)), (Enquire(state.visits, CALL_STAFF, StaffCall(), WITHIN_S),)


def on_told(state: Kiosk, told: CityTold) -> Step:
    """Take over whether the alert is up; a dialog that was closed by then stays closed."""
    ringing = StaffCalled(CallStage.RINGING)
    if state.overlay != ringing or told.token != state.visits:
        return stay(state)
    stage = CallStage.ALERTED if isinstance(told.outcome, Answered) else CallStage.NO_LINE
    return replace(state, overlay=StaffCalled(stage)), ()
