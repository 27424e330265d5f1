"""What somebody may have come for beside an application: the other errands as values, and what the glass shows of each.

An errand is held from its choosing until home is shown again, like an application; its `token` tells its answers from those of an
earlier one. What it holds of a person stands in its value and nowhere else. Each errand has its own module of pure functions, which
`advance` asks while it is under way.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from kiosk.flow.carried import Continuing, NextMatter
from kiosk.flow.case_sheets import CaseSheet
from kiosk.flow.desk_errands import (
    BookCheck,
    BookedShown,
    Booking,
    CodeEntry,
    HolderCard,
    MatterList,
    MineList,
    MineShown,
    NumberEntry,
    ProofList,
    ProofShown,
    Proving,
    RemindAsk,
    TimeList,
)
from peripherals.id_card_reader import CardReadStatus
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.bills import Bill, HeldAccount, PaymentId
from sync.contract.directory import ServiceKind
from sync.contract.names import ApplicationId
from sync.contract.paid_bills import PaidBill, PaidQuestion, PaidStatus
from sync.contract.progress import CaseProgress, ProgressQuestion

NO_ACCOUNT = Secret("")


class ErrandKind(StrEnum):
    """What can be chosen at home beside the items."""

    FITTING = "fitting"  # which items may fit
    SEARCH = "search"  # an item by its name
    PROGRESS = "progress"  # how one's cases stand, and what is still missing
    APPOINTMENTS = "appointments"
    PROOFS = "proofs"
    REPORT = "report"  # an application to the grid, by the item that stands behind that door
    NOTICES = "notices"
    SERVICES = "services"
    BILLS = "bills"


# Reading the community's notices


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody reads the notices; nothing of a person is held."""

    token: int


@dataclass(frozen=True, slots=True)
class NoticeList:
    """All notices that are valid now."""


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """One notice, whole."""

    notice: str


# Finding out what fits


@dataclass(frozen=True, slots=True)
class Fitting:
    """Somebody asks what they may apply for; what was answered goes with the visit. `by_card` names what a card answered."""

    token: int
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    by_card: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FitQuestion:
    """One question, by its place."""

    place: int


@dataclass(frozen=True, slots=True)
class FitList:
    """What may fit, and why."""


# Looking for an item


@dataclass(frozen=True, slots=True)
class Searching:
    """Somebody looks for an item; `text` is what was typed: letters of pinyin, or words."""

    token: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class SearchShown:
    """The keys, and what is found so far."""


# Looking for a service


@dataclass(frozen=True, slots=True)
class Browsing:
    """Somebody looks through the directory; nothing of a person is held."""

    token: int


@dataclass(frozen=True, slots=True)
class ServiceList:
    """The kinds of services."""


@dataclass(frozen=True, slots=True)
class ProviderList:
    """Who does one kind."""

    kind: ServiceKind


@dataclass(frozen=True, slots=True)
class ProviderShown:
    """One service, whole."""

    provider: str


# Following one's cases


class FindStage(StrEnum):
    """How far finding the cases is."""

    WAITING = "waiting"  # for a card, or for a slip's code
    READING = "reading"
    REFUSED = "refused"  # the card; `status` says why
    NOT_OURS = "not_ours"  # another office's code, or none
    ASKING = "asking"
    NO_LINE = "no_line"
    DECLINED = "declined"  # the city was reached and could not answer


@dataclass(frozen=True, slots=True)
class Following:
    """Somebody looks after their cases. The name is of the card that was laid; a slip tells none."""

    token: int
    name: Secret[str] | None = None
    question: Secret[ProgressQuestion] | None = None
    cases: tuple[CaseProgress, ...] = ()

    def case(self, application_id: ApplicationId) -> CaseProgress | None:
        """Return one of the cases."""
        return next((case for case in self.cases if case.application_id == application_id), None)


@dataclass(frozen=True, slots=True)
class FindCases:
    """Lay the card, or show a slip's code; there is nothing to press."""

    stage: FindStage = FindStage.WAITING
    status: CardReadStatus | None = None


@dataclass(frozen=True, slots=True)
class CaseList:
    """Every case that was found, what has to be done first at the head."""


class RatingStage(StrEnum):
    """What became of a rating that was given here."""

    SENDING = "sending"
    KEPT = "kept"
    NOT_KEPT = "not_kept"  # no line: it may be given again


@dataclass(frozen=True, slots=True)
class CaseShown:
    """One case, office by office. `level` is what was chosen on the five faces."""

    case: ApplicationId
    level: int | None = None
    rating: RatingStage | None = None
    sheet: CaseSheet | None = None  # its paper, on the way


class NoticePaper(StrEnum):
    """What became of the large slip."""

    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True, slots=True)
