"""A technician's work at the terminal: the knock, signing in, the overview, tests, queue and way."""

from dataclasses import replace
from typing import assert_never

from kiosk.flow import charting, proxying, supplying, touching
from kiosk.flow.effects import CancelTimer, SetTimer
from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.technician import (
    CheckOpened,
    CornerTouched,
    DigitErased,
    DigitTyped,
    DoorAnswered,
    ErrandOver,
    MachineActPressed,
    MachineLookedAt,
    MachineTreated,
    PartFound,
    PartTested,
    PlaceOpened,
    QueueLookedAt,
    RetestPressed,
    SheetAnswered,
    SpeedMeasured,
    SpeedPressed,
    StaffCardSeen,
    SuppliesLookedAt,
    WayStepped,
)
from kiosk.flow.events.terminal import Timer
from kiosk.flow.setting_up import SymbolErased, SymbolTyped
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, go_home, show, stay
from kiosk.flow.technician import (
    CODE_DIGITS,
    SECRET_KNOCK,
    CameraChart,
    Corner,
    Errand,
    MachineShown,
    Overview,
    PaperChange,
    PartTests,
    ProxyShown,
    QueueShown,
    Staff,
    StaffSignIn,
    SuppliesShown,
    TouchTargets,
    TouchTrial,
    Upkeep,
    UpkeepPlace,
    WayShown,
)
from kiosk.flow.technician_orders import (
    CloseDoor,
    LookAtMachine,
    LookAtQueue,
    MeasureSpeed,
    OpenDoor,
    PrintSheet,
    ProbePart,
    TakeStock,
    TreatMachine,
    TryCode,
    WalkWay,
)
from kiosk.maintenance.machine import MachineAct
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.testing import AcceptanceSheet, Probe, ProbeResult
from peripherals.secret import Secret
from sync.contract.technicians import TechnicianRole
from sync.way_steps import WayStep

KNOCK_WITHIN_S = 5.0
SIGN_IN_WITHIN_S = 60.0
WORK_WITHIN_S = 600.0
TERMINAL_MAX = 32


def patience_s(work: Upkeep) -> float | None:
    """Return how long nothing may be touched before the menu closes by itself; None while something is waited for."""
    if work.busy is not None or work.is_ended:
        return None
    return SIGN_IN_WITHIN_S if work.staff is None else WORK_WITHIN_S


def is_whole(work: Upkeep) -> bool:
    """Tell whether the whole way to the city holds: only then is there a speed to measure."""
    return len(work.way) == len(WayStep) and all(one.outcome.holds for one in work.way)


def on_corner(state: Kiosk, event: CornerTouched) -> Step:
    """Take one touch of the knock. Only where nobody is served does it mean anything; a wrong one begins anew."""
    knock = (*state.knock, event.corner)
    if SECRET_KNOCK[: len(knock)] != knock:
        knock = (event.corner,) if event.corner is SECRET_KNOCK[0] else ()
    if knock == SECRET_KNOCK:
        work = Upkeep(state.visits + 1)
        display = state.display.for_staff()
        begun = replace(state, visits=work.token, visit=work, view=StaffSignIn(), overlay=None, knock=(), display=display)
        return begun, (CancelTimer(Timer.KNOCK), OpenDoor(work.token))
    return replace(state, knock=knock), ((SetTimer(Timer.KNOCK, KNOCK_WITHIN_S),) if knock == (Corner.TOP_LEFT,) else ())


def leave(state: Kiosk, work: Upkeep) -> Step:
    """Close the menu: nothing of it stays. Of a terminal that was ended there is nothing to go home to."""
    if work.is_ended:
        return stay(state)
    home, effects = go_home(state)
    return home, (*effects, CloseDoor(work.staff))


def on_upkeep(state: Kiosk, work: Upkeep, event: Event) -> Step:
    """What a technician does, and what the terminal answers to this work's orders."""
    match event:
        case _ if work.is_ended:
            return stay(state)
        case FinishPressed():
            return leave(state, work)
        case StaffCardSeen(token) if token == work.token and work.staff is None:
            return _hold(state, replace(work, has_card=True))
        case DoorAnswered(token, SignIn(SignInStatus.STORAGE_FAULT) as outcome) if token == work.token:
            at_the_door = Upkeep(work.token, has_card=work.has_card, door=outcome)  # nothing can be written down, so nobody does anything
            return show(replace(state, visit=at_the_door), StaffSignIn())
        case DoorAnswered(token, outcome) if token == work.token and work.staff is None:
            return _on_door(state, work, outcome)
        case PartFound(token, finding) if token == work.token:
            others = tuple(one for one in work.findings if one.check is not finding.check)
            return _hold(state, replace(work, findings=(*others, finding)))
        case PartTested(token, tested) if token == work.token and work.staff is not None:
            return _on_tested(state, work, work.staff, tested)
        case SheetAnswered(token, printing) if token == work.token:
            return _hold(state, replace(work, busy=None, is_sheet_printed=printing.printed))
        case QueueLookedAt(token, look) if token == work.token:
            return _hold(state, replace(work, queue=look))
        case WayStepped(token, walked) if token == work.token:
            return _hold(state, replace(work, way=(*work.way, walked)))
        case SpeedMeasured(token, speed) if token == work.token:
            return _hold(state, replace(work, busy=None, speed=speed))
        case MachineLookedAt(token, look) if token == work.token:
            return _hold(state, replace(work, machine=look))
        case MachineTreated(token, done, look) if token == work.token:
            return _hold(state, replace(work, busy=None, done=done, machine=look))
        case SuppliesLookedAt(token) if token == work.token:
            return supplying.on_supplies_seen(state, work, event)
        case ErrandOver(token, errand) if token == work.token and work.busy is errand:
            return _hold(state, replace(work, busy=None))
        case _ if work.staff is None:
            return _at_the_door(state, work, event)
        case _:
            return _inside(state, work, work.staff, event)


