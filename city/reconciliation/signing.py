"""Signing off a day: two people look at the same figures, one after the other, and each puts their name to them.

The figures are counted anew at each signature. Where they are others than the first signed for (an application that arrived late), the
first signature no longer counts, and stays in the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import connection, transaction

from city import here
from city.fleet.models import Terminal
from city.reconciliation.differences import Difference
from city.reconciliation.models import DaySigned, SlipCount
from city.staff.models import Clerk
from city.staff.roles import Right

DAYS_SHOWN = 7
NOTE_LEAST = 4


class Unsigned(StrEnum):
    """Why a signature is not taken."""

    NOT_OVER = "not_over"
    OWN = "own"
    DONE = "done"
    CHANGED = "changed"
    NOTE = "note"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Day:
    """How far a day is."""

    day: date
    figures: Mapping[str, int]
    first: DaySigned | None
    second: DaySigned | None
    is_changed: bool

    @property
    def token(self) -> str:
        """What the form brings back, so that nobody signs for figures that they did not see."""
        return "-".join(str(value) for _, value in sorted(self.figures.items()))


def scope_of(clerk: Clerk) -> str:
    """Return whose figures this person sees: the areas, or nothing for the whole city."""
    areas = clerk.areas(Right.RECONCILE)
    return "" if "" in areas else ",".join(sorted(set(areas)))[:200]


def days(clerk: Clerk, terminals: Mapping[str, Terminal], found: list[Difference], received: Mapping[date, int]) -> list[Day]:
    """Return the days that are over, the newest first; `received` is of at least the last `DAYS_SHOWN` days."""
    today = here.today()
    start, end = today - timedelta(days=DAYS_SHOWN), today - timedelta(days=1)
    slips = SlipCount.objects.filter(terminal__in=list(terminals), day__gte=start, day__lte=end)
    signed: dict[date, list[DaySigned]] = {}
    for line in DaySigned.objects.filter(scope=scope_of(clerk), day__gte=start, day__lte=end).select_related("clerk").order_by("id"):
        signed.setdefault(line.day, []).append(line)
    shown = []
    for place in range(DAYS_SHOWN):
        day = end - timedelta(days=place)
        printed = [one for one in slips if one.day == day]
        open_ones = sum(one.count for one in found if _day_of(one) == day)
        shown.append(_day(day, _figures(received.get(day, 0), printed, open_ones), signed.get(day, [])))
    return shown


def sign(day: Day, clerk: Clerk, token: str, note: str) -> Unsigned | None:
    """Put a name to a day's figures; None where it was taken."""
    if day.day >= here.today():
        return Unsigned.NOT_OVER
    if day.second is not None and not day.is_changed:
        return Unsigned.DONE
    if token != day.token:
        return Unsigned.CHANGED
    if day.first is not None and not day.is_changed and day.first.clerk_id == clerk.pk:
        return Unsigned.OWN
    if day.figures["open"] and len(note) < NOTE_LEAST:
        return Unsigned.NOTE
    with transaction.atomic():
        scope = scope_of(clerk)
        _hold(scope, day.day)
        last = DaySigned.objects.filter(scope=scope, day=day.day).first()
        seen = day.second or day.first
        if (last.pk if last else None) != (seen.pk if seen else None):
            return Unsigned.CHANGED  # a colleague was quicker
        DaySigned(scope=scope, day=day.day, clerk=clerk, figures=dict(day.figures), note=note).save()
    return None


def _day(day: date, figures: Mapping[str, int], lines: list[DaySigned]) -> Day:
    """The newest line counts, and the one before where it is another person's for the same figures."""
    last = lines[-1] if lines else None
    before = lines[-2] if len(lines) > 1 else None
    is_pair = last is not None and before is not None and before.figures == last.figures and before.clerk_id != last.clerk_id
    first, second = (before, last) if is_pair else (last, None)
    return Day(day, figures, first, second, is_changed=last is not None and last.figures != dict(figures))


def _day_of(one: Difference) -> date | None:
    return here.day_of(one.since) if isinstance(one.since, datetime) else one.since


def _figures(received: int, slips: list[SlipCount], open_ones: int) -> dict[str, int]:
    return {
        "handed_in": sum(one.handed_in for one in slips),
        "printed": sum(one.printed for one in slips),
        "received": received,
        "open": open_ones,
    }


def _hold(scope: str, day: date) -> None:
    """Let two signatures for one day come one after the other; SQLite writes one at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"day {scope} {day.isoformat()}"])
