"""What can happen. An event is something that has happened; those that answer an effect name the visit that asked."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from kiosk.flow.community import Community
from kiosk.flow.errands import ErrandKind
from kiosk.flow.setting_up import SetUpAct
from kiosk.flow.state import HandInTrouble, Ink, Scale, Shelf, Theme
from kiosk.flow.technician import TechnicianAct, TechnicianFact
from peripherals.card_reader import ChipReading, SlotStatus
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.document_printer import PrintedDocument
from peripherals.id_card_reader import CardReading, PlateStatus
from peripherals.paper_reader import PrintedLine
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from sync.contract.appointments import AppointmentId
from sync.contract.directory import ServiceKind
from sync.contract.item import Category, ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, ItemCode, MaterialId, ReceiptNumber
from sync.contract.question import Outcome, QuestionId
from sync.contract.words import Language, Words

# From the resident


@dataclass(frozen=True, slots=True)
class GlassTouched:
    """Any touch or key, also one that does nothing: somebody is there."""


@dataclass(frozen=True, slots=True)
class CategoryOpened:
    category: Category | None


@dataclass(frozen=True, slots=True)
class ItemChosen:
    code: ItemCode


@dataclass(frozen=True, slots=True)
class ErrandChosen:
    """Something else than an item."""

    errand: ErrandKind


@dataclass(frozen=True, slots=True)
class NoticeOpened:
    notice: str


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """One of the resident's cases."""

    case: ApplicationId


@dataclass(frozen=True, slots=True)
class UtilityChosen:
    utility: str


@dataclass(frozen=True, slots=True)
class ServiceOpened:
    kind: ServiceKind


@dataclass(frozen=True, slots=True)
class ProviderOpened:
    provider: str


@dataclass(frozen=True, slots=True)
class ProofChosen:
    """One kind of certificate."""

    kind: str


@dataclass(frozen=True, slots=True)
class MatterChosen:
    """What a time is wanted for."""

    window: str
    matter: str


@dataclass(frozen=True, slots=True)
class DayChosen:
    day: date


@dataclass(frozen=True, slots=True)
class TimeChosen:
    begins: time


@dataclass(frozen=True, slots=True)
class MinePressed:
    """Show the times that I have."""


@dataclass(frozen=True, slots=True)
class AppointmentOpened:
    appointment: AppointmentId


@dataclass(frozen=True, slots=True)
class MovePressed:
    """Another time instead of this one."""


@dataclass(frozen=True, slots=True)
class GiveBackPressed:
    """I cannot come."""


@dataclass(frozen=True, slots=True)
class ConsentTicked:
    agreed: bool


@dataclass(frozen=True, slots=True)
class NextPressed:
    """The one filled button of the page, whatever it says there."""


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


@dataclass(frozen=True, slots=True)
class FinishPressed:
    """结束退出, or the end of a finished visit."""


@dataclass(frozen=True, slots=True)
class LeaveConfirmed:
    """Stop and clear everything."""


@dataclass(frozen=True, slots=True)
class StillHerePressed:
    pass


@dataclass(frozen=True, slots=True)
class OverlayClosed:
    pass


@dataclass(frozen=True, slots=True)
class StaffWanted:
    pass


@dataclass(frozen=True, slots=True)
class FieldEntered:
    field: str


@dataclass(frozen=True, slots=True)
class FieldLeft:
    """The keyboard went away."""


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """The answer as it stands now: text, bool, or a tuple of choices; "" or None takes it back."""

    field: str
    value: Any

    def __repr__(self) -> str:
        return f"AnswerGiven({self.field!r}, <secret>)"


@dataclass(frozen=True, slots=True)
class HelperWanted:
    """I hand in for somebody else."""


@dataclass(frozen=True, slots=True)
class CardSkipped:
    """That card is not here: name and number are entered by hand."""


@dataclass(frozen=True, slots=True)
class RowAdded:
    field: str


@dataclass(frozen=True, slots=True)
class RowOpened:
    field: str
    place: int


@dataclass(frozen=True, slots=True)
class RowRemoved:
    field: str
    place: int


@dataclass(frozen=True, slots=True)
class CapturePressed:
    """Take the picture now."""


@dataclass(frozen=True, slots=True)
class RetakePressed:
    pass


@dataclass(frozen=True, slots=True)
class PageAdded:
    """The paper has one more page."""


@dataclass(frozen=True, slots=True)
class PaperSkipped:
    """An optional paper that the resident does not have."""


