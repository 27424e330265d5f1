"""What the desks say, heard in order, and no longer waited for than a test may take."""

import queue
from typing import TypeVar

import pytest

from kiosk.flow.events import Event

E = TypeVar("E")


class Said:
    """Takes the desks' events and what nobody expected."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.heard: list[Event] = []
        self.failed: list[BaseException] = []

    def post(self, event: Event) -> None:
        self.events.put(event)

    def fail(self, error: BaseException) -> None:
        self.failed.append(error)

    def next(self, kind: type[E], within_s: float = 10.0) -> E:
        """Return the next event of this kind; others are kept in `heard`."""
        while True:
            try:
                event = self.events.get(timeout=within_s)
            except queue.Empty:
                pytest.fail(f"no {kind.__name__} within {within_s} s; heard: {self.heard}; failed: {self.failed}")
            self.heard.append(event)
            if isinstance(event, kind):
                return event

    def is_silent(self, for_s: float = 0.3) -> bool:
        """Whether nothing is said for a while."""
        try:
            self.heard.append(self.events.get(timeout=for_s))
        except queue.Empty:
            return True
        return False
