"""Why the terminal does not come up: a closed set, handed from the unit that finds it to the picture. Standard library only."""

from enum import StrEnum
from pathlib import Path

from kiosk.machine.glass import Missing


class Trouble(StrEnum):
    """The one thing to say to staff in front of a terminal whose program does not run."""

    APP = "app"
    DATA = "data"
    CONFIG = "config"
    KEYS = "keys"
    TOUCH = "touch"


NOTE = Path("trouble")
"""Below the folder of what was prepared: the name of the trouble that was found there, or no such file."""


def note(folder: Path, trouble: Trouble | None) -> None:
    """Leave word of what was found, or that nothing was."""
    if trouble is None:
        (folder / NOTE).unlink(missing_ok=True)
    else:
        (folder / NOTE).write_text(trouble, encoding="ascii")


def noted(folder: Path, glass: Path) -> Trouble:
    """Return what was found, of several the deepest; with no word left, it is the program itself that fails.

    Args:
        folder: Where the preparing of a boot leaves its word.
        glass: Where the screen leaves the one of its hardware; it looks meanwhile, so neither takes the other's back.
    """
    try:
        return Trouble((folder / NOTE).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return Trouble.TOUCH if (glass / Missing.TOUCH).exists() else Trouble.APP
