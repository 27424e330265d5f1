"""What must be done. An effect is an order; `kiosk.runner` carries it out and answers with an event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk.flow.events.terminal import Timer
from kiosk.flow.technician_orders import TechnicianOrder
from kiosk.flow.visit import Ink, Visit
from peripherals.fittings import Light
from peripherals.secret import Secret
from sync.contract.appointments import Appointment
from sync.contract.bills import Bill
from sync.contract.names import ApplicationId
from sync.contract.progress import CaseProgress
from sync.contract.question import QuestionId, QuestionKind
from sync.contract.words import Words


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Wait for a card and read it: CardFound, then CardAnswered."""

    token: int
    within_s: float


@dataclass(frozen=True, slots=True)
class StopReading:
    pass


@dataclass(frozen=True, slots=True)
class ReadChip:
    """Wait for a chip card and read it: ChipFound, then ChipAnswered."""

    token: int
    within_s: float


@dataclass(frozen=True, slots=True)
class StopReadingChip:
    pass


@dataclass(frozen=True, slots=True)
class WatchSlot:
    """Say SlotSeen now and whenever it changes, until the reader is empty or nothing can be told of it; `stays`: and LeaveSlot came."""

    stays: bool = False


@dataclass(frozen=True, slots=True)
class LeaveSlot:
    """An empty reader is watched no longer; a card that is in it still is, until it is taken."""


@dataclass(frozen=True, slots=True)
class ReadCode:
    """Wait for codes at the scanner: CodeShown for each, until StopScanning."""

    token: int


@dataclass(frozen=True, slots=True)
class StopScanning:
    pass


@dataclass(frozen=True, slots=True)
class WatchPlate:
    """Say PlateSeen now and whenever it changes, until the plate is empty or nothing can be told of it."""


@dataclass(frozen=True, slots=True)
class OpenCamera:
    """Start the camera: CameraOpened, then PaperSeen whenever the hint changes, until CloseCamera."""

    token: int


@dataclass(frozen=True, slots=True)
class TakePicture:
    """Answered by PictureTaken. `insist` takes a merely poor picture too."""

    token: int
    insist: bool = False


@dataclass(frozen=True, slots=True)
class CloseCamera:
    pass


@dataclass(frozen=True, slots=True)
class ReadPrint:
    """Read the print on a kept page while the visit goes on: PrintRead, unless Forget comes before."""

    token: int
    jpeg: Secret[bytes]


@dataclass(frozen=True, slots=True)
class OpenPad:
    """Listen to the signature pad: PadSeen whenever it changes, PadInked as the pen writes on from `ink`, until ClosePad."""

    token: int
    ink: Ink


@dataclass(frozen=True, slots=True)
class HoldInk:
    """What the pad writes goes on from this."""

    ink: Ink


@dataclass(frozen=True, slots=True)
class ClosePad:
    pass


@dataclass(frozen=True, slots=True)
class Shine:
    """Let these lights of the cabinet shine, and no others."""

    lights: frozenset[Light]


@dataclass(frozen=True, slots=True)
class HandIn:
    """Freeze, number, seal, put: Stored only when it is durable, NotStored otherwise."""

    visit: Visit
    language: str


@dataclass(frozen=True, slots=True)
class AskCity:
    """Deliver at once, and say CityReceived when the city's receipt for it comes and when it is complete, until Forget."""

    token: int
    application_id: ApplicationId


@dataclass(frozen=True, slots=True)
class Enquire:
    """Ask the city while somebody waits: CityTold, at the latest when `within_s` are over; nothing comes after Forget.

    `question_id` is that of an earlier try, so that what the question does is done once. Where the question itself is to carry its id, as a
    certificate does, `question` is a function of it.
    """

    token: int
    kind: QuestionKind[Any, Any]
    question: object | Callable[[QuestionId], object] = field(repr=False)
    within_s: float
    question_id: QuestionId | None = None


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print what happened so far: SlipAnswered. From the second time on the slip says that it is a reprint."""

    visit: Visit
    language: str
    time: int = 1


@dataclass(frozen=True, slots=True)
class PrintNotice:
    """Print what is missing in large letters, to take home: SlipAnswered. `name` stands on it masked."""

    token: int
    case: CaseProgress
    name: Secret[str] | None
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class PrintProof:
    """Print that a bill is paid, with the provider's number: SlipAnswered. The account stands on it masked."""

    token: int
    provider: Words
    bill: Bill
    number: str
    paid_at: datetime | None
    account: Secret[str]
    language: str


@dataclass(frozen=True, slots=True)
class PrintAppointment:
    """Print a booked time, and what to bring: SlipAnswered. `name` stands on it masked."""

    token: int
    appointment: Appointment
    name: Secret[str] | None
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """Print how a case ended, as a slip: SlipAnswered. `name` stands on it masked."""

    token: int
    case: CaseProgress
    name: Secret[str] | None
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class PrintPages:
    """Print a document at the page printer and follow its job to the end: PagesAnswered. It is written to no disk."""

    token: int
    pdf: Secret[bytes]


@dataclass(frozen=True, slots=True)
class Rate:
    """Keep the rating of a handed-in application for the city."""

    application_id: ApplicationId
    level: int


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Start the timer anew; TimerFired after `after_s`."""

    timer: Timer
    after_s: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    timer: Timer


@dataclass(frozen=True, slots=True)
class Forget:
    """The visit is over: stop every device's work for it and drop whatever is buffered of it."""


OptionalDeviceOrder = ReadChip | StopReadingChip | WatchSlot | LeaveSlot | OpenPad | HoldInk | ClosePad | Shine
"""Orders to devices that not every terminal has."""

Effect = (
    ReadCard
    | StopReading
    | ReadCode
    | StopScanning
    | WatchPlate
    | OpenCamera
    | TakePicture
    | CloseCamera
    | ReadPrint
    | OptionalDeviceOrder
    | HandIn
    | AskCity
    | Enquire
    | PrintSlip
    | PrintNotice
    | PrintProof
    | PrintAppointment
    | PrintPages
    | PrintOutcome
    | Rate
    | SetTimer
    | CancelTimer
    | Forget
    | TechnicianOrder
)
