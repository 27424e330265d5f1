"""Writing by hand: a sheet with the squares of a copybook, what was written may be, and a row of keys."""

from collections.abc import Callable

from kivy.graphics import Color, Line

from kiosk.flow.visit import Ink
from kiosk.input_method.handwriting import OFFERED, Recogniser
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Text
from kiosk.screens.entry.ink import InkSheet
from kiosk.screens.entry.keys import DONE, FUNCTION, Key, Quick
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span

_PEN = 10  # from the middle of the line
_SIDE, _TOP, _BOTTOM = 40, 28, 26
_FOOT, _GAP = 108, 16
_CELL = 168
_ACROSS = 2


class WritingPad(InkSheet):
    """The sheet, with 米字格: a dashed cross and the dashed diagonals."""

    def __init__(self, stage: Stage, written: Callable[[Ink], None]) -> None:
        super().__init__(stage, written, test_id="writing-pad", label=stage.say("keyboard.pad"), pen=_PEN)
        self._shape = Shape(self.canvas.before, stage.theme, 32)
        with self.canvas.before:
            self._guide_colour = Color(0, 0, 0, 0)
            self._guides = [Line(width=1, dash_length=stage.px(12), dash_offset=stage.px(9)) for _ in range(4)]

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        air = self.stage.px(24)
        left, right, low, high = x + air, x + width - air, y + air, y + height - air
        across, up = (left + right) / 2, (low + high) / 2
        for guide, points in zip(
            self._guides,
            ((left, up, right, up), (across, low, across, high), (left, low, right, high), (left, high, right, low)),
            strict=True,
        ):
            guide.points = points
        super().arrange()

    def paint(self, palette: Palette) -> None:
        super().paint(palette)
        self._shape.paint(palette, Look("surface", "ctl", 5))
        self._guide_colour.rgba = palette.colour("glaze", 0.9)


class _Offer(Quick):
    """One character that may be meant; the surest is marked."""

    def __init__(self, stage: Stage, place: int, act: Callable[[], None]) -> None:
        super().__init__(stage, test_id=f"candidate-{place}", label="", act=act)
        self._is_first = place == 0
        self._shape = Shape(self.canvas.before, stage.theme, 24)
        self._text = Text(stage, [Span("")], "candidate", centred=True, weight=Weight.BOLD if self._is_first else Weight.MEDIUM)
        self.add_widget(self._text)

    def say(self, text: str) -> None:
        """Offer another character."""
        if text != self.label:
            self.label = text
            self._text.say([Span(text)])

    def arrange(self) -> None:
        box = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(*box)
        self._text.place(*box)

    def paint(self, palette: Palette) -> None:
        rest = Look("prisoft", "pri", 5) if self._is_first else Look("key", "line", 2)
        self._shape.paint(palette, Look("pressed", "ctl", 3) if self.is_down else rest)
        self._text.ink = "onprisoft" if self._is_first else "ink"
        self._text.paint(palette)


class WritingBed(Part):
    """One character at a time: it is written, the right one among those on offer is tapped, and the sheet is empty again."""

    def __init__(
        self, stage: Stage, recogniser: Recogniser, insert: Callable[[str], None], delete: Callable[[], None], done: Callable[[], None]
    ) -> None:
        super().__init__(stage)
        self._recogniser = recogniser
        self._insert = insert
        self._fill = Fill(self.canvas.before)
        self._pad = WritingPad(stage, self._written)
        self._offers = [_Offer(stage, place, lambda place=place: self._pick(place)) for place in range(OFFERED)]  # type: ignore[misc]
        self._offered: tuple[str, ...] = ()
        self._hint = Text(stage, stage.say("keyboard.hint_writing"), "body", ink="ink", centred=True)
        say = stage.say
        self._foot = [
            Key(stage, say("keyboard.undo"), self._pad.undo, test_id="writing-undo", kind=FUNCTION, icon="undo"),
            Key(stage, say("keyboard.again"), self._pad.empty, test_id="writing-clear", kind=FUNCTION, icon="ink_eraser"),
            Key(stage, say("keyboard.delete"), delete, test_id="key-delete", kind=FUNCTION, icon="backspace"),
            Key(stage, say("keyboard.done"), done, test_id="key-done", kind=DONE),
        ]
        for part in (self._pad, self._hint, *self._foot):
            self.add_widget(part)

    def empty(self) -> None:
        """Take the sheet of whoever wrote on it away."""
        if self._pad.ink.strokes:
            self._pad.empty()

    def arrange(self) -> None:
        px = self.stage.px
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._fill.place(x, y, width, height)
        side, gap = px(_SIDE), px(_GAP)
        left, right = x + side, x + width - side
        key_px = self.stage.theme.key_px
        low, high = y + key_px(_BOTTOM) + key_px(_FOOT) + gap, y + height - key_px(_TOP)
        cell = max(px(_CELL), (right - left) // 6)
        column = right - _ACROSS * cell - (_ACROSS - 1) * gap
        self._pad.place(left, low, column - gap - px(12) - left, high - low)
        tall = (high - low - gap * (OFFERED // _ACROSS - 1)) // (OFFERED // _ACROSS)
        for place, offer in enumerate(self._offers):
            row, at = divmod(place, _ACROSS)
            offer.place(column + at * (cell + gap), high - (row + 1) * tall - row * gap, cell, tall)
        self._hint.place(column, low, right - column, high - low)
        share = (right - left - 3 * gap) // 4
        for place, key in enumerate(self._foot):
            key.place(left + place * (share + gap), y + key_px(_BOTTOM), share, key_px(_FOOT))
        self._show_offers()

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "bed")

    def _written(self, ink: Ink) -> None:
        strokes = [[(x, y) for x, y, _ in stroke] for stroke in ink.strokes]
        self._offered = self._recogniser.characters(strokes, ink.width_mm, ink.height_mm)
        self._show_offers()

    def _show_offers(self) -> None:
        for place, offer in enumerate(self._offers):
            if place < len(self._offered):
                offer.say(self._offered[place])
            self._keep(offer, kept=place < len(self._offered))
        self._keep(self._hint, kept=not self._offered)

    def _keep(self, part: Part, *, kept: bool) -> None:
        if kept and part.parent is None:
            self.add_widget(part)
        elif not kept and part.parent is not None:
            self.remove_widget(part)

    def _pick(self, place: int) -> None:
        if place < len(self._offered):
            character = self._offered[place]
            self._pad.empty()
            self._insert(character)
