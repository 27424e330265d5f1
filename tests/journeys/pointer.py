"""A finger outside the program: the X server's own pointer, moved and pressed through its XTEST extension."""

from collections.abc import Sequence

from Xlib import X, display
from Xlib.ext import xtest


class Pointer:
    """Implements `kiosk.demo.robot.Hand` on the display that DISPLAY names."""

    def __init__(self, height_px: int) -> None:
        self._display = display.Display()
        self._height_px = height_px

    def press(self, at: tuple[float, float]) -> None:
        self._go(at)
        self._say(X.ButtonPress)

    def move(self, points: Sequence[tuple[float, float]]) -> None:
        for point in points:
            self._go(point)

    def lift(self) -> None:
        self._say(X.ButtonRelease)

    def _go(self, at: tuple[float, float]) -> None:
        xtest.fake_input(self._display, X.MotionNotify, x=round(at[0]), y=self._height_px - 1 - round(at[1]))
        self._display.sync()

    def _say(self, what: int) -> None:
        xtest.fake_input(self._display, what, X.Button1)
        self._display.sync()
