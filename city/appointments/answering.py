"""What terminals are sent and told of appointments."""

from datetime import timedelta
from typing import Final

from city.api.feeds import Supply, supplies
from city.api.pace import Pace
from city.api.questions import answers
from city.appointments.booking import book, give_back, standing_of, times_of, windows_around
from city.fleet.models import Terminal
from city.refused import Refused
from sync.contract.appointments import (
    BOOK,
    GIVE_BACK,
    MINE,
    TIMES,
    WINDOWS,
    BookAnswer,
    BookQuestion,
    GiveBackAnswer,
    GiveBackQuestion,
    Mine,
    MineQuestion,
    Times,
    TimesQuestion,
    Windows,
)
from sync.contract.names import is_uuid
from sync.contract.problem import ProblemCode

BELIEVED_FOR: Final = timedelta(days=7)
_NAME_MOST = 60
_codes = Pace(0.2)  # a dozen at once, then one in five seconds


@supplies(WINDOWS)
def windows(terminal: Terminal) -> Supply[Windows]:
    """Return the windows around a terminal."""
    return Supply(Windows(windows_around(terminal.area)), valid_for=BELIEVED_FOR)


@answers(TIMES)
def times(_terminal: Terminal, question: TimesQuestion) -> Times:
    """Tell which times are free."""
    return Times(times_of(question.window))


@answers(BOOK, does=True)
def booked(terminal: Terminal, question: BookQuestion) -> BookAnswer | Refused:
    """Book a time, once."""
    if len(question.name) > _NAME_MOST or not (question.instead_of is None or is_uuid(question.instead_of)):
        return Refused(ProblemCode.MALFORMED, "not a booking")
    return _too_many(terminal, question.code) or book(terminal, question)


@answers(MINE)
def mine(terminal: Terminal, question: MineQuestion) -> Mine | Refused:
    """Tell which times somebody has."""
    return _too_many(terminal, question.code) or Mine(standing_of(question.id_number, question.code))


@answers(GIVE_BACK, does=True)
def given_back(terminal: Terminal, question: GiveBackQuestion) -> GiveBackAnswer | Refused:
    """Free a time, once."""
    if not is_uuid(question.appointment):
        return Refused(ProblemCode.MALFORMED, "not an appointment")
    return _too_many(terminal, question.code) or GiveBackAnswer(give_back(question.appointment, question.id_number, question.code))


def _too_many(terminal: Terminal, code: str) -> Refused | None:
    """Refuse a terminal from which codes come faster than anybody types them."""
    return Refused(ProblemCode.TOO_MANY) if code and _codes.wait_s(terminal.pk) else None
