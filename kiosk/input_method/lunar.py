"""The day of the lunar calendar beside a date: many elders know their birthday by it. Counted by borax (MIT), for 1900 to 2100."""

from datetime import date

from borax.calendars.lunardate import LunarDate

FIRST, LAST = date(1900, 1, 31), date(2100, 12, 31)
"""What borax's table reaches."""


def lunar_day(day: date) -> str | None:
    """Return the month and day in Chinese, a leap month marked, as in 闰六月初八; None for what the table does not reach."""
    if not FIRST <= day <= LAST:
        return None
    return str(LunarDate.from_solar(day).strftime("%L%M月%D"))
