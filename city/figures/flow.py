"""What came and what ended, by day and item.

Days that are over do not change: they are counted when somebody first looks on a day, and kept till the next.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from city import here
from city.onewindow.models import Case
from city.onewindow.states import State
from city.staff.models import Clerk

DAYS: Final = 30
"""How many days the dashboard looks back, today among them."""

_KEPT_FOR_S: Final = 24 * 3600
_DECIDED: Final = (State.CLOSED, State.NOT_APPROVED)


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts of cases: arrivals by day and item, ends by day, item and the day of acceptance (None where nothing was decided)."""

    arrived: Counter[tuple[date, str]]
    ended: Counter[tuple[date, str, date | None]]

    def __add__(self, other: "Flow") -> "Flow":
        """Add the counts of other days."""
        return Flow(self.arrived + other.arrived, self.ended + other.ended)


def flow_of(clerk: Clerk, within: Q, today: date) -> Flow:
    """Return the flow of the last `DAYS` days `within` this person's reach: today's as it is, the others' as first seen today."""
    first, midnight = _midnight(today - timedelta(days=DAYS - 1)), _midnight(today)
    name = _name(clerk, today)
    over: Flow | None = cache.get(name)
    if over is None:
        over = counted(within, first, midnight)
        cache.set(name, over, _KEPT_FOR_S)
    return over + counted(within, midnight, _midnight(today + timedelta(days=1)))


def counted(within: Q, since: datetime, until: datetime) -> Flow:
    """Count the cases that arrived or ended in a time; two queries, and as many rows as there are groups."""
    own = Case.objects.filter(within, corrects=None)
    arrived = own.filter(received_at__gte=since, received_at__lt=until).annotate(on=_day("received_at")).values_list("on", "item")
    ended = own.filter(closed_at__gte=since, closed_at__lt=until).annotate(on=_day("closed_at"), accepted=_day("accepted_at"))
    ends: Counter[tuple[date, str, date | None]] = Counter()
    for on, item, accepted, state, count in _counts(ended.values_list("on", "item", "accepted", "state")):
        ends[on, item, accepted if state in _DECIDED else None] += count
    return Flow(Counter({(on, item): count for on, item, count in _counts(arrived)}), ends)


def _counts(groups: "QuerySet[Case, Any]") -> "QuerySet[Case, Any]":
    return groups.annotate(count=Count("pk")).order_by()


def _day(field: str) -> TruncDate:
    return TruncDate(field, tzinfo=here.CITY_TIME)


def _name(clerk: Clerk, today: date) -> str:
    """Name what is kept by the reach, not by the person: a desk's people share it, and a new posting is another name."""
    postings = sorted((posting.role, posting.office_id or 0, posting.area) for posting in clerk.standing)
    elsewhere = sorted(here.catalogue().elsewhere())
    reach = sha256(repr((postings, elsewhere)).encode()).hexdigest()
    return f"flow:{today:%Y%m%d}:{reach}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=here.CITY_TIME)
