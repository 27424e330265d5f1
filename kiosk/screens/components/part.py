"""What every part can do, and the plain ways of putting parts together."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette


class Part(Widget):
    """A piece of a page. It says how wide it likes to be and how high it is at a width, and is then placed.

    Kivy's own layouts settle over several frames; these are placed once, top down, so that a page is right in its first frame.
    """

    def __init__(self, stage: Stage, *, grows: bool = False) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0))
        self.stage = stage
        self.grows = grows  # takes the height, or in a row the width, that is left over
        stage.theme.listen(self)

    def apply_class_lang_rules(self, *_: object, **__: object) -> None:
        """Take no rules: Kivy's style sheet goes by class names, and would dress our Button as its own."""

    def width_wanted(self) -> int:
        """Return the width at which nothing has to be broken."""
        return 0

    def height_for(self, width: int) -> int:
        """Return the height at a width."""
        del width
        return 0

    def least_for(self, width: int) -> int:
        """Return the height below which it would lie on what stands under it; a part that grows may need more than it asks for."""
        return self.height_for(width)

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Take this place, `y` upwards from the bottom as Kivy counts, and put what is inside."""
        self.pos = x, y
        self.size = width, height
        self.arrange()
        self.paint(self.stage.theme.palette)

    def arrange(self) -> None:
        """Put what is inside, after the own place is known."""

    def paint(self, palette: Palette) -> None:
        """Take the colours."""


class Gap(Part):
    """Nothing, of a height; or what is left over."""

    def __init__(self, stage: Stage, units: float = 0, *, grows: bool = False) -> None:
        super().__init__(stage, grows=grows)
        self._units = units

    def width_wanted(self) -> int:
        return self.stage.px(self._units)

    def height_for(self, width: int) -> int:
        del width
        return self.stage.px(self._units)


class Column(Part):
    """Parts one under another. `middle` centres a narrower part at its wanted width."""

    def __init__(self, stage: Stage, parts: Sequence[Part], *, gap: float = 0, grows: bool = False, middle: bool = False) -> None:
        super().__init__(stage, grows=grows)
        self.parts = tuple(parts)
        self._gap = stage.px(gap)
        self._middle = middle
        for part in self.parts:
            self.add_widget(part)

    def width_wanted(self) -> int:
        return max((part.width_wanted() for part in self.parts), default=0)

    def height_for(self, width: int) -> int:
        return sum(part.height_for(width) for part in self.parts) + self._gap * max(0, len(self.parts) - 1)

    def arrange(self) -> None:
        left, top, width = int(self.x), int(self.top), int(self.width)
        heights = [part.height_for(width) for part in self.parts]
        spare = int(self.height) - sum(heights) - self._gap * max(0, len(heights) - 1)
        growing = [place for place, part in enumerate(self.parts) if part.grows]
        for place in growing:
            heights[place] += max(0, spare) // len(growing)
        for part, height in zip(self.parts, heights, strict=True):
            inner = min(width, part.width_wanted()) if self._middle else width
            part.place(left + (width - inner) // 2, top - height, inner, height)
            top -= height + self._gap


class Row(Part):
    """Parts beside each other, each as wide as it likes; those that grow share the rest, or all of it evenly with `even`.

    Parts are as high as the row, unless `level` keeps their own height and centres them (`top` keeps them at the top).
    Those that grow get `least` units, if the widest of the others has to set its words on two lines for it.
    """

    def __init__(
        self,
        stage: Stage,
        parts: Sequence[Part],
        *,
        gap: float = 0,
        even: bool = False,
        level: bool = False,
        top: bool = False,
        grows: bool = False,
        least: float = 0,
    ) -> None:
        super().__init__(stage, grows=grows)
        self.parts = tuple(parts)
        self._gap = stage.px(gap)
        self._least = stage.px(least)
        self._even = even
        self._level = level or top
        self._top = top
        for part in self.parts:
            self.add_widget(part)

    def width_wanted(self) -> int:
        wanted = [part.width_wanted() for part in self.parts]
        gaps = self._gap * max(0, len(wanted) - 1)
        return (max(wanted, default=0) * len(wanted) if self._even else sum(wanted)) + gaps

    def height_for(self, width: int) -> int:
        return max((part.height_for(inner) for part, inner in zip(self.parts, self._widths(width), strict=True)), default=0)

    def arrange(self) -> None:
        left, bottom, height = int(self.x), int(self.y), int(self.height)
        for part, width in zip(self.parts, self._widths(int(self.width)), strict=True):
            inner = min(height, part.height_for(width)) if self._level else height
            rise = height - inner if self._top else (height - inner) // 2
            part.place(left, bottom + rise, width, inner)
            left += width + self._gap

    def _widths(self, width: int) -> list[int]:
        room = width - self._gap * max(0, len(self.parts) - 1)
        if self._even:
            share = room // max(1, len(self.parts))
            return [share] * len(self.parts)
        widths = [0 if part.grows else part.width_wanted() for part in self.parts]
        growing = [place for place, part in enumerate(self.parts) if part.grows]
        spare = room - sum(widths)
        lacking = self._least * len(growing) - spare
        if self._least and growing and lacking > 0:
            widest = max(range(len(widths)), key=widths.__getitem__)
            widths[widest] -= min(lacking, widths[widest] // 2)
            spare = room - sum(widths)
        for place in growing:
            widths[place] = max(0, spare) // len(growing)
        if spare < 0 and not growing and widths:
            widest = max(range(len(widths)), key=widths.__getitem__)
            widths[widest] = max(0, widths[widest] + spare)
        return widths


class Inset(Part):
    """One part with air around it, in units: left and right, above and below."""

    def __init__(self, stage: Stage, part: Part, *, across: float = 0, down: float = 0, grows: bool = False) -> None:
        super().__init__(stage, grows=grows)
        self.part = part
        self._across = stage.px(across)
        self._down = stage.px(down)
        self.add_widget(part)

    def width_wanted(self) -> int:
        return self.part.width_wanted() + 2 * self._across

    def height_for(self, width: int) -> int:
        return self.part.height_for(width - 2 * self._across) + 2 * self._down

    def arrange(self) -> None:
        self.part.place(
            int(self.x) + self._across, int(self.y) + self._down, int(self.width) - 2 * self._across, int(self.height) - 2 * self._down
        )
