"""Appointments without a card at the city's end: a number books, a code opens, and nobody with a bundle of numbers takes a day away."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from city import here
from city.api.models import KeptReply
from city.api.pace import Pace
from city.api.questions import forget_old_replies
from city.appointments import answering
from city.appointments.booking import book, give_back, keep_windows, standing_of, times_of
from city.appointments.models import Booking
from city.staff.roles import Role
from sync.contract.appointments import (
    BOOK,
    GIVE_BACK,
    MINE,
    Appointment,
    BookAnswer,
    BookQuestion,
    BookStatus,
    GiveBackQuestion,
    GiveBackStatus,
    Matter,
    Mine,
    MineQuestion,
)
from sync.contract.booking_code import MOST_A_DAY, MOST_AT_ONCE, is_code, new_code
from sync.contract.words import Words
from tests.city.appointments.test_appointments import AREA, DAY, NOW, ONE, WINDOW, ask, time
from tests.city.people import Person
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

MATTERS = (
    Matter("permit", Words("居住证领取"), by_number=True),
    Matter("talk", Words("咨询"), by_number=True),
    Matter("housing", Words("公租房咨询"), by_number=True),
    Matter("marriage", Words("婚姻登记")),
)
OPEN = msgspec.structs.replace(WINDOW, matters=MATTERS)
MOBILE, OTHER = "13900000123", "13900000124"


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "now", lambda: NOW)
    monkeypatch.setattr(answering, "_codes", Pace(0.2))
    keep_windows([OPEN])


def wanted(mobile: str = MOBILE, **changes: Any) -> BookQuestion:  # noqa: ANN401
    facts = {"window": "one", "matter": "permit", "day": DAY, "begins": time(9), "id_number": "", "name": "", "mobile": mobile} | changes
    return BookQuestion(**facts)


def booked(mobile: str = MOBILE, **changes: Any) -> tuple[Appointment, str]:  # noqa: ANN401
    answer = book(None, wanted(mobile, **changes))
    assert answer.status is BookStatus.BOOKED
    assert answer.appointment is not None
    return answer.appointment, answer.code


def test_a_number_books_and_gets_a_code_of_which_the_city_keeps_a_digest() -> None:
    one, code = booked()
    assert is_code(code)
    row = Booking.objects.get(uid=one.id)
    kept = str(row.__dict__)
    assert (row.masked_name, MOBILE in kept, code in kept) == ("139****0123", False, False)


def test_the_holder_of_a_card_gets_no_code() -> None:
    answer = book(None, BookQuestion("one", "permit", DAY, time(9), ONE, "样例人"))
    assert (answer.status, answer.code) == (BookStatus.BOOKED, "")


@pytest.mark.parametrize("mobile", ["", "12345", "1390000012a", "１３９００００１２３４"])
def test_what_is_no_mobile_number_books_nothing(mobile: str) -> None:
    assert book(None, wanted(mobile)).status is BookStatus.NOT_OFFERED


def test_a_matter_that_asks_for_a_card_is_not_had_without() -> None:
    assert book(None, wanted(matter="marriage")).status is BookStatus.CARD_NEEDED


def test_the_code_alone_opens_it_and_neither_the_number_nor_a_card_does() -> None:
    one, code = booked()
    assert standing_of("", code) == (one,)
    for id_number, key in (("", ""), (MOBILE, ""), (ONE, ""), ("", new_code()), ("", "123"), ("", code[:-1] + "x")):
        assert standing_of(id_number, key) == ()
        assert give_back(one.id, id_number, key) is GiveBackStatus.GONE
    assert book(None, wanted(begins=time(10), instead_of=one.id)).status is BookStatus.GONE
    assert standing_of("", code) == (one,)


def test_a_code_opens_its_own_time_and_no_other() -> None:
    _, code = booked()
    other, _ = booked(OTHER, begins=time(9, 30))
    assert give_back(other.id, "", code) is GiveBackStatus.GONE
    assert book(None, wanted("", begins=time(10), instead_of=other.id, code=code)).status is BookStatus.GONE


def test_by_its_code_a_time_is_moved_keeps_the_code_and_is_given_back() -> None:
    one, code = booked()
    moved = book(None, wanted("", begins=time(10), instead_of=one.id, code=code))
    assert (moved.status, moved.code) == (BookStatus.BOOKED, code)
    assert moved.appointment is not None
    assert standing_of("", code) == (moved.appointment,)
    assert Booking.objects.get(uid=moved.appointment.id).masked_name == "139****0123"
    assert give_back(moved.appointment.id, "", code) is GiveBackStatus.GIVEN_BACK
    assert give_back(moved.appointment.id, "", code) is GiveBackStatus.GONE
    assert standing_of("", code) == ()


def test_a_code_without_the_time_that_it_opens_books_nothing() -> None:
    _, code = booked()
    assert book(None, wanted("", begins=time(10), code=code)).status is BookStatus.GONE
    assert Booking.objects.count() == 1


def test_what_is_over_is_nobody_s_with_the_code_either(monkeypatch: pytest.MonkeyPatch) -> None:
    one, code = booked()
    monkeypatch.setattr(here, "now", lambda: NOW + timedelta(days=2))
    assert standing_of("", code) == ()
    assert give_back(one.id, "", code) is GiveBackStatus.GONE


# Nobody proves that a number is theirs


def test_a_second_time_for_a_matter_is_refused_without_saying_what_the_number_has() -> None:
    booked()
    assert book(None, wanted(begins=time(10))) == BookAnswer(BookStatus.TOO_MANY)


def test_a_number_has_no_more_than_a_few_ahead() -> None:
    starts = [time(9), time(9, 30), time(10)]
    matters = ["permit", "talk", "housing"]
    said = [book(None, wanted(matter=matter, begins=begins)).status for matter, begins in zip(matters, starts, strict=True)]
    assert said == [BookStatus.BOOKED] * MOST_AT_ONCE + [BookStatus.TOO_MANY]


def test_a_number_that_books_and_gives_back_all_day_is_stopped_until_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(MOST_A_DAY):
        one, code = booked()
        give_back(one.id, "", code)
    assert book(None, wanted()).status is BookStatus.TOO_MANY
    monkeypatch.setattr(here, "now", lambda: NOW + timedelta(hours=17))
    assert book(None, wanted(begins=time(13, 30))).status is BookStatus.BOOKED


def test_moving_counts_and_is_stopped_too() -> None:
    one, code = booked()
    for begins in (time(9, 30), time(10), time(9)):
        moved = book(None, wanted("", begins=begins, instead_of=one.id, code=code))
        assert moved.appointment is not None
        one = moved.appointment
    assert book(None, wanted("", begins=time(10), instead_of=one.id, code=code)).status is BookStatus.TOO_MANY
    assert standing_of("", code) == (one,), "it is kept where it is"


def numbers() -> Iterator[str]:
    yield from (f"139000002{place:02d}" for place in range(100))


def test_half_of_a_day_s_places_are_kept_for_cards() -> None:
    (day,) = [one for one in times_of("one") if one.day == DAY]
    said = [book(None, wanted(mobile, begins=slot.begins)).status for mobile, slot in zip(numbers(), day.slots, strict=False)]
    assert said == [BookStatus.BOOKED] * 2 + [BookStatus.CARD_NEEDED] * 3, "five places a day"
    assert book(None, BookQuestion("one", "permit", DAY, time(10), ONE, "样例人")).status is BookStatus.BOOKED


def test_whoever_has_one_of_the_last_places_may_move_it_within_the_day() -> None:
    one, code = booked()
    booked(OTHER, begins=time(9, 30))
    assert book(None, wanted("", begins=time(10), instead_of=one.id, code=code)).status is BookStatus.BOOKED


# The wire, and the window


def test_a_terminal_books_looks_and_gives_back_without_a_card(terminal: Terminal) -> None:
    answer = ask(terminal, BOOK, wanted())
    assert ask(terminal, MINE, MineQuestion("", answer.code)) == Mine((answer.appointment,))
    assert ask(terminal, GIVE_BACK, GiveBackQuestion(answer.appointment.id, "", answer.code)).status is GiveBackStatus.GIVEN_BACK
    assert ask(terminal, MINE, MineQuestion("", answer.code)) == Mine()


def test_a_lost_answer_brings_the_same_code_and_is_forgotten_with_the_reply(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "0193582a-7b3c-7d4e-8f50-123456789abc"
    assert ask(terminal, BOOK, wanted(), name).code == ask(terminal, BOOK, wanted(), name).code
    assert Booking.objects.count() == 1
    monkeypatch.setattr(here, "now", lambda: NOW + timedelta(days=2, seconds=1))
    assert forget_old_replies() == 1
    assert not KeptReply.objects.exists()


def test_codes_that_come_faster_than_anybody_types_are_refused(terminal: Terminal) -> None:
    for _ in range(12):
        ask(terminal, MINE, MineQuestion("", new_code()))
    ask(terminal, MINE, MineQuestion("", new_code()), status=429)
    ask(terminal, GIVE_BACK, GiveBackQuestion(name_of_nothing(), "", new_code()), status=429)
    assert ask(terminal, MINE, MineQuestion(ONE)) == Mine(), "cards are asked for as before"


def name_of_nothing() -> Any:  # noqa: ANN401 - an id that the city never gave
    return "0193582a-7b3c-7d4e-8f50-123456789abd"


def test_the_window_finds_it_by_the_slip_scanned_or_typed(person: Callable[..., Person]) -> None:
    _, code = booked()
    desk = person(Role.FRONT_DESK, AREA)
    for shown in (f"BA2:{code}", code, f"{code[:4]} {code[4:8]} {code[8:]}"):
        page = desk.page(f"/appointments?code={shown}")
        assert 'class="row shown"' in page
        assert "139****0123" in page
    assert "没有这张预约单" in desk.page(f"/appointments?code={new_code()}")
    assert "没有这张预约单" in person(Role.FRONT_DESK, "990102").page(f"/appointments?code={code}")
