"""The way back to the audio mode's list while the page itself is shown: a strip over the page's status, where nothing else is touched."""

from collections.abc import Callable

from kivy.input.motionevent import MotionEvent

from kiosk.screens.components.buttons import Button, Kind
from kiosk.screens.components.part import Gap, Part, Row
from kiosk.screens.components.shape import Fill, Look
from kiosk.screens.components.text import Text
from kiosk.screens.stage import Stage
from kiosk.screens.status import Status
from kiosk.screens.tokens import Palette, Weight

_LIST = Kind(Look("glaze", outlined=False), Look("onmaint", outlined=False), "onglaze_fill", down_ink="maint")
_AIR = 6
_AIR_SHORT = 2
_HIGH, _HIGH_SHORT = 86, 68
"""20 mm on an upright glass; on a low one 13, so that the strip stays within the status and hides no title."""


class AudioStrip(Part):
    """As wide as the glass; `back` is called when the list is wanted. Ears pass it over: their keys are the same with list and page."""

    is_unread = True

    def __init__(self, stage: Stage, back: Callable[[], None]) -> None:
        super().__init__(stage)
        self._fill = Fill(self.canvas.before)
        short = stage.theme.panel.is_short
        self._air = stage.px(_AIR_SHORT if short else _AIR)
        self._status_px = Status(stage).height_for(0)
        mode = Text(stage, stage.say("voice.list"), "body", ink="onmaint", weight=Weight.MEDIUM)
        button = Button(
            stage, stage.say("voice.see_list"), back, test_id="audio-see-list", kind=_LIST, icon="list", role="caption",
            weight=Weight.BOLD, height=_HIGH_SHORT if short else _HIGH, icon_units=34, gap=12,
        )  # fmt: skip
        self._row = Row(stage, [mode, Gap(stage, grows=True), button], gap=22, level=True)
        self.add_widget(self._row)

    def height_for(self, width: int) -> int:
        across = width - 2 * self.stage.theme.margin
        return max(self._status_px, self._row.height_for(across) + 2 * self._air)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._fill.place(x, y, width, height)
        margin, high = self.stage.theme.margin, self._row.height_for(width - 2 * self.stage.theme.margin)
        self._row.place(x + margin, y + (height - high) // 2, width - 2 * margin, high)

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "maint")

    def on_touch_down(self, touch: MotionEvent) -> bool:
        return bool(super().on_touch_down(touch)) or bool(self.collide_point(*touch.pos))  # what is under it can't be touched
