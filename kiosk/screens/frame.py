"""The frame of every page: what the page is about, and the bars at hand height, which never move."""

from collections.abc import Callable, Sequence

from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed, StaffWanted
from kiosk.screens.components.buttons import CALL_SOFT, PLAIN, PRIMARY, SECONDARY, Button, Kind
from kiosk.screens.components.cards import Card
from kiosk.screens.components.part import Column, Gap, Inset, Part, Row
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.stages import StageState
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import BAR_LIFT, Palette, Weight
from kiosk.screens.typeset import Span
from peripherals.values import dataclass
from sync.contract.item import ItemPackage

_ASIDE_GAP = 36
"""Units between a title and what stands beside it."""


@dataclass(frozen=True, slots=True)
class StepAt:
    """Where a page stands in the visit: the steps of its item, and which of them it is, from 1."""

    keys: tuple[str, ...]
    place: int


def step_at(item: ItemPackage, key: str) -> StepAt:
    """Return the place of a step among those that the item has."""
    papers = any(not material.first for material in item.materials)  # those before the form belong to it
    has = {"read": True, "card": item.by_card, "form": True, "papers": papers, "sign": item.signed, "check": True}
    keys = tuple(name for name, there in has.items() if there)
    return StepAt(keys, keys.index(key) + 1)


class Segments(Part):
    """How far the visit is: done pine, current glaze with a border, ahead a line."""

    def __init__(self, stage: Stage, step: StepAt) -> None:
        super().__init__(stage)
        self._step = step.place
        self._shapes = [Shape(self.canvas, stage.theme, 10) for _ in step.keys]

    def height_for(self, width: int) -> int:
        del width
        return self.stage.px(20)

    def arrange(self) -> None:
        gap = self.stage.px(10)
        count = len(self._shapes)
        width = (int(self.width) - gap * (count - 1)) / count
        for place, shape in enumerate(self._shapes, start=1):
            height = self.stage.px(20 if place == self._step else 12)
            left = int(self.x) + round((place - 1) * (width + gap))
            shape.place(left, int(self.y) + (int(self.height) - height) // 2, round(width), height)

    def paint(self, palette: Palette) -> None:
        for place, shape in enumerate(self._shapes, start=1):
            if place == self._step:
                shape.paint(palette, Look("glaze", "line" if palette.outline else "pri", 4))
            else:
                shape.paint(
                    palette, Look("pri" if place < self._step else "sunk" if palette.outline else "line", outlined=place > self._step)
                )


class Head(Part):
    """What the page is: step and name, title, and at most one sentence. In landscape the step list stands in the rail instead.

    On a small panel in large type the sentence is `on_first_leaf`, and the others have its height for what they show.
    """

    def __init__(
        self,
        stage: Stage,
        title: str | Sequence[Span],
        *,
        lead: str | Sequence[Span] | None = None,
        step: StepAt | None = None,
        about: str = "",
        role: str = "h1",
        aside: str = "",
    ) -> None:
        super().__init__(stage)
        self.step = step
        self.about = about
        parts: list[Part] = []
        short = stage.theme.panel.is_short
        heading: Part = Text(stage, title, role, grows=short)
        if short and step is not None:
            aside = _step_aside(stage, step, about, aside, heading.width_wanted())
        if step is not None and stage.theme.panel.is_upright:
            parts += [
                Segments(stage, step),
                Gap(stage, 24),
                Text(stage, [Span(step_note(stage, step, about))], "note", ink="ink2"),
                Gap(stage, 8),
            ]
        if aside:
            heading = Row(stage, [heading, Text(stage, aside, "caption" if short else "lead", ink="ink2")], gap=_ASIDE_GAP, level=short)
        parts.append(heading)
        sentence = Text(stage, lead, "caption" if short else "lead", ink="ink2") if lead else None
        moves = stage.theme.panel.is_compact and stage.theme.is_large
        self.on_first_leaf = sentence if moves else None
        if sentence is not None and not moves:
            parts += [Gap(stage, 2 if short else 6), sentence]
        self._column = Column(stage, parts)
        self.add_widget(self._column)

    def height_for(self, width: int) -> int:
        return self._column.height_for(width)

    def arrange(self) -> None:
        self._column.place(int(self.x), int(self.y), int(self.width), int(self.height))


def _step_aside(stage: Stage, step: StepAt, about: str, aside: str, title_px: int) -> str:
    """Return what stands beside a title: a long title keeps its line, and the item's name, said on every page before, gives way."""
    theme = stage.theme
    whole = step_note(stage, step, "" if theme.is_large else about)
    whole = f"{aside}\u3000{whole}" if aside and not theme.is_large else whole
    room = theme.panel.width_px - 2 * theme.margin - stage.px(_ASIDE_GAP)
    if title_px + Text(stage, [Span(whole)], "caption").width_wanted() <= room:
        return whole
    return step_note(stage, step, "")


def has_rail(stage: Stage) -> bool:
    """Whether the steps of the visit stand as a list at the left."""
    return stage.theme.panel.is_roomy


def step_note(stage: Stage, step: StepAt, about: str) -> str:
    """Return where in the visit the page is, in words."""
    said = stage.say("glass.step", step=step.place, steps=len(step.keys))
    return f"{said}\u3000{about}" if about else said


class Bar(Part):
    """The surface at the bottom, with a shadow upwards."""

    def __init__(self, stage: Stage, inside: Part) -> None:
        super().__init__(stage)
        self._shape = Shape(self.canvas.before, stage.theme, 0)
        self._rule = Fill(self.canvas.before)
        self.inside = inside
        self.add_widget(inside)

    def height_for(self, width: int) -> int:
        return self.inside.height_for(width)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        self._rule.place(x, y + height - self.stage.px(4), width, self.stage.px(4))
        self.inside.place(x, y, width, height)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look("surface", lift=BAR_LIFT, outlined=False))
        self._rule.paint(palette, "line" if palette.outline else None, 0.0 if not palette.outline else 1.0)


