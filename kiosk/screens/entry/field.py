"""A field: its label, its box with what was entered, and one line under it that helps."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from kiosk.screens.components.mask import Rounded
from kiosk.screens.components.part import Part
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.keys import Quick
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span, width_em
from kiosk.voice.normal import name_spoken
from kiosk.voice.spot import Role
from peripherals.values import dataclass


class FieldLook(StrEnum):
    """How a field stands."""

    EMPTY = "empty"
    FOCUS = "focus"
    GOOD = "good"
    WRONG = "wrong"
    WRONG_FOCUS = "wrong_focus"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a field shows: the value as the glass groups it, letters being typed, the hint of an empty field, and one message."""

    look: FieldLook = FieldLook.EMPTY
    shown: str = ""
    letters: str = ""
    hint: str = ""
    message: str = ""

    @property
    def has_focus(self) -> bool:
        """Whether keys go here."""
        return self.look in (FieldLook.FOCUS, FieldLook.WRONG_FOCUS)

    @property
    def is_wrong(self) -> bool:
        """Whether something is to be put right."""
        return self.look in (FieldLook.WRONG, FieldLook.WRONG_FOCUS)


class _Typed(Text):
    """Text that knows where it ends, for the caret. Its type does not change while somebody types."""

    keeps_size = True

    def end_for(self, width: int) -> tuple[int, int]:
        """Return how far the last line reaches and how many lines there are."""
        size, lines = self._lines(width)
        last = round(width_em(lines[-1]) * size * 1.01) if lines else 0
        return last, max(1, len(lines))

    @property
    def line_px(self) -> int:
        """Distance of two lines."""
        return self._line_px(self._size_px)


