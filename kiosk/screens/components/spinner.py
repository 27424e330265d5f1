"""An arc that turns while something is awaited, ten times a second and for a minute at most; and the countdown's ring."""

from math import cos, radians, sin

from kivy.clock import Clock
from kivy.graphics import Color, SmoothEllipse, SmoothLine

from kiosk.screens.components.part import Part
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette

_TURNS_S = 0.1
_STANDS_AFTER = 600


class Spinner(Part):
    """A quarter arc on its track. On a machine that draws in software each turn costs a frame, so it stops by itself."""

    def __init__(self, stage: Stage, units: float = 68) -> None:
        super().__init__(stage)
        self._side = stage.px(units)
        self._turn = 0
        with self.canvas:
            self._track_colour = Color(1, 1, 1, 1)
            self._track = SmoothLine(width=max(1, stage.px(4)), close=True)
            self._arc_colour = Color(1, 1, 1, 1)
            self._arc = SmoothLine(width=max(1, stage.px(4)), cap="round")
        self._ticking = Clock.schedule_interval(self._on_tick, _TURNS_S)
        self.bind(parent=self._on_parent)

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        radius = self._side / 2 - self.stage.px(5)
        self._track.ellipse = (self.center_x - radius, self.center_y - radius, 2 * radius, 2 * radius)
        self._draw()

    def paint(self, palette: Palette) -> None:
        self._track_colour.rgba = palette.colour("pri", 0.0 if palette.outline else 0.18)
        self._arc_colour.rgba = palette.colour("pri")

    def _draw(self) -> None:
        radius = self._side / 2 - self.stage.px(5)
        start = self._turn * 24 % 360
        self._arc.ellipse = (self.center_x - radius, self.center_y - radius, 2 * radius, 2 * radius, start, start + 100)

    def _on_tick(self, _: float) -> bool:
        if self.get_root_window() is None:
            return self._turn == 0  # not on the glass yet, or no more
        self._turn += 1
        self._draw()
        return self._turn < _STANDS_AFTER

    def _on_parent(self, *_: object) -> None:
        if self.parent is None:
            self._ticking.cancel()


class Ring(Part):
    """How much is left, as an arc of a full ring."""

    def __init__(self, stage: Stage, units: float, *, thick: float = 34) -> None:
        super().__init__(stage)
        self._side = stage.px(units)
        self._thick = stage.px(thick)
        self._left = 1.0
        with self.canvas:
            self._track_colour = Color(1, 1, 1, 1)
            self._track = SmoothLine(width=self._thick / 2, close=True)
            self._arc_colour = Color(1, 1, 1, 1)
            self._arc = SmoothLine(width=self._thick / 2)
            self._ends = [SmoothEllipse(size=(self._thick, self._thick)) for _ in range(2)]

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def show(self, left: float) -> None:
        """Show this part of the whole."""
        self._left = left
        self._draw()

    def arrange(self) -> None:
        self._draw()

    def paint(self, palette: Palette) -> None:
        self._track_colour.rgba = palette.colour("line", 0.0 if palette.outline else 1.0)
        self._arc_colour.rgba = palette.colour("pri")

    def _draw(self) -> None:
        radius = (self._side - self._thick) / 2
        box = (self.center_x - radius, self.center_y - radius, 2 * radius, 2 * radius)
        self._track.ellipse = (*box, 0, 360, 180)
        sweep = max(1.0, 360 * self._left)
        self._arc.ellipse = (*box, 0, sweep, 180)
        for end, angle in zip(self._ends, (0.0, sweep), strict=True):
            x, y = self.center_x + radius * sin(radians(angle)), self.center_y + radius * cos(radians(angle))
            end.pos = (x - self._thick / 2, y - self._thick / 2)
