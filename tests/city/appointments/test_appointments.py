"""Appointments at the city's end: a time is booked once, by one person, for one matter, while there is room; and the window's day."""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
import pytest
import uuid6
from django.db import DatabaseError, transaction

from city import here
from city.appointments import booking, schedule
from city.appointments.booking import book, give_back, keep_windows, standing_of, times_of, windows_around
from city.appointments.models import Booking, BookingLine, BookingState, BookingStep, WindowRow
from city.appointments.schedule import Rules
from city.appointments.written import Span, WindowsError, WrittenWindow, read_windows
from city.fleet.models import Terminal as Row
from city.staff.roles import Role
from sync.contract import routes
from sync.contract.appointments import (
    BOOK,
    GIVE_BACK,
    MINE,
    TIMES,
    WINDOWS,
    Appointment,
    BookAnswer,
    BookQuestion,
    BookStatus,
    GiveBackQuestion,
    GiveBackStatus,
    Matter,
    Mine,
    MineQuestion,
    Times,
    TimesQuestion,
    Windows,
)
from sync.contract.feed import PAYLOAD_TYPE, Issue
from sync.contract.question import REPLY_TYPE, Question, QuestionId, QuestionKind, Reply
from sync.contract.signed import verify_as
from sync.contract.words import Words
from tests.city.people import Person
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

AREA = "990101001001"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=here.CITY_TIME)  # a Monday
DAY = date(2026, 11, 24)
ONE, TWO, THREE = "210102199003075129", "210102199003075110", "210102199003075137"
WINDOW = WrittenWindow(
    id="one",
    area=AREA,
    name=Words("综合窗口"),
    place=Words("2 号窗口"),
    mark="A",
    hours=(Span(time(9), time(11)), Span(time(13, 30), time(14))),
    matters=(Matter("permit", Words("居住证领取"), bring=(Words("身份证"),)), Matter("talk", Words("咨询"))),
    capacity=1,
    horizon_days=3,
)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "now", lambda: NOW)
    keep_windows([WINDOW])


def wanted(who: str = ONE, **changes: Any) -> BookQuestion:  # noqa: ANN401
    facts = {"window": "one", "matter": "permit", "day": DAY, "begins": time(9), "id_number": who, "name": "样例人"} | changes
    return BookQuestion(**facts)


def booked(who: str = ONE, **changes: Any) -> Appointment:  # noqa: ANN401
    answer = book(None, wanted(who, **changes))
    assert answer.status is BookStatus.BOOKED
    assert answer.appointment is not None
    return answer.appointment


# Times


def test_a_day_has_its_hours_and_what_is_left_of_them() -> None:
    booked()
    (first, *_) = [day for day in times_of("one") if day.day == DAY]
    assert [(slot.begins, slot.left) for slot in first.slots] == [
        (time(9), 0), (time(9, 30), 1), (time(10), 1), (time(10, 30), 1), (time(13, 30), 1),
    ]  # fmt: skip


def test_only_working_days_that_are_not_closed_and_no_further_than_it_looks_ahead() -> None:
    keep_windows([msgspec.structs.replace(WINDOW, closed=(date(2026, 11, 25),))])
    assert [day.day for day in times_of("one")] == [date(2026, 11, 23), DAY, date(2026, 11, 26), date(2026, 11, 27)]


def test_holidays_are_no_days_and_make_up_days_are() -> None:
    rules = Rules((Span(time(9), time(10)),), 30, 1, 0, 8)
    days = list(schedule.days_of(rules, datetime(2026, 9, 29, 8, tzinfo=here.CITY_TIME)))
    assert date(2026, 10, 1) not in days, "the national day"
    assert date(2026, 10, 10) in days, "a Saturday that makes up for it"


def test_what_is_too_soon_to_be_prepared_for_is_not_shown() -> None:
    rules = Rules((Span(time(9), time(11)),), 30, 1, 60, 1)
    (today, _) = schedule.times(rules, {}, NOW.replace(hour=8, minute=45))
    assert [slot.begins for slot in today.slots] == [time(10), time(10, 30)]
    assert [day.day for day in schedule.times(rules, {}, NOW.replace(hour=23))] == [DAY]