class _Content(Part):
    """What was entered, the letters behind it, and the caret."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._filled = Filled()
        self._value = _Typed(stage, [Span("")], "input")
        self._letters = _Typed(stage, [Span("")], "input", ink="pri")
        self._hint = Text(stage, [Span("")], "lead", ink="ink2")
        self._underline = Fill(self.canvas.after)
        self._caret = Fill(self.canvas.after)
        for part in (self._value, self._letters, self._hint):
            self.add_widget(part)

    def show(self, filled: Filled) -> None:
        """Show another content."""
        self._filled = filled
        self._value.say([Span(filled.shown)])
        self._letters.say([Span(filled.letters)])
        self._hint.say([Span("" if filled.shown or filled.letters else filled.hint)])

    def lines_for(self, width: int) -> int:
        """Return how many lines the content takes."""
        end, lines = self._value.end_for(width)
        return lines + (1 if end + self._letters.width_wanted() > width and self._filled.letters else 0)

    def height_for(self, width: int) -> int:
        return self.lines_for(width) * self._value.line_px

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        line = self._value.line_px
        end, lines = self._value.end_for(width)
        whole = self.lines_for(width)
        top = y + (height + whole * line) // 2
        self._value.place(x, top - lines * line, width, lines * line)
        aside = self.stage.px(24) if self._filled.has_focus else 0
        self._hint.narrow(width - aside)
        self._hint.place(x + aside, y, width - aside, height)
        left = end + self.stage.px(10 if end and self._filled.letters else 4 if end else 0)
        if whole > lines:
            left = 0
        letters = self._letters.width_wanted() if self._filled.letters else 0
        bottom = top - whole * line
        self._letters.place(x + left, bottom, max(1, letters), line)
        self._underline.place(x + left, bottom, letters, self.stage.px(4) if letters else 0)
        caret = round(line * 0.9)
        self._caret.place(
            x + left + letters + self.stage.px(6), bottom + (line - caret) // 2, self.stage.px(5) if self._filled.has_focus else 0, caret
        )

    def paint(self, palette: Palette) -> None:
        self._underline.paint(palette, "pri")
        self._caret.paint(palette, "err" if self._filled.is_wrong else "pri")


class _Clear(Pressable):
    """The cross that empties a field; its target is larger than what is drawn."""

    def __init__(self, stage: Stage, name: str, act: Callable[[], None]) -> None:
        super().__init__(stage, test_id=f"clear-{name}", label=stage.say("form.clear"), act=act)
        self._icon = Icon(stage, "cancel", 48, ink="ink2")
        self.add_widget(self._icon)

    def arrange(self) -> None:
        self._icon.place(int(self.x), int(self.y), int(self.width), int(self.height))

    def paint(self, palette: Palette) -> None:
        self._icon.ink = "ink" if self.is_down else "ink2"
        self._icon.paint(palette)


class FieldBox(Quick):
    """The box; pressing it brings its keys."""

    UNITS = 112
    spoken = Role.FIELD

    def __init__(
        self, stage: Stage, name: str, label: str, act: Callable[[], None], clear: Callable[[], None], *, icon: str | None = None
    ) -> None:
        super().__init__(stage, test_id=f"field-{name}", label=label, act=act)
        self.filled = Filled()
        self._radius = 24
        self._halo = Rounded()
        self._halo.add_to(self.canvas.before)
        self._shape = Shape(self.canvas.before, stage.theme, self._radius)
        self._content = _Content(stage)
        self._leading = Icon(stage, icon, 46, ink="ink2") if icon else None
        self._sign = Icon(stage, "check_circle", 46, ink="ok")
        self._clear = _Clear(stage, name, clear)
        self.add_widget(self._content)
        if self._leading is not None:
            self.add_widget(self._leading)

    is_name = False  # of a person: its surname is read as surnames are

    @property
    def value(self) -> str:
        shown = self.filled.shown + self.filled.letters
        return name_spoken(shown) if self.is_name else shown

    def show(self, filled: Filled) -> bool:
        """Show another content; tells whether the box wants another height."""
        before = self._content.lines_for(self._inner(int(self.width))) if self.width else 0
        self.filled = filled
        self._content.show(filled)
        has_clear = filled.has_focus and bool(filled.shown or filled.letters)
        self._keep(self._clear, kept=has_clear)
        self._keep(self._sign, kept=not has_clear and filled.look in (FieldLook.GOOD, FieldLook.WRONG, FieldLook.WRONG_FOCUS))
        self._sign.show("error" if filled.is_wrong else "check_circle")
        self._sign.ink = "err" if filled.is_wrong else "ok"
        if not self.width:
            return True
        self.arrange()
        self.paint(self.stage.theme.palette)
        return self._content.lines_for(self._inner(int(self.width))) != before

    def height_for(self, width: int) -> int:
        return max(self.stage.px(self.UNITS), self._content.height_for(self._inner(width)) + self.stage.px(44))

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        left = x + self.stage.px(34)
        if self._leading is not None:
            self._leading.place(left, y, self._leading.width_wanted(), height)
        self._content.place(left + self._lead(), y, self._inner(width), height)
        target = self._end()
        self._clear.place(x + width - target, y + (height - self.stage.px(96)) // 2, target, self.stage.px(96))
        self._sign.place(x + width - target, y, target, height)

    def paint(self, palette: Palette) -> None:
        look = {
            FieldLook.FOCUS: Look("surface", "pri", 5), FieldLook.WRONG: Look("surface", "err", 5),
            FieldLook.WRONG_FOCUS: Look("surface", "err", 5),
        }.get(self.filled.look, Look("pressed" if self.is_down else "surface", "ctl", 3))  # fmt: skip
        self._shape.paint(palette, look)
        halo = self.stage.px(8) if self.filled.has_focus and not palette.outline else 0
        colour = palette.colour("errsoft" if self.filled.is_wrong else "prisoft") if halo else (0, 0, 0, 0)
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._halo.fit(x - halo, y - halo, width + 2 * halo, height + 2 * halo, self.stage.px(self._radius) + halo, colour)
        for part in (self._content, self._sign, self._clear):
            part.paint(palette)

    def _lead(self) -> int:
        return self._leading.width_wanted() + self.stage.px(16) if self._leading is not None else 0

    def _inner(self, width: int) -> int:
        return max(1, width - self.stage.px(34) - self._lead() - self._end())

    def _end(self) -> int:
        """Return the room for the cross."""
        return self.stage.px(84 if self.stage.theme.panel.is_short else 112)

    def _keep(self, part: Part, *, kept: bool) -> None:
        if kept and part.parent is None:
            self.add_widget(part)
        elif not kept and part.parent is not None:
            self.remove_widget(part)


class Message(Part):
    """The line under a field: an arrow and what is wrong, a check and what is well, or a word of help."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._icon = Icon(stage, "info", 40, ink="ink2")
        self._role = "caption" if stage.theme.panel.is_compact and stage.theme.is_large else "body"  # beside keys it has long lines only
        self._text = Text(stage, [Span("")], self._role)
        self._gap = stage.px(12)
        self.add_widget(self._icon)
        self.add_widget(self._text)

    def show(self, filled: Filled) -> None:
        """Take over the message of a field."""
        ink, icon = (
            ("err", "arrow_upward") if filled.is_wrong else ("ok", "check_circle") if filled.look is FieldLook.GOOD else ("ink2", "info")
        )
        self._icon.show(icon)
        self._icon.ink = self._text.ink = ink
        self._text.say([Span(filled.message)])

    def height_for(self, width: int) -> int:
        return self._text.height_for(self._inner(width))

    def arrange(self) -> None:
        x, width, top = int(self.x), int(self.width), int(self.top)
        line = self.stage.theme.line_px(self._role)
        self._icon.place(x, top - line, self._icon.width_wanted(), line)
        height = self._text.height_for(self._inner(width))
        self._text.place(x + self._icon.width_wanted() + self._gap, top - height, self._inner(width), height)

    def _inner(self, width: int) -> int:
        return max(1, width - self._icon.width_wanted() - self._gap)


