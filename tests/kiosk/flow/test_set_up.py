"""The first-boot wizard: seven steps, each kept before the next, backwards without loss, and never further than what holds."""

from dataclasses import replace
from datetime import datetime
from typing import cast

import msgspec
import pytest

from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, FinishPressed, LanguageChosen, NextPressed, StaffWanted
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.set_up import begin, on_set_up, value_of
from kiosk.flow.setting_up import (
    AdmissionOver,
    AnswersKept,
    AskAdmission,
    BindDevices,
    DeviceBound,
    FinishSetUp,
    FormPicked,
    HeightStepped,
    KeepAnswers,
    MachineSet,
    SetClock,
    SetNetwork,
    SettingUp,
    SetUpFact,
    SetUpFieldOpened,
    SetUpFinished,
    SetUpOrder,
    SetUpWayStepped,
    StepFailed,
    StepSkipped,
    StopAsking,
    SwitchFlipped,
    SymbolErased,
    SymbolTyped,
    TryVisit,
    VisitTried,
    WordsTold,
)
from kiosk.flow.state import Kiosk
from kiosk.machine.network import Network
from kiosk.maintenance.finding import Check, Finding, Verdict
from kiosk.maintenance.set_up import HIGHEST_MM, Answers, PanelForm, SetUpField, SetUpStep, SetUpSwitch, SetUpTrouble
from sync.contract.words import Language
from sync.way_steps import StepOutcome, Walked, WayStep
from tests.kiosk.flow.walk import NOW

READY = Answers(city="city.example.org", terminal="SY-TEST-0001", code="K7QM3D9XWV4F")


class Wizard:
    def __init__(self, answers: Answers = READY, step: SetUpStep = SetUpStep.LANGUAGE) -> None:
        self.state: Kiosk
        self.orders: list[SetUpOrder] = []
        self.state, orders = begin(msgspec.structs.replace(answers, step=step), NOW)
        self.orders += orders

    @property
    def at(self) -> SettingUp:
        return cast("SettingUp", self.state.visit)

    @property
    def step(self) -> SetUpStep:
        return self.at.answers.step

    def happen(self, *events: Event | SetUpFact) -> list[SetUpOrder]:
        self.orders.clear()
        for event in events:
            self.state, orders = on_set_up(self.state, self.at, event)
            self.orders += orders
        return self.orders

    def type(self, name: SetUpField, text: str) -> None:
        self.happen(
            SetUpFieldOpened(name), SymbolErased(everything=True), *(SymbolTyped(symbol) for symbol in text), SetUpFieldOpened(None)
        )


def walked(upto: WayStep) -> list[SetUpFact]:
    steps = list(WayStep)
    held = steps.index(upto)
    outcomes = [
        StepOutcome.HOLDS if place < held else StepOutcome.FAILED if place == held else StepOutcome.NOT_TRIED for place in range(len(steps))
    ]
    return [SetUpWayStepped(1, Walked(step, outcome), step is steps[-1]) for step, outcome in zip(steps, outcomes, strict=True)]


def of(check: Check, verdict: Verdict = Verdict.GOOD) -> Finding:
    return Finding(check, verdict, "good")


def bound(*verdicts: Verdict) -> list[SetUpFact]:
    checks = (Check.ID_CARD_READER, Check.RECEIPT_PRINTER, Check.DOCUMENT_CAMERA)
    return [
        DeviceBound(1, of(check, verdict), check.value, None, is_last=place == 2)
        for place, (check, verdict) in enumerate(zip(checks, verdicts, strict=True))
    ]


