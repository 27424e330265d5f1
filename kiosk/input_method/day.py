"""Choosing a day by year, month and day, each by itself, never past what the field allows."""

import calendar
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from peripherals.values import dataclass
from sync.contract.formats import read_date

EARLIEST = date(1900, 1, 1)
_YEARS_AHEAD = 50


class DayPart(StrEnum):
    """One column."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class DayChoice:
    """The day that the columns show, and the first and last that may be chosen."""

    day: date
    earliest: date
    latest: date


def choice(schema: Mapping[str, Any], today: date, value: str = "") -> DayChoice:
    """Begin with the answer that is there, or with today; `schema` is the field's property in the item's schema."""
    form = schema.get("format")
    earliest = today if form == "future-date" else EARLIEST
    latest = today if form == "past-date" else date(today.year + _YEARS_AHEAD, 12, 31)
    return _within(DayChoice(read_date(value) or today, earliest, latest))


def turned(shown: DayChoice, part: DayPart, by: int) -> DayChoice:
    """Turn one column. Months and days go round; a day that its month does not have becomes the month's last."""
    day = shown.day
    match part:
        case DayPart.YEAR:
            return _within(replace(shown, day=_fitting(day.year + by, day.month, day.day)))
        case DayPart.MONTH:
            return _within(replace(shown, day=_fitting(day.year, (day.month - 1 + by) % 12 + 1, day.day)))
        case DayPart.DAY:
            days = calendar.monthrange(day.year, day.month)[1]
            return _within(replace(shown, day=day.replace(day=(day.day - 1 + by) % days + 1)))


def _fitting(year: int, month: int, day: int) -> date:
    year = min(max(year, date.min.year), date.max.year)
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _within(shown: DayChoice) -> DayChoice:
    return replace(shown, day=min(max(shown.day, shown.earliest), shown.latest))
