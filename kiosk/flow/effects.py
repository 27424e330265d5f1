"""What must be done. An effect is an order; `kiosk.runner` carries it out and answers with an event."""

from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from typing import Any

from msgspec import Struct

from kiosk.flow.events.terminal import Timer
from kiosk.flow.technician_orders import TechnicianOrder
from kiosk.flow.visit import Ink, Visit
from peripherals.fittings import Light
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.appointments import Appointment
from sync.contract.bills import Bill
from sync.contract.names import ApplicationId
from sync.contract.paid_bills import ProofCode
from sync.contract.progress import CaseProgress
from sync.contract.question import QuestionId, QuestionKind
from sync.contract.words import Words


class ReadCard(Struct, frozen=True):
    """Wait for a card and read it: CardFound, then CardAnswered."""

    token: int
    within_s: float


class StopReading(Struct, frozen=True):
    pass


class ReadChip(Struct, frozen=True):
    """Wait for a chip card and read it: ChipFound, then ChipAnswered."""

    token: int
    within_s: float


class StopReadingChip(Struct, frozen=True):
    pass


class WatchSlot(Struct, frozen=True):
    """Say SlotSeen now and whenever it changes, until the reader is empty or nothing can be told of it; `stays`: and LeaveSlot came."""

    stays: bool = False


class LeaveSlot(Struct, frozen=True):
    """An empty reader is watched no longer; a card that is in it still is, until it is taken."""


class ReadCode(Struct, frozen=True):
    """Wait for codes at the scanner: CodeShown for each, until StopScanning."""

    token: int


class StopScanning(Struct, frozen=True):
    pass


class WatchPlate(Struct, frozen=True):
    """Say PlateSeen now and whenever it changes, until the plate is empty or nothing can be told of it."""


class OpenCamera(Struct, frozen=True):
    """Start the camera: CameraOpened, then PaperSeen whenever the hint changes, until CloseCamera."""

    token: int


class TakePicture(Struct, frozen=True):
    """Answered by PictureTaken. `insist` takes a merely poor picture too."""

    token: int
    insist: bool = False


class CloseCamera(Struct, frozen=True):
    pass


class ReadPrint(Struct, frozen=True):
    """Read the print on a kept page while the visit goes on: PrintRead, unless Forget comes before."""

    token: int
    jpeg: Secret[bytes]


class OpenPad(Struct, frozen=True):
    """Listen to the signature pad: PadSeen whenever it changes, PadInked as the pen writes on from `ink`, until ClosePad."""

    token: int
    ink: Ink


class HoldInk(Struct, frozen=True):
    """What the pad writes goes on from this."""

    ink: Ink


class ClosePad(Struct, frozen=True):
    pass


class Shine(Struct, frozen=True):
    """Let these lights of the cabinet shine, and no others."""

    lights: frozenset[Light]


class HandIn(Struct, frozen=True):
    """Freeze, number, seal, put: Stored only when it is durable, NotStored otherwise."""

    visit: Visit
    language: str


class AskCity(Struct, frozen=True):
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


class PrintSlip(Struct, frozen=True):
    """Print what happened so far: SlipAnswered. From the second time on the slip says that it is a reprint."""

    visit: Visit
    language: str
    time: int = 1


class PrintNotice(Struct, frozen=True):
    """Print what is missing in large letters, to take home: SlipAnswered. `name` stands on it masked."""

    token: int
    case: CaseProgress
    name: Secret[str] | None
    language: str
    now: datetime


class PrintProof(Struct, frozen=True):
    """Print that a bill is paid, with the provider's number: SlipAnswered. The account stands on it masked.

    `again` is the moment of printing it once more.
    """

    token: int
    provider: Words
    bill: Bill
    number: str
    paid_at: datetime | None
    account: Secret[str]
    language: str
    code: ProofCode
    again: datetime | None = None


class PrintAppointment(Struct, frozen=True):
    """Print a booked time, and what to bring: SlipAnswered. `name` stands on it masked; `code` is the key of whoever has no card."""

    token: int
    appointment: Appointment
    name: Secret[str] | None
    language: str
    now: datetime
    code: Secret[str] | None = None


class PrintOutcome(Struct, frozen=True):
    """Print how a case ended, as a slip: SlipAnswered. `name` stands on it masked."""

    token: int
    case: CaseProgress
    name: Secret[str] | None
    language: str
    now: datetime


class PrintPages(Struct, frozen=True):
    """Print a document at the page printer and follow its job to the end: PagesAnswered. It is written to no disk."""

    token: int
    pdf: Secret[bytes]


class Rate(Struct, frozen=True):
    """Keep the rating of a handed-in application for the city."""

    application_id: ApplicationId
    level: int


class SetTimer(Struct, frozen=True):
    """Start the timer anew; TimerFired after `after_s`."""

    timer: Timer
    after_s: float


class CancelTimer(Struct, frozen=True):
    timer: Timer


class Forget(Struct, frozen=True):
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
