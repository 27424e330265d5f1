"""Appointments without a card: a number books, the slip's code is the only key afterwards, and nothing of either stays."""

import dataclasses
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.flow.community import Community
from kiosk.flow.desk_errands import (
    AskStage,
    BookCheck,
    BookedShown,
    Booking,
    BookStage,
    BySlip,
    CodeEntry,
    CodeTrouble,
    GiveBackStage,
    HolderCard,
    LayStage,
    MatterList,
    MineList,
    MineShown,
    NumberEntry,
)
from kiosk.flow.effects import Enquire, PrintAppointment, ReadCode, StopScanning
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import (
    AppointmentOpened,
    DayChosen,
    ErrandChosen,
    GiveBackPressed,
    MatterChosen,
    MinePressed,
    MovePressed,
    NoCardPressed,
    TimeChosen,
)
from kiosk.flow.events.devices import CardFound, CodeShown
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CommunityLoaded
from kiosk.flow.views import Home
from peripherals.secret import Secret
from sync.contract.appointments import (
    BOOK,
    GIVE_BACK,
    MINE,
    TIMES,
    BookAnswer,
    BookStatus,
    GiveBackAnswer,
    GiveBackStatus,
    Mine,
    Times,
)
from sync.contract.names import ApplicationId, ReceiptNumber
from sync.contract.question import Answered
from tests.kiosk.flow.test_booking import DAY, DAYS, MY_TIME, OFFLINE, WINDOW, asked, laid, stage, time, told
from tests.kiosk.flow.walk import Walk

MOBILE, GOOD = "13900000123", "407155260182"
OPEN = replace(WINDOW, matters=(replace(WINDOW.matters[0], by_number=True),))
REMINDING = replace(OPEN, reminds=True)
BOOKED = Answered(BookAnswer(BookStatus.BOOKED, MY_TIME, GOOD))


def at_matters(*, by_number: bool = True) -> Walk:
    community = Community(windows=(OPEN if by_number else WINDOW,))
    return Walk().at_home().happen(CommunityLoaded(community), ErrandChosen(ErrandKind.APPOINTMENTS))


def at_card(*, by_number: bool = True) -> Walk:
    walk = at_matters(by_number=by_number).happen(MatterChosen("one", "permit"))
    return told(walk, TIMES, Answered(Times(DAYS))).happen(DayChosen(DAY), TimeChosen(time(9, 30)))


def at_number() -> Walk:
    walk = at_card().happen(NoCardPressed())
    assert walk.state.view == NumberEntry()
    return walk


def at_check() -> Walk:
    return at_number().happen(AnswerGiven("mobile", MOBILE), NextPressed())


def at_code(*, scans: bool = False) -> Walk:
    walk = at_matters()
    walk.state = dataclasses.replace(walk.state, place=dataclasses.replace(walk.state.place, scans=scans))
    walk.happen(MinePressed(), NoCardPressed())
    assert walk.state.view == CodeEntry()
    return walk


def at_own() -> Walk:
    walk = at_code().happen(AnswerGiven("code", GOOD), NextPressed())
    return told(walk, MINE, Answered(Mine((MY_TIME,)))).happen(AppointmentOpened(MY_TIME.id))


def errand(walk: Walk) -> Booking:
    assert isinstance(walk.state.visit, Booking)
    return walk.state.visit


def question(walk: Walk, kind: Any) -> Any:  # noqa: ANN401
    return asked(walk, kind)[-1].question


# Booking with a number


def test_a_number_books_and_the_slip_carries_the_code() -> None:
    walk = at_check()
    assert stage(walk) is BookStage.CHECK
    said = question(walk.happen(NextPressed()), BOOK)
    assert (said.id_number, said.name, said.mobile, said.code) == ("", "", MOBILE, "")
    told(walk, BOOK, BOOKED)
    assert isinstance(walk.state.view, BookedShown)
    (slip,) = walk.ordered(PrintAppointment)
    assert slip.code is not None
    assert (slip.code.reveal(), slip.name) == (GOOD, None)


def test_from_then_on_the_number_is_forgotten_and_the_code_is_the_key() -> None:
    walk = told(at_check().happen(NextPressed()), BOOK, BOOKED)
    assert isinstance(errand(walk).holder, BySlip)
    assert errand(walk).typed.reveal() == ""


def test_neither_number_nor_code_stands_in_what_may_be_logged() -> None:
    walk = told(at_check().happen(NextPressed()), BOOK, BOOKED)
    said = repr(walk.state) + repr(walk.ordered(Enquire)) + repr(walk.ordered(PrintAppointment)) + repr(BOOKED)
    assert MOBILE not in said
    assert GOOD not in said


@pytest.mark.parametrize("typed", ["", "1390000012", "12900000123", "139000001234"])
def test_what_is_no_mobile_number_goes_no_further(typed: str) -> None:
    walk = at_number().happen(AnswerGiven("mobile", typed), NextPressed())
    assert walk.state.view == NumberEntry(asked=True)
    assert walk.happen(AnswerGiven("mobile", MOBILE)).state.view == NumberEntry(), "typing on takes the word back"
    assert asked(walk, BOOK) == []


def test_a_matter_that_asks_for_a_card_has_no_other_way() -> None:
    assert at_card(by_number=False).happen(NoCardPressed()).state.view == HolderCard()


