"""A technician at the terminal, as values: what is held of the work, what is shown, what can happen, and what is ordered."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.maintenance.finding import Check, Finding
from kiosk.maintenance.machine import ENDED, MachineAct, MachineDone, MachineLook, MachineOutcome
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.supplies import PaperStep, Supplies
from kiosk.maintenance.testing import AcceptanceSheet, Probe, ProbeResult
from kiosk.maintenance.touching import Matrix, Point
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
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


# What is shown


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
    | ProxyShown
)


# What can happen


@dataclass(frozen=True, slots=True)
class CornerTouched:
    corner: Corner


@dataclass(frozen=True, slots=True)
class DigitTyped:
    digit: str

    def __repr__(self) -> str:
        return "DigitTyped(<secret>)"


@dataclass(frozen=True, slots=True)
class DigitErased:
    """The last digit, or all of them."""

    everything: bool = False


@dataclass(frozen=True, slots=True)
class CheckOpened:
    """Show what to do about one finding; None closes it."""

    check: Check | None


class UpkeepPlace(StrEnum):
    """Where the overview's buttons lead."""

    TESTS = "tests"
    QUEUE = "queue"
    WAY = "way"
    SUPPLIES = "supplies"
    TOUCH = "touch"
    MACHINE = "machine"
    PROXY = "proxy"  # from the page of the network


@dataclass(frozen=True, slots=True)
class PlaceOpened:
    place: UpkeepPlace


@dataclass(frozen=True, slots=True)
class SpeedPressed:
    """Measure how quick the line is."""


@dataclass(frozen=True, slots=True)
class RollChanged:
    """A new roll was put in without being shown how."""


@dataclass(frozen=True, slots=True)
class PaperChangeWanted:
    """Show how the paper is changed."""


@dataclass(frozen=True, slots=True)
class SuppliesLookedAt:
    token: int
    supplies: Supplies


@dataclass(frozen=True, slots=True)
class PrinterSeen:
    """How the printer is now."""

    token: int
    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class LinePrinted:
    """What became of the test line."""

    token: int
    printing: Printing


@dataclass(frozen=True, slots=True)
class TargetTouched:
    """The glass was touched while a cross was shown; where, uncorrected, and how large the glass is."""

    at: Point
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class TouchKept:
    """The matrix is written down."""

    token: int


@dataclass(frozen=True, slots=True)
class RetestPressed:
    """Only this part once more."""

    probe: Probe


@dataclass(frozen=True, slots=True)
class MachineActPressed:
    """Do this with the machine, once it was asked about where that is needed."""

    act: MachineAct


@dataclass(frozen=True, slots=True)
class MachineLookedAt:
    token: int
    look: MachineLook


@dataclass(frozen=True, slots=True)
class MachineTreated:
    token: int
    done: MachineDone
    look: MachineLook


@dataclass(frozen=True, slots=True)
class DoorAnswered:
    """How the door is, or what became of a try."""

    token: int
    outcome: SignIn


@dataclass(frozen=True, slots=True)
class StaffCardSeen:
    """A staff card was read; its number stays with whoever judges."""

    token: int


@dataclass(frozen=True, slots=True)
class PartFound:
    token: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class PartTested:
    token: int
    tested: ProbeResult


@dataclass(frozen=True, slots=True)
class SheetAnswered:
    token: int
    printing: Printing


@dataclass(frozen=True, slots=True)
class QueueLookedAt:
    """What waits; None where the outbox cannot be read: a `PartFound` says so."""

    token: int
    look: QueueLook | None


@dataclass(frozen=True, slots=True)
class WayStepped:
    token: int
    walked: Walked


@dataclass(frozen=True, slots=True)
class SpeedMeasured:
    token: int
    speed: LineSpeed


@dataclass(frozen=True, slots=True)
class ErrandOver:
    """What was ordered is done, whatever came of it."""

    token: int
    errand: Errand


@dataclass(frozen=True, slots=True)
class ProxyKept:
    """What became of a new proxy; where it was kept, the machine restarts."""

    token: int
    outcome: MachineOutcome


TechnicianAct = (
    CornerTouched | DigitTyped | DigitErased | CheckOpened | PlaceOpened | RetestPressed | MachineActPressed | RollChanged
    | PaperChangeWanted | TargetTouched | SpeedPressed
)  # fmt: skip
TechnicianFact = (
    DoorAnswered | StaffCardSeen | PartFound | PartTested | SheetAnswered | QueueLookedAt | WayStepped | ErrandOver
    | MachineLookedAt | MachineTreated | SuppliesLookedAt | PrinterSeen | LinePrinted
    | TouchKept | ProxyKept | SpeedMeasured
)  # fmt: skip


# What is ordered. Each order names who gives it: it is written down before it is carried out.


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """Say how the door is, and wait for a staff card: DoorAnswered, StaffCardSeen."""

    token: int


@dataclass(frozen=True, slots=True)
class TryCode:
    """Judge six digits, with the card that was read, if any: DoorAnswered."""

    token: int
    code: Secret[str]


@dataclass(frozen=True, slots=True)
class TakeStock:
    """Look at every part: PartFound for each, then ErrandOver."""

    token: int
    by: Staff


@dataclass(frozen=True, slots=True)
class ProbePart:
    """Test one part: PartTested."""

    token: int
    by: Staff
    probe: Probe


@dataclass(frozen=True, slots=True)
class PrintSheet:
    """Print the test sheet and keep it: SheetAnswered."""

    token: int
    by: Staff
    sheet: AcceptanceSheet


@dataclass(frozen=True, slots=True)
class LookAtQueue:
    """QueueLookedAt; with `send` what is due is sent first, then ErrandOver."""

    token: int
    by: Staff
    send: bool = False


@dataclass(frozen=True, slots=True)
class WalkWay:
    """Try the way to the city: WayStepped for each step, then ErrandOver."""

    token: int
    by: Staff


@dataclass(frozen=True, slots=True)
class MeasureSpeed:
    """Measure how quick the line to the city is: SpeedMeasured."""

    token: int
    by: Staff


@dataclass(frozen=True, slots=True)
class LookAtSupplies:
    """SuppliesLookedAt; with `roll_changed` that is noted first."""

    token: int
    by: Staff
    roll_changed: bool = False


@dataclass(frozen=True, slots=True)
class AskPrinter:
    """PrinterSeen, in a moment."""

    token: int
    by: Staff


@dataclass(frozen=True, slots=True)
class PrintLine:
    """Print a line that shows that the paper runs: LinePrinted."""

    token: int
    by: Staff


@dataclass(frozen=True, slots=True)
class KeepTouch:
    """Write the panel's matrix down: TouchKept."""

    token: int
    by: Staff
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class LookAtMachine:
    """MachineLookedAt."""

    token: int
    by: Staff


@dataclass(frozen=True, slots=True)
class TreatMachine:
    """MachineTreated, unless it restarts before."""

    token: int
    by: Staff
    act: MachineAct


@dataclass(frozen=True, slots=True)
class KeepProxy:
    """ProxyKept. Without an address there is to be no proxy, without a user no login."""

    token: int
    by: Staff
    address: str
    user: str
    password: Secret[str]


@dataclass(frozen=True, slots=True)
class CloseDoor:
    """The technician has gone: forget the card, and write it down."""

    by: Staff | None


TechnicianOrder = (
    OpenDoor | TryCode | TakeStock | ProbePart | PrintSheet | LookAtQueue | WalkWay | LookAtMachine | TreatMachine | CloseDoor
    | LookAtSupplies | AskPrinter | PrintLine | KeepTouch | KeepProxy | MeasureSpeed
)  # fmt: skip
