"""Appointments on the glass: nothing is booked but by the city's word, nothing is booked twice, and what was taken meanwhile is said."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.flow.booking import is_under_way
from kiosk.flow.community import Community
from kiosk.flow.desk_errands import (
    AskStage,
    BookCheck,
    BookedShown,
    Booking,
    BookStage,
    GiveBackStage,
    HolderCard,
    MatterList,
    MineList,
    MineShown,
    SlipStage,
    TimeList,
)
from kiosk.flow.effects import Enquire, PrintAppointment
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events import Event
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.choosing import (
    AppointmentOpened,
    DayChosen,
    ErrandChosen,
    GiveBackPressed,
    MatterChosen,
    MinePressed,
    MovePressed,
    TimeChosen,
)
from kiosk.flow.events.devices import CardAnswered, PlateSeen, SlipAnswered
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, CommunityLoaded, Timer, TimerFired
from kiosk.flow.patience import seconds
from kiosk.flow.views import CardLeft, Home
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.appointments import (
    BOOK,
    GIVE_BACK,
    MINE,
    TIMES,
    Appointment,
    AppointmentId,
    BookAnswer,
    BookStatus,
    GiveBackAnswer,
    GiveBackStatus,
    Matter,
    Mine,
    Slot,
    SlotDay,
    Times,
    Window,
)
from sync.contract.question import Answered, Declined, NoLine, Outcome, QuestionId, QuestionKind
from sync.contract.words import Words
from tests.kiosk.flow.walk import Walk, card

WINDOW = Window("one", Words("综合窗口"), Words("2 号窗口"), (Matter("permit", Words("居住证领取"), bring=(Words("身份证"),)),))
DAY, FULL_DAY = date(2026, 11, 25), date(2026, 11, 24)
DAYS = (
    SlotDay(FULL_DAY, (Slot(time(9), time(9, 30), 0),)),
    SlotDay(DAY, (Slot(time(9), time(9, 30), 0), Slot(time(9, 30), time(10), 1))),
)
ID, OTHER = (QuestionId(f"0193582a-7b3c-7d4e-8f50-12345678900{place}") for place in (1, 2))
MY_TIME = Appointment(
    AppointmentId("a1"), "A007", "one", WINDOW.name, WINDOW.place, WINDOW.matters[0].name, DAY, time(9, 30), time(10), (Words("身份证"),)
)
BOOKED = Answered(BookAnswer(BookStatus.BOOKED, MY_TIME))
OFFLINE: NoLine = NoLine("down")
PRINTED = Printing(printed=True, status=PrinterStatus.READY)


def told(walk: Walk, kind: QuestionKind[Any, Any], outcome: Outcome[Any], name: QuestionId = ID) -> Walk:
    return walk.happen(CityTold(walk.token, kind.name, name, outcome))


def choosing() -> Walk:
    return Walk().at_home().happen(CommunityLoaded(Community(windows=(WINDOW,))), ErrandChosen(ErrandKind.APPOINTMENTS))


def at_days() -> Walk:
    walk = choosing().happen(MatterChosen("one", "permit"))
    assert walk.state.view == TimeList(AskStage.ASKING)
    return told(walk, TIMES, Answered(Times(DAYS)))


def at_times() -> Walk:
    return at_days().happen(DayChosen(DAY))


def laid(walk: Walk) -> Walk:
    return walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.READ, card())))


def at_check() -> Walk:
    walk = at_times().happen(TimeChosen(time(9, 30)))
    assert walk.state.view == HolderCard()
    return laid(walk)


def sending() -> Walk:
    return at_check().happen(NextPressed())


def at_mine(*mine: Appointment) -> Walk:
    walk = laid(choosing().happen(MinePressed()))
    assert walk.state.view == MineList(AskStage.ASKING)
    return told(walk, MINE, Answered(Mine(mine or (MY_TIME,))))


def at_own() -> Walk:
    return at_mine().happen(AppointmentOpened(MY_TIME.id))


def stage(walk: Walk) -> BookStage:
    assert isinstance(walk.state.view, BookCheck)
    return walk.state.view.stage


def asked(walk: Walk, kind: QuestionKind[Any, Any]) -> list[Enquire]:
    return [ask for ask in walk.ordered(Enquire) if ask.kind is kind]  # type: ignore[attr-defined]


def test_matter_day_time_card_check_and_the_citys_word() -> None:
    walk = sending()
    (ask,) = asked(walk, BOOK)
    question: Any = ask.question
    assert (question.window, question.matter, question.day, question.begins) == ("one", "permit", DAY, time(9, 30))
    assert (question.id_number, question.name, question.instead_of) == ("110101199003078670", "样例甲", None)
    told(walk, BOOK, BOOKED)
    assert walk.state.view == BookedShown(SlipStage.PRINTING)
    (slip,) = walk.ordered(PrintAppointment)
    assert slip.appointment == MY_TIME
    walk.happen(SlipAnswered(walk.token, PRINTED), NextPressed())
    assert (walk.state.view, walk.state.visit) == (Home(), None)


def test_neither_name_nor_number_stands_in_what_may_be_logged() -> None:
    walk = told(sending(), BOOK, BOOKED)
    said = repr(walk.state) + repr(walk.ordered(Enquire)) + repr(walk.ordered(PrintAppointment))
    assert "样例甲" not in said
    assert "110101199003078670" not in said


@pytest.mark.parametrize(
    "event", [DayChosen(FULL_DAY), DayChosen(date(2026, 11, 20)), TimeChosen(time(9, 30))], ids=["full day", "no day", "no day chosen"]
)
def test_what_has_no_room_is_not_chosen(event: Event) -> None:
    assert at_days().happen(event).state.view == TimeList(AskStage.ANSWERED)


@pytest.mark.parametrize("begins", [time(9), time(12)])
def test_a_time_that_is_full_or_no_time_is_not_chosen(begins: time) -> None:
    assert at_times().happen(TimeChosen(begins)).state.view == TimeList(AskStage.ANSWERED, is_day=True)


def test_a_matter_that_is_not_taken_is_not_chosen_and_without_windows_nothing_is_offered() -> None:
    assert choosing().happen(MatterChosen("one", "nothing")).state.view == MatterList()
    assert Walk().at_home().happen(ErrandChosen(ErrandKind.APPOINTMENTS)).state.view == Home()


@pytest.mark.parametrize(("outcome", "expected"), [(OFFLINE, AskStage.NO_LINE), (Declined("x", is_passing=True), AskStage.DECLINED)])
def test_without_an_answer_there_are_no_times_and_they_are_asked_for_again(outcome: Outcome[Times], expected: AskStage) -> None:
    walk = told(choosing().happen(MatterChosen("one", "permit")), TIMES, outcome)
    assert walk.state.view == TimeList(expected)
    assert walk.happen(NextPressed()).state.view == TimeList(AskStage.ASKING)


def test_a_lost_answer_promises_nothing_and_the_same_question_is_asked_again() -> None:
    walk = told(sending(), BOOK, OFFLINE)
    assert stage(walk) is BookStage.NO_LINE
    assert walk.ordered(PrintAppointment) == []
    walk.happen(NextPressed())
    first, second = asked(walk, BOOK)
    assert (first.question_id, second.question_id) == (None, ID)
    assert first.question == second.question


@pytest.mark.parametrize("status", [BookStatus.FULL, BookStatus.PAST])
def test_a_time_that_was_taken_meanwhile_leads_to_the_others_and_asks_anew(status: BookStatus) -> None:
    walk = told(sending(), BOOK, Answered(BookAnswer(status))).happen(NextPressed())
    assert walk.state.view == TimeList(AskStage.ASKING)
    told(walk, TIMES, Answered(Times(DAYS))).happen(DayChosen(DAY), TimeChosen(time(9, 30)))
    assert stage(walk) is BookStage.CHECK, "the card is not asked for twice"
    walk.happen(NextPressed())
    assert asked(walk, BOOK)[-1].question_id is None, "another time is another question"


def test_twice_the_same_matter_is_said_with_the_time_that_is_there_and_may_be_moved() -> None:
    walk = told(sending(), BOOK, Answered(BookAnswer(BookStatus.TWICE, MY_TIME)))
    assert walk.state.view == BookCheck(BookStage.TWICE, MY_TIME)
    walk.happen(NextPressed())
    question: Any = asked(walk, BOOK)[-1].question
    assert question.instead_of == MY_TIME.id


@pytest.mark.parametrize("status", [BookStatus.NOT_OFFERED, BookStatus.GONE])
def test_what_cannot_be_booked_at_all_ends(status: BookStatus) -> None:
    walk = told(sending(), BOOK, Answered(BookAnswer(status)))
    assert walk.happen(NextPressed()).state.view == Home()


def test_booked_without_an_appointment_is_no_promise() -> None:
    assert stage(told(sending(), BOOK, Answered(BookAnswer(BookStatus.BOOKED)))) is BookStage.DECLINED


def test_nothing_leads_away_while_the_citys_word_is_waited_for() -> None:
    walk = sending()
    assert seconds(walk.state) is None
    assert stage(walk.happen(FinishPressed(), BackPressed(), NextPressed(), TimerFired(Timer.IDLE))) is BookStage.SENDING


def test_a_slip_that_did_not_come_out_is_said_and_tried_again() -> None:
    walk = told(sending(), BOOK, BOOKED)
    walk.happen(SlipAnswered(walk.token, Printing(printed=False, status=PrinterStatus.PAPER_OUT)))
    assert walk.state.view == BookedShown(SlipStage.NOT_PRINTED)
    assert walk.happen(ReprintPressed()).state.view == BookedShown(SlipStage.PRINTING)
    assert len(walk.ordered(PrintAppointment)) == 2


def test_ones_own_time_is_given_back_after_a_question() -> None:
    walk = at_own().happen(GiveBackPressed())
    assert walk.state.view == MineShown(MY_TIME.id, GiveBackStage.ASKED)
    assert walk.happen(BackPressed()).state.view == MineShown(MY_TIME.id)
    walk.happen(GiveBackPressed(), NextPressed())
    told(walk, GIVE_BACK, Answered(GiveBackAnswer(GiveBackStatus.GIVEN_BACK))).happen(NextPressed())
    assert walk.state.view == MineList(AskStage.ANSWERED)
    assert isinstance(walk.state.visit, Booking)
    assert walk.state.visit.mine == ()


def test_giving_back_without_an_answer_is_not_said_to_be_done_and_is_done_once() -> None:
    walk = told(at_own().happen(GiveBackPressed(), NextPressed()), GIVE_BACK, OFFLINE)
    assert walk.state.view == MineShown(MY_TIME.id, GiveBackStage.NO_LINE)
    walk.happen(NextPressed())
    assert [ask.question_id for ask in asked(walk, GIVE_BACK)] == [None, ID]
    told(walk, GIVE_BACK, Answered(GiveBackAnswer(GiveBackStatus.GONE)))
    assert walk.state.view == MineShown(MY_TIME.id, GiveBackStage.GONE)


def test_ones_own_time_is_moved_and_the_old_one_named_in_the_same_question() -> None:
    walk = at_own().happen(MovePressed())
    told(walk, TIMES, Answered(Times(DAYS))).happen(DayChosen(DAY), TimeChosen(time(9, 30)), NextPressed())
    question: Any = asked(walk, BOOK)[-1].question
    assert (question.matter, question.instead_of) == ("permit", MY_TIME.id)


def test_moving_is_left_for_the_time_that_one_has() -> None:
    walk = told(at_own().happen(MovePressed()), TIMES, Answered(Times(DAYS))).happen(BackPressed())
    assert walk.state.view == MineShown(MY_TIME.id)


def test_a_time_at_a_window_that_takes_none_any_more_is_not_moved() -> None:
    walk = at_own().happen(CommunityLoaded(Community()), MovePressed())
    assert walk.state.view == MineShown(MY_TIME.id)


def test_ones_own_slip_is_printed_again() -> None:
    walk = at_own().happen(ReprintPressed())
    assert walk.state.view == MineShown(MY_TIME.id, paper=SlipStage.PRINTING)
    assert walk.happen(SlipAnswered(walk.token, PRINTED)).state.view == MineShown(MY_TIME.id, paper=SlipStage.PRINTED)


def test_home_keeps_nothing_and_calls_the_card_back() -> None:
    walk = at_mine().happen(FinishPressed())
    assert (walk.state.view, walk.state.visit, walk.state.overlay) == (Home(), None, CardLeft())
    assert walk.happen(PlateSeen(PlateStatus.EMPTY)).state.overlay is None


EVENTS: Sequence[Event] = (
    NextPressed(), BackPressed(), FinishPressed(), TimerFired(Timer.IDLE), ReprintPressed(), MinePressed(), MovePressed(),
    GiveBackPressed(),
    MatterChosen("one", "permit"), DayChosen(DAY), TimeChosen(time(9, 30)), AppointmentOpened(MY_TIME.id), SlipAnswered(1, PRINTED),
    CardAnswered(1, CardReading(CardReadStatus.READ, card())),
    *(CityTold(1, TIMES.name, ID, outcome) for outcome in (OFFLINE, Answered(Times(DAYS)))),
    *(CityTold(1, BOOK.name, ID, outcome) for outcome in (OFFLINE, BOOKED, *(Answered(BookAnswer(status)) for status in BookStatus))),
    *(CityTold(1, MINE.name, ID, outcome) for outcome in (OFFLINE, Answered(Mine((MY_TIME,))))),
    *(CityTold(1, GIVE_BACK.name, ID, outcome) for outcome in (OFFLINE, *(Answered(GiveBackAnswer(status)) for status in GiveBackStatus))),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(EVENTS), max_size=30))
def test_whatever_happens_booked_is_said_on_the_citys_word_alone(events: list[Event]) -> None:
    walk = at_check()
    for event in events:
        before = walk.state
        walk.happen(event)
        if isinstance(walk.state.view, BookedShown) and not isinstance(before.view, BookedShown):
            assert isinstance(event, CityTold)
            assert event.outcome == BOOKED
        if is_under_way(before.view) and not isinstance(event, CityTold | SlipAnswered):
            assert walk.state.view == before.view, "nothing leads away in between"
        if walk.state.visit is None:
            return
    assert isinstance(walk.state.visit, Booking)
