"""Appointments at a window (预约): which windows take them for what, which times are free, and booking, moving and giving back one.

A time is somebody's only once the city has said so. Booking and giving back are done once however often they are asked
(`docs/wire.md`, questions), so a terminal that lost the answer asks the very same question again.
"""

from datetime import date, time
from enum import StrEnum
from typing import Final, NewType

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.question import QuestionKind
from sync.contract.words import Words

AppointmentId = NewType("AppointmentId", str)
"""A UUID given by the city."""


class Matter(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody may come for, and what to bring."""

    code: str
    name: Words
    icon: str = "event_available"
    bring: tuple[Words, ...] = ()
    by_number: bool = False  # whoever has no card with them books it with a mobile number


class Window(msgspec.Struct, frozen=True, omit_defaults=True):
    """One window that takes appointments. `id` is the city's own; times are asked for when somebody wants one."""

    id: str
    name: Words
    place: Words
    matters: tuple[Matter, ...]
    sample: bool = False
    reminds: bool = False  # the city can send a text message on the day before


class Windows(msgspec.Struct, frozen=True):
    """The content of the feed."""

    windows: tuple[Window, ...] = ()


class TimesQuestion(msgspec.Struct, frozen=True):
    """Which times does this window have?"""

    window: str


class Slot(msgspec.Struct, frozen=True):
    """One time of a day, by the city's clock; `left` is how many may still book it."""

    begins: time
    ends: time
    left: int


class SlotDay(msgspec.Struct, frozen=True):
    """A day on which the window takes appointments, with all its times that are not too soon, full ones too."""

    day: date
    slots: tuple[Slot, ...]


class Times(msgspec.Struct, frozen=True):
    """The days, soonest first; none when the window does not exist any more."""

    days: tuple[SlotDay, ...] = ()


class Appointment(msgspec.Struct, frozen=True, omit_defaults=True):
    """One booked time. `call` is what is called out at the window, such as A007."""

    id: AppointmentId
    call: str
    window: str
    window_name: Words
    place: Words
    matter: Words
    day: date
    begins: time
    ends: time
    bring: tuple[Words, ...] = ()
    reminded: bool = False  # a text message goes out on the day before, or has


def is_reminded(day: date, today: date) -> bool:
    """Tell whether a time that is booked today is reminded of: there is a day in between on which it could be forgotten."""
    return (day - today).days > 1


class BookQuestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """Book this time. `instead_of` gives back an earlier one in the same moment, or nothing happens at all.

    Whose it is says a card's number with its name; or a mobile number, where the matter takes one and the other two are empty; or, when a
    time that was booked so is moved, the code on its slip.
    """

    window: str
    matter: str
    day: date
    begins: time
    id_number: str
    name: str
    instead_of: AppointmentId | None = None
    mobile: str = ""
    code: str = ""  # see `booking_code`
    remind: bool | None = None  # to `mobile`; None was not asked: what is moved keeps what was said of it
    language: str = "zh"

    def __repr__(self) -> str:
        return "BookQuestion(<secret>)"


class BookStatus(StrEnum):
    """What came of booking."""

    BOOKED = "booked"
    FULL = "full"  # somebody else was quicker
    PAST = "past"  # over, or too soon to be prepared for
    TWICE = "twice"  # this person has a time for the same matter; it comes with the answer
    NOT_OFFERED = "not_offered"  # no such window, matter or time
    GONE = "gone"  # what it should take the place of is not there any more
    CARD_NEEDED = "card_needed"  # only with a card: the matter asks for one, or what is left of the day is kept for cards
    TOO_MANY = "too_many"  # this mobile number has booked as much as one number may


class BookAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Only BOOKED is a promise. `code` opens a time that was booked without a card; nothing else does, and it is said here only."""

    status: BookStatus
    appointment: Appointment | None = None
    code: str = ""

    def __repr__(self) -> str:
        return f"BookAnswer({self.status})"


class MineQuestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which times has the holder of this card, or of this slip's code?"""

    id_number: str
    code: str = ""

    def __repr__(self) -> str:
        return "MineQuestion(<secret>)"


class Mine(msgspec.Struct, frozen=True):
    """The soonest first; nothing that is over."""

    appointments: tuple[Appointment, ...] = ()


class GiveBackQuestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """Give this time back; the card's number, or the slip's code, shows whose it is."""

    appointment: AppointmentId
    id_number: str
    code: str = ""

    def __repr__(self) -> str:
        return "GiveBackQuestion(<secret>)"


class GiveBackStatus(StrEnum):
    """What came of it."""

    GIVEN_BACK = "given_back"
    GONE = "gone"  # not theirs, over, or given back before


class GiveBackAnswer(msgspec.Struct, frozen=True):
    """Whether the time is free again."""

    status: GiveBackStatus


QR_FORMAT: Final = "BA1"
"""The code on an appointment's slip is this, a colon, and the id in capitals; it says nothing of a person."""

WINDOWS: Final = FeedKind("windows", Windows)
TIMES: Final = QuestionKind("appointment-times", TimesQuestion, Times)
BOOK: Final = QuestionKind("appointment-book", BookQuestion, BookAnswer)
MINE: Final = QuestionKind("appointment-mine", MineQuestion, Mine)
GIVE_BACK: Final = QuestionKind("appointment-give-back", GiveBackQuestion, GiveBackAnswer)
