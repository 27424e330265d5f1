"""The first-boot wizard: one step a page, with how far it is at the top and the one thing to do at the bottom."""

from collections.abc import Callable, Sequence

from kiosk.flow.events.glass import BackPressed, LanguageChosen
from kiosk.flow.set_up import reaches_city, time_in, value_of
from kiosk.flow.setting_up import (
    FormPicked,
    HeightStepped,
    SettingUp,
    SetUpFieldOpened,
    StepSkipped,
    SwitchFlipped,
)
from kiosk.flow.state import Kiosk
from kiosk.maintenance.finding import Check, Verdict
from kiosk.maintenance.set_up import (
    HEIGHT_STEP_MM,
    REACHED_FROM_A_WHEELCHAIR_MM,
    PanelForm,
    SetUpField,
    SetUpStep,
    SetUpSwitch,
    SetUpTrouble,
)
from kiosk.screens.code import Code
from kiosk.screens.components.buttons import SECONDARY, Button, Choice, Segmented, switch
from kiosk.screens.components.cards import CHOSEN, SURFACE, WRONG, Card, PressCard, Tint, banner
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Inset, Part, Row
from kiosk.screens.components.shape import Fill
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.maintenance.frame import TINTS, UpkeepPage, primary, verdict_badge
from kiosk.screens.maintenance.typing import figures, letters
from kiosk.screens.maintenance.way import broken_card
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span
from sync.contract.words import Language
from sync.way_steps import StepOutcome, WayStep

_LANGUAGES = ((Language.ZH, "中文"), (Language.EN, "English"), (Language.KO, "한국어"))
_FIELDS = {
    SetUpStep.NETWORK: (SetUpField.CITY,),
    SetUpStep.CLOCK: (SetUpField.TIME,),
    SetUpStep.ENROLMENT: (SetUpField.TERMINAL, SetUpField.CODE),
}
_HIDDEN = (SetUpField.PASSWORD, SetUpField.PROXY_PASSWORD)


class SetUpPage(UpkeepPage):
    """The step at hand."""

    title_key = "set_up.title"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._upper = False

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit, kiosk.now, kiosk.display

    def sheet(self, kiosk: Kiosk) -> Sheet:
        setting, stage = kiosk.visit, self.stage
        if not isinstance(setting, SettingUp):
            return Sheet(())
        step = setting.answers.step
        body: list[Block] = [_rail(stage, step), Text(stage, stage.say(f"set_up.{step}_head"), "h1")]
        if setting.trouble is not None:
            body.append(_trouble(stage, setting))
        body += _BODIES[step](stage, kiosk, setting)
        deck = None if setting.opened is None else self._bed(setting.opened)
        if setting.opened is not None and not stage.theme.panel.is_upright:
            body = [_field(stage, setting, setting.opened)]  # beside the keys there is room for nothing else
        return Sheet(body, foot=_foot(stage, setting, deck), gap=22)

    def _bed(self, name: SetUpField) -> Part:
        """Return the keys: capitals alone where nothing else is valid, figures alone for a time."""
        stage = self.stage

        def shift() -> None:
            self._upper = not self._upper
            self.set_anew()

        if name is SetUpField.TIME:
            return figures(stage)
        capitals = name in (SetUpField.TERMINAL, SetUpField.CODE)
        return letters(stage, upper=capitals or self._upper, marks=name in _HIDDEN, shift=None if capitals else shift)


def _rail(stage: Stage, step: SetUpStep) -> Part:
    """Return how far it is: a bar a step, and the name of this one."""
    steps = list(SetUpStep)
    here = steps.index(step)
    bars = Row(
        stage, [_BarOf(stage, "pri" if place < here else "glaze" if place == here else "line") for place in range(len(steps))], gap=10
    )
    said = stage.say("set_up.step_of", number=here + 1, count=len(steps), name=stage.say(f"set_up.{step}"))
    return Column(stage, [bars, Text(stage, said, "caption", ink="ink2", weight=Weight.BOLD)], gap=10)