def _hold(state: Kiosk, work: Upkeep) -> Step:
    return replace(state, visit=work), ()


def _at_the_door(state: Kiosk, work: Upkeep, event: Event) -> Step:
    typed = work.typed.reveal()
    match event:
        case DigitTyped(digit) if work.busy is None and len(typed) < CODE_DIGITS and _may_try(work) and digit.isdecimal():
            return _hold(state, replace(work, typed=Secret(typed + digit)))
        case DigitErased(everything) if work.busy is None:
            return _hold(state, replace(work, typed=Secret("" if everything else typed[:-1])))
        case NextPressed() if work.busy is None and len(typed) == CODE_DIGITS and _may_try(work):
            return replace(state, visit=replace(work, typed=Secret(""), busy=Errand.SIGNING_IN)), (TryCode(work.token, work.typed),)
        case BackPressed():
            return leave(state, work)
        case _:
            return stay(state)


def _may_try(work: Upkeep) -> bool:
    return work.door.status in (SignInStatus.OPEN, SignInStatus.WRONG)


def _on_door(state: Kiosk, work: Upkeep, outcome: SignIn) -> Step:
    if outcome.status is not SignInStatus.SIGNED_IN or outcome.role is None:
        return _hold(state, replace(work, door=outcome, busy=None))
    staff = Staff(outcome.number, outcome.role)
    inside = replace(work, door=outcome, staff=staff, typed=Secret(""), busy=Errand.TAKING_STOCK)
    return replace(state, visit=inside, view=Overview()), (TakeStock(work.token, staff),)


def _inside(state: Kiosk, work: Upkeep, staff: Staff, event: Event) -> Step:
    match state.view:
        case Overview():
            return _on_overview(state, work, staff, event)
        case PartTests():
            return _on_tests(state, work, staff, event)
        case MachineShown() as view:
            return _on_machine(state, work, staff, view, event)
        case TouchTargets() as view:
            return touching.on_targets(state, view, event)
        case CameraChart() as view:
            return charting.on_chart(state, work, staff, view, event)
        case TouchTrial() as view:
            return touching.on_trial(state, work, staff, view, event)
        case PaperChange() as view:
            return supplying.on_paper(state, work, staff, view, event)
        case SuppliesShown() if not isinstance(event, BackPressed):
            return supplying.on_supplies(state, work, staff, event)
        case ProxyShown() as view:
            return proxying.on_proxy(state, work, staff, view, event)
        case QueueShown() | WayShown() | SuppliesShown():
            return _on_looks(state, work, staff, event)
        case _:
            return stay(state)


def _on_overview(state: Kiosk, work: Upkeep, staff: Staff, event: Event) -> Step:
    match event:
        case CheckOpened(check):
            return show(state, Overview(check if check is not None and work.finding(check) is not None else None))
        case BackPressed():
            return show(state, Overview())
        case PlaceOpened(place) if work.busy is None:
            return _open(state, work, staff, place)
        case NextPressed() if work.busy is None:
            return _open(state, work, staff, UpkeepPlace.TESTS)
        case _:
            return stay(state)


def _open(state: Kiosk, work: Upkeep, staff: Staff, place: UpkeepPlace) -> Step:
    match place:
        case UpkeepPlace.TESTS:
            return _test(state, replace(work, tested=(), is_sheet_printed=False), staff, next(iter(Probe)))
        case UpkeepPlace.QUEUE:
            return replace(state, visit=replace(work, queue=None), view=QueueShown()), (LookAtQueue(work.token, staff),)
        case UpkeepPlace.WAY:
            walking = replace(work, way=(), speed=None, busy=Errand.WALKING)
            return replace(state, visit=walking, view=WayShown()), (WalkWay(work.token, staff),)
        case UpkeepPlace.SUPPLIES:
            return supplying.open_supplies(state, work, staff)
        case UpkeepPlace.TOUCH:
            return touching.open_touch(state, work)
        case UpkeepPlace.CAMERA:
            return charting.open_chart(state, work)
        case UpkeepPlace.PROXY:
            return proxying.open_proxy(state, work) if staff.role.may(TechnicianRole.ENGINEER) else stay(state)
        case UpkeepPlace.MACHINE:
            looking = replace(work, machine=None, done=None)
            return replace(state, visit=looking, view=MachineShown()), (LookAtMachine(work.token, staff),)
        case _:
            assert_never(place)


