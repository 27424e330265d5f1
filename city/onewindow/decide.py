"""What a clerk decides: accept, or say once all that is missing. The version that the clerk saw must still be the case's."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from city import here
from city.onewindow.legal_clock import add_working_days
from city.onewindow.models import Case, Event, Kind, OnceOnlyNotice, State
from city.staff.models import Clerk
from sync.contract.item import ItemPackage


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is missing or wrong, and how to put it right."""

    material: str
    name: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Decided:
    """It is written down; `due` is the day that the law now looks at."""

    due: date


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody or something changed the case after the clerk saw it: nothing was done."""

    event: Event | None


def accept(case: Case, version: int, clerk: Clerk, package: ItemPackage) -> Decided | Overtaken:
    """Accept a complete application; the item's limit begins to run."""
    today = here.today()
    due = add_working_days(today, package.limit.working_days)
    with transaction.atomic():
        changed = _change(case, version, State.ACCEPTED, clerk, {"decide_by": due})
        if changed:
            Event(case=case, kind=Kind.ACCEPTED, clerk=clerk, detail={"decide_by": due.isoformat()}).save()
    return Decided(due) if changed else Overtaken(_newest(case))


def notify_once(case: Case, version: int, clerk: Clerk, points: tuple[Point, ...]) -> Decided | Overtaken:
    """Say everything that is missing; the clock stops until it is brought."""
    if not points:
        raise ValueError("a notice says at least one thing")
    due = add_working_days(here.today(), here.own().correction_working_days)
    with transaction.atomic():
        changed = _change(case, version, State.TO_CORRECT, clerk, {"correct_by": due})
        if changed:
            OnceOnlyNotice.objects.create(case=case, clerk=clerk, correct_by=due, points=[asdict(point) for point in points])
            detail = {"correct_by": due.isoformat(), "points": len(points)}
            Event(case=case, kind=Kind.TO_CORRECT, clerk=clerk, detail=detail).save()
    return Decided(due) if changed else Overtaken(_newest(case))


def _change(case: Case, version: int, state: State, clerk: Clerk, values: dict[str, Any]) -> bool:
    """Change the row if it still is as the clerk saw it: one statement, so two clerks cannot both succeed."""
    as_seen = Case.objects.filter(pk=case.pk, version=version, state=State.RECEIVED)
    changed = as_seen.update(state=state, version=F("version") + 1, decided_at=here.now(), decided_by=clerk, **values)
    return changed == 1


def _newest(case: Case) -> Event | None:
    return case.events.select_related("clerk").first()
