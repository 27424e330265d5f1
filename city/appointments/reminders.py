"""Reminders of appointments: for who left a number and said yes, once, on the day before, by day, and of nothing that was given back.

The number waits sealed and is wiped when the reminder has gone out, or need not. What it says is when and under which number: no name, and
not what for.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from cryptography.fernet import Fernet
from django.db import transaction

from city import here
from city.appointments.models import Booking, BookingState, Reminder, ReminderState
from city.messaging.gateway import Gateway, Outcome
from sync.contract.appointments import BookQuestion, is_reminded
from sync.contract.formats import is_mobile
from sync.contract.words import Words

FROM, UNTIL = time(10), time(20)
"""On the day before, by the city's clock; what could not be sent by then is not sent at night, nor on the day itself."""

AGAIN_AFTER: Final = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=3))
PREFIX = "r"
"""Of a reminder's name at the gateway, which has messages about cases, too."""

TEXT = Words(
    "提醒：您约了明天（{day}）{begins} 到窗口，号 {call}。地点、要带的看预约单。来不了，请在任一便民终端取消，或拨 {hotline}。",
    "Reminder: your appointment is tomorrow ({day}) at {begins}, number {call}. Place and papers: see the slip. Cannot come? Give it back "
    "at any terminal, or call {hotline}.",
    "알림: 내일({day}) {begins} 예약, 번호 {call}. 장소와 준비물은 예약표를 보세요. 못 오시면 단말기에서 취소하거나 {hotline}로 전화해 "
    "주세요.",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """That somebody wants to be reminded: their number, sealed, and their language."""

    sealed: bytes = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """What one round did."""

    reminded: int = 0
    not_reminded: int = 0
    again: int = 0


def wish_of(question: BookQuestion, earlier: Booking | None) -> Wish | None:
    """Return what was wished now; a time that is moved without a word about it keeps the wish that it had."""
    if question.remind is None:
        kept = None if earlier is None else Reminder.objects.filter(booking=earlier, state=ReminderState.WAITING).first()
        return None if kept is None else Wish(bytes(kept.sealed), kept.language)
    if not question.remind or not is_mobile(question.mobile):
        return None
    return Wish(_box().encrypt(question.mobile.encode()), question.language[:2])


def keep(booking: Booking, wish: Wish | None) -> None:
    """Write a reminder down for a time that was just booked; none for one that is tomorrow already: its slip is fresh."""
    if wish is not None and is_reminded(booking.day, _today(here.now())):
        due = datetime.combine(booking.day - timedelta(days=1), FROM, here.CITY_TIME)
        Reminder.objects.create(booking=booking, sealed=wish.sealed, language=wish.language, next_at=due)


def drop(booking: Booking) -> None:
    """Forget the reminder of a time that was given back."""
    Reminder.objects.filter(booking=booking, state=ReminderState.WAITING).update(
        state=ReminderState.DROPPED, sealed=b"", done_at=here.now()
    )


def is_promised(booking: Booking) -> bool:
    """Tell whether this time's holder is or was reminded."""
    found = getattr(booking, "reminder", None)
    return found is not None and found.state in (ReminderState.WAITING, ReminderState.SENT, ReminderState.DELIVERED)


def remind(gateway: Gateway | None, now: datetime, most: int = 500) -> Reminded:
    """Send what is due, each in a transaction of its own. It holds the booking, which is given back before or after, never in between."""
    counts: dict[ReminderState | None, int] = {}
    due = Reminder.objects.filter(state=ReminderState.WAITING, next_at__lte=now).order_by("next_at", "pk").values_list("pk", "booking_id")
    for pk, booking_id in list(due[:most]):
        with transaction.atomic():
            booking = Booking.objects.select_for_update(skip_locked=True).filter(pk=booking_id).first()
            reminder = Reminder.objects.filter(pk=pk, state=ReminderState.WAITING).first()
            if booking is not None and reminder is not None:
                state = _remind_one(reminder, booking, gateway, now)
                counts[state] = counts.get(state, 0) + 1
    return Reminded(counts.get(ReminderState.SENT, 0), counts.get(ReminderState.NOT_SENT, 0), counts.get(None, 0))


def text_of(booking: Booking, language: str) -> str:
    """Return what a reminder says."""
    day = booking.day
    said, shown = {
        "en": (TEXT.en, f"{day:%d/%m}"),
        "ko": (TEXT.ko, f"{day.month}월 {day.day}일"),
    }.get(language, (TEXT.zh, f"{day.month}月{day.day}日"))
    return (said or TEXT.zh).format(day=shown, begins=f"{booking.begins:%H:%M}", call=booking.call, hotline=here.own().hotline)


def note_receipt(name: str, *, is_delivered: bool) -> bool:
    """Note what the gateway says of a reminder that it took; False where there is none of this name. Nobody calls instead."""
    key, _, booking = name.removeprefix(PREFIX).partition("-")
    if not (key.isascii() and key.isdigit() and booking.isascii() and booking.isdigit()) or max(len(key), len(booking)) > 18:
        return False
    found = Reminder.objects.filter(pk=int(key), booking_id=int(booking))
    found.filter(state=ReminderState.SENT).update(state=ReminderState.DELIVERED if is_delivered else ReminderState.NOT_ARRIVED)
    return found.exists()


def _remind_one(reminder: Reminder, booking: Booking, gateway: Gateway | None, now: datetime) -> ReminderState | None:
    eve = booking.day - timedelta(days=1)
    if booking.state != BookingState.BOOKED:
        return _end(reminder, ReminderState.DROPPED, now)
    if gateway is None or now >= datetime.combine(eve, UNTIL, here.CITY_TIME):
        return _end(reminder, ReminderState.NOT_SENT, now)
    mobile = _box().decrypt(bytes(reminder.sealed)).decode()
    outcome = gateway.send(f"{PREFIX}{reminder.pk}-{booking.pk}", mobile, text_of(booking, reminder.language))
    if outcome is Outcome.TAKEN:
        return _end(reminder, ReminderState.SENT, now)
    if outcome is Outcome.REFUSED or reminder.attempts >= len(AGAIN_AFTER):
        return _end(reminder, ReminderState.NOT_SENT, now)
    reminder.next_at, reminder.attempts = now + AGAIN_AFTER[reminder.attempts], reminder.attempts + 1
    reminder.save(update_fields=["next_at", "attempts"])
    return None


def _end(reminder: Reminder, state: ReminderState, now: datetime) -> ReminderState:
    reminder.state, reminder.sealed, reminder.done_at = state, b"", now
    reminder.save(update_fields=["state", "sealed", "done_at"])
    return state


def _box() -> Fernet:
    return Fernet(here.keys().records)


def _today(now: datetime) -> date:
    return now.astimezone(here.CITY_TIME).date()