def back_button(stage: Stage, *, text: str | None = None) -> Button:
    """Return the way back."""
    return Button(
        stage,
        text or stage.say("glass.back"),
        BackPressed(),
        test_id="back",
        kind=SECONDARY,
        icon="arrow_back",
        across=22 if stage.theme.panel.is_short else 40,
    )


def next_button(stage: Stage, text: str, *, icon: str = "arrow_forward") -> Button:
    """Return the one filled button of a page."""
    return Button(stage, text, NextPressed(), test_id="next", kind=PRIMARY, icon=icon, icon_after=True, grows=True)


def action_row(stage: Stage, parts: Sequence[Part]) -> Inset:
    """Return the bottom bar's content: secondary left, primary right and filling."""
    short = stage.theme.panel.is_short
    across = stage.theme.margin / stage.theme.panel.unit_px
    least = 250 if short and stage.theme.is_large else 0  # of the primary, beside four or five others
    return Inset(stage, Row(stage, parts, gap=14 if short else 24, least=least), across=across, down=12 if short else 28)


def staff_button(stage: Stage, *, kind: Kind = CALL_SOFT, role: str = "item", height: float = 104, grows: bool = False) -> Button:
    """Return the way to a person; the same everywhere."""
    short = stage.theme.panel.is_short and not grows
    return Button(
        stage,
        stage.call,
        StaffWanted(),
        test_id="staff",
        kind=kind,
        icon="support_agent",
        role="caption" if short else role,
        weight=Weight.BOLD,
        stacked=short,
        across=18 if short else 32,
        icon_units=40 if short else 46,
        height=height,
        grows=grows,
    )


def assist_button(stage: Stage, text: str, act: Event | Callable[[], None], *, test_id: str, icon: str) -> Button:
    """Return one of the small buttons beside the way to a person."""
    stacked = stage.theme.panel.is_upright or stage.theme.panel.is_short
    return Button(
        stage,
        text,
        act,
        test_id=test_id,
        kind=PLAIN,
        icon=icon,
        role="caption" if stacked else "toggle",
        weight=Weight.MEDIUM,
        stacked=stacked,
        height=104,
        icon_units=40,
        across=10 if stage.theme.panel.is_short else 18,
    )


