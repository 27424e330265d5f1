"""Appointments: what for, which day, which time, whose it is, once more everything, and then the city's word. Nothing else is a promise.

Booking and giving back are asked under an id that is kept while no answer was heard: trying again does nothing twice.
"""

from dataclasses import replace

from kiosk.flow.claiming import found, may_be_reminded, on_card, on_code, on_number, on_remind, told_of
from kiosk.flow.desk_errands import (
    NOTHING_TYPED,
    AskStage,
    BookCheck,
    BookedShown,
    Booking,
    BookStage,
    BySlip,
    CodeEntry,
    GiveBackStage,
    Holder,
    HolderCard,
    LayStage,
    MatterList,
    MineList,
    MineShown,
    NumberEntry,
    RemindAsk,
    SlipStage,
    TimeList,
)
from kiosk.flow.effects import Enquire, PrintAppointment
from kiosk.flow.events import Event
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.choosing import AppointmentOpened, DayChosen, GiveBackPressed, MatterChosen, MinePressed, MovePressed, TimeChosen
from kiosk.flow.events.devices import SlipAnswered
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import CityTold
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, go_home, show, stay
from peripherals.secret import Secret
from sync.contract.appointments import (
    BOOK,
    GIVE_BACK,
    MINE,
    TIMES,
    Appointment,
    BookAnswer,
    BookQuestion,
    BookStatus,
    GiveBackAnswer,
    GiveBackQuestion,
    GiveBackStatus,
    Mine,
    MineQuestion,
    SlotDay,
    Times,
    TimesQuestion,
)
from sync.contract.question import Answered, NoLine, Outcome, QuestionId

WITHIN_S = 8.0
_REFUSED = {
    BookStatus.FULL: BookStage.FULL,
    BookStatus.PAST: BookStage.PAST,
    BookStatus.TWICE: BookStage.TWICE,
    BookStatus.NOT_OFFERED: BookStage.NOT_OFFERED,
    BookStatus.GONE: BookStage.GONE,
    BookStatus.CARD_NEEDED: BookStage.CARD_NEEDED,
    BookStatus.TOO_MANY: BookStage.TOO_MANY,
    BookStatus.BOOKED: BookStage.DECLINED,  # without the appointment there is no promise
}


def begin(token: int) -> tuple[Booking, MatterList]:
    """Choose what for."""
    return Booking(token), MatterList()


def on_booking(state: Kiosk, errand: Booking, event: Event) -> Step:
    """What happens on each of its pages."""
    match state.view:
        case MatterList():
            return _on_matters(state, errand, event)
        case TimeList() as view:
            return _on_times(state, errand, view, event)
        case HolderCard(stage) if isinstance(event, BackPressed) and stage is not LayStage.READING:
            earlier = MatterList() if errand.begins is None else TimeList(AskStage.ANSWERED, is_day=True)
            return _at(state, replace(errand, begins=None), earlier)
        case HolderCard() as view:
            return on_card(state, errand, view, event, _known)
        case NumberEntry() as view:
            return on_number(state, errand, view, event, _known)
        case RemindAsk():
            return on_remind(state, errand, event, _known)
        case CodeEntry():
            return on_code(state, errand, event, _known)
        case BookCheck() as view:
            return _on_check(state, errand, view, event)
        case BookedShown() as view:
            return _on_booked(state, errand, view, event)
        case MineList() as view:
            return _on_mine(state, errand, view, event)
        case MineShown() as view:
            return _on_own(state, errand, view, event)
        case _:
            return stay(state)


def day_of(errand: Booking) -> SlotDay | None:
    """Return the chosen day."""
    return next((one for one in errand.times if one.day == errand.day), None)


def is_under_way(view: object) -> bool:
    """Tell whether the city's word or a slip is waited for, so that nothing may be left in between."""
    match view:
        case BookCheck(stage=BookStage.SENDING) | BookedShown(paper=SlipStage.PRINTING):
            return True
        case MineShown(_, stage, paper):
            return stage is GiveBackStage.SENDING or paper is SlipStage.PRINTING
        case _:
            return False


