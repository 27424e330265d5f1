"""A technician at the terminal: the knock, the door, the work, and leaving nothing behind."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from kiosk.flow.display import Display, Scale
from kiosk.flow.effects import Effect, SetTimer
from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, ElderChosen, FinishPressed, LanguageChosen, NextPressed, ScaleChosen
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
    WayStepped,
)
from kiosk.flow.events.terminal import StorageFailed, Timer, TimerFired
from kiosk.flow.setting_up import SymbolErased, SymbolTyped
from kiosk.flow.technician import (
    SECRET_KNOCK,
    Corner,
    Errand,
    MachineShown,
    Overview,
    PartTests,
    QueueShown,
    StaffSignIn,
    Upkeep,
    UpkeepPlace,
    WayShown,
)
from kiosk.flow.technician_orders import (
    CloseDoor,
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
from kiosk.flow.upkeep import SIGN_IN_WITHIN_S, WORK_WITHIN_S
from kiosk.flow.views import Home, Idle, OutOfOrder
from kiosk.maintenance.checks import of_printer, of_unreadable_queue
from kiosk.maintenance.finding import Check, Verdict
from kiosk.maintenance.machine import MachineAct, MachineDone, MachineLook, MachineOutcome
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.testing import Probe, ProbeResult
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from sync.contract.technicians import TechnicianRole
from sync.contract.words import Language
from sync.line_speed import LineSpeed, SpeedOutcome
from sync.way_steps import StepOutcome, Walked, WayStep
from tests.kiosk.flow.walk import Walk

ENTERED = SignIn(SignInStatus.SIGNED_IN, "T-07", TechnicianRole.TECHNICIAN)


def at_home() -> Walk:
    return Walk().at_home()


def knock(walk: Walk, corners: Iterable[Corner] = SECRET_KNOCK) -> Walk:
    walk.happen(*(CornerTouched(corner) for corner in corners))
    return walk


def work(walk: Walk) -> Upkeep:
    assert isinstance(walk.state.visit, Upkeep)
    return walk.state.visit


def ordered(walk: Walk, event: Event) -> tuple[Effect, ...]:
    before = len(walk.effects)
    walk.happen(event)
    return tuple(walk.effects[before:])


def inside(walk: Walk | None = None) -> Walk:
    walk = knock(walk or at_home())
    token = work(walk).token
    walk.happen(DoorAnswered(token, ENTERED), ErrandOver(token, Errand.TAKING_STOCK))
    return walk


def test_the_knock_opens_the_door_and_asks_how_it_is() -> None:
    walk = knock(at_home())
    assert isinstance(walk.state.view, StaffSignIn)
    assert OpenDoor(work(walk).token) in walk.effects


@pytest.mark.parametrize("chosen", [ScaleChosen(Scale.LARGEST), ElderChosen(on=True)])
def test_the_menu_is_in_normal_type_whatever_the_last_resident_chose(chosen: Event) -> None:
    walk = at_home()
    walk.happen(LanguageChosen(Language.EN), chosen)
    assert knock(walk).state.display == Display(Language.EN)


def test_it_is_heard_at_a_terminal_that_is_out_of_order_too() -> None:
    walk = at_home()
    walk.happen(StorageFailed())
    assert isinstance(walk.state.view, OutOfOrder)
    assert isinstance(knock(walk).state.view, StaffSignIn)


@pytest.mark.parametrize(
    "corners",
    [SECRET_KNOCK[:3], (Corner.TOP_RIGHT, *SECRET_KNOCK[:3]), (Corner.TOP_LEFT, Corner.TOP_LEFT, Corner.TOP_RIGHT, Corner.TOP_LEFT)],
)
def test_another_knock_opens_nothing(corners: tuple[Corner, ...]) -> None:
    assert isinstance(knock(at_home(), corners).state.view, Home)


def test_a_wrong_corner_in_between_begins_anew() -> None:
    walk = knock(at_home(), (Corner.TOP_LEFT, Corner.TOP_LEFT, Corner.TOP_RIGHT, Corner.TOP_LEFT, Corner.TOP_RIGHT))
    assert isinstance(walk.state.view, StaffSignIn)


def test_a_slow_knock_is_forgotten() -> None:
    walk = knock(at_home(), SECRET_KNOCK[:3])
    walk.happen(TimerFired(Timer.KNOCK))
    assert isinstance(knock(walk, SECRET_KNOCK[3:]).state.view, Home)


def test_corners_mean_nothing_while_a_resident_is_served() -> None:
    walk = Walk().at_form()
    view = walk.state.view
    assert knock(walk).state.view == view


def test_six_digits_are_judged_and_kept_no_longer() -> None:
    walk = knock(at_home())
    walk.happen(*(DigitTyped(digit) for digit in "4938179"))
    assert work(walk).typed == Secret("493817")
    assert "493817" not in repr(walk.state)
    assert TryCode(work(walk).token, Secret("493817")) in ordered(walk, NextPressed())
    assert not work(walk).typed


def test_digits_can_be_taken_back() -> None:
    walk = knock(at_home())
    walk.happen(DigitTyped("1"), DigitTyped("2"), DigitErased())
    assert work(walk).typed == Secret("1")
    walk.happen(DigitErased(everything=True))
    assert not work(walk).typed


def test_fewer_digits_are_not_judged() -> None:
    walk = knock(at_home())
    walk.happen(DigitTyped("1"))
    assert not any(isinstance(effect, TryCode) for effect in ordered(walk, NextPressed()))


@pytest.mark.parametrize("status", [SignInStatus.LOCKED, SignInStatus.NOBODY, SignInStatus.STORAGE_FAULT])
def test_at_a_locked_door_nothing_can_be_typed(status: SignInStatus) -> None:
    walk = knock(at_home())
    walk.happen(DoorAnswered(work(walk).token, SignIn(status, wait_s=900)), DigitTyped("1"))
    assert not work(walk).typed


def test_somebody_else_s_answer_opens_nothing() -> None:
    walk = knock(at_home())
    walk.happen(DoorAnswered(work(walk).token - 1, ENTERED))
    assert work(walk).staff is None


def test_whoever_is_in_sees_what_is_wrong_and_what_to_do() -> None:
    walk = knock(at_home())
    token = work(walk).token
    walk.happen(StaffCardSeen(token))
    assert work(walk).has_card
    assert any(isinstance(effect, TakeStock) for effect in ordered(walk, DoorAnswered(token, ENTERED)))
    assert walk.state.view == Overview()
    paper = of_printer(PrinterStatus.PAPER_OUT)
    walk.happen(PartFound(token, of_printer(PrinterStatus.READY)), PartFound(token, paper), CheckOpened(Check.RECEIPT_PRINTER))
    assert work(walk).findings == (paper,)
    assert walk.state.view == Overview(Check.RECEIPT_PRINTER)
    walk.happen(CheckOpened(Check.CLOCK))
    assert walk.state.view == Overview(), "nothing is known of it yet"


def test_every_part_is_tested_in_turn_and_the_sheet_says_who_and_how() -> None:
    walk = inside()
    staff, token = work(walk).staff, work(walk).token
    orders = ordered(walk, PlaceOpened(UpkeepPlace.TESTS))
    for probe in Probe:
        assert ProbePart(token, staff, probe) in orders  # type: ignore[arg-type]
        assert isinstance(walk.state.view, PartTests)
        orders = ordered(walk, PartTested(token, ProbeResult(probe, Verdict.GOOD, "printed")))
    assert [one.probe for one in work(walk).tested] == list(Probe)
    (order,) = (effect for effect in ordered(walk, NextPressed()) if isinstance(effect, PrintSheet))
    assert (order.sheet.by, order.sheet.terminal, order.sheet.count(Verdict.GOOD)) == ("T-07", walk.state.place.terminal, len(Probe))
    walk.happen(SheetAnswered(token, Printing(printed=True, status=PrinterStatus.READY)))
    assert work(walk).is_sheet_printed


def test_only_one_part_can_be_tested_again() -> None:
    walk = inside()
    token = work(walk).token
    walk.happen(PlaceOpened(UpkeepPlace.TESTS))
    for probe in Probe:
        walk.happen(PartTested(token, ProbeResult(probe, Verdict.FAULT, "failed")))
    walk.happen(RetestPressed(Probe.RECEIPT_PRINTER), PartTested(token, ProbeResult(Probe.RECEIPT_PRINTER, Verdict.GOOD, "printed")))
    assert [one.verdict for one in work(walk).tested] == [Verdict.FAULT, Verdict.GOOD, Verdict.FAULT]
    assert work(walk).busy is None


def test_a_test_that_was_left_goes_no_further() -> None:
    walk = inside()
    token = work(walk).token
    walk.happen(PlaceOpened(UpkeepPlace.TESTS), BackPressed())
    assert walk.state.view == Overview()
    orders = ordered(walk, PartTested(token, ProbeResult(Probe.ID_CARD_READER, Verdict.GOOD, "card_read")))
    assert not any(isinstance(effect, ProbePart) for effect in orders)
    assert work(walk).busy is None


def test_the_queue_is_looked_at_and_sent_now() -> None:
    walk = inside()
    staff, token = work(walk).staff, work(walk).token
    assert staff is not None
    assert LookAtQueue(token, staff) in ordered(walk, PlaceOpened(UpkeepPlace.QUEUE))
    assert isinstance(walk.state.view, QueueShown)
    assert LookAtQueue(token, staff, send=True) in ordered(walk, NextPressed())
    assert ordered(walk, NextPressed()) == ordered(walk, NextPressed()), "once is enough while it is under way"
    walk.happen(ErrandOver(token, Errand.SENDING))
    assert any(isinstance(effect, TakeStock) for effect in ordered(walk, BackPressed())), "it may look different now"


def test_a_queue_that_cannot_be_read_leaves_the_menu_open() -> None:
    walk = inside()
    staff, token = work(walk).staff, work(walk).token
    walk.happen(PlaceOpened(UpkeepPlace.QUEUE), PartFound(token, of_unreadable_queue()), QueueLookedAt(token, None))
    assert isinstance(walk.state.view, QueueShown)
    assert any(isinstance(effect, TakeStock) for effect in ordered(walk, BackPressed()))
    assert work(walk).staff == staff


@pytest.mark.parametrize("place", UpkeepPlace)
def test_whoever_cannot_be_written_down_is_back_at_the_door(place: UpkeepPlace) -> None:
    walk = inside()
    token = work(walk).token
    walk.happen(PlaceOpened(place), DoorAnswered(token, SignIn(SignInStatus.STORAGE_FAULT)))
    assert isinstance(walk.state.view, StaffSignIn)
    assert (work(walk).staff, work(walk).busy, work(walk).door.status) == (None, None, SignInStatus.STORAGE_FAULT)
    walk.happen(BackPressed())
    assert isinstance(walk.state.view, Home)


def test_the_way_is_walked_step_by_step() -> None:
    walk = inside()
    staff, token = work(walk).staff, work(walk).token
    assert staff is not None
    assert WalkWay(token, staff) in ordered(walk, PlaceOpened(UpkeepPlace.WAY))
    walk.happen(WayStepped(token, Walked(WayStep.CABLE, StepOutcome.HOLDS)), WayStepped(token, Walked(WayStep.ADDRESS, StepOutcome.FAILED)))
    assert isinstance(walk.state.view, WayShown)
    assert [one.step for one in work(walk).way] == [WayStep.CABLE, WayStep.ADDRESS]
    walk.happen(ErrandOver(token, Errand.WALKING), NextPressed())
    assert work(walk).way == ()


def at_the_whole_way() -> Walk:
    walk = inside()
    token = work(walk).token
    walk.happen(PlaceOpened(UpkeepPlace.WAY), *(WayStepped(token, Walked(step, StepOutcome.HOLDS)) for step in WayStep))
    walk.happen(ErrandOver(token, Errand.WALKING))
    return walk


def test_the_speed_is_measured_once_the_whole_way_holds_and_gone_with_the_next_walk() -> None:
    walk = at_the_whole_way()
    staff, token = work(walk).staff, work(walk).token
    assert staff is not None
    assert MeasureSpeed(token, staff) in ordered(walk, SpeedPressed())
    again = (*ordered(walk, SpeedPressed()), *ordered(walk, BackPressed()))
    assert MeasureSpeed(token, staff) not in again, "once is enough, and it is waited for"
    assert (work(walk).busy, walk.state.view) == (Errand.MEASURING, WayShown())
    speed = LineSpeed(SpeedOutcome.MEASURED, 18, 46_300, 9_870)
    walk.happen(SpeedMeasured(token + 1, speed))
    assert work(walk).speed is None, "of another visit"
    walk.happen(SpeedMeasured(token, speed))
    assert (work(walk).busy, work(walk).speed) == (None, speed)
    walk.happen(NextPressed())
    assert (work(walk).speed, work(walk).busy) == (None, Errand.WALKING)


@pytest.mark.parametrize("holding", [0, 3, len(WayStep) - 1])
def test_there_is_no_speed_of_a_way_that_ends_before_the_city(holding: int) -> None:
    walk = inside()
    token = work(walk).token
    outcomes = [StepOutcome.HOLDS] * holding + [StepOutcome.FAILED] + [StepOutcome.NOT_TRIED] * (len(WayStep) - holding - 1)
    steps = zip(WayStep, outcomes, strict=True)
    walk.happen(PlaceOpened(UpkeepPlace.WAY), *(WayStepped(token, Walked(step, outcome)) for step, outcome in steps))
    walk.happen(ErrandOver(token, Errand.WALKING), SpeedPressed())
    assert work(walk).busy is None


def at_the_machine(role: TechnicianRole = TechnicianRole.ENGINEER) -> Walk:
    walk = knock(at_home())
    token = work(walk).token
    walk.happen(DoorAnswered(token, SignIn(SignInStatus.SIGNED_IN, "E-02", role)), ErrandOver(token, Errand.TAKING_STOCK))
    walk.happen(PlaceOpened(UpkeepPlace.MACHINE), MachineLookedAt(token, MachineLook("2026.11.2", "A", "2026.10.4", has_stick=True)))
    return walk


def test_what_goes_onto_a_stick_is_done_at_once_and_told() -> None:
    walk = at_the_machine(TechnicianRole.TECHNICIAN)
    staff, token = work(walk).staff, work(walk).token
    assert staff is not None
    assert TreatMachine(token, staff, MachineAct.EXPORT) in ordered(walk, MachineActPressed(MachineAct.EXPORT))
    assert work(walk).busy is Errand.TREATING
    done = MachineDone(MachineAct.EXPORT, MachineOutcome.DONE, "3")
    walk.happen(MachineTreated(token, done, MachineLook("2026.11.2")))
    assert (work(walk).busy, work(walk).done) == (None, done)


@pytest.mark.parametrize("act", [MachineAct.INSTALL, MachineAct.GO_BACK])
def test_what_restarts_the_machine_is_asked_once_more(act: MachineAct) -> None:
    walk = at_the_machine()
    assert not any(isinstance(effect, TreatMachine) for effect in ordered(walk, MachineActPressed(act)))
    assert walk.state.view == MachineShown(act)
    walk.happen(BackPressed())
    assert walk.state.view == MachineShown()
    walk.happen(MachineActPressed(act))
    assert any(isinstance(effect, TreatMachine) and effect.act is act for effect in ordered(walk, NextPressed()))


@pytest.mark.parametrize("act", [MachineAct.INSTALL, MachineAct.GO_BACK])
def test_a_technician_s_card_neither_updates_nor_goes_back(act: MachineAct) -> None:
    walk = at_the_machine(TechnicianRole.TECHNICIAN)
    orders = (*ordered(walk, MachineActPressed(act)), *ordered(walk, NextPressed()))
    assert not any(isinstance(effect, TreatMachine) for effect in orders)


def test_an_opener_only_looks() -> None:
    walk = at_the_machine(TechnicianRole.OPENER)
    for act in MachineAct:
        assert not any(
            isinstance(effect, TreatMachine) for effect in (*ordered(walk, MachineActPressed(act)), *ordered(walk, NextPressed()))
        )


def test_leaving_drops_everything_and_is_written_down() -> None:
    walk = inside()
    staff = work(walk).staff
    assert CloseDoor(staff) in ordered(walk, FinishPressed())
    assert (walk.state.visit, walk.state.view, walk.state.display) == (None, Home(), Display())


def test_at_a_terminal_out_of_order_leaving_shows_that_again() -> None:
    walk = at_home()
    walk.happen(StorageFailed())
    knock(walk)
    walk.happen(FinishPressed())
    assert isinstance(walk.state.view, OutOfOrder)


def test_the_menu_closes_by_itself_and_never_asks_who_is_still_there() -> None:
    walk = knock(at_home())
    assert SetTimer(Timer.IDLE, SIGN_IN_WITHIN_S) in walk.effects
    walk.happen(TimerFired(Timer.IDLE))
    assert (walk.state.visit, walk.state.overlay) == (None, None)
    walk = inside()
    assert SetTimer(Timer.IDLE, WORK_WITHIN_S) in walk.effects
    assert CloseDoor(work(walk).staff) in ordered(walk, TimerFired(Timer.IDLE))
    assert walk.state.visit is None


def test_it_does_not_close_while_something_is_under_way() -> None:
    walk = inside()
    walk.happen(PlaceOpened(UpkeepPlace.TESTS), TimerFired(Timer.IDLE))
    assert isinstance(walk.state.visit, Upkeep)


def test_an_answer_that_comes_after_leaving_is_nobody_s() -> None:
    walk = inside()
    token = work(walk).token
    walk.happen(FinishPressed())
    before = walk.state
    walk.happen(PartFound(token, of_printer(PrinterStatus.READY)), WayStepped(token, Walked(WayStep.CABLE, StepOutcome.HOLDS)))
    assert walk.state == before


def test_idle_hears_the_knock_as_well() -> None:
    walk = at_home()
    walk.state = replace(walk.state, view=Idle())
    assert isinstance(knock(walk).state.view, StaffSignIn)


def typed(walk: Walk, text: str) -> Walk:
    walk.happen(*(SymbolTyped(symbol) for symbol in text))
    return walk


def is_ended(effects: tuple[Effect, ...]) -> bool:
    return any(isinstance(effect, TreatMachine) and effect.act is MachineAct.END for effect in effects)


def test_a_terminal_is_ended_only_after_its_number_was_typed() -> None:
    walk = at_the_machine()
    assert not is_ended(ordered(walk, MachineActPressed(MachineAct.END)))
    assert walk.state.view == MachineShown(MachineAct.END)
    assert not is_ended(ordered(walk, NextPressed()))
    assert walk.state.view == MachineShown(MachineAct.END, "")
    assert not is_ended(ordered(walk, NextPressed()))
    terminal = walk.state.place.terminal
    typed(walk, terminal[:-1] + "X")
    assert not is_ended(ordered(walk, NextPressed()))
    walk.happen(SymbolErased())
    typed(walk, terminal[-1].lower())
    assert is_ended(ordered(walk, NextPressed()))


def test_the_number_may_be_erased_and_the_question_left() -> None:
    walk = at_the_machine()
    walk.happen(MachineActPressed(MachineAct.END), NextPressed())
    typed(walk, "AB").happen(SymbolErased(everything=True))
    assert walk.state.view == MachineShown(MachineAct.END, "")
    walk.happen(BackPressed())
    assert walk.state.view == MachineShown()


def test_a_technician_s_card_ends_nothing() -> None:
    walk = at_the_machine(TechnicianRole.TECHNICIAN)
    walk.happen(MachineActPressed(MachineAct.END))
    assert walk.state.view == MachineShown()


@pytest.mark.parametrize("outcome", [MachineOutcome.DONE, MachineOutcome.NOT_PRINTED, MachineOutcome.LEFT])
def test_after_the_end_there_is_nothing_to_go_home_to(outcome: MachineOutcome) -> None:
    walk = at_the_machine()
    walk.happen(MachineActPressed(MachineAct.END), NextPressed())
    typed(walk, walk.state.place.terminal)
    ordered(walk, NextPressed())
    ended = MachineDone(MachineAct.END, outcome, "4F19A03C55D2E871")
    walk.happen(MachineTreated(work(walk).token, ended, MachineLook("2026.11.2")))
    shown = walk.state.view
    for event in (BackPressed(), FinishPressed(), NextPressed(), TimerFired(Timer.IDLE), MachineActPressed(MachineAct.EXPORT)):
        assert ordered(walk, event) == ()
        assert walk.state.view == shown


def test_an_end_that_did_not_come_to_pass_leaves_the_menu_as_it_is() -> None:
    walk = at_the_machine()
    walk.happen(MachineActPressed(MachineAct.END), NextPressed())
    typed(walk, walk.state.place.terminal)
    ordered(walk, NextPressed())
    walk.happen(MachineTreated(work(walk).token, MachineDone(MachineAct.END, MachineOutcome.WAITING, "3"), MachineLook("2026.11.2")))
    walk.happen(BackPressed())
    assert walk.state.view == Overview()
