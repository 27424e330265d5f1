"""Booking, moving, giving back, and what the window does with a booked time; each in one transaction that holds the window's row."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import F, Max, Q

from city import here
from city.appointments import reminders, schedule
from city.appointments.claims import Claim, claim_of, claim_with
from city.appointments.models import HOLDING, STANDING, Booking, BookingLine, BookingState, BookingStep, WindowRow
from city.appointments.schedule import Rules
from city.appointments.written import WrittenWindow
from city.fleet.models import Terminal
from city.messaging.gateway import secret_of
from city.staff.models import Clerk
from sync.contract.appointments import (
    Appointment,
    AppointmentId,
    BookAnswer,
    BookQuestion,
    BookStatus,
    GiveBackStatus,
    Matter,
    SlotDay,
    Window,
)
from sync.contract.booking_code import MOST_A_DAY, MOST_AT_ONCE
from sync.contract.words import Words


@dataclass(frozen=True, slots=True)
class Way:
    """One step at the window: from where, to where."""

    before: frozenset[BookingState]
    after: BookingState


WAYS: Final[Mapping[BookingStep, Way]] = {
    BookingStep.ARRIVE: Way(frozenset({BookingState.BOOKED, BookingState.NO_SHOW}), BookingState.ARRIVED),
    BookingStep.CALL: Way(frozenset({BookingState.ARRIVED, BookingState.CALLED}), BookingState.CALLED),
    BookingStep.SERVE: Way(frozenset({BookingState.ARRIVED, BookingState.CALLED}), BookingState.SERVED),
    BookingStep.NO_SHOW: Way(frozenset({BookingState.BOOKED, BookingState.CALLED}), BookingState.NO_SHOW),
    BookingStep.GIVE_BACK: Way(frozenset({BookingState.BOOKED}), BookingState.GIVEN_BACK),
}


def keep_windows(written: Iterable[WrittenWindow]) -> int:
    """Take these windows over; those that are not named any more are closed, and keep what is booked."""
    kept = []
    for one in written:
        facts = {"area": one.area, "name": one.name.zh, "written": msgspec.to_builtins(one), "is_open": True}
        kept.append(WindowRow.objects.update_or_create(key=one.id, defaults=facts)[0].pk)
    WindowRow.objects.exclude(pk__in=kept).update(is_open=False)
    return len(kept)


def written_of(row: WindowRow) -> WrittenWindow:
    """Return a window as its office wrote it."""
    return msgspec.convert(row.written, WrittenWindow)


def windows_around(area: str) -> tuple[Window, ...]:
    """Return the windows that serve an area: its own, then those of the areas that it lies in."""
    around = ["", *(area[:length] for length in range(1, len(area) + 1))]
    rows = sorted(WindowRow.objects.filter(area__in=around, is_open=True), key=lambda row: (-len(row.area), row.key))
    reminds = secret_of(here.folder()) is not None  # nobody is asked for a wish that cannot be met
    return tuple(Window(one.id, one.name, one.place, one.matters, one.sample, reminds) for one in map(written_of, rows))


def times_of(key: str) -> tuple[SlotDay, ...]:
    """Return the times of a window; none where there is no such window."""
    row = WindowRow.objects.filter(key=key, is_open=True).first()
    if row is None:
        return ()
    now = _now()
    taken = Counter(Booking.objects.filter(window=row, day__gte=now.date(), state__in=HOLDING).values_list("day", "begins"))
    return schedule.times(rules_of(row), taken, now)


def rules_of(row: WindowRow) -> Rules:
    """Return how a window takes appointments."""
    one = written_of(row)
    return Rules(one.hours, one.slot_minutes, one.capacity, one.lead_minutes, one.horizon_days, one.closed)


def book(terminal: Terminal | None, question: BookQuestion) -> BookAnswer:
    """Book a time, or say why not; with `instead_of` the earlier one is given back in the same moment."""
    claim = claim_of(question)
    with transaction.atomic():
        row = WindowRow.objects.select_for_update().filter(key=question.window, is_open=True).first()
        matter = None if row is None else _matter(row, question.matter)
        if row is None or matter is None or not claim.is_somebody:
            return BookAnswer(BookStatus.NOT_OFFERED)
        earlier = None if question.instead_of is None else _theirs(question.instead_of, claim)
        if earlier is None and (question.instead_of is not None or question.code):
            return BookAnswer(BookStatus.GONE)
        if earlier is not None:
            claim = replace(claim, person=earlier.person, called=earlier.masked_name)
        _lapse(claim.person)
        refused = _refusal(row, matter, question, claim, earlier)
        if refused is not None:
            return refused
        wish = reminders.wish_of(question, earlier)
        if earlier is not None:
            _step(earlier, BookingStep.GIVE_BACK, None)
        booking = _booked(row, matter, question, claim, terminal)
        reminders.keep(booking, wish)
        return BookAnswer(BookStatus.BOOKED, told(booking), claim.code)


def standing_of(id_number: str, code: str = "") -> tuple[Appointment, ...]:
    """Return the times that a card's holder has, or the one that a slip's code opens; nothing that is over, the soonest first."""
    claim, now = claim_with(id_number, code), _now()
    if not claim.is_somebody:
        return ()
    rows = Booking.objects.filter(**claim.finds, state__in=STANDING, day__gte=now.date())
    return tuple(told(row) for row in rows.select_related("window", "reminder") if not _is_past(row, now))


def give_back(appointment: str, id_number: str, code: str = "") -> GiveBackStatus:
    """Free a time again, for whom it belongs to."""
    with transaction.atomic():
        found = _theirs(AppointmentId(appointment), claim_with(id_number, code))
        if found is None:
            return GiveBackStatus.GONE
        _step(found, BookingStep.GIVE_BACK, None)
        return GiveBackStatus.GIVEN_BACK


def do(booking: Booking, step: BookingStep, version: int, clerk: Clerk, words: str = "") -> bool:
    """Take a step at the window; False when somebody else was there before, or it does not go from here."""
    way = WAYS.get(step)
    if way is None:
        return False
    with transaction.atomic():
        seen = Booking.objects.select_for_update().filter(pk=booking.pk, version=version, state__in=way.before).first()
        if seen is None:
            return False
        _step(seen, step, clerk, words)
    return True


def told(row: Booking) -> Appointment:
    """Return a booking as its holder is told of it."""
    one = written_of(row.window)
    matter = next((matter for matter in one.matters if matter.code == row.matter), None)
    return Appointment(
        AppointmentId(str(row.uid)),
        row.call,
        one.id,
        one.name,
        one.place,
        Words(row.matter_name) if matter is None else matter.name,
        row.day,
        row.begins,
        row.ends,
        () if matter is None else matter.bring,
        reminders.is_promised(row),
    )


def _refusal(row: WindowRow, matter: Matter, question: BookQuestion, claim: Claim, earlier: Booking | None) -> BookAnswer | None:
    rules, now = rules_of(row), _now()
    if schedule.ends_of(rules, question.begins) is None:
        return BookAnswer(BookStatus.NOT_OFFERED)
    if not schedule.is_bookable(rules, question.day, question.begins, now):
        return BookAnswer(BookStatus.PAST)
    own = 0 if earlier is None else earlier.pk
    others = Booking.objects.filter(person=claim.person).exclude(pk=own)
    other = others.filter(matter=question.matter, state__in=STANDING).select_related("window").first()
    if claim.key:
        if not matter.by_number:
            return BookAnswer(BookStatus.CARD_NEEDED)
        if other is not None or _is_many(claim, own, now):  # which it is, is nobody's business who only knows a number
            return BookAnswer(BookStatus.TOO_MANY)
    if other is not None:
        return BookAnswer(BookStatus.TWICE, told(other))
    of_day = Booking.objects.filter(window=row, day=question.day, state__in=HOLDING).exclude(pk=own)
    if of_day.filter(begins=question.begins).count() >= rules.capacity:
        return BookAnswer(BookStatus.FULL)
    if claim.key and of_day.exclude(slip_key="").count() >= schedule.most_by_number(rules):
        return BookAnswer(BookStatus.CARD_NEEDED)
    return None


def _is_many(claim: Claim, own: int, now: datetime) -> bool:
    """Tell whether a mobile number has as much as one may: nobody proves that it is theirs, so it must not be able to take a day away."""
    since, of_number = now.replace(hour=0, minute=0, second=0, microsecond=0), Booking.objects.filter(person=claim.person)
    ahead, today = of_number.filter(state__in=STANDING).exclude(pk=own), of_number.filter(booked_at__gte=since)
    return ahead.count() >= MOST_AT_ONCE or today.count() >= MOST_A_DAY


def _booked(row: WindowRow, matter: Matter, question: BookQuestion, claim: Claim, terminal: Terminal | None) -> Booking:
    rules, mark = rules_of(row), written_of(row).mark
    last = Booking.objects.filter(window=row, day=question.day).aggregate(last=Max("place"))["last"] or 0
    booking = Booking.objects.create(
        window=row,
        area=row.area,
        matter=matter.code,
        matter_name=matter.name.zh,
        day=question.day,
        begins=question.begins,
        ends=schedule.ends_of(rules, question.begins) or question.begins,
        place=last + 1,
        call=f"{mark}{last + 1:03d}",
        person=claim.person,
        slip_key=claim.key,
        masked_name=claim.called,
        terminal=terminal,
        booked_at=here.now(),
    )
    BookingLine(booking=booking, step=BookingStep.BOOKED).save()
    return booking


def _theirs(appointment: AppointmentId, claim: Claim) -> Booking | None:
    """Return a booked time of whoever claims it that is not over."""
    if not claim.is_somebody:
        return None
    row = Booking.objects.select_for_update(of=("self",)).filter(uid=appointment, **claim.finds, state=BookingState.BOOKED).first()
    return None if row is None or _is_past(row, _now()) else row


def _lapse(person: str) -> None:
    """Whoever did not come may book again: what is over holds nobody back."""
    now = _now()
    late = Q(day__lt=now.date()) | Q(day=now.date(), ends__lte=now.time())
    for row in Booking.objects.filter(late, person=person, state__in=STANDING):
        BookingLine(booking=row, step=BookingStep.LAPSED).save()
        Booking.objects.filter(pk=row.pk).update(state=BookingState.NO_SHOW, version=F("version") + 1)


def _step(booking: Booking, step: BookingStep, clerk: Clerk | None, words: str = "") -> None:
    Booking.objects.filter(pk=booking.pk).update(state=WAYS[step].after, version=F("version") + 1)
    BookingLine(booking=booking, step=step, clerk=clerk, words=words).save()
    if step is BookingStep.GIVE_BACK:
        reminders.drop(booking)


def _matter(row: WindowRow, code: str) -> Matter | None:
    return next((matter for matter in written_of(row).matters if matter.code == code), None)


def _is_past(row: Booking, now: datetime) -> bool:
    return schedule.is_over(row.day, row.begins, now)


def _now() -> datetime:
    return here.now().astimezone(here.CITY_TIME)


def day_in(text: str, fallback: date) -> date:
    """Return the day that a page's address names."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return fallback


def begins_in(text: str) -> time | None:
    """Return the time that a form names."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
