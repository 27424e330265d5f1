"""Cards and what lies in them: banners, badges, icon boxes, rows, stages, rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from kiosk.flow.events import Event
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import CARD_LIFT, RAISED_LIFT, Palette, Weight
from kiosk.screens.typeset import Span


class Tint(StrEnum):
    """A soft fill with its ink; what each one means stands in the design: pri is about the resident's own data, err stops."""

    PRI = "pri"
    GLAZE = "glaze"
    OK = "ok"
    WARN = "warn"
    ERR = "err"
    INFO = "info"
    CLAY = "clay"
    SUNK = "sunk"

    @property
    def fill(self) -> str:
        """Role of the fill."""
        return "sunk" if self is Tint.SUNK else f"{self.value}soft"

    @property
    def ink(self) -> str:
        """Role of words and icon on it."""
        return {Tint.PRI: "onprisoft", Tint.GLAZE: "onglaze", Tint.SUNK: "ink2"}.get(self, self.value)


SURFACE = Look("surface", lift=CARD_LIFT)
RAISED = Look("surface", lift=RAISED_LIFT)
PRESSED = Look("pressed", lift=CARD_LIFT)
SUNKEN = Look("sunk")
CHOSEN = Look("prisoft", "pri", 5)
WRONG = Look("surface", "err", 5)


class Card(Part):
    """A surface with one part inside."""

    def __init__(
        self,
        stage: Stage,
        inside: Part,
        *,
        look: Look = SURFACE,
        across: float = 34,
        down: float = 30,
        radius: float = 32,
        grows: bool = False,
    ) -> None:
        super().__init__(stage, grows=grows)
        self.look = look
        self.inside = inside
        self._across = stage.px(across)
        self._down = stage.px(down)
        self._shape = Shape(self.canvas.before, stage.theme, radius)
        self.add_widget(inside)

    def width_wanted(self) -> int:
        return self.inside.width_wanted() + 2 * self._across

    def height_for(self, width: int) -> int:
        return self.inside.height_for(width - 2 * self._across) + 2 * self._down

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        self.inside.place(x + self._across, y + self._down, width - 2 * self._across, height - 2 * self._down)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, self.look)

    def turn(self, look: Look) -> None:
        """Change the look in place."""
        self.look = look
        self.paint(self.stage.theme.palette)


class PressCard(Pressable):
    """A card that is one target."""

    def __init__(  # noqa: PLR0913 - facts by name, not an order to remember
        self,
        stage: Stage,
        inside: Part,
        act: Event | Callable[[], None],
        *,
        test_id: str,
        label: str,
        look: Look = SURFACE,
        pressed: Look = PRESSED,
        across: float = 34,
        down: float = 26,
        radius: float = 32,
        height: float = 0,
        grows: bool = False,
    ) -> None:
        super().__init__(stage, test_id=test_id, label=label, act=act, grows=grows)
        self.look = look
        self._pressed = pressed
        self.inside = inside
        self._across = stage.px(across)
        self._down = stage.px(down)
        self._height = stage.px(stage.theme.high_enough(height))
        self._shape = Shape(self.canvas.before, stage.theme, radius)
        self.add_widget(inside)

    def width_wanted(self) -> int:
        return self.inside.width_wanted() + 2 * self._across

    def height_for(self, width: int) -> int:
        return max(self._height, self.inside.height_for(width - 2 * self._across) + 2 * self._down)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        self.inside.place(x + self._across, y + self._down, width - 2 * self._across, height - 2 * self._down)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, self._pressed if self.is_down else self.look)


class IconBox(Part):
    """An icon on a soft square, or on a disc."""

    def __init__(
        self, stage: Stage, icon: str, tint: Tint, units: float = 76, *, disc: bool = False, icon_units: float | None = None
    ) -> None:
        super().__init__(stage)
        self.tint = tint
        self._side = stage.px(units)
        self._shape = Shape(self.canvas.before, stage.theme, units / 2 if disc else units * 0.27)
        self.icon = Icon(stage, icon, icon_units or units * 0.58, ink=tint.ink)
        self.add_widget(self.icon)

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        x = int(self.x) + (int(self.width) - self._side) // 2
        y = int(self.y) + (int(self.height) - self._side) // 2
        self._shape.place(x, y, self._side, self._side)
        self.icon.place(x, y, self._side, self._side)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look(self.tint.fill))