def test_whoever_finds_the_card_after_all_goes_back_and_lays_it() -> None:
    walk = at_number().happen(AnswerGiven("mobile", MOBILE), BackPressed())
    assert walk.state.view == HolderCard()
    assert errand(walk).typed.reveal() == ""
    laid(walk).happen(NextPressed())
    assert (question(walk, BOOK).id_number, question(walk, BOOK).mobile) == ("110101199003078670", "")


def test_while_a_card_is_being_read_it_goes_first() -> None:
    walk = at_card()
    walk.happen(CardFound(walk.token), NoCardPressed())
    assert walk.state.view == HolderCard(LayStage.READING)


def test_a_time_that_wants_a_card_leads_to_the_card_with_the_time_kept() -> None:
    walk = told(at_check().happen(NextPressed()), BOOK, Answered(BookAnswer(BookStatus.CARD_NEEDED)))
    assert walk.state.view == BookCheck(BookStage.CARD_NEEDED)
    walk.happen(NextPressed())
    assert (walk.state.view, errand(walk).begins) == (HolderCard(), time(9, 30))
    assert stage(laid(walk)) is BookStage.CHECK


def test_a_number_that_has_enough_is_told_so_and_nothing_of_what_it_has() -> None:
    walk = told(at_check().happen(NextPressed()), BOOK, Answered(BookAnswer(BookStatus.TOO_MANY)))
    assert walk.state.view == BookCheck(BookStage.TOO_MANY)
    assert walk.happen(NextPressed()).state.view == Home()


def test_a_lost_answer_is_asked_for_again_with_the_same_question() -> None:
    walk = told(at_check().happen(NextPressed()), BOOK, OFFLINE).happen(NextPressed())
    first, second = asked(walk, BOOK)
    assert first.question == second.question
    assert second.question_id is not None


# The slip's code


def test_the_code_opens_its_one_time() -> None:
    walk = at_code().happen(AnswerGiven("code", GOOD), NextPressed())
    assert walk.state.view == MineList(AskStage.ASKING)
    assert (question(walk, MINE).id_number, question(walk, MINE).code) == ("", GOOD)


@pytest.mark.parametrize("typed", ["", GOOD[:-1], GOOD[:-1] + "9"])
def test_a_slip_of_the_finger_is_found_without_asking_the_city(typed: str) -> None:
    walk = at_code().happen(AnswerGiven("code", typed), NextPressed())
    assert walk.state.view == CodeEntry(CodeTrouble.TYPED)
    assert asked(walk, MINE) == []


def test_the_scanner_reads_it_instead_and_waits_only_while_the_page_is_there() -> None:
    walk = at_code(scans=True)
    assert len(walk.ordered(ReadCode)) == 1
    walk.happen(CodeShown(walk.token, None, Secret(GOOD)))
    assert question(walk, MINE).code == GOOD
    assert len(walk.ordered(StopScanning)) == 1


def test_another_slip_s_code_and_one_of_an_earlier_visit_open_nothing() -> None:
    walk = at_code()
    walk.happen(CodeShown(walk.token + 1, None, Secret(GOOD)))
    assert walk.state.view == CodeEntry()
    for slip in (None, (ReceiptNumber("7F3K29QD"), ApplicationId("0193582a-7b3c-7d4e-8f50-123456789abc"))):
        assert walk.happen(CodeShown(walk.token, slip)).state.view == CodeEntry(CodeTrouble.SHOWN)
    assert asked(walk, MINE) == []


def test_a_time_is_moved_by_its_code_and_keeps_it() -> None:
    walk = told(at_own().happen(MovePressed()), TIMES, Answered(Times(DAYS))).happen(DayChosen(DAY), TimeChosen(time(9, 30)), NextPressed())
    said = question(walk, BOOK)
    assert (said.instead_of, said.code, said.mobile, said.id_number) == (MY_TIME.id, GOOD, "", "")
    told(walk, BOOK, BOOKED)
    (slip,) = walk.ordered(PrintAppointment)
    assert slip.code is not None
    assert slip.code.reveal() == GOOD


def test_a_time_is_given_back_by_its_code() -> None:
    walk = at_own().happen(GiveBackPressed(), NextPressed())
    assert (question(walk, GIVE_BACK).code, question(walk, GIVE_BACK).id_number) == (GOOD, "")
    told(walk, GIVE_BACK, Answered(GiveBackAnswer(GiveBackStatus.GIVEN_BACK)))
    assert walk.state.view == MineShown(MY_TIME.id, GiveBackStage.GIVEN_BACK)


def test_home_keeps_nothing_of_what_was_typed() -> None:
    for walk in (at_number().happen(AnswerGiven("mobile", MOBILE)), at_code().happen(AnswerGiven("code", GOOD)), at_own()):
        walk.happen(FinishPressed())
        assert (walk.state.view, walk.state.visit) == (Home(), None)


def test_the_next_one_finds_an_empty_pad() -> None:
    walk = at_code().happen(AnswerGiven("code", GOOD), BackPressed(), BackPressed())
    assert walk.state.view == MatterList()
    walk.happen(MinePressed(), NoCardPressed())
    assert errand(walk).typed.reveal() == ""
