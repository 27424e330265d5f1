"""What the screen needs before it can be drawn and used: a display and a touch panel, as the kernel's sysfs tells of them.

Asked by the screen's own process while the machine may still be finding its hardware. Without one of them it ends, and leaves word of
which: without a display it would fall in its graphics library before the journal said why, and nobody could use it without a panel.
A panel whose cable comes loose later is noticed by `PanelWatch`.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

WORDS = Path("/run/kiosk-glass")
"""Where the word is left, in memory: whoever looked in vain once does not wait again at each start that follows."""
PATIENCE_S = 40.0
"""For a slow board that is still loading its drivers."""

LOOK_EVERY_S = 10.0
LOOKS = 3
"""A cable that is pushed in again at once, or a panel that a spark has thrown off its bus, is back before anybody ends for it."""

_BUSY_S = 0.2
_X, _Y = 0, 1  # axes, and below what presses: of linux/input-event-codes.h
_LEFT, _TOUCH = 0x110, 0x14A


class Missing(StrEnum):
    """What is not there; the name of the word that is left."""

    DISPLAY = "no-display"
    TOUCH = "no-touch"

    @property
    def told(self) -> str:
        """What the journal says."""
        return "there is no display" if self is Missing.DISPLAY else "there is no touch panel"


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the kernel shows its hardware, and the nodes by which it is used."""

    cards: Path = Path("/sys/class/drm")
    inputs: Path = Path("/sys/class/input")
    nodes: Path = Path("/dev")


def await_glass(
    words: Path = WORDS,
    machine: Machine = Machine(),
    patience_s: float = PATIENCE_S,
    sleep: Callable[[float], None] = time.sleep,
) -> Missing | None:
    """Wait for a display and for a touch panel, and return what is missing after all.

    Args:
        words: The folder of words; what is found takes its word back.
        machine: Where to look.
        patience_s: For how long, for each, where nobody looked in vain before.
        sleep: Waits.
    """
    for what, is_there in ((Missing.DISPLAY, has_display), (Missing.TOUCH, has_touch)):
        word = words / what
        waited_s = patience_s if word.exists() else 0.0
        while not is_there(machine):
            if waited_s >= patience_s:
                _leave(word)
                return what
            sleep(_BUSY_S)
            waited_s += _BUSY_S
        word.unlink(missing_ok=True)
    return None


class PanelWatch:
    """Notices a touch panel that is gone for good, by looking every `LOOK_EVERY_S`."""

    def __init__(self, words: Path = WORDS, machine: Machine = Machine()) -> None:
        self._words = words
        self._machine = machine
        self._in_vain = 0

    def is_gone(self) -> bool:
        """Look once more; whether the last `LOOKS` were in vain. Then word is left as well, so that the next start does not wait."""
        self._in_vain = 0 if has_touch(self._machine) else self._in_vain + 1
        if self._in_vain < LOOKS:
            return False
        _leave(self._words / Missing.TOUCH)
        return True


def is_bare() -> bool:
    """Whether the screen draws on the display itself, with no window system in between."""
    return os.environ.get("SDL_VIDEODRIVER") == "kmsdrm"


def has_display(machine: Machine) -> bool:
    """Whether a graphics card that may be opened has a connector that is not "disconnected"; a driver that cannot tell says "unknown"."""
    return any(
        _read(status) in {"connected", "unknown"} and _may_be_used(machine.nodes / "dri" / status.parent.name.partition("-")[0])
        for status in machine.cards.glob("card*-*/status")
    )


def has_touch(machine: Machine) -> bool:
    """Whether an input that may be opened has a place on the glass and something that presses: no mouse, no key, no sensor of position."""
    return any(_is_panel(device) and _may_be_used(machine.nodes / "input" / device.name) for device in machine.inputs.glob("event*"))


def _is_panel(device: Path) -> bool:
    axes, presses = (set(_bits(_read(device / "device/capabilities" / kind))) for kind in ("abs", "key"))
    return axes >= {_X, _Y} and not presses.isdisjoint({_LEFT, _TOUCH})


def _bits(text: str) -> Iterator[int]:
    """Yield the bits that are set, as sysfs writes them: words of 64 in hexadecimal, the highest first."""
    for place, word in enumerate(reversed(text.split())):
        try:
            number = int(word, 16)
        except ValueError:
            return
        yield from (64 * place + bit for bit in range(64) if number >> bit & 1)


def _may_be_used(node: Path) -> bool:
    """The kernel makes a node at once; that this user may open it, udev says a moment later."""
    return os.access(node, os.R_OK)


def _leave(word: Path) -> None:
    with contextlib.suppress(OSError):  # without it the next start waits again, no more
        word.touch()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:  # unplugged meanwhile
        return ""
