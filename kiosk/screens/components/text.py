"""Texts and icons: lines are set by `typeset`, each run is one texture, tinted by its colour role."""

from collections.abc import Sequence
from itertools import pairwise

from kivy.core.text import Label as TextTexture
from kivy.graphics import Color, Rectangle

from kiosk.screens.components.part import Part
from kiosk.screens.glyphs import Face
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import TYPE, Palette, Weight
from kiosk.screens.typeset import Line, Run, Span, spans_of, width_em
from sync.contract.words import Language

_SLACK = 1.01
"""Hinting rounds every advance; this keeps a line that fits on paper from overrunning on glass."""

_SPARE = 0.04
"""SDL_ttf may measure a line by advances that it kept, and draw it by others: so much wider is what it is drawn on, or its end is cut."""

_SMALLER = 0.92
"""By how much type is set smaller at a time, until a long word stands on its line."""


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _texture(face: Face, text: str, size_px: int, spare_px: int = 0) -> TextTexture:
    spare = (0, 0, spare_px, 0)  # at the right
    label = TextTexture(text=text, font_name=str(face.path), font_size=size_px, font_hinting="light", padding=spare)
    label.refresh()
    return label


class Text(Part):
    """A text that breaks into lines at the width it is given.

    A `str` is a fixed text in which **stars** mark what is strong; words that come from a person or a package go in as spans.
    In large type a word that is longer than its line is set smaller instead of broken, down to the size that it has in normal type.
    """

    keeps_size = False

    def __init__(  # noqa: PLR0913 - facts by name, not an order to remember
        self,
        stage: Stage,
        text: str | Sequence[Span],
        role: str = "body",
        *,
        ink: str = "ink",
        weight: Weight | None = None,
        centred: bool = False,
        size_px: int | None = None,
        language: Language | None = None,
        grows: bool = False,
    ) -> None:
        super().__init__(stage, grows=grows)
        self.spans: Sequence[Span] = spans_of(text) if isinstance(text, str) else text
        self.role = role
        self.ink = ink
        self._weight = weight or TYPE[role].weight
        self._centred = centred
        self._language = language
        self._wanted_px = self._size_px = size_px or stage.theme.type_px(role)
        self._least_px = self._wanted_px if self.keeps_size else min(self._wanted_px, stage.theme.normal_px(role))
        self._set: dict[int | None, tuple[int, tuple[Line, ...]]] = {}
        self._drawn: tuple[int | None, tuple[int, int]] | None = None
        with self.canvas:
            self._colour = Color(1, 1, 1, 1)
        self._runs: list[tuple[Rectangle, int, int]] = []

    @property
    def plain(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)

    def say(self, text: str | Sequence[Span]) -> None:
        """Change the words in place."""
        spans = spans_of(text) if isinstance(text, str) else text
        if spans != self.spans:
            self.spans = spans
            self._set.clear()
            self._drawn = None
            if self.width:
                self.arrange()

    def width_wanted(self) -> int:
        return self._width_of(*self._lines(None))

    def height_for(self, width: int) -> int:
        size, lines = self._lines(width)
        return max(1, len(lines)) * self._line_px(size)

    def narrow(self, width: int) -> int:
        """Set the words on one line smaller, where they are longer than `width`; return how long they are then."""
        _, lines = self._lines(None)
        at_wanted = self._width_of(self._wanted_px, lines)
        size = max(self._least_px, min(self._wanted_px, self._wanted_px * width // max(1, at_wanted)))
        if size != self._size_px:
            self._size_px = size
            self._set.clear()
            self._drawn = None
        return self.width_wanted()

    def is_cut(self) -> bool:
        """Whether the text doesn't fit its place."""
        size, lines = self._lines(int(self.width))
        hair = 1 + size // 32
        block = (len(lines) - 1) * self._line_px(size) + size  # the air of the outer lines may stand over
        return self._width_of(size, lines) > int(self.width) + hair or block > int(self.height) + hair

    def cuts_words(self, width: int | None = None) -> bool:
        """Whether a word in letters is broken between two lines, at its own width or at another."""
        _, lines = self._lines(int(self.width) if width is None else width)
        return self._cuts(lines)

    def arrange(self) -> None:
        measure = int(self.width)
        size, lines = self._lines(measure)
        if self._drawn is None or self._drawn[0] != measure:
            self._render(size, lines)
        line_px = self._line_px(size)
        block = len(lines) * line_px
        top = int(self.y) + (int(self.height) + block) // 2
        places = iter(self._runs)
        for place, line in enumerate(lines):
            middle = top - place * line_px - line_px / 2
            left = int(self.x) + ((measure - self._width_of(size, (line,))) // 2 if self._centred else 0)
            for _ in line:
                rectangle, width, rise = next(places)
                rectangle.pos = (left, round(middle) - rise)
                left += width
        self._drawn = (measure, (int(self.x), int(self.y)))

    def paint(self, palette: Palette) -> None:
        self._colour.rgba = palette.colour(self.ink)

    def _line_px(self, size_px: int) -> int:
        return round(size_px * TYPE[self.role].line)

    def _lines(self, width: int | None) -> tuple[int, tuple[Line, ...]]:
        """Return the size of type at a width, and the lines."""
        if width not in self._set:
            size = self._size_px
            lines = self._lines_at(size, width)
            while size > self._least_px and self._cuts(lines):
                size = max(self._least_px, int(size * _SMALLER))
                lines = self._lines_at(size, width)
            self._set[width] = (size, lines)
        return self._set[width]

    def _lines_at(self, size_px: int, width: int | None) -> tuple[Line, ...]:
        setter = self.stage.theme.setter(self._weight, self._language)
        return setter.set(self.spans, None if width is None else width / size_px / _SLACK + 0.02)

    def _cuts(self, lines: Sequence[Line]) -> bool:
        """Whether a word in letters is broken between two lines."""
        said = ["".join(run.text for run in line) for line in lines]
        return any(
            _is_letter(before[-1:]) and _is_letter(line[:1]) and f"{before[-4:]}{line[:4]}" in self.plain for before, line in pairwise(said)
        )

    def _width_of(self, size_px: int, lines: Sequence[Line]) -> int:
        return max((int(width_em(line) * size_px * _SLACK) + 1 for line in lines), default=0)

    def _render(self, size_px: int, lines: Sequence[Line]) -> None:
        for rectangle, _, _ in self._runs:
            self.canvas.remove(rectangle)
        self._runs = [self._render_run(size_px, line[0], run) for line in lines for run in line]

    def _render_run(self, size_px: int, lead: Run, run: Run) -> tuple[Rectangle, int, int]:
        """Draw one run so that its baseline is the line's: `rise` is from its bottom to the middle of the line."""
        spare = 2 + round(run.width_em * size_px * _SPARE)
        label = _texture(run.face, run.text, size_px, spare)
        width, height = label.texture.size
        with self.canvas:
            rectangle = Rectangle(texture=label.texture, size=(width, height))
        baseline_to_middle = (lead.face.ascent - lead.face.descent) / 2 * size_px
        below_baseline = height - run.face.ascent * size_px
        return rectangle, width - spare, round(baseline_to_middle + below_baseline)


class Icon(Part):
    """One icon, `units` wide and high."""

    def __init__(self, stage: Stage, name: str, units: float = 46, *, ink: str = "ink", fallback: str = "description") -> None:
        super().__init__(stage)
        self.ink = ink
        self._units = units
        self._fallback = fallback
        self._side = stage.px(units)
        with self.canvas:
            self._colour = Color(1, 1, 1, 1)
            self._rectangle = Rectangle(size=(0, 0))
        self.name = ""
        self.show(name)

    def show(self, name: str) -> None:
        """Change the icon in place. A name that the font doesn't know, from an item's package, shows the fallback."""
        if name == self.name:
            return
        self.name = name
        face = self.stage.theme.fonts.icons
        char = face.icon(name if face.has_icon(name) else self._fallback)
        label = _texture(face, char, self._side)
        self._rectangle.texture = label.texture
        self._rectangle.size = label.texture.size

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        width, height = self._rectangle.size
        # The em box of an icon stands 0.1 em above the bottom of its line.
        above = round(self.stage.theme.fonts.icons.descent * self._side)
        x = int(self.x) + (int(self.width) - int(width)) // 2
        y = int(self.y) + (int(self.height) - self._side) // 2 - (above if height > self._side else 0)
        self._rectangle.pos = (x, y)

    def paint(self, palette: Palette) -> None:
        self._colour.rgba = palette.colour(self.ink)
