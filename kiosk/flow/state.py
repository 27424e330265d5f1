"""What the terminal shows and holds at one moment: one immutable value.

At home `visit` is None: there is no field in which something of an earlier resident could stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from kiosk.flow.carried import Carried
from kiosk.flow.community import NOTHING_PUBLISHED, Community
from kiosk.flow.errands import Errand, ErrandView
from kiosk.flow.setting_up import SettingUp, SetUpShown
from kiosk.flow.technician import Corner, Upkeep, UpkeepView
from peripherals.card_reader import ChipReadStatus
from peripherals.document_camera import PaperHint, PaperView
from peripherals.id_card_reader import CardReadStatus
from peripherals.receipt_printer import PrinterStatus
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from sync.contract.answers import FieldProblem
from sync.contract.application import Applicant
from sync.contract.item import Category, Door, ItemPackage, Material
from sync.contract.names import ApplicationId, CaseNumber, ItemCode, MaterialId, ReceiptNumber
from sync.contract.progress import CaseProgress
from sync.contract.words import Language, Words

NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_PAPER = PaperView(PaperHint.NO_PAPER)


class Theme(StrEnum):
    """Colours of the glass."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Scale(StrEnum):
    """Size of type."""

    NORMAL = "1.0"
    LARGE = "1.3"
    LARGEST = "1.6"


class Audio(StrEnum):
    """Whether the visit is for ears, and whether others hear it too."""

    OFF = "off"
    SPEAKER = "speaker"
    HEADPHONES = "headphones"


@dataclass(frozen=True, slots=True)
class Display:
    """How this resident wants to see the screens; back to the default after each visit."""

    language: Language = Language.ZH
    theme: Theme = Theme.LIGHT
    scale: Scale = Scale.NORMAL
    reach: bool = False  # every control in the lower part, for a wheelchair
    audio: Audio = Audio.OFF
    elder: bool = False  # fewer things at once, larger and slower (长者模式)


@dataclass(frozen=True, slots=True)
class DarkHours:
    """From when until when the glass is dark, or off, of itself; over midnight when it ends before it begins."""

    begin: time
    end: time

    def holds(self, now: datetime) -> bool:
        """Tell whether it is dark now; `now` is local."""
        at = now.time()
        return self.begin <= at < self.end if self.begin <= self.end else at >= self.begin or at < self.end


@dataclass(frozen=True, slots=True)
class Place:
    """Where this terminal stands: said on screens and slips, never changing while it runs."""

    terminal: str
    community: str
    hotline: str
    staff: str  # where help is found, such as 1 号窗口
    pages: bool = False  # whether there is a printer of whole pages
    scans: bool = False  # whether there is a scanner for the codes on slips
    pad: bool = False  # whether there is a signature pad
    reads: bool = False  # whether the print on papers is read
    chips: bool = False  # whether there is a reader for social security cards
    dark: DarkHours | None = None
    off: DarkHours | None = None  # in which nobody needs the display


# What is on the glass


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


# What lies over it


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


# What a visit holds


@dataclass(frozen=True, slots=True)
class Said:
    """What the print on a page says to one question; offered to the resident, and never handed in as such."""

    field: str
    value: Secret[str]


@dataclass(frozen=True, slots=True)
class PaperPicture:
    """One kept page: a flat JPEG in memory. `earlier` is the application of the same visit that it was photographed for, if it was."""

    material: MaterialId
    page: int
    jpeg: Secret[bytes]
    earlier: ApplicationId | None = None
    says: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Ink:
    """Strokes on a sheet: points of (x mm, y mm, ms since the first touch), the origin top left."""

    width_mm: float = 0.0
    height_mm: float = 0.0
    strokes: tuple[tuple[tuple[float, float, int], ...], ...] = field(default=(), repr=False)
    on_pad: bool = False  # written on the pad beside the glass
    is_mark: bool = False  # a cross that the machine drew for hands that cannot sign (画押)

    @property
    def is_enough(self) -> bool:
        """Whether this may stand for a signature: longer than half a second and wider than 10 mm, all strokes together."""
        points = [point for stroke in self.strokes for point in stroke]
        if len(points) < 2:
            return False
        across = [x for x, _, _ in points]
        down = [y for _, y, _ in points]
        lasted_ms = max(t for _, _, t in points) - min(t for _, _, t in points)
        return lasted_ms >= 500 and max(max(across) - min(across), max(down) - min(down)) >= 10


