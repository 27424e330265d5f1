"""A technician at the terminal, as values: what is held of the work, and what is shown."""

from dataclasses import field
from enum import StrEnum

from kiosk.maintenance.finding import Check, Finding
from kiosk.maintenance.machine import ENDED, MachineAct, MachineDone, MachineLook, MachineOutcome
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.supplies import PaperStep, Supplies
from kiosk.maintenance.testing import Probe, ProbeResult
from kiosk.maintenance.touching import Matrix, Point
from peripherals.document_printer import PrintedDocument
from peripherals.plate import ChartReading
from peripherals.receipt_printer import PrinterStatus
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.technicians import TechnicianRole
from sync.line_speed import LineSpeed
from sync.queue_look import QueueLook
from sync.way_steps import Walked

CODE_DIGITS = 6


class Corner(StrEnum):
    """Where the glass is touched to come in; nothing else stands there."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"


SECRET_KNOCK = (Corner.TOP_LEFT, Corner.TOP_RIGHT, Corner.TOP_LEFT, Corner.TOP_RIGHT)
"""The way in; docs/zh/维护菜单.md tells it. It hides the menu from residents and protects nothing: card and PIN do."""


class Errand(StrEnum):
    """What is under way and is waited for; one thing at a time."""

    SIGNING_IN = "signing_in"
    TAKING_STOCK = "taking_stock"
    TESTING = "testing"
    PRINTING = "printing"
    SENDING = "sending"
    WALKING = "walking"
    MEASURING = "measuring"
    TREATING = "treating"
    CALIBRATING = "calibrating"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is in."""

    number: str
    role: TechnicianRole


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Somebody looks after the terminal, from the knock to leaving. `typed` is gone as soon as it is judged."""

    token: int
    staff: Staff | None = None
    has_card: bool = False
    typed: Secret[str] = field(default_factory=lambda: Secret(""))
    door: SignIn = field(default_factory=lambda: SignIn(SignInStatus.OPEN))
    busy: Errand | None = None
    findings: tuple[Finding, ...] = ()
    tested: tuple[ProbeResult, ...] = ()
    probe: Probe | None = None  # what is being tested
    is_sheet_printed: bool = False
    queue: QueueLook | None = None
    way: tuple[Walked, ...] = ()
    speed: LineSpeed | None = None
    supplies: Supplies | None = None
    machine: MachineLook | None = None
    done: MachineDone | None = None

    @property
    def is_ended(self) -> bool:
        """Whether there is no terminal any more: what is left to do is to switch it off."""
        done = self.done
        return done is not None and done.act is MachineAct.END and done.outcome in ENDED

    def finding(self, check: Check) -> Finding | None:
        """Return what a check found, once it has."""
        return next((one for one in self.findings if one.check is check), None)


@dataclass(frozen=True, slots=True)
class StaffSignIn:
    """Lay the staff card, type six digits."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What is wrong, worst first; `opened` is the check whose remedy is shown."""

    opened: Check | None = None


@dataclass(frozen=True, slots=True)
class PartTests:
    """The acceptance test, part by part."""


@dataclass(frozen=True, slots=True)
class QueueShown:
    """What waits to be sent: numbers, never contents."""


@dataclass(frozen=True, slots=True)
class WayShown:
    """The way to the city, step by step."""


class ProxyStep(StrEnum):
    """What is asked for a new proxy, in this order."""

    ADDRESS = "address"
    USER = "user"
    PASSWORD = "password"  # noqa: S105 - the step's name
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class ProxyShown:
    """A new proxy, step by step; without an address there is to be none. `outcome` says what came of it."""

    step: ProxyStep = ProxyStep.ADDRESS
    address: str = ""
    user: str = ""
    password: Secret[str] = field(default_factory=lambda: Secret(""))
    is_wrong: bool = False
    outcome: MachineOutcome | None = None


@dataclass(frozen=True, slots=True)
class MachineShown:
    """Versions, sticks, going back, the end; `asked` is what is asked once more, `typed` the terminal's number where that is wanted."""

    asked: MachineAct | None = None
    typed: str | None = None


@dataclass(frozen=True, slots=True)
class SuppliesShown:
    """What was used, and what is left of the roll."""


@dataclass(frozen=True, slots=True)
class PaperChange:
    """A change of paper, with pictures; `status` is what the printer said last, `has_failed` that its test line did not come out."""

    step: PaperStep = PaperStep.OPEN
    status: PrinterStatus | None = None
    has_failed: bool = False


@dataclass(frozen=True, slots=True)
class TouchTargets:
    """Crosses, one after the other; `has_failed` after a round whose touches made no use of a matrix, `missed_mm` at the worst."""

    touched: tuple[Point, ...] = ()
    missed_mm: float | None = None
    has_failed: bool = False


@dataclass(frozen=True, slots=True)
class TouchTrial:
    """The new matrix is used, for so long as nobody has confirmed it."""

    matrix: Matrix
    missed_mm: float
    seconds_left: int
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class CameraChart:
    """Calibration of the document camera: the chart, what was found of it last, and whether it came out of the printer."""

    reading: ChartReading | None = None
    printed: PrintedDocument | None = None


UpkeepView = (
    StaffSignIn
    | Overview
    | PartTests
    | QueueShown
    | WayShown
    | MachineShown
    | SuppliesShown
    | PaperChange
    | TouchTargets
    | TouchTrial
    | CameraChart
    | ProxyShown
)


class UpkeepPlace(StrEnum):
    """Where the overview's buttons lead."""

    TESTS = "tests"
    QUEUE = "queue"
    WAY = "way"
    SUPPLIES = "supplies"
    TOUCH = "touch"
    CAMERA = "camera"
    MACHINE = "machine"
    PROXY = "proxy"  # from the page of the network
