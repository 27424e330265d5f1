"""The legal clock: Chinese working days, with the make-up days of the holiday calendar.

The State Council publishes each year's calendar in the autumn before; beyond the last one that is known, Monday to Friday count.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Day:
    """A day on the strip of a legal clock. `count` is its place among the working days after receipt, from 1."""

    on: date
    is_working: bool
    is_make_up: bool
    count: int | None


def is_working_day(day: date) -> bool:
    """Tell whether offices work on `day`."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


@lru_cache(maxsize=4096)
def add_working_days(start: date, working_days: int) -> date:
    """Return the day on which `working_days` are over; the day after `start` is the first that may count."""
    day = start
    while working_days > 0:
        day += _DAY
        working_days -= is_working_day(day)
    return day


def working_days_until(today: date, due: date) -> int:
    """Return how many working days are left after today, to `due` inclusive; negative when `due` is over."""
    if due < today:
        return -sum(is_working_day(due + _DAY * step) for step in range(1, (today - due).days + 1)) or -1
    return sum(is_working_day(today + _DAY * step) for step in range(1, (due - today).days + 1))


def strip(received: date, due: date) -> tuple[Day, ...]:
    """Return the days from receipt to the limit, both inclusive."""
    days: list[Day] = []
    count = 0
    for step in range((due - received).days + 1):
        day = received + _DAY * step
        works = is_working_day(day)
        count += works and step > 0
        days.append(Day(day, works, works and day.weekday() >= _SATURDAY, count if works and step > 0 else None))
    return tuple(days)
