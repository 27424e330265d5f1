"""What anybody may press on any page: on, back, out, help, and how the glass looks and speaks."""

from msgspec import Struct

from kiosk.flow.display import Scale, Theme
from sync.contract.words import Language


class GlassTouched(Struct, frozen=True):
    """Any touch or key, also one that does nothing: somebody is there."""


class NextPressed(Struct, frozen=True):
    """The one filled button of the page, whatever it says there."""


class BackPressed(Struct, frozen=True):
    pass


class FinishPressed(Struct, frozen=True):
    """结束退出, or the end of a finished visit."""


class LeaveConfirmed(Struct, frozen=True):
    """Stop and clear everything."""


class StillHerePressed(Struct, frozen=True):
    pass


class OverlayClosed(Struct, frozen=True):
    pass


class StaffWanted(Struct, frozen=True):
    pass


class LanguageChosen(Struct, frozen=True):
    language: Language


class ThemeChosen(Struct, frozen=True):
    theme: Theme


class ScaleChosen(Struct, frozen=True):
    scale: Scale


class ReachChosen(Struct, frozen=True):
    reach: bool


class ElderChosen(Struct, frozen=True):
    """Fewer things at once, larger and slower; or as usual again."""

    on: bool


class AudioChosen(Struct, frozen=True):
    """The help key, or the button that ends the audio mode."""

    on: bool


class HeadphonesPlugged(Struct, frozen=True):
    """The plug went in or out. Out ends the audio mode at once: what was said to one pair of ears is not said to the room."""

    plugged: bool


GlassEvent = (
    GlassTouched | NextPressed | BackPressed | FinishPressed | LeaveConfirmed | StillHerePressed | OverlayClosed | StaffWanted
    | LanguageChosen | ThemeChosen | ScaleChosen | ReachChosen | ElderChosen | AudioChosen | HeadphonesPlugged
)  # fmt: skip
