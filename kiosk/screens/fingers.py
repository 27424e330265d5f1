"""Fingers on a display without a window system, where SDL leaves them half told.

Under a window system SDL makes a pointer's press out of the first finger by itself. Drawing on the display itself (KMSDRM) it tells of
fingers only, because it does not know in whose window they are, and Kivy 2.3 passes them over on Linux: a touch panel would do nothing.
"""

import os
from typing import Any, Final

_LEFT: Final = 1
_ALONE: Final = "kmsdrm"

Told = tuple[Any, ...]


class FirstFinger:
    """Says of the first finger what a pointer would say; the others are nobody's until it is lifted."""

    def __init__(self) -> None:
        self._finger: int | None = None

    def told(self, event: Told, width_px: int, height_px: int) -> Told | None:
        """Return what to tell instead of `event`, as SDL would in a window: None is nothing.

        Args:
            event: As Kivy's own window reads it off SDL: a name, and of fingers their number, place (shares of the glass) and pressure.
            width_px: Of the glass.
            height_px: Of the glass.
        """
        name = event[0]
        if name not in ("fingerdown", "fingermotion", "fingerup"):
            return event
        finger, x, y = event[1], event[2], event[3]
        place = (min(max(x, 0.0), 1.0) * (width_px - 1), min(max(y, 0.0), 1.0) * (height_px - 1))
        if name == "fingerdown" and self._finger is None:
            self._finger = finger
            return ("mousebuttondown", *place, _LEFT)
        if finger != self._finger:
            return None
        if name == "fingerup":
            self._finger = None
            return ("mousebuttonup", *place, _LEFT)
        return ("mousemotion", *place) if name == "fingermotion" else None


class _Listening:
    """SDL's window with the fingers told; everything else is its own."""

    def __init__(self, window: Any) -> None:  # noqa: ANN401 - Kivy's window and what it keeps have no types
        self._window = window
        self._storage = window._win  # noqa: SLF001 - the only place at which Kivy reads SDL's events
        self._first = FirstFinger()

    def poll(self) -> Any:  # noqa: ANN401
        """Return the next event; None for one that says nothing, False for none."""
        event = self._storage.poll()
        return self._first.told(event, *self._window.system_size) if isinstance(event, tuple) else event

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._storage, name)


def listen(window: Any) -> None:  # noqa: ANN401
    """Let fingers press in Kivy's window, where SDL draws on the display itself; elsewhere SDL does that."""
    if os.environ.get("SDL_VIDEODRIVER") == _ALONE:
        window._win = _Listening(window)  # noqa: SLF001
