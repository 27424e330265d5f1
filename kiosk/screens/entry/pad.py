"""The sheet that is signed on: strokes in millimetres and milliseconds, as the finger made them."""

import time
from collections.abc import Callable
from itertools import pairwise

from kivy.graphics import Color, InstructionGroup, SmoothLine
from kivy.input.motionevent import MotionEvent

from kiosk.flow.state import Ink
from kiosk.screens.components.part import Part
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span

Point = tuple[float, float, int]

_LONGEST_LINE = 1000
"""Points of one drawn line; a longer stroke is drawn as several."""
_LEAST_MM = 0.15
"""A point nearer than this to the one before says nothing."""
_PEN = 6


class SignPad(Pressable):
    """Takes one finger at a time; a palm that comes along is ignored. `signed` is told after each stroke."""

    def __init__(self, stage: Stage, name: str, signed: Callable[[Ink], None]) -> None:
        super().__init__(stage, test_id="sign-pad", label=stage.say("sign.pad"), act=lambda: None, grows=True)
        self.ink = Ink()
        self._complaint = Text(stage, [Span("")], "note", ink="err", weight=Weight.MEDIUM)
        self._signed = signed
        self._shape = Shape(self.canvas.before, stage.theme, 32)
        self._baseline = Fill(self.canvas.before)
        self._write = Text(stage, [Span(stage.say("sign.write", name=name))] if name else [Span("")], "note", ink="ink2")
        self.add_widget(self._write)
        self.add_widget(self._complaint)
        with self.canvas.after:
            self._colour = Color(0, 0, 0, 1)
            self._lines = InstructionGroup()
        self._stroke: list[Point] = []
        self._line: SmoothLine | None = None
        self._began_at = 0.0
        self._finger: object = None

    # What is on the sheet

    def show(self, ink: Ink, complaint: str = "") -> None:
        """Show a signature that was made before, and what is the matter with it."""
        self._complaint.say([Span(complaint)])
        if ink != self.ink and self._finger is None:
            self.ink = ink
            self._draw()
        if self.width:
            self.paint(self.stage.theme.palette)

    def undo(self) -> None:
        """Take the last stroke back."""
        self._take(self.ink.strokes[:-1])

    def empty(self) -> None:
        """Take everything back."""
        self._take(())

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
        if strokes:
            width, height = max(width, self.ink.width_mm), max(height, self.ink.height_mm)
        self.ink = Ink(width, height, strokes)
        if redraw:
            self._draw()
        self._signed(self.ink)

    # Drawing

    def height_for(self, width: int) -> int:
        del width
        return self.stage.px(360)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        side, line = self.stage.px(64), self.stage.theme.line_px("note")
        low = y + min(self.stage.px(150), height // 4)
        self._baseline.place(x + side, low, width - 2 * side, self.stage.px(4))
        self._write.place(x + side, max(y + self.stage.px(16), low - self.stage.px(30) - line), width - 2 * side, line)
        self._complaint.place(x + side, y + height - self.stage.px(30) - line, width - 2 * side, line)
        self._draw()

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look("surface", "err", 5) if self._complaint.plain else Look("surface", "ctl", 3))
        self._baseline.paint(palette, "line")
        self._colour.rgba = palette.colour("ink")

    def _begin_line(self) -> None:
        last = self._line.points[-2:] if self._line is not None and self._stroke else []
        self._line = SmoothLine(points=last, width=self.stage.px(_PEN), cap="round", joint="round")
        self._lines.add(self._line)

    def _draw(self) -> None:
        """Draw the whole ink anew; on a sheet that became smaller it shrinks to fit."""
        self._lines.clear()
        self._line = None
        mm = self.stage.theme.panel.pitch_mm
        if not self.width or not self.ink.strokes:
            return
        fit = min(1.0, self.width * mm / max(self.ink.width_mm, 0.1), self.height * mm / max(self.ink.height_mm, 0.1))
        for stroke in self.ink.strokes:
            points = [(self.x + x / mm * fit, self.top - y / mm * fit) for x, y, _ in stroke]
            starts = [*range(0, len(points), _LONGEST_LINE), len(points)]
            for start, end in pairwise(starts):
                run = points[max(0, start - 1) : end]
                line = SmoothLine(points=[part for point in run for part in point], width=self.stage.px(_PEN), cap="round", joint="round")
                self._lines.add(line)


class Frame(Part):
    """A part with air at both sides, as wide as leaves a hand's rest."""

    def __init__(self, stage: Stage, inside: Part, across: float) -> None:
        super().__init__(stage, grows=inside.grows)
        self._inside = inside
        self._across = stage.px(across)
        if inside.parent is not None:
            inside.parent.remove_widget(inside)
        self.add_widget(inside)

    def height_for(self, width: int) -> int:
        return self._inside.height_for(width - 2 * self._across)

    def arrange(self) -> None:
        self._inside.place(int(self.x) + self._across, int(self.y), int(self.width) - 2 * self._across, int(self.height))
