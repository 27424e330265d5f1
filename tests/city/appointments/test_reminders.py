"""Reminders against an invented gateway over real HTTP: for who said yes, once, the day before, by day, of nothing that was given back."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

import msgspec
import pytest
from django.db import connection

from city import here
from city.appointments import reminders
from city.appointments.booking import book, do, give_back, keep_windows, standing_of, windows_around
from city.appointments.models import Booking, BookingStep, Reminder, ReminderState
from city.appointments.reminders import AGAIN_AFTER, Reminded, note_receipt, remind, text_of
from city.messaging import gateway as adapter
from city.messaging.gateway import NAME, SECRET, HttpGateway
from city.messaging.sandbox import SandboxGateway
from city.staff.roles import Role
from sync.contract.appointments import Appointment, BookQuestion, BookStatus
from tests.city.appointments.test_appointments import AREA, NOW, ONE, WINDOW
from tests.city.appointments.test_without_card import MATTERS
from tests.city.people import Person

pytestmark = pytest.mark.django_db

KEY = b"an invented secret of the tests"
MOBILE, REFUSED = "13900000123", "13900000000"
DAY = date(2026, 11, 26)  # three days ahead
EVE = datetime(2026, 11, 25, 10, 0, tzinfo=here.CITY_TIME)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "now", lambda: NOW)
    keep_windows([msgspec.structs.replace(WINDOW, matters=MATTERS)])


@pytest.fixture
def post() -> Iterator[SandboxGateway]:
    gateway = SandboxGateway(0, KEY)
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    yield gateway
    gateway.shutdown()
    gateway.server_close()


@pytest.fixture
def gateway(post: SandboxGateway, monkeypatch: pytest.MonkeyPatch) -> HttpGateway:
    monkeypatch.setattr(adapter, "PATIENCE_S", 5.0)
    return HttpGateway(post.url, "样例", KEY)


def booked(
    mobile: str = MOBILE, *, day: date = DAY, begins: time = time(9), instead_of: str | None = None, wish: bool | None = True
) -> Appointment:
    question = BookQuestion("one", "permit", day, begins, ONE, "样例人", instead_of, mobile=mobile, remind=wish, language="zh")
    answer = book(None, question)
    assert answer.status is BookStatus.BOOKED
    assert answer.appointment is not None
    return answer.appointment


def state(one: Appointment) -> str:
    return Reminder.objects.get(booking__uid=one.id).state


def test_who_said_yes_is_reminded_once_and_told_nothing_but_when(gateway: HttpGateway, post: SandboxGateway) -> None:
    one = booked()
    assert one.reminded
    assert remind(gateway, EVE - timedelta(minutes=1)) == Reminded(), "not before its time"
    assert remind(gateway, EVE) == Reminded(reminded=1)
    assert remind(gateway, EVE + timedelta(hours=1)) == Reminded(), "and never twice"
    (sent,) = post.sent.values()
    assert sent["to"] == MOBILE
    assert "11月26日" in sent["text"]
    assert "09:00" in sent["text"]
    assert one.call in sent["text"]
    for detail in ("样", "居住证", ONE, "综合窗口"):
        assert detail not in sent["text"]
    assert standing_of(ONE)[0].reminded, "it says so afterwards, too"


@pytest.mark.parametrize(("language", "word"), [("zh", "提醒"), ("en", "tomorrow"), ("ko", "알림"), ("xx", "提醒")])
def test_it_speaks_the_residents_language(language: str, word: str) -> None:
    assert word in text_of(Booking.objects.get(uid=booked().id), language)


@pytest.mark.parametrize(("mobile", "wish"), [(MOBILE, False), (MOBILE, None), ("", True), ("12345", True)])
def test_nobody_who_did_not_say_yes_with_a_number_is_reminded(mobile: str, wish: bool | None) -> None:
    assert not booked(mobile, wish=wish).reminded
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("day", [NOW.date(), date(2026, 11, 24)])
def test_of_today_and_tomorrow_nobody_is_reminded(day: date) -> None:
    assert not booked(day=day, begins=time(10)).reminded


def test_whoever_booked_with_a_number_is_reminded_on_it(gateway: HttpGateway, post: SandboxGateway) -> None:
    answer = book(None, BookQuestion("one", "permit", DAY, time(9), "", "", None, MOBILE, remind=True))
    assert answer.appointment is not None
    assert answer.appointment.reminded
    remind(gateway, EVE)
    assert [sent["to"] for sent in post.sent.values()] == [MOBILE]
    (sent,) = post.sent.values()
    assert answer.code not in sent["text"]


def test_the_number_waits_sealed_and_is_wiped_when_it_has_gone_out(gateway: HttpGateway) -> None:
    booked()
    assert kept() == [True]
    assert MOBILE not in everything()
    remind(gateway, EVE)
    assert kept() == [False]


def kept() -> list[bool]:
    return [bool(bytes(one)) for one in Reminder.objects.values_list("sealed", flat=True)]


def everything() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT b::text, r::text, encode(r.sealed, 'escape') FROM appointments_booking b, appointments_reminder r")
        return str(cursor.fetchall())


# Given back, moved


def test_what_was_given_back_is_not_reminded_of_and_its_number_is_gone(gateway: HttpGateway, post: SandboxGateway) -> None:
    one = booked()
    give_back(one.id, ONE)
    assert (state(one), kept()) == (ReminderState.DROPPED, [False])
    assert remind(gateway, EVE) == Reminded()
    assert post.sent == {}


def test_what_the_window_gave_back_is_not_reminded_of_either(gateway: HttpGateway, person: Callable[..., Person]) -> None:
    one = booked()
    row = Booking.objects.get(uid=one.id)
    assert do(row, BookingStep.GIVE_BACK, row.version, person(Role.FRONT_DESK, AREA).clerk)
    assert remind(gateway, EVE) == Reminded()


def test_what_was_moved_is_reminded_of_on_its_own_eve_only(gateway: HttpGateway, post: SandboxGateway) -> None:
    moved = booked("", day=DAY - timedelta(days=1), instead_of=booked().id, wish=None)
    assert moved.reminded
    assert remind(gateway, EVE - timedelta(days=1)) == Reminded(reminded=1)
    assert remind(gateway, EVE) == Reminded()
    (sent,) = post.sent.values()
    assert "11月25日" in sent["text"]


def test_what_was_moved_to_tomorrow_needs_no_reminder_any_more(gateway: HttpGateway) -> None:
    moved = booked("", day=date(2026, 11, 24), begins=time(10), instead_of=booked().id, wish=None)
    assert not moved.reminded
    assert remind(gateway, EVE) == Reminded()


def test_a_no_when_moving_takes_the_yes_back(gateway: HttpGateway) -> None:
    assert not booked("", begins=time(10), instead_of=booked().id, wish=False).reminded
    assert remind(gateway, EVE) == Reminded()


# Whatever gets lost


@pytest.mark.parametrize("fault", ["silent", "late", "forged"])
def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_goes_out_twice(
    gateway: HttpGateway, post: SandboxGateway, fault: str
) -> None:
    one = booked()
    post.orders.faults.append(fault)
    assert remind(gateway, EVE) == Reminded(again=1)
    assert remind(gateway, EVE) == Reminded()
    assert remind(gateway, EVE + AGAIN_AFTER[0]) == Reminded(reminded=1)
    assert state(one) == ReminderState.SENT
    assert len(post.sent) == 1


@pytest.mark.parametrize("late", [timedelta(hours=10), timedelta(hours=16), timedelta(days=3)], ids=["evening", "night", "long after"])
def test_what_could_not_go_out_by_the_evening_does_not_go_out_at_night(gateway: HttpGateway, post: SandboxGateway, late: timedelta) -> None:
    one = booked()
    assert remind(gateway, EVE + late) == Reminded(not_reminded=1)
    assert (state(one), post.sent, kept()) == (ReminderState.NOT_SENT, {}, [False])
    assert not standing_of(ONE) or not standing_of(ONE)[0].reminded


def test_a_gateway_that_never_answers_is_left_before_the_night() -> None:
    one, dead, now = booked(), HttpGateway("http://127.0.0.1:9", "样例", KEY), EVE
    while state(one) == ReminderState.WAITING:
        remind(dead, now)
        now += timedelta(minutes=5)
    assert state(one) == ReminderState.NOT_SENT
    assert now.time() <= time(20, 5)


def test_a_number_that_is_refused_and_a_city_without_a_gateway_end_it(gateway: HttpGateway) -> None:
    booked(REFUSED)
    assert remind(gateway, EVE) == Reminded(not_reminded=1)
    booked(day=date(2026, 11, 26), begins=time(10), instead_of=standing_of(ONE)[0].id)
    assert remind(None, EVE) == Reminded(not_reminded=1)


def test_what_the_gateway_says_afterwards_is_noted_once(gateway: HttpGateway, post: SandboxGateway) -> None:
    one = booked()
    remind(gateway, EVE)
    (name,) = post.sent
    assert note_receipt(name, is_delivered=False)
    assert state(one) == ReminderState.NOT_ARRIVED
    assert note_receipt(name, is_delivered=True)
    assert state(one) == ReminderState.NOT_ARRIVED
    for other in ("r1", "r-1", "r1-x", f"{name}0", "r" + "9" * 30 + "-1"):
        assert not note_receipt(other, is_delivered=True)


def test_terminals_ask_only_where_the_city_has_a_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(one.reminds for one in windows_around(AREA))
    folder = here.folder()
    (folder.root / NAME).write_text('{"url": "https://sms.example.invalid"}')
    (folder.keys / SECRET).write_bytes(KEY)
    try:
        assert all(one.reminds for one in windows_around(AREA))
    finally:
        (folder.root / NAME).unlink()
        (folder.keys / SECRET).unlink()
    assert reminders.PREFIX == "r", "a case's message begins with a figure"
