"""The display at rest: in hours in which nobody is awaited it is switched off, until somebody touches it or something happens."""

import time
from contextlib import suppress
from typing import Protocol

from kiosk.flow.state import Kiosk
from kiosk.screens.pane import Pane
from kiosk.screens.ring import Darkness

OFF_AFTER_S = 60.0


class Switch(Protocol):
    """Switches the display itself.

    Raises:
        OSError: It does not take it.
    """

    def __call__(self, *, on: bool) -> None:
        """Do it."""


class Rest:
    """Black over everything, and the display off behind it. A finger still does what it does: on the idle screen that begins."""

    def __init__(self, darkness: Darkness, switch: Switch | None) -> None:
        self._darkness = darkness
        self._switch = switch
        self._is_resting = False
        self._used_at = time.monotonic()

    def look(self, state: Kiosk, root: Pane) -> None:
        """Begin or end it, as the state is now."""
        if not state.is_unwanted:
            self.end(root)
        elif not self._is_resting and time.monotonic() - self._used_at > OFF_AFTER_S:
            self._is_resting = True
            self._darkness.place(0, 0, root.width, root.height)
            root.add_widget(self._darkness)
            self._turn(on=False)

    def end(self, root: Pane) -> None:
        """End it: somebody touched the glass, or a key."""
        self._used_at = time.monotonic()
        if self._is_resting:
            self._is_resting = False
            root.remove_widget(self._darkness)
            self._turn(on=True)

    def _turn(self, *, on: bool) -> None:
        if self._switch is not None:
            with suppress(OSError):  # a display that cannot be switched is black at least
                self._switch(on=on)