class _BarOf(Part):
    """One step's bar."""

    def __init__(self, stage: Stage, role: str) -> None:
        super().__init__(stage, grows=True)
        self._role = role
        self._fill = Fill(self.canvas)

    def height_for(self, width: int) -> int:
        del width
        return self.stage.px(14)

    def arrange(self) -> None:
        self._fill.place(int(self.x), int(self.y), int(self.width), int(self.height))

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, self._role)


def _trouble(stage: Stage, setting: SettingUp) -> Part:
    trouble = setting.trouble or SetUpTrouble.NOT_SET
    title = stage.say(f"set_up.trouble_{trouble}")
    more = stage.say(f"set_up.trouble_{trouble}_fix")
    if setting.failed_at:
        more = f"{stage.say('set_up.failed_at', stage=stage.say(f'set_up.stage_{setting.failed_at}'))} {more}"
    tint = Tint.WARN if trouble is SetUpTrouble.NO_HELPER else Tint.ERR
    return banner(stage, tint, "warning" if tint is Tint.WARN else "report", title, more)


def _foot(stage: Stage, setting: SettingUp, deck: Part | None) -> Part:
    act: Part = primary(stage, stage.say(_next_key(setting)), "arrow_forward")
    if setting.is_busy:
        act = awaiting(stage, "hourglass_top", stage.say(f"set_up.{setting.answers.step}_busy"))
    out = Button(stage, stage.say("glass.back"), BackPressed(), test_id="back", kind=SECONDARY, icon="arrow_back", across=40)
    parts: list[Part] = [out] if setting.answers.step is not SetUpStep.LANGUAGE or setting.opened is not None else []
    if _may_skip(setting):
        parts.append(Button(stage, stage.say("set_up.skip"), StepSkipped(), test_id="skip", kind=SECONDARY, across=40))
    if stage.theme.is_large and len(parts) > 1:  # three in a row would cut their words
        buttons: Part = Column(stage, [Row(stage, parts, gap=24), Row(stage, [act], gap=24)], gap=16)
    else:
        buttons = Row(stage, [*parts, act], gap=24)
    if deck is not None and not stage.theme.panel.is_upright:
        return deck  # its own key says that all is typed, and keys that a finger hits need the room
    bar = Inset(stage, buttons, across=stage.theme.margin / stage.theme.panel.unit_px, down=24)
    return bar if deck is None else Column(stage, [deck, bar])


def _may_skip(setting: SettingUp) -> bool:
    if setting.is_busy or setting.opened is not None:
        return False
    match setting.answers.step:
        case SetUpStep.NETWORK:
            return bool(setting.way) and not reaches_city(setting)
        case SetUpStep.DEVICES:
            return any(one.verdict is Verdict.FAULT for one in setting.findings)
        case _:
            return False


def _next_key(setting: SettingUp) -> str:
    match setting.answers.step:
        case SetUpStep.NETWORK if not setting.way:
            return "set_up.try_network"
        case SetUpStep.NETWORK if not reaches_city(setting):
            return "set_up.again"
        case SetUpStep.CLOCK if time_in(setting.time) is not None:
            return "set_up.set_clock"
        case SetUpStep.CLOCK:
            return "set_up.clock_right"
        case SetUpStep.ENROLMENT if not setting.answers.is_admitted:
            return "set_up.ask"
        case SetUpStep.DEVICES if any(one.verdict is Verdict.FAULT for one in setting.findings) or not setting.findings:
            return "set_up.again"
        case SetUpStep.TRIAL:
            return "set_up.finish" if setting.is_proven else "set_up.again"
        case _:
            return "set_up.next"


# Steps


