"""What a slip says, exactly and honestly: handed in here, with the city, or accepted; no personal data but a masked name.

The code on the slip holds `BM1:<receipt number>:<application id>`, both of which say nothing of the resident: the first finds the
application on any terminal and at the counter, the second tells the city which one it is. It is written in capitals, so that a code
of 29 by 29 modules holds it, and every terminal reads it back in any case.
"""

from datetime import date, datetime
from enum import StrEnum

from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from sync.contract.words import Language, Words

QR_FORMAT = "BM1"
_STARS_MAX = 2
_GROUP = 4
_WEEKDAYS = "一二三四五六日"
_WEEKDAYS_KO = "월화수목금토일"


class SlipKind(StrEnum):
    """How far the application has come, as far as this terminal can prove it."""

    RECEIVED = "received"  # durably stored here; the city does not have it
    DELIVERED = "delivered"  # the city signed that it has it
    ACCEPTED = "accepted"  # the city signed that it takes it up (受理)


@dataclass(frozen=True, slots=True)
class Slip:
    """The facts of one slip. `applicant` is masked already (see `masked`); times are local and aware.

    A case number comes from the city's signed receipt only, so there is one exactly when the kind is not RECEIVED.
    """

    terminal_name: str
    terminal_id: str
    kind: SlipKind
    number: ReceiptNumber
    application_id: ApplicationId
    item: Words
    handed_in_at: datetime
    applicant: str | None = None
    helper: str | None = None  # who hands in for the applicant, masked as well
    papers: int = 0
    signatures: int = 0
    working_days: int | None = None  # the limit after acceptance; 0 is "on the spot"
    hotline: str = "12345"
    language: Language = Language.ZH
    time_is_sure: bool = True
    case_number: CaseNumber | None = None
    department: Words | None = None
    accepted_at: datetime | None = None
    time: int = 1  # from the second on it is a reprint, and says so
    decide_by: date | None = None  # printed when accepted; before, it would be a guess

    def __post_init__(self) -> None:
        if (self.kind is SlipKind.RECEIVED) != (self.case_number is None):
            raise ValueError(f"a slip that says {self.kind} {'lacks the' if self.case_number is None else 'has a'} city's number")
        if (self.kind is SlipKind.ACCEPTED) != (self.accepted_at is not None):
            raise ValueError(f"a slip that says {self.kind} {'lacks the' if self.accepted_at is None else 'has a'} time of acceptance")

    @property
    def qr_payload(self) -> str:
        """What the code holds; see the module's first lines."""
        return f"{QR_FORMAT}:{self.number}:{self.application_id}".upper()


def masked(name: Secret[str]) -> str | None:
    """Return the name with its middle starred: 周*兰, 周*, A** E**; None when there is none to show.

    The stars never tell how long a long name is.
    """
    words = name.reveal().split()
    if not words:
        return None
    if all(character.isascii() for word in words for character in word):
        return " ".join((word[0] if len(word) > 1 else "") + "*" * _STARS_MAX for word in words[:2])
    whole = "".join(words)
    match len(whole):
        case 1:
            return "*"
        case 2:
            return whole[0] + "*"
        case length:
            return whole[0] + "*" * min(_STARS_MAX, length - 2) + whole[-1]


def grouped(number: str) -> str:
    """Return a number in groups that can be read aloud: 7F3K 29QD, 2101 1123 00482; a shorter or spelled one as it is."""
    if not number.isalnum() or len(number) < 2 * _GROUP:
        return number
    groups = [number[start : start + _GROUP] for start in range(0, len(number), _GROUP)]
    if len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return " ".join(groups)


def day_and_time(moment: datetime, language: Language = Language.ZH) -> str:
    """Return 2026年11月23日 9:52, as it is written in the language."""
    clock = f"{moment.hour}:{moment.minute:02}"
    match language:
        case Language.ZH:
            return f"{moment.year}年{moment.month}月{moment.day}日 {clock}"
        case Language.EN:
            return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {clock}"
        case Language.KO:
            return f"{moment.year}년 {moment.month}월 {moment.day}일 {clock}"


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_with_weekday(day: date, language: Language = Language.ZH) -> str:
    """Return 12月9日 周三, as it is written in the language."""
    match language:
        case Language.ZH:
            return f"{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]}"
        case Language.EN:
            return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]}"
        case Language.KO:
            return f"{day.month}월 {day.day}일({_WEEKDAYS_KO[day.weekday()]})"