def assist_parts(stage: Stage, *, finish: bool = True, middle: Part | None = None) -> list[Part]:
    """Return the assist bar: size and contrast, the way to a person, the way out. `middle` stands in for size and contrast."""
    size = middle or assist_button(stage, stage.say("glass.display"), stage.open_display, test_id="display", icon="text_increase")
    parts: list[Part] = [size, staff_button(stage)]
    if stage.read_aloud is not None:
        parts.insert(
            0,
            assist_button(
                stage,
                stage.say("glass.read_elder" if stage.theme.display.elder else "glass.read_aloud"),
                stage.read_aloud,
                test_id="read-aloud",
                icon="volume_up",
            ),
        )
    if finish:
        parts.append(assist_button(stage, stage.say("glass.finish"), FinishPressed(), test_id="finish", icon="logout"))
    return parts


class AssistRow(Part):
    """Shares of the width: the way to a person takes 1.7 of them."""

    def __init__(self, stage: Stage, parts: Sequence[Part]) -> None:
        super().__init__(stage)
        self._parts = tuple(parts)
        for part in self._parts:
            self.add_widget(part)

    def height_for(self, width: int) -> int:
        widths = self._widths(width)
        return max(part.height_for(inner) for part, inner in zip(self._parts, widths, strict=True)) + self.stage.px(36)

    def arrange(self) -> None:
        left = int(self.x) + self.stage.px(40)
        inner = int(self.height) - self.stage.px(36)
        for part, width in zip(self._parts, self._widths(int(self.width)), strict=True):
            part.place(left, int(self.y) + self.stage.px(24), width, inner)
            left += width + self.stage.px(24)

    def _widths(self, width: int) -> list[int]:
        room = width - 2 * self.stage.px(40) - self.stage.px(24) * (len(self._parts) - 1)
        shares = [1.7 if getattr(part, "test_id", "") == "staff" else 1.0 for part in self._parts]
        return [round(room * share / sum(shares)) for share in shares]


class Rail(Part):
    """Landscape: the steps of the visit as a list at the left."""

    def __init__(self, stage: Stage, step: StepAt, about: str) -> None:
        super().__init__(stage)
        lines: list[Part] = [
            Text(stage, [Span(about)], "item"),
            Text(stage, stage.say("glass.step", step=step.place, steps=len(step.keys)), "caption", ink="ink2"),
            Gap(stage, 20),
        ]
        lines += [_rail_line(stage, place, step) for place in range(1, len(step.keys) + 1)]
        lines += [
            Gap(stage, grows=True),
            Row(
                stage,
                [Icon(stage, "shield_lock", 40, ink="ink2"), Text(stage, stage.say("glass.privacy"), "caption", ink="ink2", grows=True)],
                gap=16,
                level=True,
            ),
        ]
        self._card = Card(stage, Column(stage, lines), across=32, down=32)
        self.add_widget(self._card)

    def arrange(self) -> None:
        self._card.place(int(self.x), int(self.y), int(self.width), int(self.height))


def _rail_line(stage: Stage, place: int, step: StepAt) -> Part:
    at = step.place
    state = StageState.DONE if place < at else StageState.UNDER_WAY if place == at else StageState.TO_COME
    words = Text(
        stage, stage.say(f"glass.step_{step.keys[place - 1]}"), "body", weight=Weight.BOLD if place == at else Weight.MEDIUM, grows=True
    )
    return Inset(stage, Row(stage, [_RailDisc(stage, place, state), words], gap=22, level=True), down=11)


class _RailDisc(Part):
    def __init__(self, stage: Stage, place: int, state: StageState) -> None:
        super().__init__(stage)
        self._state = state
        self._side = stage.px(60)
        self._shape = Shape(self.canvas.before, stage.theme, 30)
        ink = {StageState.DONE: "onpri", StageState.UNDER_WAY: "onglaze_fill", StageState.TO_COME: "ink2"}[state]
        self._sign: Part = (
            Icon(stage, "check", 38, ink=ink)
            if state is StageState.DONE
            else Text(stage, str(place), "body", ink=ink, weight=Weight.BOLD, centred=True)
        )
        self.add_widget(self._sign)

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        self._shape.place(int(self.x), int(self.y), self._side, self._side)
        self._sign.place(int(self.x), int(self.y), self._side, self._side)

    def paint(self, palette: Palette) -> None:
        fill = {StageState.DONE: "pri", StageState.UNDER_WAY: "glaze", StageState.TO_COME: "sunk"}[self._state]
        self._shape.paint(palette, Look(fill, outlined=self._state is StageState.TO_COME))