def test_it_goes_through_all_steps_and_each_is_kept_first() -> None:
    wizard = Wizard()
    assert KeepAnswers(1, msgspec.structs.replace(READY, step=SetUpStep.PANEL)) in wizard.happen(NextPressed())
    wizard.happen(NextPressed())
    assert wizard.step is SetUpStep.NETWORK
    assert any(isinstance(order, SetNetwork) for order in wizard.happen(NextPressed()))
    wizard.happen(MachineSet(1, None), *walked(WayStep.CITY), NextPressed())
    assert wizard.step is SetUpStep.CLOCK
    wizard.happen(NextPressed())
    assert any(isinstance(order, AskAdmission) for order in wizard.happen(NextPressed()))
    wizard.happen(WordsTold(1, ("红山",) * 6, "样例社区"))
    assert wizard.state.place.community == "样例社区"
    orders = wizard.happen(AdmissionOver(1, None, "样例社区"))
    assert wizard.step is SetUpStep.DEVICES
    assert any(isinstance(order, BindDevices) for order in orders)
    assert wizard.at.answers.is_admitted
    assert not wizard.at.answers.code, "a code that was used is kept no longer"
    wizard.happen(*bound(Verdict.GOOD, Verdict.NOTICE, Verdict.GOOD))
    assert any(isinstance(order, TryVisit) for order in wizard.happen(NextPressed()))
    wizard.happen(VisitTried(1, ""))
    assert any(isinstance(order, FinishSetUp) for order in wizard.happen(NextPressed()))
    wizard.happen(SetUpFinished(1, None))
    assert wizard.at.is_over


@pytest.mark.parametrize("step", SetUpStep)
def test_after_a_pulled_plug_it_goes_on_where_it_was(step: SetUpStep) -> None:
    wizard = Wizard(step=step)
    assert wizard.step is step
    begun = {SetUpStep.DEVICES: BindDevices, SetUpStep.TRIAL: TryVisit}.get(step)
    assert [type(order) for order in wizard.orders] == ([begun] if begun else [])


def test_backwards_loses_nothing() -> None:
    wizard = Wizard(step=SetUpStep.CLOCK)
    wizard.happen(BackPressed(), BackPressed(), BackPressed(), BackPressed())
    assert wizard.step is SetUpStep.LANGUAGE
    assert wizard.at.answers.terminal == "SY-TEST-0001"


def test_the_technician_s_language_is_the_wizard_s() -> None:
    wizard = Wizard()
    wizard.happen(LanguageChosen(Language.KO))
    assert (wizard.state.display.language, wizard.at.answers.language) == (Language.KO, Language.KO)


def test_form_and_height() -> None:
    wizard = Wizard(step=SetUpStep.PANEL)
    wizard.happen(FormPicked(PanelForm.UPRIGHT_32), HeightStepped(10))
    assert wizard.at.answers.form is PanelForm.UPRIGHT_32
    assert wizard.at.answers.top_mm == 790 + 708
    wizard.happen(*(HeightStepped(10) for _ in range(200)))
    assert wizard.at.answers.bottom_mm == HIGHEST_MM


def test_wrong_fields_are_marked_and_nothing_is_set() -> None:
    wizard = Wizard(msgspec.structs.replace(READY, city="not a host"), SetUpStep.NETWORK)
    wizard.happen(SwitchFlipped(SetUpSwitch.FIXED))
    assert wizard.happen(NextPressed()) == []
    assert wizard.at.wrong == {SetUpField.CITY, SetUpField.ADDRESS, SetUpField.GATEWAY, SetUpField.NAME_SERVER}
    wizard.type(SetUpField.CITY, "city.example.org:8443")
    assert SetUpField.CITY not in wizard.at.wrong
    wizard.happen(SwitchFlipped(SetUpSwitch.FIXED))
    assert any(isinstance(order, SetNetwork) for order in wizard.happen(NextPressed()))


