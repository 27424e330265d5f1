"""Every case of a span of time as one row: for evaluation elsewhere. Nothing personal, and never more than a few rows in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from city import here
from city.onewindow.models import Case
from city.onewindow.states import State

ROWS_AT_ONCE = 2000
HEADS = ("办件编号", "事项", "版本", "终端", "区域编码", "状态", "收件", "受理", "最晚日期", "办结", "材料齐")
"""What the columns are called, in the order of a row."""

_COLUMNS = (
    *("pk", "case_number", "item", "item_version", "terminal", "area", "state"),
    *("received_at", "accepted_at", "decide_by", "closed_at", "completed_at"),
)
Row = list[str | int]


@dataclass(frozen=True, slots=True)
class Within:
    """Which cases: those that were received from `start` on and before `end`, and lie where `seen` says."""

    seen: Q
    start: datetime
    end: datetime

    @property
    def condition(self) -> Q:
        """The same as one condition."""
        return self.seen & Q(received_at__gte=self.start, received_at__lt=self.end)


def count(within: Within) -> int:
    """Return how many rows there are to be."""
    return Case.objects.filter(within.condition).count()


def rows(within: Within, at_once: int = ROWS_AT_ONCE) -> Iterator[Row]:
    """Yield the cases, the oldest first.

    They are read a few at a time from where the last ones ended: no cursor stays open while somebody's line is slow.
    """
    last = 0
    while True:
        some = list(Case.objects.filter(within.condition, pk__gt=last).order_by("pk").values_list(*_COLUMNS)[:at_once])
        for row in some:
            yield _row(*row[1:])
        if len(some) < at_once:
            return
        last = some[-1][0]


def _row(number: str, item: str, version: int, terminal: str, area: str, state: int, *moments: datetime | None) -> Row:
    received, accepted, decide_by, closed, completed = moments
    known: Row = [number, item, version, terminal, area, str(State(state).label)]
    return [
        *known,
        _at(received),
        _at(accepted),
        "" if decide_by is None else decide_by.isoformat(),
        _at(closed),
        int(completed is not None),
    ]


def _at(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(here.CITY_TIME):%Y-%m-%d %H:%M:%S}"
