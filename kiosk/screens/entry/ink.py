"""A sheet that is written on with a finger: strokes in millimetres and milliseconds, as the finger made them."""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from kivy.graphics import Color, InstructionGroup, SmoothEllipse, SmoothLine
from kivy.input.motionevent import MotionEvent

from kiosk.flow.visit import Ink
from kiosk.screens.components.press import Pressable
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from kiosk.voice.spot import Role

Point = tuple[float, float, int]

_LONGEST_LINE = 1000
"""Points of one drawn line; a longer stroke is drawn as several."""
_LEAST_MM = 0.15
"""A point nearer than this to the one before says nothing."""


class InkSheet(Pressable):
    """Takes one finger at a time; a palm that comes along is ignored. `written` is told after each stroke, and when one is taken back."""

    spoken = Role.SHEET

    def __init__(self, stage: Stage, written: Callable[[Ink], None], *, test_id: str, label: str, pen: float, grows: bool = False) -> None:
        super().__init__(stage, test_id=test_id, label=label, act=lambda: None, grows=grows)
        self.ink = Ink()
        self._written = written
        self._pen = stage.px(pen)
        with self.canvas.after:
            self._colour = Color(0, 0, 0, 1)
            self._lines = InstructionGroup()
        self._stroke: list[Point] = []
        self._line: SmoothLine | None = None
        self._began_at = 0.0
        self._finger: object = None

    def undo(self) -> None:
        """Take the last stroke back."""
        self._take(self.ink.strokes[:-1])

    def empty(self) -> None:
        """Take everything back."""
        self._take(())

    def write(self, *strokes: Sequence[tuple[float, float]]) -> None:
        """Write strokes whose points are fractions of the sheet, from its top left: what a finger does, for demos and pictures."""
        panel = self.stage.theme.panel
        for stroke in strokes:
            points = tuple((panel.mm(x * self.width), panel.mm(y * self.height), place * 40) for place, (x, y) in enumerate(stroke))
            self._take((*self.ink.strokes, points))

    # The finger

    def press(self) -> None:
        """Do nothing: a sheet is not pressed but written on."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.contains(*touch.pos) or self._finger is not None:
            return self.contains(*touch.pos)
        touch.grab(self)
        self._finger = touch.uid
        if not self.ink.strokes:
            self._began_at = time.monotonic()
        self._stroke = []
        self._begin_line()
        self._add(*touch.pos)
        self._round_off(*touch.pos)
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self or touch.uid != self._finger:
            return False
        self._add(*touch.pos)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self or touch.uid != self._finger:
            return False
        touch.ungrab(self)
        self._finger = None
        self._add(*touch.pos)
        if self._line is not None and self._line.points:
            self._round_off(*self._line.points[-2:])
        stroke, self._stroke = tuple(self._stroke), []
        self._take((*self.ink.strokes, stroke), redraw=False)
        return True

    def _add(self, x: float, y: float) -> None:
        panel = self.stage.theme.panel
        across = min(max(x - self.x, 0), self.width)
        down = min(max(self.top - y, 0), self.height)
        at_mm = round(panel.mm(across), 2), round(panel.mm(down), 2)
        if self._stroke:
            before = self._stroke[-1]
            if abs(at_mm[0] - before[0]) + abs(at_mm[1] - before[1]) < _LEAST_MM:
                return
        self._stroke.append((*at_mm, round((time.monotonic() - self._began_at) * 1000)))
        if len(self._stroke) % _LONGEST_LINE == 0:
            self._begin_line()
        if self._line is not None:
            self._line.points = [*self._line.points, self.x + across, self.top - down]

    def _take(self, strokes: tuple[tuple[Point, ...], ...], *, redraw: bool = True) -> None:
        panel = self.stage.theme.panel
        width, height = round(panel.mm(self.width), 2), round(panel.mm(self.height), 2)
        on_pad = self.ink.on_pad and bool(strokes)
        if on_pad:
            width, height = self.ink.width_mm, self.ink.height_mm
        elif strokes:
            width, height = max(width, self.ink.width_mm), max(height, self.ink.height_mm)
        self.ink = Ink(width, height, strokes, on_pad)
        if redraw:
            self.draw()
        self._written(self.ink)

    # Drawing

    def arrange(self) -> None:
        self.draw()

    def paint(self, palette: Palette) -> None:
        self._colour.rgba = palette.colour("ink")

    def _begin_line(self) -> None:
        last = self._line.points[-2:] if self._line is not None and self._stroke else []
        self._line = SmoothLine(points=last, width=self._pen, cap="round", joint="round")
        self._lines.add(self._line)

    def draw(self) -> None:
        """Draw the whole ink anew; on a sheet that became smaller it shrinks to fit, and a pad's fills it."""
        self._lines.clear()
        self._line = None
        mm = self.stage.theme.panel.pitch_mm
        if not self.width or not self.ink.strokes:
            return
        fit = min(self.width * mm / max(self.ink.width_mm, 0.1), self.height * mm / max(self.ink.height_mm, 0.1))
        fit = fit if self.ink.on_pad else min(1.0, fit)
        # A pad is smaller than the sheet: what was written on it fills the sheet, in its middle.
        aside = (self.width - self.ink.width_mm / mm * fit) / 2 if self.ink.on_pad else 0.0
        for stroke in self.ink.strokes:
            points = [(self.x + aside + x / mm * fit, self.top - y / mm * fit) for x, y, _ in stroke]
            starts = [*range(0, len(points), _LONGEST_LINE), len(points)]
            for start, end in pairwise(starts):
                run = points[max(0, start - 1) : end]
                line = SmoothLine(points=[part for point in run for part in point], width=self._pen, cap="round", joint="round")
                self._lines.add(line)
            for x, y in (points[0], points[-1]):
                self._round_off(x, y)

    def _round_off(self, x: float, y: float) -> None:
        """End a stroke round: the smooth line of Kivy has no caps."""
        across = 2 * self._pen
        self._lines.add(SmoothEllipse(pos=(x - self._pen, y - self._pen), size=(across, across)))
