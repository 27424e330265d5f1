"""One pass over the cases of a period, row by row: whatever the number of cases, only the counts of the groups are kept in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any

from django.db.models import Q

from city import here
from city.figures.periods import Period
from city.onewindow.legal_clock import is_working_day
from city.onewindow.models import Case, Step
from city.onewindow.states import State, StepState

_CHUNK = 2000
_SATISFIED = 4  # of five levels: satisfied and very satisfied
COUNTS = ("arrived", "accepted", "returned", "refused", "ended", "on_time", "rated", "satisfied")
_ENDED = (State.CLOSED, State.NOT_APPROVED)


@dataclass(slots=True)
class Measure:
    """The counts of one group. `days` counts how many took how many working days from acceptance to the end."""

    arrived: int = 0
    accepted: int = 0
    returned: int = 0  # told once what was missing
    refused: int = 0
    ended: int = 0
    on_time: int = 0
    rated: int = 0
    satisfied: int = 0
    days: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Measure") -> None:
        """Add another group's counts."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.days.update(other.days)

    def as_kept(self) -> dict[str, Any]:
        """Return the counts as they are kept."""
        return {name: getattr(self, name) for name in COUNTS} | {"days": {str(days): count for days, count in self.days.items()}}

    @classmethod
    def kept(cls, counts: Mapping[str, Any]) -> "Measure":
        """Return what was kept."""
        days = Counter({int(days): count for days, count in counts["days"].items()})
        return cls(**{name: counts[name] for name in COUNTS}, days=days)

    @property
    def median_days(self) -> int | None:
        """The number of working days that half of what ended took at most."""
        half, passed = (self.days.total() + 1) // 2, 0
        for days in sorted(self.days):
            passed += self.days[days]
            if passed >= half:
                return days
        return None


@dataclass(frozen=True, slots=True)
class Measured:
    """The counts of a period, by area and item; and by month."""

    of: dict[tuple[str, str], Measure]  # (area code, item code)
    by_month: dict[date, Measure]


def cases_measured(within: Q, period: Period) -> Measured:
    """Count the cases `within` somebody's reach: arrivals on their day of arrival, ends on their day of ending."""
    of: dict[tuple[str, str], Measure] = {}
    by_month: dict[date, Measure] = {first: Measure() for first in period.months}
    start, until = _midnight(period.start), _midnight(period.end + timedelta(days=1))
    own = Case.objects.filter(within, corrects=None).exclude(item__in=here.catalogue().elsewhere())
    touched = own.filter(Q(received_at__gte=start, received_at__lt=until) | Q(closed_at__gte=start, closed_at__lt=until))
    columns = ("area", "item", "state", "received_at", "accepted_at", "closed_at", "decide_by", "notice", "rating__level")
    for area, item, state, received, accepted, closed, decide_by, notice, level in touched.values_list(*columns).iterator(_CHUNK):
        one = of.setdefault((area, item), Measure())
        if start <= received < until:
            arrival = Measure(arrived=1, accepted=int(accepted is not None), returned=int(notice is not None))
            arrival.refused = int(state == State.NOT_ACCEPTED)
            _count(one, by_month, received, arrival)
        if closed is not None and start <= closed < until:
            _count(one, by_month, closed, _end(state, accepted, closed, decide_by, level))
    return Measured(of, by_month)


def _count(one: Measure, by_month: dict[date, Measure], at: datetime, counted: Measure) -> None:
    one.add(counted)
    by_month[here.day_of(at).replace(day=1)].add(counted)


def _end(state: int, accepted: datetime | None, closed: datetime, decide_by: date | None, level: int | None) -> Measure:
    ended = Measure(rated=int(level is not None), satisfied=int(level is not None and level >= _SATISFIED))
    if state in _ENDED and accepted is not None:
        on = here.day_of(closed)
        ended.ended, ended.on_time = 1, int(decide_by is None or on <= decide_by)
        ended.days[working_days_between(here.day_of(accepted), on)] = 1
    return ended


def steps_measured(within: Q, period: Period) -> dict[tuple[str, str], Measure]:
    """Count the steps that offices ended in a period, by the case's area and the office's number."""
    of: dict[tuple[str, str], Measure] = {}
    start, until = _midnight(period.start), _midnight(period.end + timedelta(days=1))
    done = Step.objects.filter(within, state=StepState.DONE, done_at__gte=start, done_at__lt=until)
    columns = ("case__area", "office", "ready_at", "done_at", "due_on")
    for area, office, ready, ended_at, due_on in done.values_list(*columns).iterator(_CHUNK):
        if ended_at is None:
            continue
        on = here.day_of(ended_at)
        one = of.setdefault((area, str(office)), Measure())
        one.arrived += 1
        one.ended += 1
        one.on_time += int(due_on is None or on <= due_on)
        one.days[working_days_between(here.day_of(ready or ended_at), on)] += 1
    return of


def summed(measures: Iterable[Measure]) -> Measure:
    """Return the counts of several groups as one."""
    whole = Measure()
    for one in measures:
        whole.add(one)
    return whole


def working_days_between(first: date, last: date) -> int:
    """Return how many working days lie after `first`, up to `last` inclusive."""
    return max(0, _worked_until(last) - _worked_until(first))


def _worked_until(day: date) -> int:
    return _of_year(day.year)[day.timetuple().tm_yday] + sum(_of_year(year)[-1] for year in range(2020, day.year))


@lru_cache(maxsize=200)
def _of_year(year: int) -> tuple[int, ...]:
    """How many working days of a year are over at the end of each of its days; the first place is none."""
    days = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    return tuple(accumulate((int(is_working_day(date(year, 1, 1) + timedelta(days=place))) for place in range(days)), initial=0))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=here.CITY_TIME)
