"""A rounded shape with border and shadow, in the canvas of a part."""

from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.graphics.instructions import Canvas

from kiosk.screens.components.mask import Rounded
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import Lift, Palette
from peripherals.values import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Roles of fill and border; `border` in units. `outlined` takes a border where the palette can't show the tint."""

    fill: str | None
    edge: str | None = None
    border: float = 0
    lift: Lift | None = None
    outlined: bool = True


class Shape:
    """Draws itself into a canvas. A border is a second rounded rectangle inside the first: even at every size."""

    def __init__(self, canvas: Canvas, theme: Theme, radius: float) -> None:
        self._theme = theme
        self.radius = radius
        self._box = (0, 0, 0, 0)
        self._group = InstructionGroup()
        self._shadow: Rounded | None = None
        self._edge: Rounded | None = None
        self._fill: Rounded | None = None
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
        """Draw the shadow; a shape without one never makes it."""
        if lift is None or palette.shadow is None:
            if self._shadow is not None:
                self._shadow.hide()
            return
        if self._shadow is None:
            self._shadow = Rounded()
            self._shadow.add_to(self._group, 0)
        tinted = lift.role is not None and palette.shadow_strength == 1.0
        red, green, blue, _ = palette.colour(lift.role) if tinted and lift.role else palette.shadow
        x, y, width, height = self._box
        colour = (red, green, blue, min(0.5, lift.alpha * palette.shadow_strength))
        self._shadow.fit(x, y - self._theme.px(lift.down), width, height, radius, colour, blur=self._theme.px(lift.blur))

    def _fit(
        self, drawn: Rounded | None, palette: Palette, role: str | None, box: tuple[int, int, int, int], radius: int
    ) -> Rounded | None:
        """Draw, change or hide one of the rectangles."""
        if role is None:
            if drawn is not None:
                drawn.hide()
            return drawn
        if drawn is None:
            drawn = Rounded()
            is_edge_below = self._fill is not None and self._edge is None
            drawn.add_to(self._group, (1 if self._shadow else 0) if is_edge_below else None)
        drawn.fit(*box, max(radius, 1), palette.colour(role))
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
