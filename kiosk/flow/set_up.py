"""The first-boot wizard: seven steps forwards and backwards, each written down before the next one is shown."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

import msgspec

from kiosk.flow.display import Display
from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, LanguageChosen, NextPressed, ThemeChosen
from kiosk.flow.events.terminal import MinutePassed
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
    SetUpShown,
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
from kiosk.flow.state import Kiosk, Place
from kiosk.machine.network import is_host
from kiosk.maintenance.finding import Verdict
from kiosk.maintenance.set_up import HIGHEST_MM, LOWEST_MM, Answers, SetUpField, SetUpStep, SetUpTrouble
from peripherals.secret import Secret
from sync.contract.enrolment import CODE_SYMBOLS, AdmissionCodeError, read_code
from sync.way_steps import WayStep

Move = tuple[Kiosk, tuple[SetUpOrder, ...]]
LONGEST: Final = 64
TIME_DIGITS: Final = 12
TERMINAL_ID: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}", re.ASCII)
_CITY: Final = re.compile(r"(?P<host>[^:/\s]+)(?::(?P<port>\d{1,5}))?")
_NETWORK_FIELDS: Final = {
    SetUpField.ADDRESS, SetUpField.GATEWAY, SetUpField.NAME_SERVER, SetUpField.TIME_SERVER, SetUpField.IDENTITY, SetUpField.PASSWORD,
    SetUpField.PROXY, SetUpField.PROXY_USER, SetUpField.PROXY_PASSWORD,
}  # fmt: skip


def begin(answers: Answers, now: datetime) -> Move:
    """Return the wizard where it was left."""
    place = Place(answers.terminal or "—", answers.place, "", "")
    setting = SettingUp(1, answers)
    state = Kiosk(place, now, view=SetUpShown(), visit=setting, visits=1, display=Display(language=answers.language))
    return _entered(state, setting)


def on_set_up(state: Kiosk, setting: SettingUp, event: Event | SetUpFact) -> Move:
    """What the technician does, and what the machine answers. Nothing else leads out of here but its end."""
    match event:
        case MinutePassed(now):
            return _stay(replace(state, now=now))
        case LanguageChosen(language) if not setting.is_busy:
            chosen = msgspec.structs.replace(setting.answers, language=language)
            display = replace(state.display, language=language)
            return _stay(replace(state, display=display, visit=replace(setting, answers=chosen)))
        case ThemeChosen(theme):
            return _stay(replace(state, display=replace(state.display, theme=theme)))
        case (
            AnswersKept()
            | MachineSet()
            | StepFailed()
            | SetUpWayStepped()
            | WordsTold()
            | AdmissionOver()
            | DeviceBound()
            | VisitTried()
            | SetUpFinished()
        ):
            return _on_fact(state, setting, event) if event.token == setting.token else _stay(state)
        case BackPressed() if setting.opened is not None:
            return _hold(state, _closed(setting))
        case BackPressed() if setting.answers.step is SetUpStep.ENROLMENT and setting.is_busy:
            return _go(state, replace(setting, is_busy=False), SetUpStep.CLOCK, StopAsking())
        case _ if setting.is_busy or setting.is_over:
            return _stay(state)
        case BackPressed():
            return _back(state, setting)
        case NextPressed():
            return _forward(state, _closed(setting))
        case StepSkipped() if setting.answers.step in (SetUpStep.NETWORK, SetUpStep.DEVICES):
            return _go(state, _closed(setting), _after(setting.answers.step))
        case _:
            return _hold(state, _answered(setting, event))


def value_of(setting: SettingUp, name: SetUpField) -> str:
    """Return what a field holds."""
    if name is setting.opened:
        return setting.typed.reveal()
    if name is SetUpField.TIME:
        return setting.time
    held: str = getattr(setting.answers.network if name in _NETWORK_FIELDS else setting.answers, name.value)
    return held


def _stay(state: Kiosk) -> Move:
    return state, ()


def _hold(state: Kiosk, setting: SettingUp, *orders: SetUpOrder) -> Move:
    return replace(state, visit=setting), orders


def _answered(setting: SettingUp, event: Event | SetUpFact) -> SettingUp:
    """Take one touch."""
    answers, change = setting.answers, msgspec.structs.replace
    match event:
        case FormPicked(form):
            return replace(setting, answers=change(answers, form=form))
        case HeightStepped(by_mm):
            return replace(setting, answers=change(answers, bottom_mm=min(HIGHEST_MM, max(LOWEST_MM, answers.bottom_mm + by_mm))))
        case SwitchFlipped(switch):
            network = change(answers.network, **{switch.value: not getattr(answers.network, switch.value)})
            return replace(_closed(setting), answers=change(answers, network=network), way=(), wrong=frozenset())
        case SetUpFieldOpened(None):
            return _closed(setting)
        case SetUpFieldOpened(SetUpField() as name):
            closed = _closed(setting)
            return replace(closed, opened=name, typed=Secret(value_of(closed, name)), wrong=closed.wrong - {name})
        case SymbolTyped(symbol) if setting.opened is not None and len(symbol) == 1 and " " < symbol < "\x7f":
            typed = setting.typed.reveal()
            return replace(setting, typed=Secret(typed + symbol)) if len(typed) < LONGEST else setting
        case SymbolErased(everything) if setting.opened is not None:
            return replace(setting, typed=Secret("" if everything else setting.typed.reveal()[:-1]))
        case _:
            return setting


def _closed(setting: SettingUp) -> SettingUp:
    """Put what was typed where it belongs."""
    name, typed = setting.opened, setting.typed.reveal()
    if name is None:
        return setting
    closed = replace(setting, opened=None, typed=Secret(""), trouble=None)
    answers, change = setting.answers, msgspec.structs.replace
    if name is SetUpField.TIME:
        return replace(closed, time=typed)
    if name in _NETWORK_FIELDS:
        return replace(closed, answers=change(answers, network=change(answers.network, **{name.value: typed})), way=())
    if name in (SetUpField.TERMINAL, SetUpField.CODE):
        typed = typed.upper()
    way = () if name is SetUpField.CITY and typed != answers.city else setting.way
    return replace(closed, answers=change(answers, **{name.value: typed}), way=way)


def wrong_of(setting: SettingUp) -> frozenset[SetUpField]:
    """Return the fields of this step that cannot be used as they are."""
    answers = setting.answers
    match answers.step:
        case SetUpStep.NETWORK:
            found = {SetUpField(name.value) for name in answers.network.wrong()}
            return frozenset(found if _is_city(answers.city) else found | {SetUpField.CITY})
        case SetUpStep.CLOCK:
            return frozenset() if not setting.time or time_in(setting.time) is not None else frozenset({SetUpField.TIME})
        case SetUpStep.ENROLMENT if not answers.is_admitted:
            found = set() if TERMINAL_ID.fullmatch(answers.terminal) else {SetUpField.TERMINAL}
            return frozenset(found if _is_code(answers.code) else found | {SetUpField.CODE})
        case _:
            return frozenset()


def reaches_city(setting: SettingUp) -> bool:
    """Tell whether the way holds as far as it can before admission: the city's certificate was seen."""
    return any(one.step is WayStep.TLS and one.outcome.holds for one in setting.way)


