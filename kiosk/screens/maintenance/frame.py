"""The frame of a technician's page: who is in, which terminal this is, and the two buttons at the bottom."""

from collections.abc import Sequence

from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Staff, Upkeep
from kiosk.maintenance.finding import Verdict
from kiosk.screens.components.buttons import PRIMARY, SECONDARY, Button, Kind
from kiosk.screens.components.cards import Badge, Tint
from kiosk.screens.components.part import Column, Gap, Inset, Part, Row
from kiosk.screens.components.shape import Fill
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.page import Page
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span
from sync.contract.technicians import ONE_TIME

TINTS = {Verdict.GOOD: Tint.OK, Verdict.NOTICE: Tint.WARN, Verdict.FAULT: Tint.ERR, Verdict.SKIPPED: Tint.SUNK}
ICONS = {Verdict.GOOD: "check_circle", Verdict.NOTICE: "error", Verdict.FAULT: "cancel", Verdict.SKIPPED: "more_horiz"}


_AIR = 26
"""Units between the head and what is below it."""

_TIGHT_AIR = 8


class InkHead(Part):
    """Where a resident's page has its status bar: dark, so that nobody takes this for a resident's page."""

    def __init__(self, stage: Stage, title_key: str) -> None:
        super().__init__(stage)
        self._title_key = title_key
        self._ground = Fill(self.canvas.before)
        self._rule = Fill(self.canvas.before)
        self._said: tuple[object, ...] = ()
        self._row: Part | None = None

    def show(self, kiosk: Kiosk) -> None:
        """Take over who is in."""
        staff = kiosk.visit.staff if isinstance(kiosk.visit, Upkeep) else None
        said = (staff, kiosk.place.terminal, kiosk.display)
        if said == self._said:
            return
        self._said = said
        if self._row is not None:
            self.remove_widget(self._row)
        self._row = self._built(kiosk)
        self.add_widget(self._row)
        if self.width:
            self.place(int(self.x), int(self.y), int(self.width), int(self.height))

    def height_for(self, width: int) -> int:
        del width
        theme = self.stage.theme
        if is_tight(self.stage):
            return theme.line_px("h1") + self.stage.px(24) + self._air
        words = theme.line_px("body") + self.stage.px(12) + theme.line_px("h1")
        return words + self.stage.px(60 if theme.panel.is_upright else 24) + self._air

    @property
    def _air(self) -> int:
        return self.stage.px(_AIR if self.stage.theme.panel.is_roomy or not is_tight(self.stage) else _TIGHT_AIR)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        rule, air = self.stage.px(10), self._air
        y, height = y + air, height - air
        self._ground.place(x, y + rule, width, height - rule)
        self._rule.place(x, y, width, rule)
        if self._row is not None:
            margin = self.stage.theme.margin
            self._row.place(x + margin, y + rule, width - 2 * margin, height - rule)

    def paint(self, palette: Palette) -> None:
        self._ground.paint(palette, "maint")
        self._rule.paint(palette, "glaze")

    def _built(self, kiosk: Kiosk) -> Part:
        stage = self.stage
        staff = kiosk.visit.staff if isinstance(kiosk.visit, Upkeep) else None
        menu = Row(
            stage,
            [Icon(stage, "build", 40, ink="maint_icon"), Text(stage, stage.say("upkeep.menu"), "body", ink="onmaint", weight=Weight.BOLD)],
            gap=20,
            level=True,
        )
        if is_tight(stage):
            return self._in_one_line(kiosk, staff)
        names = Column(stage, [menu, Gap(stage, 12), Text(stage, stage.say(self._title_key), "h1", ink="onmaint")], grows=True)
        who = stage.say("upkeep.nobody_in") if staff is None else _who(stage, staff.number, staff.role)
        side = Column(
            stage,
            [
                _right(stage, Text(stage, [Span(who)], "body", ink="onmaint", weight=Weight.MEDIUM)),
                _right(stage, Text(stage, [Span(kiosk.place.terminal)], "caption", ink="onmaint2")),
            ],
            gap=6,
        )
        return Row(stage, [names, side], gap=24, level=True)

    def _in_one_line(self, kiosk: Kiosk, staff: Staff | None) -> Row:
        """Return the title, who is in, and which terminal it is, where the glass is low."""
        stage = self.stage
        who = stage.say("upkeep.nobody_in") if staff is None else _who(stage, staff.number, staff.role)
        return Row(
            stage,
            [
                Icon(stage, "build", 40, ink="maint_icon"),
                Text(stage, stage.say(self._title_key), "h1", ink="onmaint", grows=True),
                Text(stage, [Span(who)], "body", ink="onmaint", weight=Weight.MEDIUM),
                Text(stage, [Span(kiosk.place.terminal)], "caption", ink="onmaint2"),
            ],
            gap=20,
            level=True,
        )


def is_tight(stage: Stage) -> bool:
    """Whether head and foot take one line each: on every wide glass, where there is less height than width."""
    return not stage.theme.panel.is_upright and not stage.theme.is_large


def _who(stage: Stage, number: str, role: str) -> str:
    said = stage.say(f"upkeep.role_{role}")
    return stage.say("upkeep.one_time") if number == ONE_TIME else f"{said} {number}"


def _right(stage: Stage, text: Text) -> Part:
    return Row(stage, [Gap(stage, grows=True), text])


class UpkeepPage(Page):
    """A technician's page. A subclass names its title and fills its sheet."""

    title_key = "upkeep.menu"

    def head_bar(self) -> InkHead:
        return InkHead(self.stage, self.title_key)

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit


def verdict_badge(stage: Stage, verdict: Verdict, *, of_test: bool = False) -> Badge:
    """Return the verdict as icon and word: 正常 of a check, 通过 of a test."""
    key = f"upkeep.verdict_{verdict}" if of_test else f"maintenance.verdict_{verdict}"
    return Badge(stage, stage.say(key), TINTS[verdict], icon=ICONS[verdict])


def foot(stage: Stage, primary: Part, *, note: str, leaves: bool = False) -> Part:
    """Return the bottom bar: out or back at the left, the one filled button, and when the menu closes by itself."""
    if leaves:
        out = Button(stage, stage.say("upkeep.leave"), FinishPressed(), test_id="finish", kind=SECONDARY, icon="logout", across=40)
    else:
        out = Button(stage, stage.say("glass.back"), BackPressed(), test_id="back", kind=SECONDARY, icon="arrow_back", across=40)
    if is_tight(stage):
        words = Text(stage, note, "caption", ink="ink2", grows=True)
        line = Row(stage, [out, words, primary], gap=24, level=True)
        return Inset(stage, line, across=stage.theme.margin / stage.theme.panel.unit_px, down=12)
    buttons = Row(stage, [out, primary], gap=24)
    return Inset(
        stage,
        Column(stage, [buttons, Text(stage, note, "caption", ink="ink2", centred=True)], gap=14),
        across=stage.theme.margin / stage.theme.panel.unit_px,
        down=24,
    )


def primary(stage: Stage, text: str, icon: str, kind: Kind = PRIMARY) -> Button:
    """Return the one button that goes on: filled, but where what it does cannot be undone."""
    return Button(stage, text, NextPressed(), test_id="next", kind=kind, icon=icon, icon_after=True, grows=True)


def steps(stage: Stage, lines: Sequence[str]) -> list[Part]:
    """Return what to do, numbered."""
    return [
        Row(
            stage,
            [Text(stage, [Span(str(number))], "lead", weight=Weight.BOLD), Text(stage, [Span(line)], "lead", grows=True)],
            gap=28,
            top=True,
        )
        for number, line in enumerate(lines, 1)
    ]