def test_typing_is_kept_when_the_field_is_closed_and_dropped_by_nothing_else() -> None:
    wizard = Wizard(step=SetUpStep.ENROLMENT)
    wizard.type(SetUpField.TERMINAL, "sy-hp-0173")
    assert wizard.at.answers.terminal == "SY-HP-0173"
    wizard.happen(SetUpFieldOpened(SetUpField.CODE), SymbolErased(), SymbolErased())
    assert value_of(wizard.at, SetUpField.CODE) == "K7QM3D9XWV"
    wizard.happen(BackPressed())
    assert wizard.step is SetUpStep.ENROLMENT, "back closes the keys first"
    assert wizard.at.answers.code == "K7QM3D9XWV"
    assert wizard.happen(NextPressed()) == []
    assert wizard.at.wrong == {SetUpField.CODE}


def test_nothing_typed_is_in_a_log() -> None:
    wizard = Wizard(step=SetUpStep.NETWORK)
    wizard.happen(SwitchFlipped(SetUpSwitch.DOT1X))
    wizard.type(SetUpField.PASSWORD, "hush-hush")
    assert "hush-hush" not in repr(wizard.state)
    assert "hush" not in repr(SymbolTyped("hush"))


def test_only_printable_symbols_and_not_too_many() -> None:
    wizard = Wizard(step=SetUpStep.ENROLMENT)
    wizard.happen(
        SetUpFieldOpened(SetUpField.TERMINAL), SymbolErased(everything=True), SymbolTyped("\n"), SymbolTyped("中"), SymbolTyped("ab")
    )
    assert value_of(wizard.at, SetUpField.TERMINAL) == ""
    wizard.happen(*(SymbolTyped("A") for _ in range(100)))
    assert len(value_of(wizard.at, SetUpField.TERMINAL)) == 64


def test_a_way_that_ends_early_is_tried_again_or_skipped() -> None:
    wizard = Wizard(step=SetUpStep.NETWORK)
    wizard.happen(NextPressed(), MachineSet(1, SetUpTrouble.NO_HELPER), *walked(WayStep.NAME))
    assert wizard.at.trouble is SetUpTrouble.NO_HELPER
    assert not wizard.at.is_busy
    assert any(isinstance(order, SetNetwork) for order in wizard.happen(NextPressed()))
    wizard.happen(MachineSet(1, None), *walked(WayStep.NAME), StepSkipped())
    assert wizard.step is SetUpStep.CLOCK


def test_a_change_makes_the_way_unknown_again() -> None:
    wizard = Wizard(step=SetUpStep.NETWORK)
    wizard.happen(NextPressed(), MachineSet(1, None), *walked(WayStep.CITY))
    wizard.type(SetUpField.TIME_SERVER, "ntp.example.org")
    assert wizard.at.way == ()


def test_the_clock_is_set_only_by_a_time_that_can_be() -> None:
    wizard = Wizard(step=SetUpStep.CLOCK)
    wizard.type(SetUpField.TIME, "202613010000")
    assert wizard.happen(NextPressed()) == []
    assert wizard.at.wrong == {SetUpField.TIME}
    wizard.type(SetUpField.TIME, "202611230941")
    assert wizard.happen(NextPressed()) == [SetClock(1, datetime(2026, 11, 23, 9, 41))]  # noqa: DTZ001 - a watch has no zone
    wizard.happen(MachineSet(1, SetUpTrouble.NOT_SET))
    assert (wizard.step, wizard.at.trouble) == (SetUpStep.CLOCK, SetUpTrouble.NOT_SET)
    wizard.happen(NextPressed(), MachineSet(1, None))
    assert wizard.step is SetUpStep.ENROLMENT


def test_a_refused_code_can_be_typed_anew() -> None:
    wizard = Wizard(step=SetUpStep.ENROLMENT)
    wizard.happen(NextPressed(), AdmissionOver(1, SetUpTrouble.REFUSED))
    assert (wizard.step, wizard.at.trouble, wizard.at.is_busy) == (SetUpStep.ENROLMENT, SetUpTrouble.REFUSED, False)
    assert not wizard.at.answers.is_admitted