@dataclass(frozen=True, slots=True)
class MarkMade:
    """What stands on the sheet now is a mark in place of a signature."""


@dataclass(frozen=True, slots=True)
class SignerAway:
    """The member of the family who should sign now is not here."""


@dataclass(frozen=True, slots=True)
class CasePaperWanted:
    """The paper of the case that is shown; `on_slip` where whole pages did not come."""

    on_slip: bool = False


@dataclass(frozen=True, slots=True)
class AnotherWanted:
    """Another matter, with the same card and papers."""


@dataclass(frozen=True, slots=True)
class EarlierPaperUsed:
    """A paper of an earlier application of the same visit stands for this one; by its place among those offered."""

    place: int


@dataclass(frozen=True, slots=True)
class OfferTaken:
    """What a paper says to this question is the answer."""

    field: str


@dataclass(frozen=True, slots=True)
class OfferLeft:
    """What a paper says to this question is not wanted."""

    field: str


@dataclass(frozen=True, slots=True)
class Inked:
    """The signature as it stands now."""

    ink: Ink


@dataclass(frozen=True, slots=True)
class PadInked:
    """The signature as it stands now on the pad beside the glass."""

    token: int
    ink: Ink


@dataclass(frozen=True, slots=True)
class ReviewChanged:
    """Change something from the review: one page of the form, one paper, or the signature (neither)."""

    page: int | None = None
    material: MaterialId | None = None


@dataclass(frozen=True, slots=True)
class ReprintPressed:
    pass


@dataclass(frozen=True, slots=True)
class Rated:
    level: int  # 1 very dissatisfied to 5 very satisfied, GB/T 39734-2020


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    language: Language


@dataclass(frozen=True, slots=True)
class ThemeChosen:
    theme: Theme


@dataclass(frozen=True, slots=True)
class ScaleChosen:
    scale: Scale


@dataclass(frozen=True, slots=True)
class ReachChosen:
    reach: bool


@dataclass(frozen=True, slots=True)
class ElderChosen:
    """Fewer things at once, larger and slower; or as usual again."""

    on: bool


@dataclass(frozen=True, slots=True)
class ShelfOpened:
    """One of the choices of the elder home that lead on to several."""

    shelf: Shelf


@dataclass(frozen=True, slots=True)
class AudioChosen:
    """The help key, or the button that ends the audio mode."""

    on: bool


@dataclass(frozen=True, slots=True)
class HeadphonesPlugged:
    """The plug went in or out. Out ends the audio mode at once: what was said to one pair of ears is not said to the room."""

    plugged: bool


# From devices, storage and the city


@dataclass(frozen=True, slots=True)
class CardFound:
    """A card lies on the plate and is being read."""

    token: int


@dataclass(frozen=True, slots=True)
class CardAnswered:
    token: int
    reading: CardReading


@dataclass(frozen=True, slots=True)
class ChipFound:
    """A chip card is in its reader and is being read."""

    token: int


@dataclass(frozen=True, slots=True)
class ChipAnswered:
    """What became of reading it. ABSENT and SILENT are said once, and the reader is looked for again."""

    token: int
    reading: ChipReading


@dataclass(frozen=True, slots=True)
class SlotSeen:
    slot: SlotStatus


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A code was held under the scanner: a slip's two names, or None when it is not one of ours."""

    token: int
    slip: tuple[ReceiptNumber, ApplicationId] | None


@dataclass(frozen=True, slots=True)
class PlateSeen:
    plate: PlateStatus


@dataclass(frozen=True, slots=True)
class PadSeen:
    """How the signature pad is."""

    token: int
    status: PadStatus


@dataclass(frozen=True, slots=True)
class CameraOpened:
    token: int
    hint: PaperHint


@dataclass(frozen=True, slots=True)
class PaperSeen:
    """What the camera makes of the paper changed."""

    token: int
    view: PaperView


@dataclass(frozen=True, slots=True)
class PictureTaken:
    token: int
    picture: Picture


