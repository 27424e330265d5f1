"""What waits now: arrivals of the last days, and how every office and item stands with its deadlines. For those who do the work."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from city import here
from city.desk.filters import newest_name
from city.figures.flow import DAYS, Flow
from city.figures.measures import Measure, working_days_between
from city.onewindow.legal_clock import add_working_days
from city.onewindow.models import Case, Step
from city.onewindow.queue import SOON_WORKING_DAYS
from city.onewindow.states import AT_WORK, UNDER_WAY, State, StepState
from city.staff.models import Office
from sync.contract.names import ItemCode
from sync.contract.words import Language

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
class AtWork:
    """Cases that the city has something to do with: those that wait for the front desk, and those that are with the offices."""

    waiting: int = 0
    overdue: int = 0
    under_way: int = 0
    late: int = 0

    def __add__(self, other: "AtWork") -> "AtWork":
        """Add the cases of another item."""
        return AtWork(self.waiting + other.waiting, self.overdue + other.overdue, self.under_way + other.under_way, self.late + other.late)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what arrived, and what ended."""

    on: date
    arrived: int
    ended: int


def offices(within: Q, today: date) -> list[OfficeLine]:
    """Return the offices that are at something, the most overdue first; one query for the steps."""
    soon = add_working_days(today, SOON_WORKING_DAYS)
    stands = Q(case__in=Case.objects.filter(clock_stopped_on__isnull=False).values("pk"))  # they are few; a join asks for every case
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


def at_work(within: Q, today: date) -> dict[str, AtWork]:
    """Return what the city has to do with each item; one query, which an index answers alone."""
    figures = {
        "waiting": Count("pk", filter=Q(state=State.RECEIVED)),
        "overdue": Count("pk", filter=Q(state=State.RECEIVED, precheck_by__lt=today)),
        "under_way": Count("pk", filter=Q(state__in=UNDER_WAY)),
        "late": Count("pk", filter=Q(state__in=UNDER_WAY, clock_stopped_on=None, decide_by__lt=today)),
    }
    found = Case.objects.filter(within, corrects=None, state__in=sorted(AT_WORK)).values("item").annotate(**figures).order_by()
    rows: list[dict[str, Any]] = [dict(row) for row in found]
    return {row.pop("item"): AtWork(**row) for row in rows}


def items(found: Mapping[str, AtWork], flow: Flow, language: Language) -> list[ItemLine]:
    """Return the items that something is known of, those that are late first."""
    arrived: Counter[str] = Counter()
    for (_, item), count in flow.arrived.items():
        arrived[item] += count
    took: dict[str, Counter[int]] = {}
    for (on, item, accepted), count in flow.ended.items():
        if accepted is not None:
            took.setdefault(item, Counter())[working_days_between(accepted, on)] += count
    names = {*found, *arrived, *took}
    lines = [_item(item, found.get(item, AtWork()), arrived[item], took.get(item, Counter()), language) for item in names]
    return sorted(lines, key=lambda line: (-line.late, -line.arrived, line.name))


def days(flow: Flow, today: date) -> list[Day]:
    """Return each of the last days."""
    arrived: Counter[date] = Counter()
    for (on, _), count in flow.arrived.items():
        arrived[on] += count
    ended: Counter[date] = Counter()
    for (on, _, _), count in flow.ended.items():
        ended[on] += count
    return [Day(on, arrived[on], ended[on]) for on in (today - timedelta(days=DAYS - 1 - place) for place in range(DAYS))]


def _item(code: str, own: AtWork, arrived: int, took: Counter[int], language: Language) -> ItemLine:
    package = here.catalogue().newest(ItemCode(code))
    ended, limit = Measure(days=took), package.limit.working_days if package else None
    late = own.overdue + own.late
    return ItemLine(code, newest_name(code, language), arrived, own.waiting, own.under_way, late, took.total(), ended.median_days, limit)