class Answer(Protocol):
    """What a question is answered with: a part that shows how the answer stands."""

    def show(self, filled: Filled) -> bool:
        """Show how the answer stands; tells whether another height is wanted."""

    def height_for(self, width: int) -> int:
        """Return the height at a width."""

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Take this place."""


class Question(Part):
    """Label, something to answer with, the message under it when there is one, and what is offered `below`."""

    def __init__(
        self,
        stage: Stage,
        label: str,
        answer: Answer,
        *,
        note: str = "",
        help_text: str = "",
        bare: bool = False,
        below: Part | None = None,
    ) -> None:
        super().__init__(stage)
        self.answer = answer
        self._below = below
        if below is not None:
            self.add_widget(below)
        self._message = Message(stage)
        self._said = ""
        self._air = stage.px(6 if stage.theme.panel.is_compact else 10)
        self._above: list[Part] = []
        if not bare:
            self._above.append(_Label(stage, label, note, help_text))
        self.add_widget(answer)
        for part in self._above:
            self.add_widget(part)

    def show(self, filled: Filled) -> bool:
        """Show how the answer stands; tells whether another height is wanted."""
        resized = self.answer.show(filled)
        if filled.message != self._said:
            resized = True
            self._said = filled.message
        self._message.show(filled)
        if filled.message and self._message.parent is None:
            self.add_widget(self._message)
        elif not filled.message and self._message.parent is not None:
            self.remove_widget(self._message)
        self._message.paint(self.stage.theme.palette)
        return resized

    def height_for(self, width: int) -> int:
        return sum(part.height_for(width) for part in self._parts()) + self._air * (len(self._parts()) - 1)

    def arrange(self) -> None:
        x, top, width = int(self.x), int(self.top), int(self.width)
        for part in self._parts():
            height = part.height_for(width)
            part.place(x, top - height, width, height)
            top -= height + self._air

    def _parts(self) -> Sequence[Part | Answer]:
        below = [] if self._below is None else [self._below]
        return [*self._above, self.answer, *([self._message] if self._said else []), *below]


class _Label(Part):
    """The question in bold, whether it may stay empty, and help beside it, or under it where there's no room."""

    def __init__(self, stage: Stage, label: str, note: str, help_text: str) -> None:
        super().__init__(stage)
        self._label = Text(stage, [Span(label)], "body", weight=Weight.BOLD)
        said = "\u3000".join(part for part in (note, help_text) if part)
        self._help = Text(stage, [Span(said)], "caption", ink="ink2") if said else None
        self._gap = stage.px(18)
        self.add_widget(self._label)
        if self._help is not None:
            self.add_widget(self._help)

    def height_for(self, width: int) -> int:
        label = self._label.height_for(width)
        return label if self._help is None or self._is_beside(width) else label + self._help.height_for(width)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        if self._help is None:
            self._label.place(x, y, width, height)
        elif self._is_beside(width):
            own = self._label.width_wanted()
            self._label.place(x, y, own, height)
            self._help.place(x + own + self._gap, y, width - own - self._gap, height)
        else:
            below = self._help.height_for(width)
            self._label.place(x, y + below, width, height - below)
            self._help.place(x, y, width, below)

    def _is_beside(self, width: int) -> bool:
        return self._help is not None and self._label.width_wanted() + self._gap + self._help.width_wanted() <= width
