"""A rounded shape with border and shadow, in the canvas of a part."""

from dataclasses import dataclass

from kivy.graphics import BoxShadow, Color, InstructionGroup, Rectangle, SmoothRoundedRectangle
from kivy.graphics.instructions import Canvas

from kiosk.screens.theme import Theme
from kiosk.screens.tokens import Lift, Palette


@dataclass(frozen=True, slots=True)
class Look:
    """Roles of fill and border; `border` in units. `outlined` takes a border where the palette can't show the tint."""

    fill: str | None
    edge: str | None = None
    border: float = 0
    lift: Lift | None = None
    outlined: bool = True


Drawn = tuple[Color, SmoothRoundedRectangle]


class Shape:
    """Draws itself into a canvas. A border is a second rounded rectangle inside the first: even at every size."""

    def __init__(self, canvas: Canvas, theme: Theme, radius: float) -> None:
        self._theme = theme
        self.radius = radius
        self._box = (0, 0, 0, 0)
        self._group = InstructionGroup()
        self._shadow: tuple[Color, BoxShadow] | None = None
        self._edge: tuple[Color, SmoothRoundedRectangle] | None = None
        self._fill: tuple[Color, SmoothRoundedRectangle] | None = None
        canvas.add(self._group)

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Take this box."""
        self._box = (x, y, width, height)

    def paint(self, palette: Palette, look: Look) -> None:
        """Draw with these roles."""
        x, y, width, height = self._box
        radius = min(self._theme.px(self.radius), width // 2, height // 2)
        border, edge = look.border, look.edge
        if look.outlined and edge is None and palette.outline:
            border, edge = palette.outline, "line"
        inner = self._theme.px(border) if edge else 0
        self._cast(palette, look.lift, radius)
        self._edge = self._fit(self._edge, palette, edge, (x, y, width, height), radius)
        self._fill = self._fit(
            self._fill, palette, look.fill, (x + inner, y + inner, width - 2 * inner, height - 2 * inner), radius - inner
        )

    def _cast(self, palette: Palette, lift: Lift | None, radius: int) -> None:
        """Draw the shadow. It has a shader of its own, so a shape without one never makes it."""
        if lift is None or palette.shadow is None:
            if self._shadow is not None:
                self._shadow[0].a = 0
            return
        if self._shadow is None:
            self._shadow = (Color(0, 0, 0, 0), BoxShadow())
            for place, part in enumerate(self._shadow):
                self._group.insert(place, part)
        tinted = lift.role is not None and palette.shadow_strength == 1.0
        red, green, blue, _ = palette.colour(lift.role) if tinted and lift.role else palette.shadow
        colour, shadow = self._shadow
        colour.rgba = (red, green, blue, min(0.5, lift.alpha * palette.shadow_strength))
        shadow.pos = self._box[:2]
        shadow.size = self._box[2:]
        shadow.offset = (0, -self._theme.px(lift.down))
        shadow.blur_radius = self._theme.px(lift.blur)
        shadow.spread_radius = (0, 0)
        shadow.border_radius = (radius,) * 4

    def _fit(self, drawn: Drawn | None, palette: Palette, role: str | None, box: tuple[int, int, int, int], radius: int) -> Drawn | None:
        """Draw, change or hide one of the rectangles."""
        if role is None:
            if drawn is not None:
                drawn[0].a = 0
            return drawn
        if drawn is None:
            drawn = (Color(), SmoothRoundedRectangle())
            below = (2 if self._shadow else 0) if self._fill is not None and self._edge is None else len(self._group.children)
            for place, part in enumerate(drawn):
                self._group.insert(below + place, part)
        colour, shape = drawn
        colour.rgba = palette.colour(role)
        shape.pos, shape.size, shape.radius = box[:2], box[2:], [max(radius, 1)]
        return drawn


class Fill:
    """A plain rectangle of one role."""

    def __init__(self, canvas: Canvas) -> None:
        with canvas:
            self._colour = Color(0, 0, 0, 0)
            self._rectangle = Rectangle(size=(0, 0))

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Take this box."""
        self._rectangle.pos = (x, y)
        self._rectangle.size = (width, height)

    def paint(self, palette: Palette, role: str | None, alpha: float = 1.0) -> None:
        """Draw in this role."""
        self._colour.rgba = palette.colour(role, alpha) if role else (0, 0, 0, 0)
