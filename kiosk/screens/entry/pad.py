"""The sheet that is signed on."""

from collections.abc import Callable

from kivy.input.motionevent import MotionEvent

from kiosk.flow.visit import Ink
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Text
from kiosk.screens.entry.ink import InkSheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span


class SignPad(InkSheet):
    """A sheet with a line to sign on. `signed` is told after each stroke."""

    def __init__(self, stage: Stage, name: str, signed: Callable[[Ink], None]) -> None:
        super().__init__(stage, signed, test_id="sign-pad", label=stage.say("sign.pad"), pen=6, grows=True)
        self._complaint = Text(stage, [Span("")], "note", ink="err", weight=Weight.MEDIUM)
        self._shape = Shape(self.canvas.before, stage.theme, 32)
        self._baseline = Fill(self.canvas.before)
        self._write = Text(stage, [Span(stage.say("sign.write", name=name))] if name else [Span("")], "note", ink="ink2")
        self.add_widget(self._write)
        self.add_widget(self._complaint)

    def show(self, ink: Ink, complaint: str = "") -> None:
        """Show a signature that was made before, and what is the matter with it."""
        self._complaint.say([Span(complaint)])
        if ink != self.ink and self._finger is None:
            self.ink = ink
            self.draw()
        if self.width:
            self.paint(self.stage.theme.palette)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Write with a finger; what was written on the pad beside the glass makes place for it."""
        if self.contains(*touch.pos) and self._finger is None and self.ink.on_pad:
            self.ink = Ink()
            self.draw()
        return super().on_touch_down(touch)

    def height_for(self, width: int) -> int:
        del width
        return self.stage.px(360 if not self.stage.theme.panel.is_compact else 120)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        side, line = self.stage.px(64), self.stage.theme.line_px("note")
        low = y + min(self.stage.px(150), height // 4)
        self._baseline.place(x + side, low, width - 2 * side, self.stage.px(4))
        self._write.place(x + side, max(y + self.stage.px(16), low - self.stage.px(30) - line), width - 2 * side, line)
        complaint = self._complaint.height_for(width - 2 * side)
        self._complaint.place(x + side, y + height - self.stage.px(30) - complaint, width - 2 * side, complaint)
        super().arrange()

    def paint(self, palette: Palette) -> None:
        super().paint(palette)
        self._shape.paint(palette, Look("surface", "err", 5) if self._complaint.plain else Look("surface", "ctl", 3))
        self._baseline.paint(palette, "line")


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
