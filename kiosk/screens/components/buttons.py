"""Buttons of five kinds, a switch, and a choice of one among few."""

from collections.abc import Callable, Sequence

from kiosk.flow.events import Event
from kiosk.screens.components.part import Part, Row
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import PRIMARY_LIFT, Palette, Weight
from kiosk.screens.typeset import Span
from kiosk.voice.spot import Role
from peripherals.values import dataclass
from sync.contract.words import Language


@dataclass(frozen=True, slots=True)
class Kind:
    """How a button looks, at rest and under the finger, and the role of its words."""

    rest: Look
    down: Look
    ink: str
    down_ink: str | None = None
    icon_ink: str | None = None


PRIMARY = Kind(Look("pri", lift=PRIMARY_LIFT, outlined=False), Look("pri_pressed", outlined=False), "onpri")
SECONDARY = Kind(Look("surface", "ctl", 3), Look("pressed", "ctl", 3), "ink")
SOFT = Kind(Look("prisoft"), Look("pressed"), "onprisoft")
CALL = Kind(Look("glazesoft", "glazebd", 3), Look("pressed", "glazebd", 3), "onglaze")
CALL_SOFT = Kind(Look("glazesoft"), Look("pressed"), "onglaze")
CLEAR = Kind(Look("surface", "err", 3), Look("errsoft", "err", 3), "err")
PLAIN = Kind(Look(None, outlined=False), Look("pressed", outlined=False), "ink")
CHOSEN = Kind(Look("pri", outlined=False), Look("pri_pressed", outlined=False), "onpri")


