"""What anybody may press on any page: on, back, out, help, and how the glass looks and speaks."""

from dataclasses import dataclass

from kiosk.flow.display import Scale, Theme
from sync.contract.words import Language


@dataclass(frozen=True, slots=True)
class GlassTouched:
    """Any touch or key, also one that does nothing: somebody is there."""


@dataclass(frozen=True, slots=True)
class NextPressed:
    """The one filled button of the page, whatever it says there."""


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


@dataclass(frozen=True, slots=True)
class FinishPressed:
    """结束退出, or the end of a finished visit."""


@dataclass(frozen=True, slots=True)
class LeaveConfirmed:
    """Stop and clear everything."""


@dataclass(frozen=True, slots=True)
class StillHerePressed:
    pass


@dataclass(frozen=True, slots=True)
class OverlayClosed:
    pass


@dataclass(frozen=True, slots=True)
class StaffWanted:
    pass


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    language: Language


@dataclass(frozen=True, slots=True)
class ThemeChosen:
    theme: Theme


@dataclass(frozen=True, slots=True)
class ScaleChosen:
    scale: Scale


@dataclass(frozen=True, slots=True)
class ReachChosen:
    reach: bool


@dataclass(frozen=True, slots=True)
class ElderChosen:
    """Fewer things at once, larger and slower; or as usual again."""

    on: bool


@dataclass(frozen=True, slots=True)
class AudioChosen:
    """The help key, or the button that ends the audio mode."""

    on: bool


@dataclass(frozen=True, slots=True)
class HeadphonesPlugged:
    """The plug went in or out. Out ends the audio mode at once: what was said to one pair of ears is not said to the room."""

    plugged: bool


GlassEvent = (
    GlassTouched | NextPressed | BackPressed | FinishPressed | LeaveConfirmed | StillHerePressed | OverlayClosed | StaffWanted
    | LanguageChosen | ThemeChosen | ScaleChosen | ReachChosen | ElderChosen | AudioChosen | HeadphonesPlugged
)  # fmt: skip
