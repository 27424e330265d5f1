"""Keeps the terminal's state: an event comes, the flow says what follows, the screen shows it, the runner carries it out."""

import threading
from collections.abc import Callable

from kiosk.flow import advance
from kiosk.flow.effects import Effect
from kiosk.flow.events import Event
from kiosk.flow.state import Kiosk


class Conductor:
    """Belongs to one thread, the one that draws; events of other threads are handed over to it before they happen here.

    What the flow orders before there are desks waits in line for them.
    """

    def __init__(self, state: Kiosk, show: Callable[[Kiosk], None]) -> None:
        self.state = state
        self._show = show
        self._ordered: list[Effect] = []
        self._carry_out: Callable[[Effect], None] = self._ordered.append
        self._thread = threading.get_ident()

    def order_from(self, carry_out: Callable[[Effect], None]) -> None:
        """Order from these desks from now on, first what has been waiting for them."""
        self._carry_out = carry_out
        for effect in self._ordered:
            carry_out(effect)
        self._ordered.clear()

    def happen(self, event: Event) -> None:
        """Let `event` happen.

        Raises:
            RuntimeError: It came on another thread.
        """
        if threading.get_ident() != self._thread:
            raise RuntimeError("an event happened on a thread that does not draw")
        before = self.state
        self.state, effects = advance(before, event)
        for effect in effects:
            self._carry_out(effect)
        if self.state is not before:
            self._show(self.state)
