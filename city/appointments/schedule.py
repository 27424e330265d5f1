"""Which times a window has, from its hours and the calendar. Pure: the clock and what is booked come in as arguments."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from city.appointments.written import Span
from city.onewindow.legal_clock import is_working_day
from sync.contract.appointments import Slot, SlotDay

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """How a window takes appointments."""

    hours: tuple[Span, ...]
    slot_minutes: int
    capacity: int
    lead_minutes: int
    horizon_days: int  # working days ahead
    closed: Collection[date] = ()


def slots_of(rules: Rules) -> Iterator[tuple[time, time]]:
    """Yield the times of a day, each whole inside one of its spans."""
    length = timedelta(minutes=rules.slot_minutes)
    for span in rules.hours:
        begins, closes = datetime.combine(date.min, span.opens), datetime.combine(date.min, span.closes)
        while begins + length <= closes:
            yield begins.time(), (begins + length).time()
            begins += length


def ends_of(rules: Rules, begins: time) -> time | None:
    """Return when the time that begins then ends; None when there is no such time."""
    return next((ends for begin, ends in slots_of(rules) if begin == begins), None)


def most_by_number(rules: Rules) -> int:
    """Return how many of a day's places go without a card: half, so that nobody with a bundle of numbers takes a day from the others."""
    return max(1, sum(1 for _ in slots_of(rules)) * rules.capacity // 2)


def days_of(rules: Rules, now: datetime) -> Iterator[date]:
    """Yield the days that can be booked at `now` (aware, local): today, if it is one, and working days as far as the window looks ahead."""
    day, left = now.date(), rules.horizon_days
    if _works(rules, day):
        yield day
    for _ in range(370):  # a window that is closed for a year takes nothing
        day += _DAY
        if left and _works(rules, day):
            left -= 1
            yield day


def is_bookable(rules: Rules, day: date, begins: time, now: datetime) -> bool:
    """Tell whether this time is one of the window's, and neither over nor too soon."""
    return ends_of(rules, begins) is not None and day in set(days_of(rules, now)) and _is_ahead(rules, day, begins, now)


def is_over(day: date, begins: time, now: datetime) -> bool:
    """Tell whether a time has begun."""
    return datetime.combine(day, begins, now.tzinfo) <= now


def times(rules: Rules, taken: Mapping[tuple[date, time], int], now: datetime) -> tuple[SlotDay, ...]:
    """Return the days with their times, and how many may still book each; days on which nothing is ahead are left out."""
    found = []
    for day in days_of(rules, now):
        slots = tuple(
            Slot(begins, ends, max(0, rules.capacity - taken.get((day, begins), 0)))
            for begins, ends in slots_of(rules)
            if _is_ahead(rules, day, begins, now)
        )
        if slots:
            found.append(SlotDay(day, slots))
    return tuple(found)


def _works(rules: Rules, day: date) -> bool:
    return is_working_day(day) and day not in rules.closed


def _is_ahead(rules: Rules, day: date, begins: time, now: datetime) -> bool:
    return datetime.combine(day, begins, now.tzinfo) >= now + timedelta(minutes=rules.lead_minutes)