class Badge(Part):
    """A pill of a few words, with an icon where it states something."""

    def __init__(self, stage: Stage, text: str, tint: Tint, *, icon: str | None = None) -> None:
        super().__init__(stage)
        self.tint = tint
        self._height = stage.px(56)
        self._across = stage.px(20)
        self._gap = stage.px(10) if icon else 0
        self._shape = Shape(self.canvas.before, stage.theme, 28)
        self.icon = Icon(stage, icon, 34, ink=tint.ink) if icon else None
        self.text = Text(stage, text, "badge", ink="ink2" if tint is Tint.SUNK else tint.ink)
        for part in (self.icon, self.text):
            if part is not None:
                self.add_widget(part)

    def width_wanted(self) -> int:
        icon = self.icon.width_wanted() if self.icon else 0
        return self.text.width_wanted() + icon + self._gap + 2 * self._across

    def height_for(self, width: int) -> int:
        return max(self._height, self.text.height_for(width) + self.stage.px(8))

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.radius = 200
        self._shape.place(x, y, width, height)
        left = x + self._across
        if self.icon is not None:
            side = self.icon.width_wanted()
            self.icon.place(left, y, side, height)
            left += side + self._gap
        self.text.place(left, y, max(1, x + width - self._across - left), height)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look(self.tint.fill, border=3 if palette.outline else 0))

    def turn(self, text: str, tint: Tint, icon: str | None = None) -> None:
        """Change what it says in place."""
        self.tint = tint
        self.text.say(text)
        self.text.ink = tint.ink
        if self.icon is not None and icon is not None:
            self.icon.show(icon)
            self.icon.ink = tint.ink


def banner(
    stage: Stage, tint: Tint, icon: str | Part, title: str | None, text: str | Sequence[Span] | None = None, *, centred: bool = False
) -> Card:
    """Return a banner: a soft card with icon, a bold first clause and what follows from it."""
    lines: list[Part] = []
    if title:
        lines.append(Text(stage, title, "body", ink=tint.ink, weight=Weight.BOLD))
    if text:
        lines.append(Text(stage, text, "body", ink=tint.ink))
    words = Column(stage, lines, grows=not centred)
    mark = icon if isinstance(icon, Part) else Icon(stage, icon, 52, ink=tint.ink)
    return Card(stage, Row(stage, [mark, words], gap=26, level=True), look=Look(tint.fill), across=34, down=26, radius=28)


class Rule(Part):
    """A thin line between rows."""

    def __init__(self, stage: Stage, *, inset: float = 0) -> None:
        super().__init__(stage)
        self._inset = stage.px(inset)
        self._thick = max(1, stage.px(2))
        self._fill = Fill(self.canvas)

    def height_for(self, width: int) -> int:
        del width
        return self._thick

    def arrange(self) -> None:
        self._fill.place(int(self.x) + self._inset, int(self.y), int(self.width) - 2 * self._inset, self._thick)

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "line")


