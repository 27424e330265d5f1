"""Cards, and what stands in them: icons in boxes, badges, banners."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from kiosk.flow.events import Event
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Look, Shape
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
