"""Keys and the bed they lie in."""

import time
from collections.abc import Callable, Sequence

from kivy.input.motionevent import MotionEvent

from kiosk.screens.components.mask import Rounded
from kiosk.screens.components.part import Part
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Fill
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span
from kiosk.voice.spot import Role
from peripherals.values import dataclass

_GUARD_S = 0.08
"""Letters are doubled on purpose, so the guard against trembling is short here."""
_LARGEST_SCALE = 1.3
_LIP = 3
_MUCH_LONGER = 1.25
"""A face that is longer than its key by no more than this stands over into the air beside the key, in one line."""
_LIP_RGBA = (0.28, 0.21, 0.08, 0.22)


@dataclass(frozen=True, slots=True)
class KeyKind:
    """Roles of a key: its fill, its fill under the finger, its ink, and its type."""

    fill: str
    down: str
    ink: str
    role: str = "key"
    weight: Weight = Weight.MEDIUM


LETTER = KeyKind("key", "pressed", "ink")
FIGURE = KeyKind("key", "pressed", "ink", "h1", Weight.MEDIUM)
FUNCTION = KeyKind("function_key", "ctl", "ink", "toggle")
SPACE = KeyKind("key", "pressed", "ink2", "toggle")
DONE = KeyKind("pri", "pri_pressed", "onpri", "toggle", Weight.BOLD)


class Quick(Pressable):
    """Pressed in quick succession: only a touch that follows the last one faster than any finger is taken for a trembling one."""

    spoken = Role.KEY

    def press(self) -> None:
        """Act as a finger does."""
        self._acted_at = time.monotonic()
        if callable(self.act):
            self.act()
        else:
            self.stage.send(self.act)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if self.contains(*touch.pos) and time.monotonic() - self._acted_at < _GUARD_S:
            return True
        return super().on_touch_down(touch)


class Key(Quick):
    """One key. Its face is words, an icon, or both."""

    def __init__(
        self, stage: Stage, text: str, act: Callable[[], None], *, test_id: str, label: str = "",
        kind: KeyKind = LETTER, icon: str | None = None,
        radius: float = 18,
    ) -> None:  # fmt: skip
        super().__init__(stage, test_id=test_id, label=label or text, act=act)
        self.kind = kind
        self._radius = stage.px(radius)
        self._lip = stage.px(_LIP)
        self._lip_shape, self._edge, self._fill = Rounded(), Rounded(), Rounded()
        for shape in (self._lip_shape, self._edge, self._fill):
            shape.add_to(self.canvas.before)
        self._icon = Icon(stage, icon, 44, ink=kind.ink) if icon else None
        size_px = key_type_px(stage, kind.role)
        self._text = Text(stage, [Span(text)], kind.role, ink=kind.ink, weight=kind.weight, centred=True, size_px=size_px) if text else None
        for part in (self._icon, self._text):
            if part is not None:
                self.add_widget(part)

    def say(self, text: str) -> None:
        """Change the face in place."""
        if text == self.label or self._text is None:
            return
        self.label = text
        self._text.say([Span(text)])
        if self.width:
            self.arrange()

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        text = self._text.width_wanted() if self._text else 0
        icon = self._icon.width_wanted() if self._icon else 0
        gap = self.stage.px(14) if text and icon else 0
        if self._text is not None and text > width - icon - gap:
            text = self._text.narrow(width - icon - gap)
        if text > _MUCH_LONGER * (width - icon - gap):
            text = width - icon - gap - self.stage.px(16)  # it breaks into lines
        left = x + (width - text - icon - gap) // 2
        if self._icon is not None:
            self._icon.place(left, y, icon, height)
        if self._text is not None:
            self._text.place(left + icon + gap, y, text, height)

    def paint(self, palette: Palette) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        bare = palette.outline > 0
        fill = self.kind.down if self.is_down else self.kind.fill
        border = self.stage.px(3) if bare and self.kind.fill != "pri" else 0
        self._lip_shape.fit(x, y - self._lip, width, height, self._radius, (0, 0, 0, 0) if bare else _LIP_RGBA)
        self._edge.fit(x, y, width, height, self._radius, palette.colour("line") if border else (0, 0, 0, 0))
        self._fill.fit(x + border, y + border, width - 2 * border, height - 2 * border, self._radius - border, palette.colour(fill))
        for part in (self._icon, self._text):
            if part is not None:
                part.paint(palette)


def key_type_px(stage: Stage, role: str) -> int:
    """Return the size of type on a key: it grows with the resident's scale as far as the keys, which do not grow, have room."""
    scale = stage.theme.scale
    return round(stage.theme.type_px(role) * min(scale, _LARGEST_SCALE) / scale)


@dataclass(frozen=True, slots=True)
class Cell:
    """A key's place in a bed: its row, where it begins and how wide it is, in units of the reference panel; `rows` high."""

    key: Part
    row: int
    left: float
    width: float
    rows: int = 1


class Bed(Part):
    """Rows of keys, drawn for a width of 1080 units and centred where there is more."""

    WIDTH = 1080

    def __init__(
        self, stage: Stage, cells: Sequence[Cell], *, rows: int, row_units: float, gap: float = 12, top: float = 20, bottom: float = 26
    ) -> None:
        super().__init__(stage)
        self._cells = tuple(cells)
        self._rows = rows
        self._row_units = row_units
        self._gap = gap
        self._top = top
        self._bottom = bottom
        self._fill = Fill(self.canvas.before)
        for cell in self._cells:
            self.add_widget(cell.key)

    @property
    def units(self) -> float:
        """How high the bed is, in units."""
        return self._top + self._rows * self._row_units + (self._rows - 1) * self._gap + self._bottom

    def height_for(self, width: int) -> int:
        del width
        return self.stage.theme.key_px(self.units)

    def arrange(self) -> None:
        x, top, width = int(self.x), int(self.top), int(self.width)
        self._fill.place(x, int(self.y), width, int(self.height))
        scale = min(self.stage.theme.panel.unit_px, width / self.WIDTH)
        left = x + (width - round(self.WIDTH * scale)) // 2
        key_px = self.stage.theme.key_px
        # Where less height is given than is wanted, as under the steps of an address, the rows share it.
        spare = int(self.height) - key_px(self._top) - key_px(self._bottom) - (self._rows - 1) * key_px(self._gap)
        high = min(key_px(self._row_units), spare // self._rows) if self.height else key_px(self._row_units)
        for cell in self._cells:
            height = high * cell.rows + key_px(self._gap) * (cell.rows - 1)
            upper = top - key_px(self._top) - cell.row * (high + key_px(self._gap))
            cell.key.place(left + round(cell.left * scale), upper - height, round(cell.width * scale), height)

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "bed")
