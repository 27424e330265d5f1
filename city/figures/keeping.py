"""Months are counted each night and kept: a year's figures then cost the same, whatever the number of cases.

Figures of a year are of its months' sums where all of them were counted of late; else they are counted from the cases, as in a small town
that runs no nightly command. Months of this year and the last still change, as cases of theirs are ended and rated; older ones are kept.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from city import here
from city.figures.measures import Measure, Measured, cases_measured, steps_measured
from city.figures.models import Counted, MonthCounted, MonthSum
from city.figures.periods import Period, month_of

FRESH_FOR: Final = timedelta(hours=36)
"""One night may fail; after two the figures are counted anew whenever somebody looks."""


def count_months(today: date) -> int:
    """Count each month of this year and the last, and return how many."""
    months = [date(year, month, 1) for year in (today.year - 1, today.year) for month in range(1, 13) if date(year, month, 1) <= today]
    for month in months:
        _count(month)
    return len(months)


def _count(first: date) -> None:
    everything, period = Q(), month_of(first)
    cases, steps = cases_measured(everything, period).of, steps_measured(everything, period)
    with transaction.atomic():
        MonthCounted.objects.filter(month=first).delete()
        month = MonthCounted.objects.create(month=first, counted_at=here.now())
        MonthSum.objects.bulk_create(
            [
                MonthSum(month=month, counted=counted, area=area, key=key, counts=one.as_kept())
                for counted, found in ((Counted.CASES, cases), (Counted.STEPS, steps))
                for (area, key), one in found.items()
            ],
            batch_size=2000,
        )


def counted_at(period: Period) -> datetime | None:
    """Return when a period's months were counted, the oldest; None where they are not all kept, or not of late."""
    begun = [month for month in period.months if month <= here.today()]
    found = dict(MonthCounted.objects.filter(month__in=begun).values_list("month", "counted_at"))
    changing = date(here.today().year - 1, 1, 1)
    fresh = here.now() - FRESH_FOR
    if not begun or any(month not in found or (month >= changing and found[month] < fresh) for month in begun):
        return None
    return min(found.values())


def cases_of(within: Q, period: Period) -> Measured:
    """Return a period's counts of cases within somebody's reach; `within` is a condition on `area`."""
    if counted_at(period) is None:
        return cases_measured(within, period)
    of: dict[tuple[str, str], Measure] = {}
    by_month = {first: Measure() for first in period.months}
    for month, area, item, one in _kept(Counted.CASES, within, period):
        of.setdefault((area, item), Measure()).add(one)
        by_month[month].add(one)
    return Measured(of, by_month)


def steps_of(within: Q, of_steps: Q, period: Period) -> dict[str, Measure]:
    """Return a period's counts of steps by office; the reach is said on `area`, and as `of_steps` on steps."""
    if counted_at(period) is None:
        found = [(office, one) for (_, office), one in steps_measured(of_steps, period).items()]
    else:
        found = [(office, one) for _, _, office, one in _kept(Counted.STEPS, within, period)]
    of: dict[str, Measure] = {}
    for office, one in found:
        of.setdefault(office, Measure()).add(one)
    return of


def _kept(counted: Counted, within: Q, period: Period) -> list[tuple[date, str, str, Measure]]:
    rows = MonthSum.objects.filter(within, counted=counted, month__month__in=period.months)
    found = rows.values_list("month__month", "area", "key", "counts")
    return [(month, area, key, Measure.kept(counts)) for month, area, key, counts in found]
