"""Time running out: a question first, then home. Never while something is being read, taken, stored or printed."""

from dataclasses import replace
from typing import get_args

from kiosk.flow import booking, proving, upkeep
from kiosk.flow.case_sheets import CaseSheet
from kiosk.flow.desk_errands import AskStage, HolderCard, LayStage, MineList, ProofShown, TimeList
from kiosk.flow.display import Audio, Scale
from kiosk.flow.effects import CancelTimer, Effect, SetTimer
from kiosk.flow.errands import (
    AccountList,
    AccountsStage,
    BillShown,
    BillStage,
    CaseShown,
    FindCases,
    FindPaid,
    FindStage,
    NoticePaper,
    OnceOnly,
    PaidShown,
    PayCode,
    PayStage,
    ProofPaper,
)
from kiosk.flow.events import Event, ResidentEvent
from kiosk.flow.events.glass import GlassTouched, LeaveConfirmed, StillHerePressed
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, go_home, resting
from kiosk.flow.technician import Upkeep
from kiosk.flow.views import Capture, CaptureStage, CardLeft, CardStage, Done, HandingIn, Idle, LayCard, OutOfOrder, Paper, StillThere

PATIENCE_S = 60.0
LONG_PATIENCE_S = 120.0
LISTENING_PATIENCE_S = 180.0
COUNTDOWN_S = 30


def seconds(state: Kiosk) -> float | None:
    """Return how long nothing may happen before the resident is asked, or None while nobody is waited for."""
    if isinstance(state.visit, Upkeep):
        return upkeep.patience_s(state.visit)
    if isinstance(state.overlay, StillThere | CardLeft) or _is_at_work(state):
        return None
    if state.display.audio is not Audio.OFF or state.display.elder:
        return LISTENING_PATIENCE_S
    return PATIENCE_S if state.display.scale is Scale.NORMAL else LONG_PATIENCE_S


def on_event(state: Kiosk, event: Event) -> Step | None:
    """The question and its countdown; None for everything else."""
    match event:
        case TimerFired(Timer.IDLE) if isinstance(state.visit, Upkeep) and seconds(state) is not None:
            return upkeep.leave(state, state.visit)
        case TimerFired(Timer.IDLE) if seconds(state) is not None:
            if state.visit is None:
                return replace(state, view=resting(state) or Idle(), overlay=None, display=state.usual), ()
            return replace(state, overlay=StillThere(COUNTDOWN_S)), (SetTimer(Timer.COUNTDOWN, 1.0),)
        case TimerFired(Timer.COUNTDOWN) if isinstance(state.overlay, StillThere):
            left = state.overlay.seconds_left - 1
            if left <= 0:
                return go_home(state)
            return replace(state, overlay=StillThere(left)), (SetTimer(Timer.COUNTDOWN, 1.0),)
        case GlassTouched() if isinstance(state.overlay, StillThere):
            return state, ()  # the touch goes to one of the two buttons, or beside them, which is StillHerePressed
        case StillHerePressed() if isinstance(state.overlay, StillThere):
            return replace(state, overlay=None), ()
        case _ if (
            isinstance(state.overlay, StillThere) and isinstance(event, get_args(ResidentEvent)) and not isinstance(event, LeaveConfirmed)
        ):
            return replace(state, overlay=None), ()
        case _:
            return None


def effects(before: Kiosk, after: Kiosk, event: Event) -> tuple[Effect, ...]:
    """Start, restart or stop the waits that follow from the move."""
    orders: list[Effect] = []
    if isinstance(before.overlay, StillThere) and not isinstance(after.overlay, StillThere):
        orders.append(CancelTimer(Timer.COUNTDOWN))
    was, now = seconds(before), seconds(after)
    somebody = isinstance(event, get_args(ResidentEvent))
    if now is not None and (now != was or somebody or type(before.view) is not type(after.view)):
        orders.append(SetTimer(Timer.IDLE, now))
    elif now is None and was is not None:
        orders.append(CancelTimer(Timer.IDLE))
    return tuple(orders)


def _is_at_work(state: Kiosk) -> bool:
    match state.view:
        case Idle() | OutOfOrder():
            return state.overlay is None and state.display == state.usual  # asleep, unless somebody asked or chose something
        case HandingIn():
            return True
        case FindCases(stage=FindStage.READING | FindStage.ASKING) | OnceOnly(paper=NoticePaper.PRINTING):
            return True
        case HolderCard(stage=LayStage.READING) | TimeList(stage=AskStage.ASKING) | MineList(stage=AskStage.ASKING):
            return True
        case CaseShown(sheet=CaseSheet() as sheet) | OnceOnly(sheet=CaseSheet() as sheet) if sheet.is_under_way:
            return True
        case ProofShown() as view if proving.is_under_way(view):
            return True
        case view if booking.is_under_way(view):
            return True
        case FindPaid(stage=FindStage.READING | FindStage.ASKING) | PaidShown(paper=ProofPaper.PRINTING):
            return True
        case AccountList(stage=AccountsStage.ASKING) | BillShown(stage=BillStage.ASKING) | PayCode(paper=ProofPaper.PRINTING):
            return True
        case PayCode() as view:
            return view.stage in (PayStage.STARTING, PayStage.WATCHING, PayStage.CLOSING)  # money may be on its way
        case LayCard(stage=CardStage.READING) | Capture(stage=CaptureStage.TAKING) | Done(paper=Paper.PRINTING):
            return True
        case _:
            return False