class ListLine(Part):
    """One row of a list: icon box, title, what it says under or beside it, and something at the end."""

    def __init__(  # noqa: PLR0913 - facts by name, not an order to remember
        self,
        stage: Stage,
        *,
        icon: str,
        tint: Tint,
        title: str | Sequence[Span],
        text: str | Sequence[Span] | None = None,
        end: Sequence[Part] = (),
        beside: bool = False,
        height: float = 110,
        box: float = 76,
        title_role: str = "item",
        text_role: str = "caption",
    ) -> None:
        super().__init__(stage)
        self._height = stage.px(height)
        self._pad = stage.px(14)
        words: list[Part] = [Text(stage, title, title_role)]
        if text:
            words.append(Text(stage, text, text_role, ink="ink2"))
        self._beside = beside and len(words) > 1
        self._gap = stage.px(26)
        self._box = IconBox(stage, icon, tint, box)
        self._words = words
        self._end = Row(stage, end, gap=18, level=True)
        for part in (self._box, *words, self._end):
            self.add_widget(part)

    def width_wanted(self) -> int:
        return self._box.width_wanted() + self._gap + max(part.width_wanted() for part in self._words) + self._end_width()

    def height_for(self, width: int) -> int:
        inner = self._inner(width)
        words = sum(part.height_for(inner) for part in self._words)
        if self._fits_beside(width):
            words = max(part.height_for(inner) for part in self._words)
        return max(self._height, words + 2 * self._pad)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        box = self._box.width_wanted()
        self._box.place(x, y, box, height)
        left = x + box + self._gap
        end = self._end.width_wanted()
        self._end.place(x + width - end, y, end, height)
        if self._fits_beside(width):
            title, text = self._words
            title.place(left, y, title.width_wanted(), height)
            text.place(left + title.width_wanted() + self._gap, y - self.stage.px(1), text.width_wanted(), height)
            return
        inner = self._inner(width)
        heights = [part.height_for(inner) for part in self._words]
        top = y + (height + sum(heights)) // 2
        for part, part_height in zip(self._words, heights, strict=True):
            part.place(left, top - part_height, inner, part_height)
            top -= part_height

    def _end_width(self) -> int:
        end = self._end.width_wanted()
        return end + self._gap if end else 0

    def _inner(self, width: int) -> int:
        return max(1, width - self._box.width_wanted() - self._gap - self._end_width())

    def _fits_beside(self, width: int) -> bool:
        return self._beside and sum(part.width_wanted() for part in self._words) + self._gap <= self._inner(width)


class PressLine(Pressable):
    """A row of a list that is one target; it lights up over the whole width of its card."""

    def __init__(
        self, stage: Stage, line: ListLine, act: Event | Callable[[], None], *, test_id: str, label: str, bleed: float = 20
    ) -> None:
        super().__init__(stage, test_id=test_id, label=label, act=act)
        self._line = line
        self._bleed = stage.px(bleed)
        self._shape = Shape(self.canvas.before, stage.theme, 20)
        self.add_widget(line)

    def width_wanted(self) -> int:
        return self._line.width_wanted()

    def height_for(self, width: int) -> int:
        return self._line.height_for(width)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x - self._bleed, y, width + 2 * self._bleed, height)
        self._line.place(x, y, width, height)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look("pressed" if self.is_down else None, outlined=False))


def listing(stage: Stage, lines: Sequence[Part], *, gap: float = 0) -> Column:
    """Return rows with rules between them."""
    parts: list[Part] = []
    for line in lines:
        if parts:
            parts.append(Rule(stage))
        parts.append(line)
    return Column(stage, parts, gap=gap)


class KeyValue(Part):
    """A name in the second ink and its value beside it, or under it where there's no room."""

    def __init__(self, stage: Stage, key: str, value: str | Sequence[Span], *, column: float = 220) -> None:
        super().__init__(stage)
        self._column = round(stage.px(column) * max(1.0, stage.theme.scale * 0.9))
        self._key = Text(stage, key, "lead", ink="ink2")
        self._value = Text(stage, [Span(value)] if isinstance(value, str) else value, "value")
        self.add_widget(self._key)
        self.add_widget(self._value)

    def width_wanted(self) -> int:
        return self._column + self._value.width_wanted()

    def height_for(self, width: int) -> int:
        if self._is_stacked(width):
            return self._key.height_for(width) + self._value.height_for(width)
        return max(self._key.height_for(self._column), self._value.height_for(width - self._column))

    def arrange(self) -> None:
        x, top, width = int(self.x), int(self.top), int(self.width)
        if self._is_stacked(width):
            height = self._key.height_for(width)
            self._key.place(x, top - height, width, height)
            self._value.place(x, int(self.y), width, int(self.height) - height)
            return
        height = self._key.height_for(self._column)
        self._key.place(x, top - height, self._column, height)
        value_height = self._value.height_for(width - self._column)
        # One line each: the baselines meet although the line heights differ.
        value_top = top - (height - self.stage.theme.line_px("value")) // 2
        self._value.place(x + self._column, value_top - value_height, width - self._column, value_height)

    def _is_stacked(self, width: int) -> bool:
        return self._key.width_wanted() > self._column - self.stage.px(10) or width - self._column < self.stage.px(300)


