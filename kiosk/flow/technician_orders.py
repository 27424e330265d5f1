"""What a technician's work orders. Each order names who gives it: it is written down before it is carried out."""

from msgspec import Struct

from kiosk.flow.technician import Staff
from kiosk.maintenance.machine import MachineAct
from kiosk.maintenance.testing import AcceptanceSheet, Probe
from kiosk.maintenance.touching import Matrix
from peripherals.secret import Secret


class OpenDoor(Struct, frozen=True):
    """Say how the door is, and wait for a staff card: DoorAnswered, StaffCardSeen."""

    token: int


class TryCode(Struct, frozen=True):
    """Judge six digits, with the card that was read, if any: DoorAnswered."""

    token: int
    code: Secret[str]


class TakeStock(Struct, frozen=True):
    """Look at every part: PartFound for each, then ErrandOver."""

    token: int
    by: Staff


class ProbePart(Struct, frozen=True):
    """Test one part: PartTested."""

    token: int
    by: Staff
    probe: Probe


class PrintSheet(Struct, frozen=True):
    """Print the test sheet and keep it: SheetAnswered."""

    token: int
    by: Staff
    sheet: AcceptanceSheet


class LookAtQueue(Struct, frozen=True):
    """QueueLookedAt; with `send` what is due is sent first, then ErrandOver."""

    token: int
    by: Staff
    send: bool = False


class WalkWay(Struct, frozen=True):
    """Try the way to the city: WayStepped for each step, then ErrandOver."""

    token: int
    by: Staff


class MeasureSpeed(Struct, frozen=True):
    """Measure how quick the line to the city is: SpeedMeasured."""

    token: int
    by: Staff


class LookAtSupplies(Struct, frozen=True):
    """SuppliesLookedAt; with `roll_changed` that is noted first."""

    token: int
    by: Staff
    roll_changed: bool = False


class AskPrinter(Struct, frozen=True):
    """PrinterSeen, in a moment."""

    token: int
    by: Staff


class PrintLine(Struct, frozen=True):
    """Print a line that shows that the paper runs: LinePrinted."""

    token: int
    by: Staff


class KeepTouch(Struct, frozen=True):
    """Write the panel's matrix down: TouchKept."""

    token: int
    by: Staff
    matrix: Matrix


class ReadChart(Struct, frozen=True):
    """Calibrate the document camera by the chart under it: ChartRead."""

    token: int
    by: Staff


class PrintChart(Struct, frozen=True):
    """Print the chart on A4: ChartPrinted."""

    token: int
    by: Staff


class LookAtMachine(Struct, frozen=True):
    """MachineLookedAt."""

    token: int
    by: Staff


class TreatMachine(Struct, frozen=True):
    """MachineTreated, unless it restarts before."""

    token: int
    by: Staff
    act: MachineAct


class KeepProxy(Struct, frozen=True):
    """ProxyKept. Without an address there is to be no proxy, without a user no login."""

    token: int
    by: Staff
    address: str
    user: str
    password: Secret[str]


class CloseDoor(Struct, frozen=True):
    """The technician has gone: forget the card, and write it down."""

    by: Staff | None


TechnicianOrder = (
    OpenDoor | TryCode | TakeStock | ProbePart | PrintSheet | LookAtQueue | WalkWay | LookAtMachine | TreatMachine | CloseDoor
    | LookAtSupplies | AskPrinter | PrintLine | KeepTouch | KeepProxy | MeasureSpeed
    | ReadChart | PrintChart
)  # fmt: skip
