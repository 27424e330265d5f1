"""What ears need on the glass: a ring around the thing that keys have gone to, and darkness on request."""

from kivy.graphics import Color, Line, Rectangle
from kivy.uix.widget import Widget

from kiosk.screens.components.part import Part
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette

_AWAY, _THICK = 8, 8


class Ring(Part):
    """Lies over the page; touches go through it."""

    is_unread = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        with self.canvas:
            self._colour = Color(0, 0, 0, 0)
            self._line = Line(width=max(1.5, stage.px(_THICK) / 2))

    def around(self, part: Widget) -> None:
        """Ring a part."""
        away = self.stage.px(_AWAY)
        x, y = int(part.x) - away, int(part.y) - away
        width, height = int(part.width) + 2 * away, int(part.height) + 2 * away
        self._line.rounded_rectangle = (x, y, width, height, min(self.stage.px(36), width / 2, height / 2))
        self.place(x, y, width, height)

    def paint(self, palette: Palette) -> None:
        self._colour.rgba = palette.colour("focus")

    def on_touch_down(self, touch: object) -> bool:
        del touch
        return False


class Darkness(Part):
    """Nothing to be seen; a finger still does what it does."""

    is_unread = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        with self.canvas:
            Color(0, 0, 0, 1)
            self._rectangle = Rectangle(size=(0, 0))

    def arrange(self) -> None:
        self._rectangle.pos = self.pos
        self._rectangle.size = self.size

    def on_touch_down(self, touch: object) -> bool:
        del touch
        return False