def _test(state: Kiosk, work: Upkeep, staff: Staff, probe: Probe) -> Step:
    testing = replace(work, busy=Errand.TESTING, probe=probe)
    return replace(state, visit=testing, view=PartTests()), (ProbePart(work.token, staff, probe),)


def _on_tested(state: Kiosk, work: Upkeep, staff: Staff, tested: ProbeResult) -> Step:
    """Go on with the next part that has no result; a test that the technician walked away from goes no further."""
    results = {one.probe: one for one in (*work.tested, tested)}
    known = replace(work, tested=tuple(results[probe] for probe in Probe if probe in results), probe=None, busy=None)
    if not isinstance(state.view, PartTests):
        return _hold(state, known)
    rest = [probe for probe in Probe if probe not in results]
    return _test(state, known, staff, rest[0]) if rest else _hold(state, known)


def _on_tests(state: Kiosk, work: Upkeep, staff: Staff, event: Event) -> Step:
    match event:
        case BackPressed():
            return show(state, Overview())
        case RetestPressed(probe) if work.busy is None:
            return _test(state, replace(work, is_sheet_printed=False), staff, probe)
        case NextPressed() if work.busy is None and work.tested:
            sheet = AcceptanceSheet(state.place.terminal, staff.number, state.now, work.tested)
            return replace(state, visit=replace(work, busy=Errand.PRINTING)), (PrintSheet(work.token, staff, sheet),)
        case _:
            return stay(state)


def _on_looks(state: Kiosk, work: Upkeep, staff: Staff, event: Event) -> Step:
    match state.view, event:
        case _, BackPressed() if work.busy is None:
            return replace(state, visit=replace(work, busy=Errand.TAKING_STOCK), view=Overview()), (TakeStock(work.token, staff),)
        case QueueShown(), NextPressed() if work.busy is None:
            return replace(state, visit=replace(work, busy=Errand.SENDING)), (LookAtQueue(work.token, staff, send=True),)
        case WayShown(), PlaceOpened(UpkeepPlace.PROXY) if work.busy is None:
            return _open(state, work, staff, UpkeepPlace.PROXY)
        case WayShown(), SpeedPressed() if work.busy is None and is_whole(work):
            return replace(state, visit=replace(work, speed=None, busy=Errand.MEASURING)), (MeasureSpeed(work.token, staff),)
        case WayShown(), NextPressed() if work.busy is None:
            return _open(state, work, staff, UpkeepPlace.WAY)
        case _:
            return stay(state)


def _on_machine(state: Kiosk, work: Upkeep, staff: Staff, view: MachineShown, event: Event) -> Step:
    """What restarts the machine is asked once more; what somebody's card does not allow is not done."""
    match event:
        case BackPressed() if work.busy is None and view.asked is not None:
            return show(state, MachineShown())
        case BackPressed() if work.busy is None:
            return replace(state, visit=replace(work, busy=Errand.TAKING_STOCK), view=Overview()), (TakeStock(work.token, staff),)
        case MachineActPressed(act) if work.busy is None and staff.role.may(act.needs) and act.is_asked:
            return replace(state, visit=replace(work, done=None), view=MachineShown(act)), ()
        case MachineActPressed(act) if work.busy is None and staff.role.may(act.needs):
            return _treat(state, work, staff, act)
        case SymbolTyped() | SymbolErased() | NextPressed() if work.busy is None and view.asked is MachineAct.END:
            return _on_end(state, work, staff, view, event)
        case NextPressed() if work.busy is None and view.asked is not None:
            return _treat(state, work, staff, view.asked)
        case NextPressed() if work.busy is None:
            return _open(state, work, staff, UpkeepPlace.MACHINE)
        case _:
            return stay(state)


def _on_end(state: Kiosk, work: Upkeep, staff: Staff, view: MachineShown, event: SymbolTyped | SymbolErased | NextPressed) -> Step:
    """Asked a second time, by having the terminal's number typed: only the right one goes on."""
    match event:
        case NextPressed() if view.typed is None:
            return show(state, MachineShown(view.asked, ""))
        case NextPressed() if view.typed == state.place.terminal:
            return _treat(state, work, staff, MachineAct.END)
        case SymbolTyped(symbol) if view.typed is not None and len(view.typed) < TERMINAL_MAX:
            return show(state, MachineShown(view.asked, view.typed + symbol.upper()))
        case SymbolErased(everything) if view.typed is not None:
            return show(state, MachineShown(view.asked, "" if everything else view.typed[:-1]))
        case _:
            return stay(state)


def _treat(state: Kiosk, work: Upkeep, staff: Staff, act: MachineAct) -> Step:
    treating = replace(work, busy=Errand.TREATING, done=None)
    return replace(state, visit=treating, view=MachineShown()), (TreatMachine(work.token, staff, act),)