def test_a_window_that_does_not_exist_has_no_times() -> None:
    assert times_of("nothing") == ()


def test_windows_are_those_of_the_area_and_of_what_it_lies_in() -> None:
    keep_windows([WINDOW, msgspec.structs.replace(WINDOW, id="street", area=AREA[:9]), msgspec.structs.replace(WINDOW, id="x", area="88")])
    assert [one.id for one in windows_around(AREA)] == ["one", "street"]


def test_a_window_that_is_not_named_any_more_takes_nothing_and_keeps_what_is_booked() -> None:
    mine = booked()
    keep_windows([msgspec.structs.replace(WINDOW, id="two")])
    assert book(None, wanted(TWO, begins=time(10))).status is BookStatus.NOT_OFFERED
    assert standing_of(ONE) == (mine,)


# Booking


def test_a_booked_time_has_a_number_and_says_what_to_bring() -> None:
    one = booked()
    assert (one.call, one.day, one.begins, one.ends, one.bring) == ("A001", DAY, time(9), time(9, 30), (Words("身份证"),))
    assert booked(TWO, begins=time(9, 30)).call == "A002"
    row = Booking.objects.get(uid=one.id)
    assert (row.masked_name, ONE in str(row.__dict__)) == ("样**", False)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"window": "nothing"}, BookStatus.NOT_OFFERED),
        ({"matter": "nothing"}, BookStatus.NOT_OFFERED),
        ({"begins": time(9, 10)}, BookStatus.NOT_OFFERED),
        ({"who": ""}, BookStatus.NOT_OFFERED),
        ({"day": date(2026, 11, 20)}, BookStatus.PAST),
        ({"day": date(2026, 11, 28)}, BookStatus.PAST),
        ({"day": date(2027, 5, 11)}, BookStatus.PAST),
        ({"instead_of": str(uuid6.uuid7())}, BookStatus.GONE),
    ],
)
def test_what_cannot_be_booked_is_not(changes: dict[str, Any], status: BookStatus) -> None:
    assert book(None, wanted(**changes)).status is status
    assert not Booking.objects.exists()


def test_of_two_who_want_the_last_place_the_first_has_it() -> None:
    booked()
    assert book(None, wanted(TWO)).status is BookStatus.FULL


def test_one_person_has_one_time_for_a_matter_and_is_told_of_it() -> None:
    mine = booked()
    assert book(None, wanted(begins=time(10))) == BookAnswer(BookStatus.TWICE, mine)
    assert booked(matter="talk", begins=time(10)).call == "A002"


def test_moving_gives_the_old_time_back_in_the_same_moment_or_does_nothing() -> None:
    mine = booked()
    booked(TWO, begins=time(10))
    assert book(None, wanted(begins=time(10), instead_of=mine.id)).status is BookStatus.FULL
    assert standing_of(ONE) == (mine,)
    moved = booked(begins=time(10, 30), instead_of=mine.id)
    assert standing_of(ONE) == (moved,)
    assert booked(THREE).begins == time(9), "the old one is free again"


def test_nobody_moves_or_gives_back_what_is_somebody_elses() -> None:
    mine = booked()
    assert book(None, wanted(TWO, begins=time(10), instead_of=mine.id)).status is BookStatus.GONE
    assert give_back(mine.id, TWO) is GiveBackStatus.GONE
    assert give_back(mine.id, "") is GiveBackStatus.GONE
    assert standing_of(ONE) == (mine,)


def test_a_time_that_is_given_back_is_free_and_is_given_back_once() -> None:
    mine = booked()
    assert give_back(mine.id, ONE) is GiveBackStatus.GIVEN_BACK
    assert give_back(mine.id, ONE) is GiveBackStatus.GONE
    assert standing_of(ONE) == ()
    assert booked(TWO).call == "A002", "a number is never given twice on one day"