class StageState(StrEnum):
    """How far one stage of the case is."""

    DONE = "done"
    UNDER_WAY = "under_way"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class CaseStage:
    """One stage: what, and when or how."""

    state: StageState
    title: str
    text: str
    icon: str = "check"


class _Disc(Part):
    _FILL: ClassVar = {StageState.DONE: "pri", StageState.UNDER_WAY: "glaze", StageState.TO_COME: "sunk"}
    _INK: ClassVar = {StageState.DONE: "onpri", StageState.UNDER_WAY: "onglaze_fill", StageState.TO_COME: "ink2"}

    def __init__(self, stage: Stage, case: CaseStage) -> None:
        super().__init__(stage)
        self._state = case.state
        self._side = stage.px(68)
        self._shape = Shape(self.canvas.before, stage.theme, 34)
        icon = {StageState.DONE: "check", StageState.UNDER_WAY: case.icon, StageState.TO_COME: "more_horiz"}[case.state]
        self._icon = Icon(stage, icon, 40)
        self.add_widget(self._icon)

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        y = int(self.top) - self._side
        self._shape.place(int(self.x), y, self._side, self._side)
        self._icon.place(int(self.x), y, self._side, self._side)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look(self._FILL[self._state], outlined=self._state is StageState.TO_COME))
        self._icon.ink = self._INK[self._state]
        self._icon.paint(palette)


class StageList(Part):
    """Stages of a case, one under another, joined by a line."""

    def __init__(self, stage: Stage, stages: Sequence[CaseStage]) -> None:
        super().__init__(stage)
        self._gap = stage.px(26)
        self._indent = stage.px(68 + 28)
        self._rows: list[tuple[_Disc, Column]] = []
        self._links = [Fill(self.canvas) for _ in stages[1:]]
        for case in stages:
            weight = Weight.MEDIUM if case.state is StageState.TO_COME else Weight.BOLD
            words = Column(stage, [Text(stage, case.title, "item", weight=weight), Text(stage, case.text, "body", ink="ink2")], gap=2)
            disc = _Disc(stage, case)
            self._rows.append((disc, words))
            self.add_widget(disc)
            self.add_widget(words)

    def height_for(self, width: int) -> int:
        heights = [max(disc.height_for(0), words.height_for(width - self._indent)) for disc, words in self._rows]
        return sum(heights) + self._gap * (len(heights) - 1)

    def arrange(self) -> None:
        x, top, width = int(self.x), int(self.top), int(self.width)
        thick, air = self.stage.px(8), self.stage.px(10)
        for place, (disc, words) in enumerate(self._rows):
            side = disc.height_for(0)
            words_height = words.height_for(width - self._indent)
            height = max(side, words_height)
            disc.place(x, top - side, side, side)
            words.place(x + self._indent, top - words_height, width - self._indent, words_height)
            if place < len(self._links):
                bottom = top - height - self._gap + air
                self._links[place].place(x + (side - thick) // 2, bottom, thick, max(0, top - side - air - bottom))
            top -= height + self._gap

    def paint(self, palette: Palette) -> None:
        for link in self._links:
            link.paint(palette, "line")


class CheckBox(Part):
    """A square that is ticked or empty."""

    def __init__(self, stage: Stage, *, on: bool, units: float = 72) -> None:
        super().__init__(stage)
        self._on = on
        self._side = stage.px(units)
        self._shape = Shape(self.canvas.before, stage.theme, units * 0.25)
        self._icon = Icon(stage, "check", units * 0.66, ink="onpri")
        if on:
            self.add_widget(self._icon)

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        y = int(self.y) + (int(self.height) - self._side) // 2
        self._shape.place(int(self.x), y, self._side, self._side)
        self._icon.place(int(self.x), y, self._side, self._side)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look("pri", outlined=False) if self._on else Look("surface", "ctl", 4))
