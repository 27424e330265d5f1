"""A resident who is a script: taps what the screens show, by the names of the controls, and looks at the pictures.

Runs in the screen's process, on a thread of its own, so that everything it does takes the way of a finger.
"""

import queue
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from kiosk.flow.state import Kiosk
from kiosk.screens.app import Screens, Target
from kiosk.screens.finger import Finger
from peripherals.deadline import Deadline

T = TypeVar("T")

_DOWN_S = 0.06
_BETWEEN_S = 0.32  # the controls take a second press within 300 ms for a trembling hand
_FRAMES_S = 0.25


class RobotError(RuntimeError):
    """Something that should have been on the glass was not; the message says what was waited for and what was there."""


class Hand(Protocol):
    """One finger; points are pixels of the window, y upwards. Called on the thread that draws."""

    def press(self, at: tuple[float, float]) -> None:
        """Put it down."""

    def move(self, points: Sequence[tuple[float, float]]) -> None:
        """Go along `points` without lifting."""

    def lift(self) -> None:
        """Take it away."""


class Robot:
    """One pair of eyes and one finger."""

    answers_within_s = 20.0
    """How long the thread that draws may take to get to a question."""

    def __init__(self, screens: Screens, state: Callable[[], Kiosk], finger: Hand | None = None) -> None:
        self._screens = screens
        self._state = state
        self._finger = finger or Finger()
        self._pressed: tuple[str, float] = ("", 0.0)

    @property
    def state(self) -> Kiosk:
        """What the terminal holds now."""
        return self._state()

    def wait(self, holds: Callable[[Kiosk], bool], what: str, within_s: float = 30.0) -> Kiosk:
        """Wait until the state is as wished.

        Raises:
            RobotError: It was not, in time.
        """
        deadline = Deadline.after(within_s)
        while not holds(self.state):
            if deadline.is_past:
                raise RobotError(f"waited {within_s:.0f} s until {what}; shown is {self.state.view}, over it {self.state.overlay}")
            time.sleep(0.02)
        return self.state

    def tap(self, name: str, within_s: float = 10.0) -> None:
        """Tap the control with this name, as soon as it is there.

        Raises:
            RobotError: It does not come.
        """
        left, bottom, width, height = self._box(name, within_s)
        last, at = self._pressed
        if last == name:
            time.sleep(max(0.0, _BETWEEN_S - (time.monotonic() - at)))
        self._pressed = (name, time.monotonic())
        self._drawing(lambda: self._finger.press((left + width / 2, bottom + height / 2)))
        time.sleep(_DOWN_S)
        self._drawing(self._finger.lift)
        time.sleep(_DOWN_S)

    def touch_glass(self) -> None:
        """Touch the middle of the glass."""
        self._drawing(lambda: self._finger.press((self._screens.height_px / 4, self._screens.height_px / 4)))
        time.sleep(_DOWN_S)
        self._drawing(self._finger.lift)

    def draw(self, name: str, strokes: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Draw on the control with this name; points are fractions of its width and height, from its top left."""
        left, bottom, width, height = self._box(name, 10.0)
        for stroke in strokes:
            points = [(left + x * width, bottom + (1 - y) * height) for x, y in stroke]
            self._drawing(lambda start=points[0]: self._finger.press(start))  # type: ignore[misc]  # a default, not a parameter
            for point in points[1:]:
                self._drawing(lambda point=point: self._finger.move([point]))  # type: ignore[misc]
                time.sleep(0.015)
            self._drawing(self._finger.lift)
            time.sleep(0.1)

    def is_shown(self, name: str) -> bool:
        """Tell whether there is such a control."""
        return self._target(name) is not None

    def label(self, name: str) -> str:
        """Return what a control says, or "" when it is not there."""
        target = self._target(name)
        return target.label if target is not None else ""

    def look(self, path: Path) -> None:
        """Keep a picture of the glass, once it stands still."""
        time.sleep(_FRAMES_S)
        self._drawing(lambda: self._screens.screenshot(path))

    def _box(self, name: str, within_s: float) -> tuple[float, float, float, float]:
        """Return left, bottom, width and height of a control, in pixels, upwards as Kivy counts."""
        deadline = Deadline.after(within_s)
        while (target := self._drawing(lambda: self._screens.find(name))) is None:
            if deadline.is_past:
                there = ", ".join(target.test_id for target in self._drawing(self._screens.targets))
                raise RobotError(f"there is no {name!r} on {type(self.state.view).__name__}; there are: {there}")
            time.sleep(0.03)
        bottom = self._screens.height_px - target.y - target.height
        return float(target.x), float(bottom), float(target.width), float(target.height)

    def _target(self, name: str) -> Target | None:
        return next((target for target in self._drawing(self._screens.targets) if target.test_id == name), None)

    def _drawing(self, call: Callable[[], T]) -> T:
        """Run `call` on the thread that draws, and return what it returned.

        Raises:
            RobotError: That thread did not get to it.
        """
        answer: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

        def run() -> None:
            try:
                answer.put((call(), None))
            except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
                answer.put((None, error))

        self._screens.call_soon(run)
        try:
            result, error = answer.get(timeout=self.answers_within_s)
        except queue.Empty:
            raise RobotError(f"the screen did not answer for {self.answers_within_s:.0f} s") from None
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # there is a result when there is no error