def test_whoever_did_not_come_may_book_again_and_what_is_over_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = booked()
    monkeypatch.setattr(here, "now", lambda: NOW + timedelta(days=2))
    assert standing_of(ONE) == ()
    assert give_back(mine.id, ONE) is GiveBackStatus.GONE
    assert booked(day=date(2026, 11, 26)).call == "A001"
    assert Booking.objects.get(uid=mine.id).state == BookingState.NO_SHOW
    assert BookingLine.objects.filter(step=BookingStep.LAPSED).count() == 1


# The wire


def ask(terminal: Terminal, kind: QuestionKind[Any, Any], asked: object, name: str | None = None, status: int = 200) -> Any:  # noqa: ANN401
    question = Question(1, QuestionId(name or str(uuid6.uuid7())), terminal.id, msgspec.Raw(msgspec.json.encode(asked)))
    response = terminal.send("POST", routes.question_path(kind.name), msgspec.json.encode(question), routes.QUESTION_TYPE)
    assert response.status_code == status, response.content
    if status == 200:
        reply = verify_as(response.content, REPLY_TYPE, here.keys().receipts.public, Reply)
        return msgspec.json.decode(reply.content, type=kind.answer)
    return None


def test_a_lost_answer_books_nothing_twice(terminal: Terminal) -> None:
    name = str(uuid6.uuid7())
    first, second = ask(terminal, BOOK, wanted(), name), ask(terminal, BOOK, wanted(), name)
    assert first == second
    assert first.status is BookStatus.BOOKED
    assert Booking.objects.count() == 1


def test_a_terminal_asks_for_times_its_residents_times_and_gives_one_back(terminal: Terminal) -> None:
    assert isinstance(ask(terminal, TIMES, TimesQuestion("one")), Times)
    mine = ask(terminal, BOOK, wanted()).appointment
    assert ask(terminal, MINE, MineQuestion(ONE)) == Mine((mine,))
    assert ask(terminal, MINE, MineQuestion("")) == Mine()
    assert ask(terminal, GIVE_BACK, GiveBackQuestion(mine.id, ONE)).status is GiveBackStatus.GIVEN_BACK


def test_what_is_no_question_is_refused(terminal: Terminal) -> None:
    ask(terminal, GIVE_BACK, GiveBackQuestion("x", ONE), status=400)
    ask(terminal, BOOK, wanted(instead_of="x"), status=400)
    ask(terminal, BOOK, wanted(name="样" * 61), status=400)


def test_its_windows_come_down_as_a_feed(terminal: Terminal) -> None:
    Row.objects.filter(pk=terminal.id).update(area=AREA)
    sent = terminal.send("GET", routes.feed_path(WINDOWS.name)).content
    issue = verify_as(sent, PAYLOAD_TYPE, here.keys().receipts.public, Issue)
    assert msgspec.json.decode(issue.content, type=Windows).windows == windows_around(AREA)
    assert windows_around(AREA)[0].name == Words("综合窗口")


# The window's day


@pytest.fixture
def desk(person: Callable[..., Person]) -> Person:
    return person(Role.FRONT_DESK, AREA)


def step(desk: Person, row: Booking, wanted: BookingStep, version: int | None = None) -> int:
    row.refresh_from_db()
    page = f"/appointments?day={DAY.isoformat()}"
    return desk.post(f"/appointments/{row.pk}/step", page, step=wanted, version=version or row.version).status_code


@pytest.fixture
def row() -> Booking:
    return Booking.objects.get(uid=booked().id)


def test_who_has_come_is_called_and_served(desk: Person, row: Booking) -> None:
    page = desk.page(f"/appointments?day={DAY.isoformat()}")
    assert "A001" in page
    assert "样**" in page
    assert ONE not in page
    for wanted, state in (
        (BookingStep.ARRIVE, BookingState.ARRIVED), (BookingStep.CALL, BookingState.CALLED), (BookingStep.CALL, BookingState.CALLED),
        (BookingStep.SERVE, BookingState.SERVED),
    ):  # fmt: skip
        assert step(desk, row, wanted) == 302
        row.refresh_from_db()
        assert row.state == state
    assert [line.step for line in row.lines.order_by("pk")] == ["booked", "arrive", "call", "call", "serve"]
    assert step(desk, row, BookingStep.ARRIVE) == 409


