"""Everything that can be pressed, and the walk that finds it: for tests, for the demo's robot, and for ears."""

import time
from collections.abc import Callable, Iterator

from kivy.input.motionevent import MotionEvent
from kivy.uix.widget import Widget

from kiosk.flow.events import Event
from kiosk.screens.components.part import Part
from kiosk.screens.stage import Stage
from kiosk.voice.spot import Role

_GUARD_S = 0.3
"""A second press of the same control within this is a trembling hand."""


class Pressable(Part):
    """A part that acts when the finger goes up inside it, and shows at once that a finger is down.

    `test_id` is its stable name and `label` what it says. `act` is an event to send, or something to call. For ears it also says what
    it is (`spoken`), whether it is on, and what is in it; a subclass sets what differs.
    """

    spoken = Role.BUTTON
    is_on: bool | None = None
    is_secret = False

    @property
    def value(self) -> str:
        """What is in it, for ears."""
        return ""

    def __init__(
        self, stage: Stage, *, test_id: str, label: str, act: Event | Callable[[], None], margin: float = 0, grows: bool = False
    ) -> None:
        super().__init__(stage, grows=grows)
        self.test_id = test_id
        self.label = label
        self.act = act
        self.is_down = False
        self._margin = stage.px(margin)  # the target reaches this far beyond what is drawn
        self._acted_at = -1.0

    def press(self) -> None:
        """Act as a finger does."""
        now = time.monotonic()
        if now - self._acted_at < _GUARD_S:
            return
        self._acted_at = now
        if callable(self.act):
            self.act()
        else:
            self.stage.send(self.act)

    def contains(self, x: float, y: float) -> bool:
        """Whether a point is on the target."""
        margin = self._margin
        return bool(self.x - margin <= x < self.right + margin and self.y - margin <= y < self.top + margin)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.contains(*touch.pos):
            return False
        touch.grab(self)
        self._show_down(down=True)
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return False
        self._show_down(down=self.contains(*touch.pos))
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        inside = self.contains(*touch.pos)
        self._show_down(down=False)
        if inside and self.get_root_window() is not None:
            self.press()
        return True

    def _show_down(self, *, down: bool) -> None:
        if down != self.is_down:
            self.is_down = down
            self.paint(self.stage.theme.palette)


def walk(root: Widget) -> Iterator[Pressable]:
    """Yield what can be pressed below `root`, in the order of reading."""
    if isinstance(root, Pressable):
        yield root
    for child in reversed(root.children):
        yield from walk(child)