def test_whoever_leaves_while_people_compare_is_admitted_by_no_late_answer() -> None:
    wizard = Wizard(step=SetUpStep.ENROLMENT)
    wizard.happen(NextPressed(), WordsTold(1, ("红山",) * 6, "样例社区"))
    assert StopAsking() in wizard.happen(BackPressed())
    wizard.happen(AdmissionOver(1, None, "样例社区"))
    assert (wizard.step, wizard.at.answers.is_admitted) == (SetUpStep.CLOCK, False)


def test_an_admitted_terminal_needs_no_second_code() -> None:
    wizard = Wizard(msgspec.structs.replace(READY, is_admitted=True, code=""), SetUpStep.ENROLMENT)
    wizard.happen(NextPressed())
    assert wizard.step is SetUpStep.DEVICES


def test_a_device_that_is_broken_is_asked_again_or_left_for_later() -> None:
    wizard = Wizard(step=SetUpStep.DEVICES)
    wizard.happen(*bound(Verdict.GOOD, Verdict.FAULT, Verdict.GOOD))
    assert any(isinstance(order, BindDevices) for order in wizard.happen(NextPressed()))
    wizard.happen(*bound(Verdict.GOOD, Verdict.FAULT, Verdict.GOOD), StepSkipped())
    assert wizard.step is SetUpStep.TRIAL


def test_where_a_device_was_found_is_kept() -> None:
    wizard = Wizard(step=SetUpStep.DEVICES)
    found = DeviceBound(1, of(Check.DOCUMENT_CAMERA), "document_camera", "/dev/video2", is_last=True)
    (order,) = wizard.happen(found)
    assert isinstance(order, KeepAnswers)
    assert order.answers.devices == {"document_camera": "/dev/video2"}


@pytest.mark.parametrize("tried", [VisitTried(1, "catalogue"), VisitTried(1, "", SetUpTrouble.CONFIG)])
def test_a_trial_that_fails_puts_nothing_in_force(tried: VisitTried) -> None:
    wizard = Wizard(step=SetUpStep.TRIAL)
    wizard.happen(tried)
    assert wizard.at.trouble in (SetUpTrouble.VISIT, SetUpTrouble.CONFIG)
    assert [type(order) for order in wizard.happen(NextPressed())] == [TryVisit]


def test_what_cannot_be_kept_is_said() -> None:
    wizard = Wizard(step=SetUpStep.PANEL)
    wizard.happen(NextPressed(), AnswersKept(1, is_kept=False))
    assert wizard.at.trouble is SetUpTrouble.STORAGE
    wizard = Wizard(step=SetUpStep.DEVICES)
    wizard.happen(StepFailed(1, SetUpTrouble.CONFIG))
    assert (wizard.at.trouble, wizard.at.is_busy) == (SetUpTrouble.CONFIG, False)


def test_nothing_leads_out_but_its_end() -> None:
    wizard = Wizard(step=SetUpStep.CLOCK)
    before = wizard.state
    for event in (FinishPressed(), StaffWanted(), TimerFired(Timer.IDLE)):
        wizard.happen(event)
    assert wizard.state == before
    wizard.happen(MachineSet(2, None), AdmissionOver(7, None))
    assert wizard.state == before, "answers of another work are nobody's"


def test_while_something_is_waited_for_nothing_else_begins() -> None:
    wizard = Wizard(step=SetUpStep.NETWORK)
    wizard.happen(NextPressed())
    assert wizard.happen(NextPressed(), BackPressed(), FormPicked(PanelForm.ACROSS_10), StepSkipped()) == []
    assert wizard.at.answers.form is PanelForm.UPRIGHT_21


def test_switches_out_of_use_need_nothing() -> None:
    wizard = Wizard(msgspec.structs.replace(READY, network=Network(address="nonsense", identity="x y")), SetUpStep.NETWORK)
    assert any(isinstance(order, SetNetwork) for order in wizard.happen(NextPressed()))
    assert replace(wizard.at, way=()) == wizard.at
