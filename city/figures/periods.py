"""The periods that figures are given for: a year, a quarter, a month; nothing finer, so that nobody is found by subtracting days."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_NAME = re.compile(r"(20\d\d)(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` to `end`, both inclusive, under the name that addresses and exports use: 2026, 2026-Q4, 2026-11."""

    name: str
    start: date
    end: date

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each of its months."""
        first, found = self.start, []
        while first <= self.end:
            found.append(first)
            first = _next_month(first)
        return tuple(found)


def period_named(name: str, today: date) -> Period | None:
    """Return the period of this name; None where it is none, or has not begun."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    year = int(found[1])
    if found[2]:
        first = date(year, 3 * int(found[2]) - 2, 1)
        period = Period(name, first, _next_month(_next_month(_next_month(first))) - timedelta(days=1))
    elif found[3]:
        first = date(year, int(found[3]), 1)
        period = Period(name, first, _next_month(first) - timedelta(days=1))
    else:
        period = year_of(date(year, 1, 1))
    return period if period.start <= today else None


def year_of(day: date) -> Period:
    """Return the year that a day lies in."""
    return Period(f"{day:%Y}", date(day.year, 1, 1), date(day.year, 12, 31))


def month_of(first: date) -> Period:
    """Return a month by its first day."""
    return Period(f"{first:%Y-%m}", first, _next_month(first) - timedelta(days=1))


def neighbours(today: date) -> tuple[str, ...]:
    """Return the names that the page offers: this and the last year, this quarter and the last, this month and the last."""
    quarter = (today.month + 2) // 3
    last_quarter = f"{today.year}-Q{quarter - 1}" if quarter > 1 else f"{today.year - 1}-Q4"
    last_month = today.replace(day=1) - timedelta(days=1)
    return (
        *(str(today.year), str(today.year - 1), f"{today.year}-Q{quarter}", last_quarter),
        *(f"{today:%Y-%m}", f"{last_month:%Y-%m}"),
    )


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
