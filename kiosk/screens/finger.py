"""A finger that is not a person's: touches the glass where it is told to, through the same door as a real one."""

from collections.abc import Sequence

from kivy.base import EventLoop
from kivy.input.motionevent import MotionEvent

Point = tuple[float, float]


class _Touch(MotionEvent):
    """One touch, in pixels of the window, y upwards."""

    def __init__(self, number: int, at: Point) -> None:
        super().__init__("finger", number, _share(at), is_touch=True, type_id="touch")

    def depack(self, args: Point) -> None:
        self.profile = ["pos"]
        self.sx, self.sy = args
        super().depack(args)

    def move_to(self, at: Point) -> None:
        """Go to another point."""
        self.move(_share(at))


class Finger:
    """Presses, moves and lifts; call it on the thread that draws."""

    def __init__(self) -> None:
        self._count = 0
        self._touch: _Touch | None = None

    def press(self, at: Point) -> None:
        """Put the finger down."""
        self._count += 1
        self._touch = _Touch(self._count, at)
        EventLoop.post_dispatch_input("begin", self._touch)

    def move(self, points: Sequence[Point]) -> None:
        """Go along `points` without lifting."""
        if self._touch is None:
            return
        for point in points:
            self._touch.move_to(point)
            EventLoop.post_dispatch_input("update", self._touch)

    def lift(self) -> None:
        """Take the finger away."""
        if self._touch is not None:
            EventLoop.post_dispatch_input("end", self._touch)
            self._touch = None


def _share(at: Point) -> Point:
    width, height = EventLoop.window.system_size
    return at[0] / max(1, width - 1), at[1] / max(1, height - 1)