class OnceOnly:
    """The once-only notice (一次告知): all that is missing, and how to bring it. `elsewhere`: this terminal cannot ask for it."""

    case: ApplicationId
    paper: NoticePaper | None = None
    elsewhere: bool = False
    sheet: CaseSheet | None = None  # the official paper, on the way


# Paying a bill


@dataclass(frozen=True, slots=True)
class Paying:
    """Somebody looks at a bill, and may pay it. `payment` names the one payment that this bill can have here.

    `held` are the accounts that a card found, `more` that the provider has others under it; `id_number` waits for that answer alone.
    """

    token: int
    utility: str = ""
    account: Secret[str] = NO_ACCOUNT
    bill: Bill | None = None
    payment: PaymentId | None = None
    by_card: bool = False  # a card was read
    id_number: Secret[str] | None = None
    held: tuple[HeldAccount, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class UtilityList:
    """Which provider."""


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """Which account; `asked` marks that going on found it too short or too long."""

    asked: bool = False


class AccountsStage(StrEnum):
    """How far finding the account by card is."""

    ASKING = "asking"
    CHOOSE = "choose"
    NONE_KNOWN = "none_known"
    NOT_OFFERED = "not_offered"  # any more; only the number leads on
    DOWN = "down"
    NO_LINE = "no_line"


@dataclass(frozen=True, slots=True)
class AccountList:
    """The accounts under the card that was laid, or why there is none to choose."""

    stage: AccountsStage


class BillStage(StrEnum):
    """How far asking for the bill is."""

    ASKING = "asking"
    ANSWERED = "answered"
    NO_LINE = "no_line"


@dataclass(frozen=True, slots=True)
class BillShown:
    """What is owed."""

    stage: BillStage


class PayStage(StrEnum):
    """What is known of the payment."""

    STARTING = "starting"
    WATCHING = "watching"  # its code is on the glass
    CLOSING = "closing"  # given up; waiting for the provider's word that it cannot be paid any more
    PAID = "paid"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"
    CHANGED = "changed"
    UNSURE = "unsure"  # no word came: neither paid nor not paid is said


class ProofPaper(StrEnum):
    """What became of the printed proof."""

    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True, slots=True)
class PayCode:
    """The provider's code, watched. `blind` marks that the last look got no answer."""

    stage: PayStage
    code: str = ""
    number: str = ""
    paid_at: datetime | None = None
    paper: ProofPaper | None = None
    blind: bool = False


# The proof of a paid bill once more


@dataclass(frozen=True, slots=True)
class PaidAgain:
    """Somebody wants a proof printed again. `question` is held while it may have to be asked once more."""

    token: int
    by_card: bool = False  # some provider finds accounts by card
    card_read: bool = False
    typed: Secret[str] = NO_ACCOUNT
    question: Secret[PaidQuestion] | None = None
    bills: tuple[PaidBill, ...] = ()
    is_partial: bool = False  # a provider did not answer


@dataclass(frozen=True, slots=True)
class FindPaid:
    """Lay the card, show the receipt's code, or type it."""

    stage: FindStage = FindStage.WAITING
    status: CardReadStatus | None = None
    by_card: bool = True


@dataclass(frozen=True, slots=True)
class PaidCodeEntry:
    """The receipt's code; `asked` marks that going on found it to be none."""

    asked: bool = False


@dataclass(frozen=True, slots=True)
class PaidMissing:
    """Why there is no proof to print. `was_card`: a card was asked about, not a code."""

    status: PaidStatus
    was_card: bool = False
    paid_on: date | None = None
    days: int = 0


@dataclass(frozen=True, slots=True)
class PaidList:
    """The paid bills that were found."""


@dataclass(frozen=True, slots=True)
class PaidShown:
    """One paid bill, by its place, and what became of its proof."""

    place: int
    paper: ProofPaper | None = None


Errand = Reading | Browsing | Following | Fitting | Searching | Paying | PaidAgain | Proving | Booking | Continuing
ErrandView = (
    NoticeList
    | NoticeShown
    | ServiceList
    | ProviderList
    | ProviderShown
    | FindCases
    | CaseList
    | CaseShown
    | OnceOnly
    | FitQuestion
    | FitList
    | SearchShown
    | UtilityList
    | AccountEntry
    | AccountList
    | BillShown
    | PayCode
    | FindPaid
    | PaidCodeEntry
    | PaidMissing
    | PaidList
    | PaidShown
    | HolderCard
    | ProofList
    | ProofShown
    | MatterList
    | TimeList
    | NumberEntry
    | CodeEntry
    | RemindAsk
    | BookCheck
    | BookedShown
    | MineList
    | MineShown
    | NextMatter
)
