"""The film of an invented visit on this terminal's own screens, for whoever helps from afar.

What is on the glass is never recorded, nor anything that a resident did: each picture is drawn beside the glass, from invented states, and
only while a technician is in.
"""

import io
from collections.abc import Callable, Sequence
from typing import Protocol

from PIL import Image

from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Upkeep


class RecordingError(Exception):
    """There is no film; the message says why."""


class Room(Protocol):
    """Where pictures are drawn; `kiosk.screens.darkroom` is one."""

    def announcement(self, state: Kiosk) -> Image.Image:
        """Return the picture that says that all is invented."""

    def draw(self, state: Kiosk) -> Image.Image:
        """Return a picture of a state."""


Taken = Callable[[], bytes | None]


def record(
    shown: Callable[[], Kiosk],
    walked: Callable[[Kiosk], Sequence[Kiosk]],
    on_screens_thread: Callable[[Taken], bytes | None],
    room: Room,
    make_film: Callable[[Sequence[bytes]], bytes],
) -> bytes:
    """Return the film.

    Args:
        shown: What the terminal shows and holds now.
        walked: The states of an invented visit at a terminal that shows this; none where no item can be walked.
        on_screens_thread: Calls something there and returns what it returned, or None when it took too long.
        room: Is used on that thread alone.
        make_film: Puts pictures together.

    Raises:
        RecordingError: Nobody of the technicians is in any more, no item can be walked, or nothing is drawn.
    """

    def take(draw: Callable[[Kiosk], Image.Image], state: Kiosk) -> bytes:
        picture = on_screens_thread(lambda: _png(draw(state)) if isinstance(shown().visit, Upkeep) else None)
        if picture is None:
            _with_technician(shown())
            raise RecordingError("the screens did not draw")
        return picture

    states = walked(_with_technician(shown()))
    if not states:
        raise RecordingError("no item on offer takes invented answers")
    return make_film([take(room.announcement, states[0]), *(take(room.draw, state) for state in states)])


def _with_technician(state: Kiosk) -> Kiosk:
    if not isinstance(state.visit, Upkeep):
        raise RecordingError("no technician is in")
    return state


def _png(picture: Image.Image) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, "PNG", compress_level=1)
    return packed.getvalue()