# What for, and when


def _on_matters(state: Kiosk, errand: Booking, event: Event) -> Step:
    match event:
        case MatterChosen(window, matter) if found(state, window, matter) is not None:
            return _ask_times(state, replace(errand, window=window, matter=matter, moving=None))
        case MinePressed():
            return _at(state, Booking(errand.token), HolderCard())
        case BackPressed():
            return go_home(state)
        case _:
            return stay(state)


def _ask_times(state: Kiosk, errand: Booking) -> Step:
    asking = replace(errand, times=(), day=None, begins=None, pending=None)
    return replace(state, visit=asking, view=TimeList(AskStage.ASKING)), (
        Enquire(errand.token, TIMES, TimesQuestion(errand.window), WITHIN_S),
    )


def _on_times(state: Kiosk, errand: Booking, view: TimeList, event: Event) -> Step:
    day = day_of(errand) if view.is_day else None
    match event:
        case CityTold(token, TIMES.name, _, outcome) if token == errand.token and view.stage is AskStage.ASKING:
            times = outcome.answer.days if isinstance(outcome, Answered) and isinstance(outcome.answer, Times) else ()
            return _at(state, replace(errand, times=times), TimeList(_stage(outcome)))
        case NextPressed() if view.stage in (AskStage.NO_LINE, AskStage.DECLINED):
            return _ask_times(state, errand)
        case DayChosen(chosen) if any(one.day == chosen and _has_room(one) for one in errand.times):
            return _at(state, replace(errand, day=chosen), TimeList(AskStage.ANSWERED, is_day=True))
        case TimeChosen(begins) if day is not None and any(slot.begins == begins and slot.left for slot in day.slots):
            chosen_at = replace(errand, begins=begins)
            return _at(state, chosen_at, HolderCard()) if errand.holder is None else _known(state, chosen_at)
        case BackPressed() if view.is_day:
            return _at(state, replace(errand, day=None, begins=None), TimeList(AskStage.ANSWERED))
        case BackPressed() if view.stage is not AskStage.ASKING:
            return _at(state, Booking(errand.token), MatterList()) if errand.moving is None else _to_own(state, errand, errand.moving)
        case _:
            return stay(state)


def _has_room(day: SlotDay) -> bool:
    return any(slot.left for slot in day.slots)


def _known(state: Kiosk, errand: Booking) -> Step:
    """It is known whose it is: on to a chosen time's reminder and check, or to the times that they have."""
    if errand.begins is None:
        return _ask_mine(state, errand)
    return _at(state, errand, RemindAsk() if may_be_reminded(state, errand) else BookCheck())


# Booking


def _on_check(state: Kiosk, errand: Booking, view: BookCheck, event: Event) -> Step:
    match event:
        case NextPressed() if view.stage in (BookStage.CHECK, BookStage.NO_LINE, BookStage.DECLINED):
            return _book(state, errand)
        case NextPressed() if view.stage is BookStage.TWICE and view.there is not None:
            return _book(state, replace(errand, moving=view.there, pending=None))
        case NextPressed() if view.stage in (BookStage.FULL, BookStage.PAST):
            return _ask_times(state, errand)
        case NextPressed() if view.stage is BookStage.CARD_NEEDED:
            return _at(state, replace(errand, holder=None, pending=None, remind=None), HolderCard())
        case CityTold(token, BOOK.name, asked, outcome) if token == errand.token and view.stage is BookStage.SENDING:
            return _on_word(state, errand, asked, outcome)
        case BackPressed() if view.stage in (BookStage.CHECK, BookStage.TWICE):
            again = replace(errand, begins=None, pending=None, remind=None)
            return _at(state, again, TimeList(AskStage.ANSWERED, is_day=True))
        case NextPressed() | BackPressed() if view.stage is not BookStage.SENDING:
            return go_home(state)
        case _:
            return stay(state)


