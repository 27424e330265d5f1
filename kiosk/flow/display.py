"""How the glass looks and speaks to whoever stands there."""

from dataclasses import replace
from datetime import datetime, time
from enum import StrEnum

from peripherals.values import dataclass
from sync.contract.words import Language


class Theme(StrEnum):
    """Colours of the glass."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Scale(StrEnum):
    """Size of type."""

    NORMAL = "1.0"
    LARGE = "1.3"
    LARGEST = "1.6"


class Audio(StrEnum):
    """Whether the visit is for ears, and whether others hear it too."""

    OFF = "off"
    SPEAKER = "speaker"
    HEADPHONES = "headphones"


@dataclass(frozen=True, slots=True)
class Display:
    """How this resident wants to see the screens; back to the default after each visit."""

    language: Language = Language.ZH
    theme: Theme = Theme.LIGHT
    scale: Scale = Scale.NORMAL
    reach: bool = False  # every control in the lower part, for a wheelchair
    audio: Audio = Audio.OFF
    elder: bool = False  # fewer things at once, larger and slower (长者模式)

    def for_staff(self) -> "Display":
        """Return how technicians see theirs: in normal type, whatever the last resident chose or the terminal begins with."""
        return replace(self, scale=Scale.NORMAL, elder=False)


@dataclass(frozen=True, slots=True)
class DarkHours:
    """From when until when the glass is dark, or off, of itself; over midnight when it ends before it begins."""

    begin: time
    end: time

    def holds(self, now: datetime) -> bool:
        """Tell whether it is dark now; `now` is local."""
        at = now.time()
        return self.begin <= at < self.end if self.begin <= self.end else at >= self.begin or at < self.end
