"""Rows of lists: with an icon, as a target, as a name and its value, with rules between them."""

from collections.abc import Callable, Sequence

from kiosk.flow.events import Event
from kiosk.screens.components.cards import IconBox, Tint
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from kiosk.screens.typeset import Span


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
