"""What waits now: arrivals of the last days, and how every office and item stands with its deadlines. For those who do the work."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from city import here
from city.desk.filters import newest_name
from city.figures.measures import working_days_between
from city.onewindow.legal_clock import add_working_days
from city.onewindow.models import Case, Step
from city.onewindow.queue import SOON_WORKING_DAYS
from city.onewindow.states import UNDER_WAY, State, StepState
from city.staff.models import Office
from sync.contract.names import ItemCode
from sync.contract.words import Language

DAYS = 30
_ACTIVE = (StepState.READY, StepState.CLAIMED)


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One office: its steps in hand and free, by how near the day is."""

    office: int
    name: str
    overdue: int
    today: int
    soon: int
    later: int
    paused: int
    free: int

    @property
    def all(self) -> int:
        """Every step that the office is at."""
        return self.overdue + self.today + self.soon + self.later + self.paused


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item: what came in the last days, what waits, what is late, and how long the ended ones took (working days, median)."""

    item: str
    name: str
    arrived: int
    waiting: int
    under_way: int
    late: int
    ended: int
    median_days: int | None
    limit_days: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what arrived, and what ended."""

    on: date
    arrived: int
    ended: int


def offices(within: Q, today: date) -> list[OfficeLine]:
    """Return the offices that are at something, the most overdue first; one query for the steps."""
    soon = add_working_days(today, SOON_WORKING_DAYS)
    stands = Q(case__clock_stopped_on__isnull=False)
    figures = {
        "overdue": Count("pk", filter=Q(due_on__lt=today) & ~stands),
        "today": Count("pk", filter=Q(due_on=today) & ~stands),
        "soon": Count("pk", filter=Q(due_on__gt=today, due_on__lte=soon) & ~stands),
        "later": Count("pk", filter=(Q(due_on__gt=soon) | Q(due_on=None)) & ~stands),
        "paused": Count("pk", filter=stands),
        "free": Count("pk", filter=Q(state=StepState.READY)),
    }
    rows: list[dict[str, Any]] = [
        dict(row) for row in Step.objects.filter(within, state__in=_ACTIVE).values("office").annotate(**figures).order_by()
    ]
    names = dict(Office.objects.values_list("pk", "name"))
    lines = [OfficeLine(row["office"], names[row["office"]], **{name: row[name] for name in figures}) for row in rows]
    return sorted(lines, key=lambda line: (-line.overdue, -line.today, -line.all, line.name))


def items(within: Q, now: datetime, language: Language) -> list[ItemLine]:
    """Return the items that something is known of, those that are late first."""
    today, since = here.day_of(now), now - timedelta(days=DAYS)
    own = Case.objects.filter(within, corrects=None)
    figures = {
        "arrived": Count("pk", filter=Q(received_at__gte=since)),
        "waiting": Count("pk", filter=Q(state=State.RECEIVED)),
        "under_way": Count("pk", filter=Q(state__in=UNDER_WAY)),
        "late": Count(
            "pk",
            filter=Q(state__in=UNDER_WAY, clock_stopped_on=None, decide_by__lt=today) | Q(state=State.RECEIVED, precheck_by__lt=today),
        ),
    }
    recent = own.filter(Q(received_at__gte=since) | Q(state__in=(State.RECEIVED, *UNDER_WAY)))
    rows: list[dict[str, Any]] = [dict(row) for row in recent.values("item").annotate(**figures).order_by()]
    took = _took(own, since)
    lines = [_item(row["item"], {name: row[name] for name in figures}, took.get(row["item"], Counter()), language) for row in rows]
    return sorted(lines, key=lambda line: (-line.late, -line.arrived, line.name))


def days(within: Q, today: date) -> list[Day]:
    """Return each of the last days."""
    start = today - timedelta(days=DAYS - 1)
    since = datetime(start.year, start.month, start.day, tzinfo=here.CITY_TIME)
    own = Case.objects.filter(within, corrects=None)
    found: list[dict[date, int]] = []
    for name in ("received_at", "closed_at"):
        cut = own.filter(**{f"{name}__gte": since}).annotate(on=TruncDate(name, tzinfo=here.CITY_TIME))
        found.append({row["on"]: row["count"] for row in cut.values("on").annotate(count=Count("pk")).order_by()})
    arrived, ended = found
    all_days = (start + timedelta(days=place) for place in range(DAYS))
    return [Day(one, arrived.get(one, 0), ended.get(one, 0)) for one in all_days]


def _took(own: QuerySet[Case], since: datetime) -> dict[str, Counter[int]]:
    """How many working days the cases that ended since then took, by item."""
    ended = own.filter(closed_at__gte=since, accepted_at__isnull=False, state__in=(State.CLOSED, State.NOT_APPROVED))
    found: dict[str, Counter[int]] = {}
    for item, accepted, closed in ended.values_list("item", "accepted_at", "closed_at").iterator(2000):
        if accepted is not None and closed is not None:
            found.setdefault(item, Counter())[working_days_between(here.day_of(accepted), here.day_of(closed))] += 1
    return found


def _item(code: str, figures: dict[str, int], took: Counter[int], language: Language) -> ItemLine:
    package = here.catalogue().newest(ItemCode(code))
    ordered = sorted(took.elements())
    median = ordered[(len(ordered) - 1) // 2] if ordered else None
    limit = package.limit.working_days if package else None
    return ItemLine(code, newest_name(code, language), ended=len(ordered), median_days=median, limit_days=limit, **figures)