def _book(state: Kiosk, errand: Booking) -> Step:
    if errand.day is None or errand.begins is None or errand.holder is None:
        return stay(state)
    whose = told_of(errand.holder)
    question = BookQuestion(
        errand.window,
        errand.matter,
        errand.day,
        errand.begins,
        whose.id_number,
        whose.name,
        None if errand.moving is None else errand.moving.id,
        whose.mobile or (errand.remind_to.reveal() if errand.remind else ""),
        whose.code,
        errand.remind,
        state.display.language.value,
    )
    enquire = Enquire(errand.token, BOOK, question, WITHIN_S, errand.pending)
    return replace(state, visit=errand, view=BookCheck(BookStage.SENDING)), (enquire,)


def _on_word(state: Kiosk, errand: Booking, asked: QuestionId, outcome: Outcome[BookAnswer]) -> Step:
    match outcome:
        case Answered(BookAnswer(BookStatus.BOOKED, Appointment() as booked, code)):
            holder = BySlip(Secret(code)) if code else errand.holder  # the number opens nothing from here on; the slip does
            done = replace(errand, booked=booked, holder=holder, typed=NOTHING_TYPED, remind_to=NOTHING_TYPED, pending=None, moving=None)
            return _at_slip(state, done, booked, BookedShown())
        case Answered(BookAnswer(status, there)):
            return _at(state, replace(errand, pending=None), BookCheck(_REFUSED[status], there))
        case NoLine():
            return _at(state, replace(errand, pending=asked), BookCheck(BookStage.NO_LINE))
        case _:
            return _at(state, replace(errand, pending=None), BookCheck(BookStage.DECLINED))


def _on_booked(state: Kiosk, errand: Booking, view: BookedShown, event: Event) -> Step:
    match event:
        case SlipAnswered(token, printing) if token == errand.token and view.paper is SlipStage.PRINTING:
            return show(state, BookedShown(SlipStage.PRINTED if printing.printed else SlipStage.NOT_PRINTED))
        case ReprintPressed() if view.paper is not SlipStage.PRINTING and errand.booked is not None:
            return _at_slip(state, errand, errand.booked, BookedShown())
        case NextPressed() if view.paper is not SlipStage.PRINTING:
            return go_home(state)
        case _:
            return stay(state)


# What one has


def _ask_mine(state: Kiosk, errand: Booking) -> Step:
    if errand.holder is None:
        return stay(state)
    whose = told_of(errand.holder)
    question = MineQuestion(whose.id_number, whose.code)
    return replace(state, visit=errand, view=MineList(AskStage.ASKING)), (Enquire(errand.token, MINE, question, WITHIN_S),)


def _on_mine(state: Kiosk, errand: Booking, view: MineList, event: Event) -> Step:
    match event:
        case CityTold(token, MINE.name, _, outcome) if token == errand.token and view.stage is AskStage.ASKING:
            mine = outcome.answer.appointments if isinstance(outcome, Answered) and isinstance(outcome.answer, Mine) else ()
            return _at(state, replace(errand, mine=mine), MineList(_stage(outcome)))
        case NextPressed() if view.stage in (AskStage.NO_LINE, AskStage.DECLINED):
            return _ask_mine(state, errand)
        case AppointmentOpened(appointment) if errand.own(appointment) is not None:
            return show(state, MineShown(appointment))
        case BackPressed() if view.stage is not AskStage.ASKING:
            return _at(state, Booking(errand.token), MatterList())
        case _:
            return stay(state)