def _language(stage: Stage, kiosk: Kiosk, setting: SettingUp) -> list[Block]:
    del kiosk
    choices = [
        Choice(name, LanguageChosen(language), f"language-{language}", language is setting.answers.language, language)
        for language, name in _LANGUAGES
    ]
    return [
        Segmented(stage, choices, height=130, even=True, check=True),
        banner(stage, Tint.INFO, "info", None, stage.say("set_up.language_more")),
    ]


def _panel(stage: Stage, kiosk: Kiosk, setting: SettingUp) -> list[Block]:
    del kiosk
    answers = setting.answers
    forms: list[Part] = [
        PressCard(
            stage,
            Text(
                stage, stage.say(f"set_up.form_{form}"), "lead", weight=Weight.BOLD if form is answers.form else Weight.MEDIUM, centred=True
            ),
            FormPicked(form),
            test_id=f"form-{form}",
            label=stage.say(f"set_up.form_{form}"),
            look=CHOSEN if form is answers.form else SURFACE,
            height=116,
            grows=True,
        )
        for form in PanelForm
    ]
    rows: list[Block] = [Row(stage, forms[start : start + 2], gap=20, even=True) for start in range(0, len(forms), 2)]
    less = Button(stage, stage.say("set_up.lower"), HeightStepped(-HEIGHT_STEP_MM), test_id="lower", kind=SECONDARY, across=54)
    more = Button(stage, stage.say("set_up.higher"), HeightStepped(HEIGHT_STEP_MM), test_id="higher", kind=SECONDARY, across=54)
    height = Column(
        stage,
        [
            Text(stage, stage.say("set_up.bottom"), "body", ink="ink2"),
            Text(stage, [Span(stage.say("set_up.millimetres", count=answers.bottom_mm))], "h1"),
        ],
        grows=True,
    )
    rows.append(Card(stage, Row(stage, [height, less, more], gap=22, level=True)))
    if answers.top_mm > REACHED_FROM_A_WHEELCHAIR_MM:
        rows.append(banner(stage, Tint.WARN, "accessible", stage.say("set_up.high", top=answers.top_mm), stage.say("set_up.high_more")))
    else:
        rows.append(banner(stage, Tint.OK, "accessible", None, stage.say("set_up.reached", top=answers.top_mm)))
    return rows


def _network(stage: Stage, kiosk: Kiosk, setting: SettingUp) -> list[Block]:
    del kiosk
    network = setting.answers.network
    flips: list[Part] = [_switch(stage, which, icon, on=getattr(network, which.value)) for which, icon in _SWITCHES]
    switches = [Row(stage, flips[start : start + 2], gap=16, even=True) for start in (0, 2)]
    names = [SetUpField.CITY]
    names += [SetUpField.ADDRESS, SetUpField.GATEWAY, SetUpField.NAME_SERVER] if network.is_fixed else []
    names += [SetUpField.IDENTITY, SetUpField.PASSWORD] if network.has_dot1x else []
    names += [SetUpField.PROXY, SetUpField.PROXY_USER, SetUpField.PROXY_PASSWORD] if network.has_proxy else []
    fields = _fields(stage, setting, [*names, SetUpField.TIME_SERVER])
    told = [_way_told(stage, setting)] if setting.way and not setting.is_busy and setting.opened is None else []
    return [*told, *switches, *fields]


def _way_told(stage: Stage, setting: SettingUp) -> Part:
    """Return how far the way went: the city's certificate is as far as it can before admission."""
    if reaches_city(setting):
        return banner(stage, Tint.OK, "task_alt", stage.say("upkeep.way_whole"), stage.say("set_up.way_whole_more"))
    failed = (one for one in setting.way if not one.outcome.holds and one.outcome is not StepOutcome.NOT_TRIED)
    return broken_card(stage, next(failed, setting.way[-1]))


_SWITCHES = (
    (SetUpSwitch.FIXED, "pin_drop"),
    (SetUpSwitch.DOT1X, "lock"),
    (SetUpSwitch.BACKUP, "cell_tower"),
    (SetUpSwitch.PROXY, "swap_horiz"),
)