def time_in(digits: str) -> datetime | None:
    """Return the time that twelve digits say, None if they say none that a terminal can have."""
    if len(digits) != TIME_DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        said = datetime.strptime(digits, "%Y%m%d%H%M")  # noqa: DTZ007 - what a watch says has no zone; the terminal's is put to it
    except ValueError:
        return None
    return said if 2026 <= said.year < 2100 else None


def _is_city(text: str) -> bool:
    found = _CITY.fullmatch(text)
    return found is not None and is_host(found["host"]) and 0 < int(found["port"] or 443) < 1 << 16


def _is_code(text: str) -> bool:
    try:
        return len(read_code(text)) == CODE_SYMBOLS
    except AdmissionCodeError:
        return False


def _forward(state: Kiosk, setting: SettingUp) -> Move:
    """Do what the step asks for, and go on where nothing has to be waited for."""
    answers, token = setting.answers, setting.token
    if wrong := wrong_of(setting):
        return _hold(state, replace(setting, wrong=wrong))
    busy = replace(setting, is_busy=True, trouble=None, wrong=frozenset())
    match answers.step:
        case SetUpStep.LANGUAGE | SetUpStep.PANEL:
            return _go(state, setting, _after(answers.step))
        case SetUpStep.NETWORK if not reaches_city(setting):
            return _hold(state, replace(busy, way=()), KeepAnswers(token, answers), SetNetwork(token, answers.network, answers))
        case SetUpStep.NETWORK:
            return _go(state, setting, SetUpStep.CLOCK)
        case SetUpStep.CLOCK if (said := time_in(setting.time)) is not None:
            return _hold(state, busy, SetClock(token, said))
        case SetUpStep.CLOCK:
            return _go(state, setting, SetUpStep.ENROLMENT)
        case SetUpStep.ENROLMENT if answers.is_admitted:
            return _go(state, setting, SetUpStep.DEVICES)
        case SetUpStep.ENROLMENT:
            return _hold(state, replace(busy, words=()), KeepAnswers(token, answers), AskAdmission(token, answers))
        case SetUpStep.DEVICES if setting.findings and not any(one.verdict is Verdict.FAULT for one in setting.findings):
            return _go(state, setting, SetUpStep.TRIAL)
        case SetUpStep.DEVICES | SetUpStep.TRIAL if not setting.is_proven:
            return _entered(state, replace(setting, trouble=None))
        case _:
            return _hold(state, busy, FinishSetUp(token, answers))