@dataclass(frozen=True, slots=True)
class PrintRead:
    """What stands in print on a page that was kept; no lines where nothing could be read. `jpeg` is the page itself."""

    token: int
    jpeg: Secret[bytes]
    lines: tuple[PrintedLine, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """The application is durably in the outbox. The time is not sure when this terminal's clock is not."""

    token: int
    application_id: ApplicationId
    number: ReceiptNumber
    at: datetime
    time_is_sure: bool = True


@dataclass(frozen=True, slots=True)
class NotStored:
    """Nothing was taken, and nothing is left of the attempt."""

    token: int
    trouble: HandInTrouble


@dataclass(frozen=True, slots=True)
class CityReceived:
    """The city's signed receipt is there; `complete` when it has every picture, too. Comes again when it becomes complete."""

    token: int
    case_number: CaseNumber
    complete: bool


@dataclass(frozen=True, slots=True)
class CityTold:
    """The end of an Enquire: the answer, an honest "no line", or the city's refusal."""

    token: int
    kind: str
    question_id: QuestionId
    outcome: Outcome[Any]


@dataclass(frozen=True, slots=True)
class SlipAnswered:
    token: int
    printing: Printing


@dataclass(frozen=True, slots=True)
class PagesAnswered:
    """What became of a document at the page printer; its job was followed to the end."""

    token: int
    printed: PrintedDocument


@dataclass(frozen=True, slots=True)
class PrinterSeen:
    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class DoorSeen:
    """The cabinet's service door was opened or shut."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class LineSeen:
    up: bool


@dataclass(frozen=True, slots=True)
class ItemsLoaded:
    items: tuple[ItemPackage, ...]


@dataclass(frozen=True, slots=True)
class CommunityLoaded:
    """What the city publishes to this terminal's residents, as it is now."""

    community: Community


@dataclass(frozen=True, slots=True)
class StorageFailed:
    """The outbox cannot be opened or takes nothing now."""


@dataclass(frozen=True, slots=True)
class StorageMended:
    """The outbox takes applications again."""


# From the clock


class Timer(StrEnum):
    """The waits of the flow; each runs at most once at a time."""

    IDLE = "idle"
    COUNTDOWN = "countdown"
    CARD_SHOWN = "card_shown"  # the green banner stays a moment before the form comes
    STEADY = "steady"  # a good paper held still takes its own picture
    CITY = "city"  # how long the slip waits for the city
    PAYMENT = "payment"  # how often a payment is looked at
    LOOK_AGAIN = "look_again"  # after a refused card
    KNOCK = "knock"  # within which the corners have to be touched


@dataclass(frozen=True, slots=True)
class TimerFired:
    timer: Timer


@dataclass(frozen=True, slots=True)
class MinutePassed:
    now: datetime


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """Operations set where help is found; None leaves what the terminal's own configuration says."""

    hotline: str | None
    staff: str | None


@dataclass(frozen=True, slots=True)
class ServiceSuspended:
    """Operations put the terminal out of service, with a text for residents, which may be empty."""

    text: Words


@dataclass(frozen=True, slots=True)
class ServiceResumed:
    """It may serve again."""


@dataclass(frozen=True, slots=True)
class MachineSlept:
    """The machine was suspended and has gone on: whoever stood there has left."""


ResidentEvent = (
    GlassTouched | CategoryOpened | ItemChosen | ErrandChosen | NoticeOpened | ServiceOpened | ProviderOpened | UtilityChosen | CaseOpened
    | ConsentTicked | NextPressed | BackPressed | FinishPressed | LeaveConfirmed | StillHerePressed | OverlayClosed | StaffWanted
    | FieldEntered | FieldLeft | AnswerGiven | CapturePressed | RetakePressed | PageAdded | PaperSkipped | Inked | ReviewChanged
    | ReprintPressed | Rated | LanguageChosen | ThemeChosen | ScaleChosen | ReachChosen | ElderChosen | ShelfOpened
    | ProofChosen | MatterChosen | DayChosen | TimeChosen | MinePressed | AppointmentOpened | MovePressed | GiveBackPressed
    | OfferTaken | OfferLeft | AnotherWanted | EarlierPaperUsed | CasePaperWanted | MarkMade | SignerAway | PadInked
    | HelperWanted | CardSkipped | RowAdded | RowOpened | RowRemoved | TechnicianAct | SetUpAct | AudioChosen | HeadphonesPlugged
)  # fmt: skip

OutsideEvent = (
    ChipFound | ChipAnswered | SlotSeen | PadSeen | PrintRead
    | CardFound | CardAnswered | CodeShown | PlateSeen | CameraOpened | PaperSeen | PictureTaken | Stored | NotStored | CityReceived
    | CityTold | SlipAnswered | PagesAnswered | PrinterSeen | LineSeen | ItemsLoaded | CommunityLoaded | StorageFailed | StorageMended
    | TimerFired | MinutePassed | MachineSlept | DoorSeen | TechnicianFact
    | PlaceTold | ServiceSuspended | ServiceResumed
)  # fmt: skip

Event = ResidentEvent | OutsideEvent
