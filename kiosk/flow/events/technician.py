"""What a technician does, and what comes of what they ordered."""

from msgspec import Struct

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


class CornerTouched(Struct, frozen=True):
    corner: Corner


class DigitTyped(Struct, frozen=True):
    digit: str

    def __repr__(self) -> str:
        return "DigitTyped(<secret>)"


class DigitErased(Struct, frozen=True):
    """The last digit, or all of them."""

    everything: bool = False


class CheckOpened(Struct, frozen=True):
    """Show what to do about one finding; None closes it."""

    check: Check | None


class PlaceOpened(Struct, frozen=True):
    place: UpkeepPlace


class SpeedPressed(Struct, frozen=True):
    """Measure how quick the line is."""


class RollChanged(Struct, frozen=True):
    """A new roll was put in without being shown how."""


class PaperChangeWanted(Struct, frozen=True):
    """Show how the paper is changed."""


class ChartWanted(Struct, frozen=True):
    """Print the chart."""


class ChartRead(Struct, frozen=True):
    """What a calibration found, and kept where it was good."""

    token: int
    reading: ChartReading


class ChartPrinted(Struct, frozen=True):
    token: int
    printed: PrintedDocument


class SuppliesLookedAt(Struct, frozen=True):
    token: int
    supplies: Supplies


class PrinterSeen(Struct, frozen=True):
    """How the printer is now."""

    token: int
    status: PrinterStatus


class LinePrinted(Struct, frozen=True):
    """What became of the test line."""

    token: int
    printing: Printing


class TargetTouched(Struct, frozen=True):
    """The glass was touched while a cross was shown; where, uncorrected, and how large the glass is."""

    at: Point
    width_mm: float
    height_mm: float


class TouchKept(Struct, frozen=True):
    """The matrix is written down."""

    token: int


class RetestPressed(Struct, frozen=True):
    """Only this part once more."""

    probe: Probe


class MachineActPressed(Struct, frozen=True):
    """Do this with the machine, once it was asked about where that is needed."""

    act: MachineAct


class MachineLookedAt(Struct, frozen=True):
    token: int
    look: MachineLook


class MachineTreated(Struct, frozen=True):
    token: int
    done: MachineDone
    look: MachineLook


class DoorAnswered(Struct, frozen=True):
    """How the door is, or what became of a try."""

    token: int
    outcome: SignIn


class StaffCardSeen(Struct, frozen=True):
    """A staff card was read; its number stays with whoever judges."""

    token: int


class PartFound(Struct, frozen=True):
    token: int
    finding: Finding


class PartTested(Struct, frozen=True):
    token: int
    tested: ProbeResult


class SheetAnswered(Struct, frozen=True):
    token: int
    printing: Printing


class QueueLookedAt(Struct, frozen=True):
    """What waits; None where the outbox cannot be read: a `PartFound` says so."""

    token: int
    look: QueueLook | None


class WayStepped(Struct, frozen=True):
    token: int
    walked: Walked


class SpeedMeasured(Struct, frozen=True):
    token: int
    speed: LineSpeed


class ErrandOver(Struct, frozen=True):
    """What was ordered is done, whatever came of it."""

    token: int
    errand: Errand


class ProxyKept(Struct, frozen=True):
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