def _back(state: Kiosk, setting: SettingUp) -> Move:
    steps = list(SetUpStep)
    place = steps.index(setting.answers.step)
    return _stay(state) if place == 0 else _go(state, _closed(setting), steps[place - 1])


def _after(step: SetUpStep) -> SetUpStep:
    return list(SetUpStep)[list(SetUpStep).index(step) + 1]


def _go(state: Kiosk, setting: SettingUp, step: SetUpStep, *orders: SetUpOrder) -> Move:
    """Show another step, which is written down first."""
    answers = msgspec.structs.replace(setting.answers, step=step)
    moved = SettingUp(setting.token, answers, time=setting.time, way=setting.way)
    entered, more = _entered(state, moved)
    return entered, (*orders, KeepAnswers(setting.token, answers), *more)


def _entered(state: Kiosk, setting: SettingUp) -> Move:
    """Begin what a step does by itself."""
    match setting.answers.step:
        case SetUpStep.DEVICES:
            return _hold(state, replace(setting, is_busy=True, findings=()), BindDevices(setting.token, setting.answers))
        case SetUpStep.TRIAL:
            return _hold(state, replace(setting, is_busy=True, failed_at=""), TryVisit(setting.token, setting.answers))
        case _:
            return _hold(state, setting)


def _on_fact(state: Kiosk, setting: SettingUp, fact: SetUpFact) -> Move:
    match fact:
        case AnswersKept(is_kept=True):
            return _stay(state)
        case AnswersKept():
            return _hold(state, replace(setting, is_busy=False, trouble=SetUpTrouble.STORAGE))
        case MachineSet(trouble=trouble):
            return _on_machine_set(state, setting, trouble)
        case StepFailed(trouble=trouble):
            return _hold(state, replace(setting, is_busy=False, trouble=trouble))
        case SetUpWayStepped(walked=walked, is_last=is_last) if setting.answers.step is SetUpStep.NETWORK:
            return _hold(state, replace(setting, way=(*setting.way, walked), is_busy=not is_last))
        case WordsTold(words=words, place=place) if setting.answers.step is SetUpStep.ENROLMENT and setting.is_busy:
            return _hold(_at(state, place), replace(setting, words=words, answers=msgspec.structs.replace(setting.answers, place=place)))
        case AdmissionOver(trouble=None, place=place) if setting.answers.step is SetUpStep.ENROLMENT and setting.is_busy:
            admitted = msgspec.structs.replace(setting.answers, place=place or setting.answers.place, is_admitted=True, code="")
            return _go(_at(state, admitted.place), replace(setting, answers=admitted), SetUpStep.DEVICES)
        case AdmissionOver(trouble=trouble) if setting.answers.step is SetUpStep.ENROLMENT:
            return _hold(state, replace(setting, is_busy=False, trouble=trouble, words=()))
        case DeviceBound() if setting.answers.step is SetUpStep.DEVICES:
            return _on_bound(state, setting, fact)
        case VisitTried(failed_at=failed_at, trouble=trouble) if setting.answers.step is SetUpStep.TRIAL:
            is_proven = not failed_at and trouble is None
            told = trouble or (SetUpTrouble.VISIT if failed_at else None)
            return _hold(state, replace(setting, is_busy=False, failed_at=failed_at, trouble=told, is_proven=is_proven))
        case SetUpFinished(trouble=trouble):
            return _hold(state, replace(setting, is_busy=False, trouble=trouble, is_over=trouble is None))
        case SetUpWayStepped() | WordsTold() | AdmissionOver() | DeviceBound() | VisitTried():
            return _stay(state)  # of a step that was left
        case _:
            assert_never(fact)


def _on_machine_set(state: Kiosk, setting: SettingUp, trouble: SetUpTrouble | None) -> Move:
    """The network is walked next, whatever came of setting it; the clock is left only when it was set."""
    if setting.answers.step is not SetUpStep.CLOCK:
        return _hold(state, replace(setting, trouble=trouble))
    if trouble is not None:
        return _hold(state, replace(setting, is_busy=False, trouble=trouble))
    return _go(state, replace(setting, time=""), SetUpStep.ENROLMENT)


def _on_bound(state: Kiosk, setting: SettingUp, bound: DeviceBound) -> Move:
    devices = setting.answers.devices if bound.address is None else {**setting.answers.devices, bound.device: bound.address}
    answers = msgspec.structs.replace(setting.answers, devices=devices)
    held = replace(setting, answers=answers, findings=(*setting.findings, bound.finding), is_busy=not bound.is_last)
    return _hold(state, held, *((KeepAnswers(setting.token, answers),) if bound.is_last else ()))


def _at(state: Kiosk, place: str) -> Kiosk:
    return replace(state, place=replace(state.place, community=place)) if place else state
