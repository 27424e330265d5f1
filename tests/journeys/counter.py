"""The resident's side without a window: flow, runner, real workers and virtual hardware; taps are events."""

import queue
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from kiosk.conductor import Conductor
from kiosk.config import Config
from kiosk.counter import open_counter
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, ConsentTicked, Inked
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Capture, CaptureStage, Done, Form, Home, Idle, LayCard, Paper, Review, Sign
from kiosk.place import at_rest
from peripherals.deadline import Deadline
from sync.contract.names import ItemCode
from tests.kiosk.flow.walk import ANSWERS, INK


class WindowlessCounter:
    """Runs the conductor on the test's own thread, as the drawing thread would."""

    def __init__(self, config: Config) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._conductor = Conductor(at_rest(config), lambda _: None)
        self._runner = open_counter(config, self._conductor, self._calls.put)

    @property
    def state(self) -> Kiosk:
        return self._conductor.state

    def __enter__(self) -> Self:
        self.until(lambda state: bool(state.items), "the items are loaded")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._runner.close()

    def tap(self, *events: Event) -> None:
        for event in events:
            self._conductor.happen(event)

    def until(self, holds: Callable[[Kiosk], bool], what: str, within_s: float = 30.0) -> Kiosk:
        deadline = Deadline.after(within_s)
        while not holds(self.state):
            assert not deadline.is_past, f"waited {within_s} s until {what}; shown is {self.state.view}"
            try:
                self._calls.get(timeout=min(0.2, deadline.remaining_s))()
            except queue.Empty:
                continue
        return self.state

    def preview(self) -> object:
        return self._runner.preview()

    def pump(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                self._calls.get(timeout=0.05)()
            except queue.Empty:
                continue

    # The way of a resident who knows it

    def begin(self, item: str = "residence-registration") -> None:
        assert isinstance(self.state.view, Idle | Home)
        from kiosk.flow.events.glass import GlassTouched

        self.tap(GlassTouched(), ItemChosen(ItemCode(item)), ConsentTicked(agreed=True), NextPressed())
        assert isinstance(self.state.view, LayCard)

    def fill(self) -> None:
        self.until(lambda state: isinstance(state.view, Form), "the card is read and the form is there")
        for _ in range(8):
            if not isinstance(self.state.view, Form):
                return
            self.tap(*(AnswerGiven(name, value) for name, value in ANSWERS.items()), NextPressed())

    def photograph(self) -> None:
        self.until(
            lambda state: isinstance(state.view, Capture) and state.view.stage is CaptureStage.TAKEN, "the paper took its own picture"
        )
        self.tap(NextPressed())

    def sign(self) -> None:
        assert isinstance(self.state.view, Sign)
        self.tap(Inked(INK), NextPressed())
        assert isinstance(self.state.view, Review)

    def hand_in(self) -> Kiosk:
        self.tap(NextPressed())
        return self.until(
            lambda state: isinstance(state.view, Done) and state.view.paper is not Paper.PRINTING, "it is handed in and printed"
        )