def _switch(stage: Stage, which: SetUpSwitch, icon: str, *, on: bool) -> Part:
    return switch(stage, stage.say(f"set_up.{which}"), SwitchFlipped(which), test_id=f"switch-{which}", on=on, icon=icon)


def _clock(stage: Stage, kiosk: Kiosk, setting: SettingUp) -> list[Block]:
    now = Column(
        stage,
        [
            Text(stage, stage.say("set_up.clock_now"), "body", ink="ink2"),
            Text(stage, [Span(f"{kiosk.now:%Y-%m-%d}　{kiosk.now:%H:%M}")], "number"),
        ],
        gap=8,
    )
    told = next((walked for walked in setting.way if walked.step is WayStep.CLOCK), None)
    body: list[Block] = [Card(stage, now)]
    if told is not None and told.outcome.holds:
        body.append(banner(stage, Tint.OK, "task_alt", stage.say("set_up.clock_agrees"), [Span(told.fact)] if told.fact else None))
    elif told is not None and told.fact:
        body.append(
            banner(stage, Tint.ERR, "schedule", stage.say("set_up.clock_differs", by=told.fact), stage.say("set_up.clock_differs_more"))
        )
    else:
        body.append(banner(stage, Tint.WARN, "schedule", stage.say("set_up.clock_unknown"), stage.say("set_up.clock_unknown_more")))
    return [*body, *_fields(stage, setting, _FIELDS[SetUpStep.CLOCK])]


def _enrolment(stage: Stage, kiosk: Kiosk, setting: SettingUp) -> list[Block]:
    del kiosk
    answers = setting.answers
    if answers.is_admitted:
        return [banner(stage, Tint.OK, "verified", stage.say("set_up.admitted", place=answers.place), stage.say("set_up.admitted_more"))]
    if not setting.words:
        return [Text(stage, stage.say("set_up.enrolment_more"), "lead", ink="ink2"), *_fields(stage, setting, _FIELDS[SetUpStep.ENROLMENT])]
    words = Column(
        stage,
        [
            Text(stage, stage.say("set_up.words"), "body", ink="ink2"),
            *(Text(stage, [Span("　".join(setting.words[at : at + 2]))], "h1") for at in range(0, len(setting.words), 2)),
        ],
        gap=12,
        grows=True,
    )
    square = Code(stage, " ".join((answers.terminal, *setting.words)), units=300)
    place = stage.say("set_up.place_told", place=answers.place) if answers.place else stage.say("set_up.place_unknown")
    return [
        Card(stage, Row(stage, [words, square], gap=24, level=True), down=12 if stage.theme.panel.is_short else 30),
        banner(stage, Tint.INFO, "pin_drop", None, place),
        banner(stage, Tint.INFO, "hourglass_top", stage.say("set_up.goes_on"), stage.say("set_up.goes_on_more")),
    ]


def _devices(stage: Stage, kiosk: Kiosk, setting: SettingUp) -> list[Block]:
    del kiosk
    found = {one.check: one for one in setting.findings}
    lines: list[Part] = []
    for check, icon in (
        (Check.ID_CARD_READER, "badge"),
        (Check.RECEIPT_PRINTER, "receipt_long"),
        (Check.DOCUMENT_CAMERA, "photo_camera"),
    ):
        finding = found.get(check)
        said = stage.say("set_up.device_asked" if setting.is_busy else "set_up.device_unknown")
        said = said if finding is None else stage.say(finding.text_key, **finding.facts)
        at = setting.answers.devices.get(check.value)
        lines.append(
            ListLine(
                stage,
                icon=icon,
                tint=TINTS[Verdict.SKIPPED if finding is None else finding.verdict],
                title=[Span(stage.say(f"maintenance.{check}"))],
                text=[Span(f"{said}　{at}" if at else said)],
                end=[] if finding is None else [verdict_badge(stage, finding.verdict)],
            )
        )
    body: list[Block] = [Rows(stage, lines)]
    broken = next((one for one in setting.findings if one.verdict is Verdict.FAULT), None)
    if broken is not None and not setting.is_busy:
        name = Text(stage, [Span(stage.say("upkeep.remedy", part=stage.say(f"maintenance.{broken.check}")))], "h2")
        remedies = [Text(stage, line, "lead") for line in stage.say(broken.remedy_key).split("\n")]
        body.append(Card(stage, Column(stage, [name, *remedies], gap=12), look=WRONG))
    return body


