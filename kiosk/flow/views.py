"""What is on the glass: one value for each page, and what may lie over it."""

from enum import StrEnum

from kiosk.flow.errands import ErrandView
from kiosk.flow.setting_up import SetUpShown
from kiosk.flow.technician import UpkeepView
from peripherals.card_reader import ChipReadStatus
from peripherals.document_camera import PaperHint, PaperView
from peripherals.id_card_reader import CardReadStatus
from peripherals.receipt_printer import PrinterStatus
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from peripherals.values import dataclass
from sync.contract.answers import FieldProblem
from sync.contract.item import Category
from sync.contract.names import MaterialId

NO_PAPER = PaperView(PaperHint.NO_PAPER)


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is there; any touch starts."""


class Shelf(StrEnum):
    """What the home of the elder mode puts together; behind `OTHER` stands all the rest."""

    ALLOWANCES = "allowances"
    MEDICAL = "medical"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Home:
    """Choose what to do; `category` is the drawer that is open, `shelf` the choice of the elder home that led there."""

    category: Category | None = None
    shelf: Shelf | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """What the item is and what happens to one's data. `asked` marks that consent was found missing when going on."""

    agreed: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom somebody hands in (代办). `asked` marks that no answer was given when going on."""

    asked: bool = False


class CardOf(StrEnum):
    """Whose card is laid."""

    APPLICANT = "applicant"
    HELPER = "helper"
    MEMBER = "member"  # somebody in the rows of a page
    WITNESS = "witness"  # who saw a mark being made


@dataclass(frozen=True, slots=True)
class RowAt:
    """One row of a page: the question that repeats, and the place from 0."""

    field: str
    place: int


class Medium(StrEnum):
    """Which card it is."""

    IDENTITY = "identity"
    SOCIAL = "social"  # a social security card, in the chip-card reader


class CardStage(StrEnum):
    """How far the reading of the card is."""

    WAITING = "waiting"
    READING = "reading"  # do not lift it
    READ = "read"
    REFUSED = "refused"  # `status` says why; laying it again goes on by itself


@dataclass(frozen=True, slots=True)
class LayCard:
    """Lay the identity card; there is nothing to press until it is read.

    `medium` is the card that came last. Why it was refused is `status` for an identity card, `chip` for a social security card.
    """

    stage: CardStage = CardStage.WAITING
    status: CardReadStatus | None = None
    expired: bool = False
    whose: CardOf = CardOf.APPLICANT
    page: int = 0  # of the row that a member's card is for
    row: RowAt | None = None
    medium: Medium = Medium.IDENTITY
    chip: ChipReadStatus | None = None
    is_own: bool = False  # whoever made the mark laid their own card as their witness's


@dataclass(frozen=True, slots=True)
class Eligible:
    """One question before the form; its answer stands in `visit.fitness`. `asked` marks that none was given when going on."""

    place: int
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One page of questions, or one row of it. `problems` are shown beside their fields; they appear when the resident tries to go on."""

    page: int
    focus: str | None = None
    problems: tuple[FieldProblem, ...] = ()
    row: RowAt | None = None


class CaptureStage(StrEnum):
    """How far the picture of a page is."""

    OPENING = "opening"
    AIMING = "aiming"
    TAKING = "taking"
    TAKEN = "taken"  # look at it: keep or take again


@dataclass(frozen=True, slots=True)
class Capture:
    """A paper under the camera.

    `refusals` counts pictures that were not good enough: after three the resident may insist, after four it is said how to go on without.
    `lying` is what the camera sees while a picture is looked at, for it says each change once only. `is_fresh` is False while the paper
    of the last picture may still lie there: that one is not photographed by itself once more.
    """

    material: MaterialId
    page: int
    stage: CaptureStage = CaptureStage.OPENING
    view: PaperView = NO_PAPER
    picture: Secret[bytes] | None = None
    refusals: int = 0
    lying: PaperView = NO_PAPER
    is_fresh: bool = True


@dataclass(frozen=True, slots=True)
class Sign:
    """The signature of the applicant, the helper or, by their place, an adult of the family.

    `asked` marks that it was found missing or too small when going on.
    `pad` is how the pad beside the glass is, where there is one and it is known. The glass can be signed on all the same.
    """

    asked: bool = False
    helper: bool = False
    pad: PadStatus | None = None
    member: int | None = None


class HandInTrouble(StrEnum):
    """Why the terminal cannot take an application now; nothing is lost, the draft stays."""

    STORAGE_FULL = "storage_full"
    STORAGE_FAULT = "storage_fault"


@dataclass(frozen=True, slots=True)
class Review:
    """Everything once more, before it is handed in."""

    trouble: HandInTrouble | None = None


class HandingInStage(StrEnum):
    """What is going on after the last touch of the resident."""

    STORING = "storing"
    ASKING_CITY = "asking_city"


@dataclass(frozen=True, slots=True)
class HandingIn:
    """Being taken; nothing can be pressed, and it lasts seconds."""

    stage: HandingInStage = HandingInStage.STORING


class Paper(StrEnum):
    """What became of the slip."""

    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True, slots=True)
class Done:
    """It is handed in: `visit.handed_in` says to whom. `prints` counts how often its slip was begun."""

    paper: Paper = Paper.PRINTING
    printer: PrinterStatus = PrinterStatus.READY
    rating: int | None = None
    prints: int = 1


class Fault(StrEnum):
    """Why the terminal takes nothing at all; worst first."""

    STORAGE = "storage"
    NO_ITEMS = "no_items"
    SERVICED = "serviced"  # the cabinet's door stands open
    SUSPENDED = "suspended"  # by operations, from afar


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Resting; says where else to go."""

    fault: Fault


View = (
    Idle
    | Home
    | Guide
    | Whose
    | LayCard
    | Eligible
    | Form
    | Capture
    | Sign
    | Review
    | HandingIn
    | Done
    | OutOfOrder
    | ErrandView
    | UpkeepView
    | SetUpShown
)


@dataclass(frozen=True, slots=True)
class StillThere:
    """A question before the visit is cleared."""

    seconds_left: int


@dataclass(frozen=True, slots=True)
class CardLeft:
    """The visit is over and cleared, but the card still lies on the reader, or is in it."""

    medium: Medium = Medium.IDENTITY


class CallStage(StrEnum):
    """How far a call for a person is."""

    RINGING = "ringing"
    ALERTED = "alerted"  # the community's people see it in their console
    NO_LINE = "no_line"  # nobody was reached


@dataclass(frozen=True, slots=True)
class StaffCalled:
    """Where help is found, and whether somebody was alerted."""

    stage: CallStage


@dataclass(frozen=True, slots=True)
class LeaveAsked:
    """Really stop and clear everything?"""


Overlay = StillThere | CardLeft | StaffCalled | LeaveAsked
