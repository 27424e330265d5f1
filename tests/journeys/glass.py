"""A resident before the real glass: looks where a control is, and touches it through the X server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image
from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

from kiosk.demo.display import OffScreenDisplay
from kiosk.supervisor import OVERWRITING, die_with_parent
from peripherals.deadline import Deadline

Point = tuple[float, float]
_ROOT = Path(__file__).parents[2]
_DOWN_S = 0.06
_AGAIN_S = 0.34  # the controls take a second press within 300 ms for a trembling hand


class Glass:
    """One terminal's screen process on a display of its own."""

    def __init__(self, config: Path, width_px: int = 1080, height_px: int = 1920) -> None:
        self._config = config
        self._screen = OffScreenDisplay(width_px, height_px)
        self.program: subprocess.Popen[bytes]
        self._pressed = ("", 0.0)

    def __enter__(self) -> Self:
        self._screen.__enter__()
        plain = {name: value for name, value in os.environ.items() if name != "SDL_VIDEODRIVER"}
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.glass_program", str(self._config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={**plain, **OVERWRITING, "DISPLAY": self._screen.name, "KIVY_NO_CONSOLELOG": "1"},
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl, no locks
        )
        self._x = Display(self._screen.name)
        assert self._screen.pid is not None
        self.x_server = self._screen.pid
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._x.close()
        self.program.kill()
        self.program.communicate()
        self._screen.__exit__(kind, error, trace)

    # Eyes

    def ask(self, what: str, **facts: str) -> Any:  # noqa: ANN401 - JSON
        """Ask the screen's process, and return what it says."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps({"ask": what, **facts}).encode() + b"\n")
        self.program.stdin.flush()
        answer = self.program.stdout.readline()
        assert answer, "the screen's process has ended"
        return json.loads(answer)

    def shown(self) -> dict[str, Any]:
        """Return what is shown."""
        shown: dict[str, Any] = self.ask("shown")
        return shown

    def until(self, holds: Callable[[dict[str, Any]], object], what: str, within_s: float = 300.0) -> dict[str, Any]:
        """Wait until what is shown is as wished, and return it."""
        deadline = Deadline.after(within_s)
        while not holds(shown := self.shown()):
            assert not deadline.is_past, f"waited {within_s} s until {what}; shown is {shown}, with {sorted(self.ask('names'))}"
            if shown["overlay"] == "StillThere":
                self.tap("still-here")
            time.sleep(0.05)
        return shown

    def is_there(self, name: str) -> bool:
        """Tell whether a control is on this leaf."""
        return name in self.ask("names")

    def box(self, name: str, within_s: float = 60.0) -> tuple[int, int, int, int]:
        """Return left, top, width and height of a control; turns leaves by touches, and answers the question whether one is there."""
        deadline = Deadline.after(within_s)
        while name not in (names := self.ask("names")):
            assert not deadline.is_past, f"there is no {name}; there are {sorted(names)} on {self.shown()}"
            turner = next((one for one in ("still-here", "leaf-on", "leaf-back") if one in names), None)
            if turner is not None:
                self._touch(turner, names[turner])
            time.sleep(0.05)
        left, top, width, height = names[name]
        return left, top, width, height

    def pixels(self, box: Sequence[int]) -> bytes:
        """Return what is on the glass there: four bytes a pixel, blue first."""
        left, top, width, height = box
        image = self._x.screen().root.get_image(left, top, width, height, X.ZPixmap, 0xFFFFFFFF)
        return bytes(image.data)

    def keep(self, path: Path) -> None:
        """Keep a picture of the glass."""
        screen = self._x.screen()
        size = (screen.width_in_pixels, screen.height_in_pixels)
        Image.frombytes("RGB", size, self.pixels((0, 0, *size)), "raw", "BGRX").save(path)

    # Finger

    def tap(self, name: str) -> None:
        """Touch a control as soon as it is there."""
        self._touch(name, self.box(name))

    def go_on(self, beyond: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """Touch "next", leaf after leaf, until what is shown is beyond this page."""
        for _ in range(6):
            if beyond(self.shown()):
                break
            self.tap("next")
            deadline = Deadline.after(2.0)
            while not deadline.is_past and not beyond(self.shown()) and self.is_there("next"):
                time.sleep(0.1)
        return self.until(beyond, what)

    def touch_glass(self, x: float = 270, y: float = 1440) -> None:
        """Touch the glass where nothing is meant."""
        self._press((x, y))

    def draw(self, name: str, strokes: Sequence[Sequence[Point]]) -> None:
        """Draw on a control; points are fractions of it, from its top left."""
        left, top, width, height = self.box(name)
        for stroke in strokes:
            points = [(left + x * width, top + y * height) for x, y in stroke]
            self._move(points[0])
            self._button(X.ButtonPress)
            for point in points[1:]:
                self.ask("shown")  # a busy screen meets several moves at once, and keeps the last
                self._move(point)
            self.ask("shown")
            time.sleep(0.03)
            self._button(X.ButtonRelease)
            time.sleep(0.1)

    def type(self, keys: str, prefix: str = "digit-") -> None:
        """Touch one key after another."""
        for key in keys:
            self.tap(f"{prefix}{key.lower()}")

    def _touch(self, name: str, box: Sequence[int]) -> None:
        last, at = self._pressed
        if last == name:
            time.sleep(max(0.0, _AGAIN_S - (time.monotonic() - at)))
        self._press((box[0] + box[2] / 2, box[1] + box[3] / 2))
        for _ in range(2):  # touches that a busy screen meets all at once are one trembling hand to it
            self.ask("shown")
        self._pressed = (name, time.monotonic())

    def _press(self, point: Point) -> None:
        self._move(point)
        self._button(X.ButtonPress)
        time.sleep(_DOWN_S)
        self._button(X.ButtonRelease)
        time.sleep(_DOWN_S)

    def _move(self, point: Point) -> None:
        xtest.fake_input(self._x, X.MotionNotify, x=round(point[0]), y=round(point[1]))
        self._x.sync()

    def _button(self, kind: int) -> None:
        xtest.fake_input(self._x, kind, 1)
        self._x.sync()