def _on_own(state: Kiosk, errand: Booking, view: MineShown, event: Event) -> Step:
    own = errand.own(view.appointment)
    if own is None or is_under_way(view):
        return _on_told(state, errand, view, event)
    match event:
        case MovePressed() if view.stage is not GiveBackStage.GIVEN_BACK and found(state, own.window, _matter(state, own)) is not None:
            return _ask_times(state, replace(errand, window=own.window, matter=_matter(state, own), moving=own))
        case GiveBackPressed() if view.stage is None:
            return show(state, MineShown(view.appointment, GiveBackStage.ASKED))
        case NextPressed() if view.stage in (GiveBackStage.ASKED, GiveBackStage.NO_LINE, GiveBackStage.DECLINED):
            return _give_back(state, errand, view)
        case ReprintPressed() if view.stage is None:
            return _at_slip(state, errand, own, MineShown(view.appointment, paper=SlipStage.PRINTING))
        case BackPressed() if view.stage is GiveBackStage.ASKED:
            return show(state, MineShown(view.appointment))
        case NextPressed() | BackPressed() if view.stage in (GiveBackStage.GIVEN_BACK, GiveBackStage.GONE):
            left = tuple(one for one in errand.mine if one.id != view.appointment)
            return _at(state, replace(errand, mine=left, pending=None), MineList(AskStage.ANSWERED))
        case BackPressed():
            return _at(state, replace(errand, pending=None), MineList(AskStage.ANSWERED))
        case _:
            return stay(state)


def _on_told(state: Kiosk, errand: Booking, view: MineShown, event: Event) -> Step:
    match event:
        case CityTold(token, GIVE_BACK.name, asked, outcome) if token == errand.token and view.stage is GiveBackStage.SENDING:
            stage, pending = _after_give_back(outcome), asked if isinstance(outcome, NoLine) else None
            return _at(state, replace(errand, pending=pending), MineShown(view.appointment, stage))
        case SlipAnswered(token, printing) if token == errand.token and view.paper is SlipStage.PRINTING:
            paper = SlipStage.PRINTED if printing.printed else SlipStage.NOT_PRINTED
            return show(state, MineShown(view.appointment, paper=paper))
        case _:
            return stay(state)


def _after_give_back(outcome: Outcome[GiveBackAnswer]) -> GiveBackStage:
    match outcome:
        case Answered(GiveBackAnswer(GiveBackStatus.GIVEN_BACK)):
            return GiveBackStage.GIVEN_BACK
        case Answered():
            return GiveBackStage.GONE
        case NoLine():
            return GiveBackStage.NO_LINE
        case _:
            return GiveBackStage.DECLINED


def _give_back(state: Kiosk, errand: Booking, view: MineShown) -> Step:
    if errand.holder is None:
        return stay(state)
    whose = told_of(errand.holder)
    question = GiveBackQuestion(view.appointment, whose.id_number, whose.code)
    enquire = Enquire(errand.token, GIVE_BACK, question, WITHIN_S, errand.pending)
    return show(state, MineShown(view.appointment, GiveBackStage.SENDING), enquire)


def _matter(state: Kiosk, own: Appointment) -> str:
    """Return the code of an appointment's matter, as its window says it now; empty when it is not taken there any more."""
    window = next((one for one in state.community.windows if one.id == own.window), None)
    return next((one.code for one in window.matters if one.name == own.matter), "") if window is not None else ""


def _to_own(state: Kiosk, errand: Booking, own: Appointment) -> Step:
    return _at(state, replace(errand, moving=None, times=(), day=None, begins=None), MineShown(own.id))


# Shared


def _stage(outcome: Outcome[Times] | Outcome[Mine]) -> AskStage:
    match outcome:
        case Answered():
            return AskStage.ANSWERED
        case NoLine():
            return AskStage.NO_LINE
        case _:
            return AskStage.DECLINED


def _at(state: Kiosk, errand: Booking, view: MatterList | TimeList | HolderCard | RemindAsk | BookCheck | MineList | MineShown) -> Step:
    return replace(state, visit=errand, view=view), ()


def _at_slip(state: Kiosk, errand: Booking, appointment: Appointment, view: BookedShown | MineShown) -> Step:
    name = errand.holder.name if isinstance(errand.holder, Holder) else None
    code = errand.holder.code if isinstance(errand.holder, BySlip) else None
    printing = PrintAppointment(errand.token, appointment, name, state.display.language.value, state.now, code)
    return replace(state, visit=errand, view=view), (printing,)