@dataclass(frozen=True, slots=True)
class FamilyInk:
    """What a member of the family put down, by their number; `is_absent` says that they are not here."""

    id_number: Secret[str]
    ink: Ink = Ink()
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Durably stored. `case_number` is there once the city's signed receipt is, `complete` once the city has every picture too."""

    application_id: ApplicationId
    number: ReceiptNumber
    at: datetime
    case_number: CaseNumber | None = None
    complete: bool = False
    time_is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """An application: one resident and one item, from choosing it to going home. `token` tells its answers from an earlier one's."""

    token: int
    item: ItemPackage
    agreed_at: datetime | None = None
    card: Secret[Applicant] | None = None  # only the fields that the item may read
    answers: Mapping[str, Any] = field(default_factory=lambda: NOTHING, repr=False)
    papers: tuple[PaperPicture, ...] = ()
    ink: Ink = Ink()
    changing: bool = False  # came from the review and returns there
    completes: CaseProgress | None = None  # the case of which this brings what was missing (补正)
    handed_in: HandedIn | None = None
    fitness: Mapping[str, Any] = field(default_factory=lambda: NOTHING, repr=False)  # what was answered before the form
    cardless: bool = False  # somebody else hands in, and the applicant's card is not here
    helper: Secret[Applicant] | None = None  # name and number of who hands in for the applicant
    helper_ink: Ink = Ink()
    family_inks: tuple[FamilyInk, ...] = ()
    witness: Secret[Applicant] | None = None  # name and number of who saw a mark being made
    unwitnessed: bool = False  # nobody was there to see it
    carried: Carried | None = None  # from an earlier application of the same visit
    unwanted: frozenset[str] = frozenset()  # questions at which the resident does not want what a paper says

    @property
    def is_helped(self) -> bool:
        """Whether somebody hands in for the applicant."""
        return self.item.helping is not None and self.item.helping.question.name in self.answers

    @property
    def applicant_signs(self) -> bool:
        """Whether the applicant signs on the glass: always, unless a helper says that they are not here."""
        present = self.item.helping.present if self.item.helping is not None and self.is_helped else None
        return present is None or self.answers.get(present) is not False

    def pages_of(self, material: Material) -> tuple[PaperPicture, ...]:
        """Return the kept pages of one paper, in order."""
        return tuple(sorted((paper for paper in self.papers if paper.material == material.id), key=lambda paper: paper.page))


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The whole terminal."""

    place: Place
    now: datetime  # local, aware, to the minute
    items: tuple[ItemPackage, ...] = ()
    community: Community = NOTHING_PUBLISHED
    faults: frozenset[Fault] = frozenset()  # while there is any, no visit begins
    suspended: Words | None = None  # what operations say while the terminal is out of service
    told: Place | None = None  # what the configuration says, once operations set something else
    view: View = Idle()
    overlay: Overlay | None = None
    visit: Visit | Errand | Upkeep | SettingUp | None = None
    visits: int = 0  # how many began, of whatever kind; gives each its token
    display: Display = Display()
    line_up: bool = False
    card_on_plate: bool = False
    card_in_slot: bool = False
    printer: PrinterStatus = PrinterStatus.READY
    resumed: int = 0  # how often in this visit a slip was printed again by itself
    headphones: bool = False  # a plug is in
    knock: tuple[Corner, ...] = ()  # how much of the technicians' knock was heard

    @property
    def application(self) -> Visit | None:
        """The application under way, if that is what somebody came for."""
        return self.visit if isinstance(self.visit, Visit) else None

    @property
    def usual(self) -> Display:
        """How the screens look to whoever comes next: dark in the hours that are set for it."""
        return Display(theme=Theme.DARK if self.place.dark is not None and self.place.dark.holds(self.now) else Theme.LIGHT)

    @property
    def is_unwanted(self) -> bool:
        """Whether nobody is here, in hours in which nobody is awaited."""
        return isinstance(self.view, Idle) and self.overlay is None and self.place.off is not None and self.place.off.holds(self.now)

    def behind(self, door: Door) -> ItemPackage | None:
        """Return the offered item that is chosen at a door of its own."""
        return next((item for item in self.items if item.door is door), None)

    def item(self, code: ItemCode) -> ItemPackage | None:
        """Return the offered item with this code."""
        return next((item for item in self.items if item.code == code), None)
