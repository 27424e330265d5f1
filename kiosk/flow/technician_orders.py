"""What a technician's work orders. Each order names who gives it: it is written down before it is carried out."""

from dataclasses import dataclass

from kiosk.flow.technician import Staff
from kiosk.maintenance.machine import MachineAct
from kiosk.maintenance.testing import AcceptanceSheet, Probe
from kiosk.maintenance.touching import Matrix
from peripherals.secret import Secret


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
class ReadChart:
    """Calibrate the document camera by the chart under it: ChartRead."""

    token: int
    by: Staff


@dataclass(frozen=True, slots=True)
class PrintChart:
    """Print the chart on A4: ChartPrinted."""

    token: int
    by: Staff


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
    | ReadChart | PrintChart
)  # fmt: skip