def _trial(stage: Stage, kiosk: Kiosk, setting: SettingUp) -> list[Block]:
    answers = setting.answers
    facts = (
        ("pin_drop", "set_up.trial_place", kiosk.place.community or "-"),
        ("computer", "set_up.trial_terminal", answers.terminal),
        ("lan", "set_up.trial_city", answers.city),
        ("height", "set_up.trial_panel", f"{stage.say(f'set_up.form_{answers.form}')}　{answers.bottom_mm} mm"),
    )
    lines: list[Part] = [
        ListLine(stage, icon=icon, tint=Tint.SUNK, title=[Span(value)], text=stage.say(key), height=98, box=64)
        for icon, key, value in facts
    ]
    body: list[Block] = [Rows(stage, lines, down=14)]
    if setting.is_proven:
        body.append(banner(stage, Tint.OK, "task_alt", stage.say("set_up.proven"), stage.say("set_up.proven_more")))
    elif setting.is_busy:
        body.append(banner(stage, Tint.INFO, "hourglass_top", stage.say("set_up.trying"), stage.say("set_up.trying_more")))
    return body


_BODIES: dict[SetUpStep, Callable[[Stage, Kiosk, SettingUp], list[Block]]] = {
    SetUpStep.LANGUAGE: _language,
    SetUpStep.PANEL: _panel,
    SetUpStep.NETWORK: _network,
    SetUpStep.CLOCK: _clock,
    SetUpStep.ENROLMENT: _enrolment,
    SetUpStep.DEVICES: _devices,
    SetUpStep.TRIAL: _trial,
}


# Typing


def _fields(stage: Stage, setting: SettingUp, names: Sequence[SetUpField]) -> list[Block]:
    """Return the fields; while one is open it stands alone, so that it is never behind the keys."""
    shown = [setting.opened] if setting.opened in names else names
    return [_field(stage, setting, name) for name in shown if name is not None]


def _field(stage: Stage, setting: SettingUp, name: SetUpField) -> Part:
    value = value_of(setting, name)
    is_open, is_wrong = setting.opened is name, name in setting.wrong
    hidden = "•" * len(value) if name in _HIDDEN and not is_open else value
    caret = "▏" if is_open else ""
    shown = (
        Text(stage, [Span(f"{hidden}{caret}")], "h2")
        if value or is_open
        else Text(stage, stage.say(f"set_up.{name}_hint"), "lead", ink="ink2")
    )
    words: list[Part] = [Text(stage, stage.say(f"set_up.{name}"), "body", ink="ink2"), shown]
    if is_wrong:
        complaint = Row(
            stage,
            [Icon(stage, "error", 38, ink="err"), Text(stage, stage.say(f"set_up.{name}_wrong"), "body", ink="err", grows=True)],
            gap=14,
        )
        words = [complaint, shown] if is_open and stage.theme.panel.is_short else [*words, complaint]  # above keys there is no third line
    return PressCard(
        stage,
        Column(stage, words, gap=6),
        SetUpFieldOpened(None if is_open else name),
        test_id=f"field-{name}",
        label=stage.say(f"set_up.{name}"),
        look=WRONG if is_wrong else CHOSEN if is_open else SURFACE,
        down=20,
        height=112,
    )
