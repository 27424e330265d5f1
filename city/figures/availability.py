"""How much of the time terminals could serve: what the alerts of `city watch` say, put together so that no minute counts twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from city import here
from city.figures.periods import Period
from city.fleet.models import Alert, Cause, Terminal

DOWN = (Cause.SILENT, Cause.NOT_TAKING, Cause.DOUBLED)
"""While one of these is open, nobody can hand anything in, or nobody knows whether they can."""


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds that a terminal should have served, and that it did not."""

    terminal: str
    area: str
    due_s: float
    down_s: float


def uptimes(within: Q, period: Period) -> list[Uptime]:
    """Return how each admitted terminal `within` somebody's reach served in a period, up to now, in two queries."""
    start = datetime(period.start.year, period.start.month, period.start.day, tzinfo=here.CITY_TIME)
    last = period.end + timedelta(days=1)
    end = min(datetime(last.year, last.month, last.day, tzinfo=here.CITY_TIME), here.now())
    # One that was never heard of makes no promise: a desk, a sample, a terminal that is still in its box.
    terminals = list(Terminal.objects.filter(within, heard_at__isnull=False, admitted_at__lt=end).order_by("pk"))
    known = Alert.objects.filter(terminal__in=terminals, cause__in=DOWN, opened_at__lt=end)
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for pk, opened, closed in known.filter(Q(closed_at=None) | Q(closed_at__gt=start)).values_list("terminal", "opened_at", "closed_at"):
        spans.setdefault(pk, []).append((max(opened, start), min(closed or end, end)))
    found = []
    for one in terminals:
        from_ = max(start, one.admitted_at)
        until = min(end, one.withdrawn_at) if one.withdrawn_at else end
        if until > from_:
            inside = ((max(first, from_), min(after, until)) for first, after in spans.get(one.pk, ()))
            found.append(Uptime(one.pk, one.area, (until - from_).total_seconds(), covered_s(inside)))
    return found


def covered_s(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Return how many seconds lie in at least one of the spans."""
    total, reached = 0.0, None
    for first, last in sorted(spans):
        begin = first if reached is None else max(first, reached)
        if last > begin:
            total += (last - begin).total_seconds()
        reached = last if reached is None else max(reached, last)
    return total


def percent(found: Iterable[Uptime]) -> float | None:
    """Return the share of the time that was served, to a hundredth of a percent; None without any terminal."""
    found = tuple(found)
    due = sum(one.due_s for one in found)
    return None if not due else round(100 * (1 - sum(one.down_s for one in found) / due), 2)
