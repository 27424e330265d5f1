"""Setting a terminal up for the first time, as values: the steps, what the technician answered, and what came of it."""

from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from kiosk.machine.network import Network, NetworkField
from peripherals.values import dataclass
from sync.contract.words import Language


class SetUpStep(StrEnum):
    """What is set up, in this order."""

    LANGUAGE = "language"
    PANEL = "panel"
    NETWORK = "network"
    CLOCK = "clock"
    ENROLMENT = "enrolment"
    DEVICES = "devices"
    TRIAL = "trial"


class PanelForm(StrEnum):
    """The makes of the glass."""

    UPRIGHT_21 = "upright_21"
    ACROSS_21 = "across_21"
    ACROSS_15 = "across_15"
    ACROSS_10 = "across_10"
    UPRIGHT_32 = "upright_32"


@dataclass(frozen=True, slots=True)
class Glass:
    """What a configuration says of a make: pixels, and millimetres a pixel."""

    width_px: int
    height_px: int
    pitch_mm: float

    @property
    def height_mm(self) -> int:
        """From the lower to the upper edge."""
        return round(self.height_px * self.pitch_mm)


GLASSES: Final = MappingProxyType(
    {
        PanelForm.UPRIGHT_21: Glass(1080, 1920, 0.248),
        PanelForm.ACROSS_21: Glass(1920, 1080, 0.248),
        PanelForm.ACROSS_15: Glass(1920, 1080, 0.180),
        PanelForm.ACROSS_10: Glass(1280, 800, 0.170),
        PanelForm.UPRIGHT_32: Glass(1080, 1920, 0.369),
    }
)
LOWEST_MM, HIGHEST_MM, HEIGHT_STEP_MM = 300, 1500, 10
REACHED_FROM_A_WHEELCHAIR_MM: Final = 1200
"""Above the floor; what hangs higher cannot be touched by somebody who sits (a sample, after ISO 21542's 1,200 mm)."""


class SetUpField(StrEnum):
    """What is typed."""

    CITY = "city"
    ADDRESS = NetworkField.ADDRESS.value
    GATEWAY = NetworkField.GATEWAY.value
    NAME_SERVER = NetworkField.NAME_SERVER.value
    TIME_SERVER = NetworkField.TIME_SERVER.value
    IDENTITY = NetworkField.IDENTITY.value
    PASSWORD = NetworkField.PASSWORD.value
    PROXY = NetworkField.PROXY.value
    PROXY_USER = NetworkField.PROXY_USER.value
    PROXY_PASSWORD = NetworkField.PROXY_PASSWORD.value
    TIME = "time"
    TERMINAL = "terminal"
    CODE = "code"


class SetUpSwitch(StrEnum):
    """What is on or off."""

    FIXED = "is_fixed"
    DOT1X = "has_dot1x"
    BACKUP = "has_backup"
    PROXY = "has_proxy"


Millimetres = Annotated[int, msgspec.Meta(ge=LOWEST_MM, le=HIGHEST_MM)]


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known so far; written down at each step, so that a pulled plug costs one step.

    Attributes:
        step: Where it goes on.
        city: Host of the city's end, with its port where that is not 443.
        code: The one-time code of admission; worthless once admitted.
        place: Where the terminal stands, as the city says it.
        is_admitted: The certificate is kept.
        devices: Addresses that answered, by device; others are as the image has them.
    """

    step: SetUpStep = SetUpStep.LANGUAGE
    language: Language = Language.ZH
    form: PanelForm = PanelForm.UPRIGHT_21
    bottom_mm: Millimetres = 780
    network: Network = msgspec.field(default_factory=Network)
    city: str = ""
    terminal: str = ""
    code: str = ""
    place: str = ""
    is_admitted: bool = False
    devices: dict[str, str] = {}

    def __repr__(self) -> str:
        """Say how far it is, and nothing that opens something."""
        return f"Answers(step={self.step}, terminal={self.terminal!r})"

    @property
    def top_mm(self) -> int:
        """How high the upper edge of the glass hangs."""
        return self.bottom_mm + GLASSES[self.form].height_mm


class SetUpTrouble(StrEnum):
    """Why a step did not go on; each has its sentence."""

    STORAGE = "storage"  # what was answered cannot be written down
    NOT_SET = "not_set"  # the machine did not take it
    NO_HELPER = "no_helper"  # nobody here sets networks and clocks
    NO_LINE = "no_line"
    NOT_THE_CITY = "not_the_city"
    REFUSED = "refused"  # the code is wrong, used, or over
    CONFIG = "config"  # what was answered makes no configuration
    VISIT = "visit"  # the trial did not go through
