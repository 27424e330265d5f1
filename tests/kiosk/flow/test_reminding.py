"""The question about a reminder: asked once, with nothing chosen beforehand, where the city can send one and a day lies between."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from kiosk.flow.community import Community
from kiosk.flow.desk_errands import BookCheck, Booking, BookStage, HolderCard, NumberEntry, RemindAsk
from kiosk.flow.effects import Enquire
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import DayChosen, ErrandChosen, MatterChosen, NoCardPressed, RemindChosen, TimeChosen
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CommunityLoaded
from kiosk.flow.views import Home
from sync.contract.appointments import BOOK, TIMES, BookAnswer, BookStatus, Times, Window
from sync.contract.question import Answered
from tests.kiosk.flow.test_booking import BOOKED, DAY, DAYS, MY_TIME, asked, laid, time, told
from tests.kiosk.flow.test_claiming import MOBILE, OPEN, REMINDING
from tests.kiosk.flow.walk import Walk


def at_card(*, days_ahead: int = 2, window: Window = REMINDING) -> Walk:
    walk = Walk().at_home()
    now = walk.state.now
    walk.state = dataclasses.replace(walk.state, now=now + (DAY - timedelta(days=days_ahead) - now.date()))
    walk.happen(CommunityLoaded(Community(windows=(window,))), ErrandChosen(ErrandKind.APPOINTMENTS), MatterChosen("one", "permit"))
    return told(walk, TIMES, Answered(Times(DAYS))).happen(DayChosen(DAY), TimeChosen(time(9, 30)))


def at_question() -> Walk:
    walk = laid(at_card())
    assert walk.state.view == RemindAsk()
    return walk


def booking(walk: Walk) -> Any:  # noqa: ANN401
    return asked(walk, BOOK)[-1].question


def test_no_is_an_answer_and_no_number_is_asked_for() -> None:
    walk = at_question().happen(RemindChosen(wanted=False))
    assert walk.state.view == BookCheck()
    said = booking(walk.happen(NextPressed()))
    assert (said.remind, said.mobile) == (False, "")


def test_yes_asks_the_holder_of_a_card_for_a_number() -> None:
    walk = at_question().happen(RemindChosen(wanted=True))
    assert walk.state.view == NumberEntry()
    assert walk.happen(NextPressed()).state.view == NumberEntry(asked=True), "an empty pad goes no further"
    walk.happen(AnswerGiven("mobile", MOBILE), NextPressed())
    assert walk.state.view == BookCheck()
    said = booking(walk.happen(NextPressed()))
    assert (said.remind, said.mobile, said.id_number) == (True, MOBILE, "110101199003078670")
    assert MOBILE not in repr(walk.state) + repr(walk.ordered(Enquire))


def test_whoever_books_with_a_number_is_not_asked_for_it_again() -> None:
    walk = at_card().happen(NoCardPressed(), AnswerGiven("mobile", MOBILE), NextPressed())
    assert walk.state.view == RemindAsk()
    walk.happen(RemindChosen(wanted=True))
    assert walk.state.view == BookCheck()
    said = booking(walk.happen(NextPressed()))
    assert (said.remind, said.mobile, said.id_number) == (True, MOBILE, "")


@pytest.mark.parametrize(("days", "window"), [(0, REMINDING), (1, REMINDING), (5, OPEN)], ids=["today", "tomorrow", "no gateway"])
def test_nobody_is_asked_where_none_would_come(days: int, window: Window) -> None:
    walk = laid(at_card(days_ahead=days, window=window))
    assert walk.state.view == BookCheck()
    assert booking(walk.happen(NextPressed())).remind is None


def test_back_leads_to_where_one_came_from() -> None:
    assert at_question().happen(BackPressed()).state.view == HolderCard()
    assert at_question().happen(RemindChosen(wanted=True), BackPressed()).state.view == RemindAsk()
    walk = at_card().happen(NoCardPressed(), AnswerGiven("mobile", MOBILE), NextPressed(), BackPressed())
    assert walk.state.view == NumberEntry()
    assert isinstance(walk.state.visit, Booking)
    assert walk.state.visit.typed.reveal() == MOBILE


def test_looking_at_other_times_asks_anew_and_a_time_that_was_taken_does_not() -> None:
    walk = at_question().happen(RemindChosen(wanted=False), BackPressed(), TimeChosen(time(9, 30)))
    assert walk.state.view == RemindAsk()
    walk.happen(RemindChosen(wanted=False), NextPressed())
    told(walk, BOOK, Answered(BookAnswer(BookStatus.FULL))).happen(NextPressed())
    told(walk, TIMES, Answered(Times(DAYS))).happen(DayChosen(DAY), TimeChosen(time(9, 30)))
    assert walk.state.view == BookCheck(BookStage.CHECK)


def test_one_who_moves_the_time_that_is_there_already_keeps_what_was_said_now() -> None:
    walk = at_question().happen(RemindChosen(wanted=False), NextPressed())
    told(walk, BOOK, Answered(BookAnswer(BookStatus.TWICE, MY_TIME))).happen(NextPressed())
    assert (booking(walk).instead_of, booking(walk).remind) == (MY_TIME.id, False)


def test_whoever_lays_the_card_instead_of_the_number_is_asked_again() -> None:
    walk = at_card().happen(NoCardPressed(), AnswerGiven("mobile", MOBILE), NextPressed(), RemindChosen(wanted=True), NextPressed())
    told(walk, BOOK, Answered(BookAnswer(BookStatus.CARD_NEEDED))).happen(NextPressed())
    assert laid(walk).state.view == RemindAsk(), "the card's holder may be somebody else"


def test_the_number_is_gone_once_it_is_booked_and_at_home() -> None:
    walk = at_question().happen(RemindChosen(wanted=True), AnswerGiven("mobile", MOBILE), NextPressed(), NextPressed())
    told(walk, BOOK, BOOKED)
    assert isinstance(walk.state.visit, Booking)
    assert (walk.state.visit.typed.reveal(), walk.state.visit.remind_to.reveal()) == ("", "")
    other = at_question().happen(RemindChosen(wanted=True), AnswerGiven("mobile", MOBILE), FinishPressed())
    assert (other.state.view, other.state.visit) == (Home(), None)
