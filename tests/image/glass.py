"""What is on the glass of a booted terminal, told by the colours of its pictures."""

import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageStat

from tests.image.terminal import Terminal

GREEN = (11, 87, 72)
"""Of the one large button of the idle screen."""

AMBER = (251, 234, 202)
"""Of the button on every page that calls for help."""


def is_idle(picture: Path) -> bool:
    """Tell whether the idle screen's one large button is there."""
    return colours_near(picture, GREEN, (40, 1070, 680, 1200)) < 12


def is_a_residents_page(picture: Path) -> bool:
    """Tell whether the idle screen or a page of a visit is on the glass; some keys are those of the audio mode and begin one."""
    return (
        colours_near(picture, GREEN, (40, 1070, 680, 1200)) < 12
        or colours_near(picture, AMBER, (335, 1195, 530, 1255)) < 12
        or in_audio_mode(picture)
    )


def in_audio_mode(picture: Path) -> bool:
    """Tell whether the audio mode's list is there: its way to a person is narrower."""
    return colours_near(picture, AMBER, (490, 1200, 660, 1250)) < 12


def await_glass(terminal: Terminal, picture: Path, holds: Callable[[Path], bool], patience_s: float = 300.0) -> None:
    """Wait until the glass is as wanted; what was drawn last is kept in `picture`.

    Raises:
        AssertionError: It never is.
    """
    until = time.monotonic() + patience_s
    while not holds(terminal.machine.picture(picture)):
        assert time.monotonic() < until, f"see {picture}"
        time.sleep(2)


def colours_near(picture: Path, colour: tuple[int, int, int], box: tuple[int, int, int, int]) -> float:
    """Return how far the middle colour of a part of the picture is from `colour`, the worst channel."""
    with Image.open(picture) as image:
        middle = ImageStat.Stat(image.convert("RGB").crop(box)).median
    return max(abs(found - wanted) for found, wanted in zip(middle, colour, strict=True))