class Button(Pressable):
    """A button: words with an icon before them, or behind where it leads on; `stacked` sets the icon above."""

    def __init__(  # noqa: PLR0913 - facts by name, not an order to remember
        self,
        stage: Stage,
        text: str | Sequence[Span],
        act: Event | Callable[[], None],
        *,
        test_id: str,
        kind: Kind = PRIMARY,
        icon: str | None = None,
        icon_after: bool = False,
        stacked: bool = False,
        role: str = "button",
        weight: Weight | None = None,
        height: float = 120,
        radius: float = 28,
        icon_units: float = 46,
        across: float = 32,
        gap: float = 18,
        language: Language | None = None,
        grows: bool = False,
    ) -> None:
        label = text if isinstance(text, str) else "".join(span.text for span in text)
        super().__init__(stage, test_id=test_id, label=label, act=act, grows=grows)
        self.kind = kind
        self._height = stage.px(stage.theme.high_enough(height))
        self._across = stage.px(across)
        self._gap = stage.px(4 if stacked else gap)
        self._stacked = stacked
        self._icon_after = icon_after
        if kind is CHOSEN:
            self.is_on = True
        self._shape = Shape(self.canvas.before, stage.theme, radius)
        self.icon = Icon(stage, icon, icon_units) if icon else None
        self.text = Text(stage, text, role, weight=weight, centred=True, language=language)
        for part in (self.icon, self.text):
            if part is not None:
                self.add_widget(part)

    def width_wanted(self) -> int:
        icon = self._icon_width()
        words = self.text.width_wanted()
        inner = max(icon, words) if self._stacked else icon + (self._gap if icon else 0) + words
        return inner + 2 * self._across

    def height_for(self, width: int) -> int:
        inner = self.text.height_for(self._words_width(width))
        if self._stacked and self.icon is not None:
            inner += self.icon.height_for(0) + self._gap
        return max(self._height, inner + self.stage.px(24))

    def arrange(self) -> None:
        self._shape.place(int(self.x), int(self.y), int(self.width), int(self.height))
        if self._stacked and self.icon is not None:
            self._arrange_stacked(self.icon)
        else:
            self._arrange_beside()

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, self.kind.down if self.is_down else self.kind.rest)
        ink = self.kind.down_ink or self.kind.ink if self.is_down else self.kind.ink
        self.text.ink = ink
        self.text.paint(palette)
        if self.icon is not None:
            self.icon.ink = self.kind.icon_ink or ink
            self.icon.paint(palette)

    def turn(self, kind: Kind) -> None:
        """Change the kind in place."""
        self.kind = kind
        self.paint(self.stage.theme.palette)

    def _icon_width(self) -> int:
        return self.icon.width_wanted() if self.icon is not None else 0

    def _words_width(self, width: int) -> int:
        icon = 0 if self._stacked or self.icon is None else self._icon_width() + self._gap
        return max(1, width - icon - 2 * min(self._across, max(self.stage.px(10), (width - self.text.width_wanted() - icon) // 2)))

    def _arrange_beside(self) -> None:
        width, height = int(self.width), int(self.height)
        icon = self._icon_width()
        gap = self._gap if icon else 0
        words = min(self.text.width_wanted(), self._words_width(width))
        left = int(self.x) + (width - words - icon - gap) // 2
        text_left = left if self._icon_after else left + icon + gap
        self.text.place(text_left, int(self.y), words, height)
        if self.icon is not None:
            self.icon.place(left + words + gap if self._icon_after else left, int(self.y), icon, height)

    def _arrange_stacked(self, icon: Icon) -> None:
        width = int(self.width)
        words = self._words_width(width)
        text_height = self.text.height_for(words)
        block = text_height + self._gap + icon.height_for(0)
        bottom = int(self.y) + (int(self.height) - block) // 2
        self.text.place(int(self.x) + (width - words) // 2, bottom, words, text_height)
        icon.place(int(self.x), bottom + text_height + self._gap, width, icon.height_for(0))


def switch(
    stage: Stage, text: str, act: Event | Callable[[], None], *, test_id: str, on: bool, icon: str, height: float = 100, grows: bool = True
) -> Button:
    """Return a switch: pine with a check mark when it is on. Letters run longer than Chinese and are set a little smaller."""
    chinese = stage.theme.language is Language.ZH
    button = Button(
        stage, text, act, test_id=test_id, kind=CHOSEN if on else SECONDARY, icon="check" if on else icon,
        role="toggle" if chinese else "caption", weight=Weight.BOLD if on else Weight.MEDIUM, height=height,
        icon_units=42 if chinese else 36, across=14 if chinese else 8, gap=12 if chinese else 8, grows=grows,
    )  # fmt: skip
    button.is_on = on
    return button


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the choices of a segmented control; `language` is that of its words, where it isn't the resident's."""

    text: str
    act: Event | Callable[[], None]
    test_id: str
    is_on: bool
    language: Language | None = None


class Segmented(Part):
    """One control of a few choices, of which exactly one is on. It is as wide as its words, or even with `even`."""

    def __init__(
        self, stage: Stage, choices: Sequence[Choice], *, height: float = 100, even: bool = False, check: bool = False, grows: bool = False
    ) -> None:
        super().__init__(stage, grows=grows)
        self._height = stage.px(height)
        self._border = stage.px(3)
        self._shape = Shape(self.canvas.before, stage.theme, 28)
        self._segments = [self._segment(choice, check=check) for choice in choices]
        self._row = Row(stage, self._segments, even=even)
        self.add_widget(self._row)

    def _segment(self, choice: Choice, *, check: bool) -> Button:
        kind = Kind(Look("pri", outlined=False), Look("pri_pressed", outlined=False), "onpri") if choice.is_on else PLAIN
        button = Button(
            self.stage, choice.text, choice.act, test_id=choice.test_id, kind=kind, role="toggle", height=100 - 6, across=16, radius=25,
            weight=Weight.BOLD if choice.is_on else Weight.MEDIUM, language=choice.language, grows=False,
            icon="check" if check and choice.is_on else None, icon_units=42,
        )  # fmt: skip
        button.spoken, button.is_on = Role.OPTION, choice.is_on
        return button

    def width_wanted(self) -> int:
        return self._row.width_wanted() + 2 * self._border

    def height_for(self, width: int) -> int:
        return max(self._height, self._row.height_for(width - 2 * self._border) + 2 * self._border)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        # A segment is not wider than its words need; what is left over is shared out evenly.
        spare = (width - 2 * self._border - sum(part.width_wanted() for part in self._segments)) // max(1, len(self._segments))
        left = x + self._border
        for segment in self._segments:
            inner = segment.width_wanted() + spare
            segment.place(left, y + self._border, inner, height - 2 * self._border)
            left += inner

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look("surface", "ctl", 3))