def test_of_two_clerks_the_second_is_told(desk: Person, row: Booking) -> None:
    seen = row.version
    assert step(desk, row, BookingStep.ARRIVE, seen) == 302
    assert step(desk, row, BookingStep.NO_SHOW, seen) == 409
    assert step(desk, row, BookingStep.BOOKED) == 409, "that is no step of the window's"


def test_whoever_comes_late_after_all_is_taken(desk: Person, row: Booking) -> None:
    assert step(desk, row, BookingStep.NO_SHOW) == 302
    assert step(desk, row, BookingStep.ARRIVE) == 302


def test_another_area_neither_sees_nor_touches_it(person: Callable[..., Person], row: Booking) -> None:
    other = person(Role.FRONT_DESK, "990102")
    assert "A001" not in other.page(f"/appointments?day={DAY.isoformat()}")
    assert other.post(f"/appointments/{row.pk}/step", "/queue", step="arrive", version=row.version).status_code == 404


def test_a_clerk_books_for_somebody_who_stands_there(desk: Person) -> None:
    page = f"/appointments?day={DAY.isoformat()}"
    form: dict[str, Any] = {
        "window": "one",
        "day": DAY.isoformat(),
        "matter": "talk",
        "begins": "10:00",
        "name": "样例人",
        "id_number": ONE,
    }
    assert desk.post("/appointments/enter", page, **form).status_code == 302
    assert standing_of(ONE)[0].call == "A001"
    again = desk.post("/appointments/enter", page, **form)
    assert again.status_code == 422
    assert "已经约过了" in again.content.decode()
    assert desk.post("/appointments/enter", page, **(form | {"begins": "x"})).status_code == 422


def test_a_scanned_slip_leads_to_its_day_and_another_code_is_none(desk: Person, row: Booking, person: Callable[..., Person]) -> None:
    code = f"BA1:{row.uid}".upper()
    assert "11-24 周二" in desk.page(f"/appointments?code={code}")
    assert 'class="row shown"' in desk.page(f"/appointments?code={code}")
    for wrong in ("BM1:7F3K29QD", "BA1:x", f"BA1:{uuid6.uuid7()}"):
        assert "没有这张预约单" in desk.page(f"/appointments?code={wrong}")
    assert "没有这张预约单" in person(Role.FRONT_DESK, "990102").page(f"/appointments?code={code}")


def test_a_strange_day_in_the_address_is_today(desk: Person) -> None:
    assert "11-23 周一" in desk.page("/appointments?day=morgen")


def test_its_history_only_grows(row: Booking) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        BookingLine.objects.update(words="anders")


# The file of windows


def broken() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    good = msgspec.to_builtins(WINDOW)
    yield "hours", [good | {"hours": [{"opens": "11:00:00", "closes": "09:00:00"}]}]
    yield "hours", [good | {"hours": [{"opens": "09:00:00", "closes": "11:00:00"}, {"opens": "10:00:00", "closes": "12:00:00"}]}]
    yield "twice", [good | {"matters": [good["matters"][0]] * 2}]
    yield "same id", [good, good | {"mark": "B"}]
    yield "same letter", [good, good | {"id": "two"}]
    yield "capacity", [good | {"capacity": 0}]
    yield "unknown", [good | {"colour": "red"}]


@pytest.mark.parametrize(("word", "windows"), list(broken()))
def test_a_file_that_says_what_cannot_be_is_refused(word: str, windows: list[dict[str, Any]]) -> None:
    with pytest.raises(WindowsError, match=word):
        read_windows(msgspec.json.encode(windows))


def test_the_sample_windows_are_a_good_file() -> None:
    from city.samples import _HERE

    windows = read_windows((_HERE / "windows.json").read_bytes())
    assert all(one.sample for one in windows)
    assert all(words.en and words.ko for one in windows for words in (one.name, one.place, *(matter.name for matter in one.matters)))
    assert keep_windows(windows) == WindowRow.objects.filter(is_open=True).count()


def test_no_times_of_a_day_overlap() -> None:
    found = list(schedule.slots_of(booking.rules_of(WindowRow.objects.get(key="one"))))
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(found))
