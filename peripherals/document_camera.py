"""A document camera, as the counter sees it."""

from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline
from peripherals.secret import Secret
from peripherals.values import dataclass


class PaperHint(StrEnum):
    """The one thing to say about what the camera sees now; worst first. GOOD is the only one that may be taken."""

    CAMERA_ABSENT = "camera_absent"
    CAMERA_STALLED = "camera_stalled"  # no frame, or the same frame again and again
    NO_PAPER = "no_paper"
    CORNER_HIDDEN = "corner_hidden"
    TOO_SMALL = "too_small"  # too far away for the letters to be read
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    GLARE = "glare"
    BLURRED = "blurred"
    GOOD = "good"


Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Top left, top right, bottom right, bottom left, as fractions of the frame's width and height."""


@dataclass(frozen=True, slots=True)
class PaperView:
    """What the camera makes of one frame; measures are None when there was nothing to measure."""

    hint: PaperHint
    corners: Corners | None = None
    sharpness: float | None = None  # variance of the Laplacian inside the paper, 8-bit greys
    exposure: float | None = None  # mean grey of the paper, 0 to 255


@dataclass(frozen=True, slots=True)
class Preview:
    """A small frame to show: `jpeg` at most 640 pixels wide, and what was made of it. `number` grows by one a frame."""

    number: int
    jpeg: Secret[bytes]
    width: int
    height: int
    view: PaperView


@dataclass(frozen=True, slots=True)
class Picture:
    """The outcome of taking a paper's picture; `jpeg` is there exactly when the hint is GOOD: flat, upright, edges cut."""

    view: PaperView
    jpeg: Secret[bytes] | None = None
    width: int = 0
    height: int = 0


class DocumentCamera(Protocol):
    """Shows what lies under it and takes its picture, flat; it never hands out a stale frame."""

    def open(self, deadline: Deadline) -> PaperHint:
        """Start the stream; GOOD when frames arrive, CAMERA_ABSENT or CAMERA_STALLED otherwise."""

    def preview(self, deadline: Deadline) -> Preview | None:
        """Return the newest frame not yet handed out, or None when none came before the deadline."""

    def capture(self, deadline: Deadline, *, insist: bool = False) -> Picture:
        """Take the sharpest of the next few frames, find the paper, flatten it, and refuse a bad one with the reason.

        With `insist` a picture that is merely dark, small or soft is taken all the same, and its view says what it is.
        """

    def close(self) -> None:
        """Stop the stream."""
