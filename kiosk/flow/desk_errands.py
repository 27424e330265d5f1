"""Two errands that need the city's word at once: an appointment at a window, and a certificate printed here; as values, and what is shown.

Both are for the holder of a card that is laid on the way. `HolderCard` waits for it, whichever errand is under way; finding out what fits
borrows it for the card that is laid at the elder home.
"""

from datetime import date, time
from enum import StrEnum

from peripherals.document_printer import DocumentPrinterStatus, JobEnd
from peripherals.id_card_reader import CardReadStatus
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.appointments import Appointment, AppointmentId, SlotDay
from sync.contract.proofs import ProofId
from sync.contract.question import QuestionId

NOTHING_TYPED = Secret("")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose card was laid: what a question to the city needs, and nothing else of it."""

    name: Secret[str]
    id_number: Secret[str]


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Whoever has no card with them books with a mobile number."""

    mobile: Secret[str]


@dataclass(frozen=True, slots=True)
class BySlip:
    """Whoever has the code of a slip, which opens the one time that was booked without a card."""

    code: Secret[str]


class LayStage(StrEnum):
    """How far the reading of the holder's card is."""

    WAITING = "waiting"
    READING = "reading"
    REFUSED = "refused"  # `status` says why; laying it again goes on by itself


@dataclass(frozen=True, slots=True)
class HolderCard:
    """Lay the card; there is nothing to press."""

    stage: LayStage = LayStage.WAITING
    status: CardReadStatus | None = None


class AskStage(StrEnum):
    """How far asking the city is."""

    ASKING = "asking"
    ANSWERED = "answered"
    NO_LINE = "no_line"
    DECLINED = "declined"  # reached, and could not answer


class SlipStage(StrEnum):
    """What became of a slip."""

    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"


# A certificate


@dataclass(frozen=True, slots=True)
class Proving:
    """Somebody wants a certificate. `pages` are held until home is shown; no disk ever has them."""

    token: int
    kind: str = ""
    holder: Holder | None = None
    proof: ProofId | None = None  # the id under which it was asked for, so that asking again issues nothing twice
    number: str = ""
    pages: Secret[bytes] | None = None


@dataclass(frozen=True, slots=True)
class ProofList:
    """What can be had here at once."""


class ProofStage(StrEnum):
    """How far the certificate is; printed is said when the printer's job has ended well, and not before."""

    ASKING = "asking"
    NO_LINE = "no_line"
    DECLINED = "declined"
    NOTHING_KNOWN = "nothing_known"
    NOT_OFFERED = "not_offered"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True, slots=True)
class ProofShown:
    """The certificate on its way. `printer` and `end` say why it did not come out."""

    stage: ProofStage
    printer: DocumentPrinterStatus | None = None
    end: JobEnd | None = None


# An appointment


@dataclass(frozen=True, slots=True)
class Booking:
    """Somebody wants a time at a window, or to give one back. `pending` is the question whose answer was not heard.

    `typed` is what stands on the pad, of a mobile number or of a slip's code.
    """

    token: int
    window: str = ""
    matter: str = ""
    times: tuple[SlotDay, ...] = ()
    day: date | None = None
    begins: time | None = None
    holder: Holder | ByNumber | BySlip | None = None
    typed: Secret[str] = NOTHING_TYPED
    remind: bool | None = None  # None: not asked
    remind_to: Secret[str] = NOTHING_TYPED  # of whoever books by card
    mine: tuple[Appointment, ...] = ()
    moving: Appointment | None = None  # the earlier time that the new one takes the place of
    pending: QuestionId | None = None
    booked: Appointment | None = None

    def own(self, appointment: AppointmentId) -> Appointment | None:
        """Return one of the holder's times."""
        return next((one for one in self.mine if one.id == appointment), None)


@dataclass(frozen=True, slots=True)
class MatterList:
    """What a time can be booked for, and the way to the times that one has."""


@dataclass(frozen=True, slots=True)
class TimeList:
    """The days, or the times of the chosen one."""

    stage: AskStage
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """The mobile number that a time is booked with, or that a card's holder is reminded on; `asked`: what stands there is none."""

    asked: bool = False


@dataclass(frozen=True, slots=True)
class RemindAsk:
    """Whether a text message is wanted on the day before; nothing is chosen beforehand."""


class CodeTrouble(StrEnum):
    """Why a slip's code was not taken."""

    TYPED = "typed"  # a figure is missing or wrong
    SHOWN = "shown"  # the code under the scanner is another's


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """The code of a slip, typed or held under the scanner."""

    trouble: CodeTrouble | None = None


class BookStage(StrEnum):
    """How far booking is; nothing but BOOKED, which has a page of its own, is a promise."""

    CHECK = "check"  # everything once more, before it is booked
    SENDING = "sending"
    NO_LINE = "no_line"
    DECLINED = "declined"
    FULL = "full"
    PAST = "past"
    TWICE = "twice"
    NOT_OFFERED = "not_offered"
    GONE = "gone"
    CARD_NEEDED = "card_needed"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class BookCheck:
    """What, where and when; with TWICE the time that is there already stands in `there`."""

    stage: BookStage = BookStage.CHECK
    there: Appointment | None = None


@dataclass(frozen=True, slots=True)
class BookedShown:
    """It is booked, by the city's word."""

    paper: SlipStage = SlipStage.PRINTING


@dataclass(frozen=True, slots=True)
class MineList:
    """The times that the holder has."""

    stage: AskStage


class GiveBackStage(StrEnum):
    """How far giving back is."""

    ASKED = "asked"  # really?
    SENDING = "sending"
    GIVEN_BACK = "given_back"
    GONE = "gone"
    NO_LINE = "no_line"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class MineShown:
    """One of them, to be moved, given back, or printed once more."""

    appointment: AppointmentId
    stage: GiveBackStage | None = None
    paper: SlipStage | None = None
