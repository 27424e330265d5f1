"""The balance of each terminal: sealed = received + on the way + shelf + settled + unknown, and what became of what was received."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from city import here
from city.fleet.models import Terminal
from city.onewindow.models import Case
from city.onewindow.states import State
from city.reconciliation.causes import Cause
from city.reconciliation.differences import arrived, unknown
from city.reconciliation.models import Settled, SlipCount
from city.reconciliation.sequences import Tally


@dataclass(frozen=True, slots=True)
class Became:
    """What became of the applications that arrived in some days; the five add up to `received`."""

    received: int = 0
    accepted: int = 0
    to_correct: int = 0
    refused: int = 0
    precheck: int = 0

    def __add__(self, more: "Became") -> "Became":
        return Became(*(getattr(self, name) + getattr(more, name) for name in _BECAME))

    @property
    def other(self) -> int:
        """Withdrawn, lapsed, or attached to another case as a correction."""
        return self.received - self.accepted - self.to_correct - self.refused - self.precheck


@dataclass(frozen=True, slots=True)
class Slips:
    """What a terminal said of its slips in some days; None where it says nothing."""

    handed_in: int | None = None
    printed: int | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """One terminal. The first six are of all time, because numbers are; `became` and `slips` are of the days that were asked for.

    `settled` numbers are not here, but somebody has seen to them.
    """

    terminal: Terminal
    sealed: int
    received: int
    on_the_way: int
    shelved: int
    settled: int
    unknown: int
    became: Became
    slips: Slips

    @property
    def is_even(self) -> bool:
        """Whether nothing is missing, on the shelf or on its way."""
        return not (self.on_the_way or self.shelved or self.unknown)


_BECAME = {
    "received": Count("pk"),
    "accepted": Count("pk", filter=Q(accepted_at__isnull=False)),
    "to_correct": Count("pk", filter=Q(state=State.TO_CORRECT)),
    "refused": Count("pk", filter=Q(state=State.NOT_ACCEPTED)),
    "precheck": Count("pk", filter=Q(state__in=(State.ARRIVING, State.RECEIVED))),
}


Days = Mapping[tuple[date, str], Became]
"""What became of the arrivals of each day and terminal."""


def balances(
    terminals: Mapping[str, Terminal], tallies: Mapping[str, list[Tally]], start: date, end: date, became: Mapping[str, Became]
) -> list[Balance]:
    """Return the balance of each terminal; `became` is of the days that were asked for."""
    slips = {
        row["terminal"]: Slips(row["all"], row["out"])
        for row in SlipCount.objects.filter(terminal__in=list(terminals), day__gte=start, day__lte=end)
        .values("terminal")
        .annotate(all=Sum("handed_in"), out=Sum("printed"))
        .order_by()
    }
    seen_to = _settled(terminals)
    empty = (Became(), Slips())
    return [_balance(one, tallies[pk], became.get(pk, empty[0]), slips.get(pk, empty[1]), seen_to) for pk, one in terminals.items()]


def by_terminal(terminals: Mapping[str, Terminal], start: date, end: date, known: Days, known_from: date) -> dict[str, Became]:
    """Return what became of the arrivals of some days, by terminal: out of `known`, of `known_from` until today, where they lie in it."""
    if start < known_from:
        rows = arrived(terminals, start, end).values("terminal").annotate(**_BECAME).order_by()
        return {row["terminal"]: _became(row) for row in rows}
    found: dict[str, Became] = {}
    for (day, pk), became in known.items():
        if start <= day <= end:
            found[pk] = found.get(pk, Became()) + became
    return found


def by_day(terminals: Mapping[str, Terminal], start: date, end: date) -> dict[tuple[date, str], Became]:
    """Return what became of each day's arrivals, by day and terminal."""
    day = TruncDate("received_at", tzinfo=here.CITY_TIME)
    rows = arrived(terminals, start, end).annotate(day=day).values("day", "terminal").annotate(**_BECAME).order_by("day", "terminal")
    return {(row["day"], row["terminal"]): _became(row) for row in rows}


def summed(known: Days, name: str) -> Counter[date]:
    """Return the sums of all terminals for each day, of one of the fields of `Became`."""
    found: Counter[date] = Counter()
    for (day, _), became in known.items():
        found[day] += getattr(became, name)
    return found


def received_by_day(terminals: Mapping[str, Terminal], start: date, end: date) -> Counter[date]:
    """Return how many applications arrived on each day."""
    return _by_day(arrived(terminals, start, end))


def precheck_by_day(terminals: Mapping[str, Terminal], start: date, end: date) -> Counter[date]:
    """Return how many of each day's arrivals still wait for the front desk."""
    return _by_day(arrived(terminals, start, end).filter(state__in=(State.ARRIVING, State.RECEIVED)))


def _by_day(cases: "QuerySet[Case]") -> Counter[date]:
    day = TruncDate("received_at", tzinfo=here.CITY_TIME)
    return Counter(dict(cases.annotate(day=day).values_list("day").annotate(Count("pk")).order_by()))


def total(balances_: list[Balance]) -> dict[str, int]:
    """Return the sums of the page's head."""
    names = ("sealed", "received", "on_the_way", "shelved", "settled", "unknown")
    sums = {name: sum(getattr(one, name) for one in balances_) for name in names}
    told = [one.slips for one in balances_ if one.slips.handed_in is not None]
    sums["handed_in"] = sum(one.handed_in or 0 for one in told)
    sums["printed"] = sum(one.printed or 0 for one in told)
    for name in ("accepted", "to_correct", "refused", "precheck", "other"):
        sums[f"became_{name}"] = sum(getattr(one.became, name) for one in balances_)
    sums["became_received"] = sum(one.became.received for one in balances_)
    return sums


def _became(row: Mapping[str, Any]) -> Became:
    return Became(**{name: row[name] for name in _BECAME})


def _settled(terminals: Mapping[str, Terminal]) -> dict[tuple[str, str], int]:
    """How many numbers of each terminal were seen to, by terminal and cause."""
    seen_to = Settled.objects.filter(terminal__in=list(terminals), cause__in=(Cause.GAP, Cause.SHELVED))
    rows = seen_to.values("terminal", "cause").annotate(sum=Sum("count")).order_by()
    return {(row["terminal"], row["cause"]): row["sum"] for row in rows}


def _balance(terminal: Terminal, tallies: list[Tally], became: Became, slips: Slips, seen_to: Mapping[tuple[str, str], int]) -> Balance:
    missing, lost = sum(tally.missing for tally in tallies), unknown(terminal, tallies)
    shelf = sum(tally.shelved for tally in tallies)
    gaps_settled = min(lost, seen_to.get((terminal.pk, Cause.GAP), 0))
    shelf_settled = min(shelf, seen_to.get((terminal.pk, Cause.SHELVED), 0))
    return Balance(
        terminal,
        sealed=sum(tally.last for tally in tallies),
        received=sum(tally.received for tally in tallies),
        on_the_way=missing - lost,
        shelved=shelf - shelf_settled,
        settled=gaps_settled + shelf_settled,
        unknown=lost - gaps_settled,
        became=became,
        slips=slips,
    )
