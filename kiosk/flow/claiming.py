"""Whose time it is: a card that is laid, or, without one, a mobile number to book with and the code of a slip to come back with.

What is typed goes no further than the question to the city, and is gone with the visit.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk.flow.desk_errands import (
    NOTHING_TYPED,
    Booking,
    ByNumber,
    BySlip,
    CodeEntry,
    CodeTrouble,
    Holder,
    HolderCard,
    LayStage,
    NumberEntry,
    RemindAsk,
)
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import NoCardPressed, RemindChosen
from kiosk.flow.events.devices import CodeShown
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.holding import holder_of, on_holder
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, stay
from peripherals.id_card_reader import IdCard
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.appointments import Matter, Window, is_reminded
from sync.contract.booking_code import is_code
from sync.contract.formats import is_mobile

NUMBER, CODE = "mobile", "code"
Known = Callable[[Kiosk, Booking], Step]


@dataclass(frozen=True, slots=True)
class Told:
    """What a question to the city says of whose time it is."""

    id_number: str = ""
    name: str = ""
    mobile: str = ""
    code: str = ""


def told_of(holder: Holder | ByNumber | BySlip) -> Told:
    """Return what the city is told."""
    match holder:
        case Holder(name, id_number):
            return Told(id_number=id_number.reveal(), name=name.reveal())
        case ByNumber(mobile):
            return Told(mobile=mobile.reveal())
        case BySlip(code):
            return Told(code=code.reveal())


def found(state: Kiosk, window: str, matter: str) -> tuple[Window, Matter] | None:
    """Return a window and one of its matters, as published now."""
    pairs = ((one, what) for one in state.community.windows for what in one.matters)
    return next(((one, what) for one, what in pairs if one.id == window and what.code == matter), None)


def is_booking_without_card(state: Kiosk, errand: Booking) -> bool | None:
    """Whether the chosen matter can be booked with a number; None where nothing is chosen, and a slip's code is what may be there."""
    if errand.begins is None:
        return None
    pair = found(state, errand.window, errand.matter)
    return pair is not None and pair[1].by_number


def on_card(state: Kiosk, errand: Booking, view: HolderCard, event: Event, known: Known) -> Step:
    """The card is waited for; whoever has none says so."""
    match event:
        case NoCardPressed() if view.stage is not LayStage.READING:
            without = is_booking_without_card(state, errand)
            if without is None:
                return _at(state, replace(errand, typed=NOTHING_TYPED), CodeEntry())
            return _at(state, replace(errand, typed=NOTHING_TYPED), NumberEntry()) if without else stay(state)
        case _:

            def read(now: Kiosk, card: IdCard) -> Step:
                return known(now, replace(errand, holder=holder_of(card)))

            return on_holder(state, errand.token, view, event, read)


def on_number(state: Kiosk, errand: Booking, view: NumberEntry, event: Event, known: Known) -> Step:
    """The number is typed; what is no mobile number goes no further."""
    match event:
        case AnswerGiven(name, str(typed)) if name == NUMBER:
            return _at(state, replace(errand, typed=Secret(typed)), NumberEntry())
        case NextPressed() if is_mobile(errand.typed.reveal()) and isinstance(errand.holder, Holder):
            return known(state, replace(errand, remind=True, remind_to=errand.typed))
        case NextPressed() if is_mobile(errand.typed.reveal()):
            return known(state, replace(errand, holder=ByNumber(errand.typed)))
        case NextPressed():
            return _at(state, errand, replace(view, asked=True))
        case BackPressed() if isinstance(errand.holder, Holder):
            return _at(state, replace(errand, typed=NOTHING_TYPED), RemindAsk())
        case BackPressed():
            return _at(state, replace(errand, holder=None, typed=NOTHING_TYPED), HolderCard())
        case _:
            return stay(state)


def may_be_reminded(state: Kiosk, errand: Booking) -> bool:
    """Whether to ask: once, where the city can do it and a day lies between; what is moved keeps what was said of it."""
    pair = found(state, errand.window, errand.matter)
    if errand.remind is not None or errand.moving is not None or errand.day is None or pair is None:
        return False
    return pair[0].reminds and is_reminded(errand.day, state.now.date())


def on_remind(state: Kiosk, errand: Booking, event: Event, known: Known) -> Step:
    """Yes leads a card's holder to the pad; whoever booked with a number has said it already."""
    match event:
        case RemindChosen(True) if isinstance(errand.holder, Holder):
            return _at(state, replace(errand, typed=NOTHING_TYPED), NumberEntry())
        case RemindChosen(wanted):
            return known(state, replace(errand, remind=wanted))
        case BackPressed() if isinstance(errand.holder, ByNumber):
            return _at(state, replace(errand, holder=None, typed=errand.holder.mobile), NumberEntry())
        case BackPressed():
            return _at(state, replace(errand, holder=None), HolderCard())
        case _:
            return stay(state)


def on_code(state: Kiosk, errand: Booking, event: Event, known: Known) -> Step:
    """The code is typed, or held under the scanner. A slip of the finger is found here, without asking anybody."""
    match event:
        case AnswerGiven(name, str(typed)) if name == CODE:
            return _at(state, replace(errand, typed=Secret(typed)), CodeEntry())
        case NextPressed() if is_code(errand.typed.reveal()):
            return known(state, replace(errand, holder=BySlip(errand.typed)))
        case NextPressed():
            return _at(state, errand, CodeEntry(CodeTrouble.TYPED))
        case CodeShown(token, appointment=Secret() as code) if token == errand.token:
            return known(state, replace(errand, holder=BySlip(code)))
        case CodeShown(token) if token == errand.token:
            return _at(state, errand, CodeEntry(CodeTrouble.SHOWN))
        case BackPressed():
            return _at(state, replace(errand, holder=None, typed=NOTHING_TYPED), HolderCard())
        case _:
            return stay(state)


def _at(state: Kiosk, errand: Booking, view: HolderCard | NumberEntry | CodeEntry | RemindAsk) -> Step:
    return replace(state, visit=errand, view=view), ()
