"""What a technician does, and what comes of what they ordered."""

from dataclasses import dataclass

from kiosk.flow.technician import Corner, Errand, UpkeepPlace
from kiosk.maintenance.finding import Check, Finding
from kiosk.maintenance.machine import MachineAct, MachineDone, MachineLook, MachineOutcome
from kiosk.maintenance.sign_in import SignIn
from kiosk.maintenance.supplies import Supplies
from kiosk.maintenance.testing import Probe, ProbeResult
from kiosk.maintenance.touching import Point
from peripherals.document_printer import PrintedDocument
from peripherals.plate import ChartReading
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.line_speed import LineSpeed
from sync.queue_look import QueueLook
from sync.way_steps import Walked


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
class ChartWanted:
    """Print the chart."""


@dataclass(frozen=True, slots=True)
class ChartRead:
    """What a calibration found, and kept where it was good."""

    token: int
    reading: ChartReading


@dataclass(frozen=True, slots=True)
class ChartPrinted:
    token: int
    printed: PrintedDocument


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
    | PaperChangeWanted | TargetTouched | SpeedPressed | ChartWanted
)  # fmt: skip


TechnicianFact = (
    DoorAnswered | StaffCardSeen | PartFound | PartTested | SheetAnswered | QueueLookedAt | WayStepped | ErrandOver
    | MachineLookedAt | MachineTreated | SuppliesLookedAt | PrinterSeen | LinePrinted
    | TouchKept | ProxyKept | SpeedMeasured | ChartRead | ChartPrinted
)  # fmt: skip
