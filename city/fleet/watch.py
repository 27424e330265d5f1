"""Looks over the whole fleet at once, in a few queries: who needs a person, and which alerts open, close or rise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from city import here
from city.fleet.doubles import CRASHES_WITHIN
from city.fleet.models import Alert, Cause, Severity, Terminal

SILENT_AFTER: Final = timedelta(minutes=15)  # three heartbeats
ESCALATE_AFTER: Final = timedelta(minutes=30)
STATES: Final = ("silent", "fault", "attention", "well")
Terminals = QuerySet[Any, Any]
"""Terminals with `standing`, which the types of a query cannot say."""
_OF_STATE: Final = {"silent": Severity.SILENT, "fault": Severity.FAULT, "attention": Severity.ATTENTION, "well": Severity.WELL}


def terminals(now: datetime) -> Terminals:
    """Return the admitted terminals, each with `standing`: silence, or what its last heartbeat was judged to be; the worst first."""
    heard = Q(heartbeat__received_at__gte=now - SILENT_AFTER)
    standing = Case(
        When(Q(doubled_at__isnull=False) | Q(record_doubted_at__isnull=False), then=Value(Severity.FAULT.value)),
        When(crashed_at__gte=now - CRASHES_WITHIN, then=Value(Severity.FAULT.value)),
        When(~heard | Q(heartbeat=None), then=Value(Severity.SILENT.value)),
        When(heartbeat__severity__gte=Severity.ATTENTION, then=F("heartbeat__severity")),
        When(renewal_asked_at__isnull=False, renewal_agreed_at=None, then=Value(Severity.ATTENTION.value)),
        default=Value(Severity.WELL.value),
        output_field=IntegerField(),
    )
    found: Terminals = Terminal.objects.filter(withdrawn_at=None).annotate(standing=standing)
    return found.select_related("heartbeat").order_by("-standing", "id")


def in_state(found: Terminals, state: str) -> Terminals:
    """Return those in one of `STATES`; all of them for any other word."""
    return found.filter(standing=_OF_STATE[state]) if state in _OF_STATE else found


def counts(found: Terminals) -> dict[str, int]:
    """Count by state, in one query."""
    figures = {state: Count("pk", filter=Q(standing=severity)) for state, severity in _OF_STATE.items()}
    return found.order_by().aggregate(all=Count("pk"), **figures)


@dataclass(frozen=True, slots=True)
class Tile:
    """One place on the map of the fleet: how many stand there, and how the worst of them is."""

    place: str
    count: int
    troubled: int
    worst: Severity


def tiles(found: Terminals, most: int = 60) -> list[Tile]:
    """Return the places, those with the worst news first."""
    rows: Iterable[dict[str, Any]] = (
        found.order_by()
        .values("place")
        .annotate(
            count=Count("pk"),
            silent=Count("pk", filter=Q(standing=Severity.SILENT)),
            fault=Count("pk", filter=Q(standing=Severity.FAULT)),
            attention=Count("pk", filter=Q(standing=Severity.ATTENTION)),
        )
        .order_by("-silent", "-fault", "-attention", "place")[:most]
    )
    return [Tile(row["place"] or "—", row["count"], row["silent"] + row["fault"] + row["attention"], _worst(row)) for row in rows]


def cause_of(terminal: Any) -> Cause | None:  # noqa: ANN401  a terminal with `standing`
    """Return why a terminal stands as it does."""
    if terminal.doubled_at is not None:
        return Cause.DOUBLED
    if terminal.record_doubted_at is not None:
        return Cause.RECORD
    if terminal.crashed_at is not None and terminal.crashed_at >= here.now() - CRASHES_WITHIN:
        return Cause.CRASHES
    if terminal.standing == Severity.SILENT:
        return Cause.SILENT
    beat = getattr(terminal, "heartbeat", None)
    if beat is not None and beat.cause:
        return Cause(beat.cause)
    return Cause.RENEWAL if terminal.renewal_asked_at is not None and terminal.renewal_agreed_at is None else None


@dataclass(frozen=True, slots=True)
class Swept:
    """What a look over the fleet changed."""

    opened: int
    closed: int
    escalated: int


def sweep(now: datetime) -> Swept:
    """Open alerts for what is wrong, close those for what is not any more, let those rise that nobody took. For a timer, each minute."""
    wrong: dict[tuple[str, str], int] = {}
    for terminal in terminals(now).filter(standing__gt=Severity.WELL).iterator():
        cause = cause_of(terminal)
        if cause is not None:
            wrong[terminal.id, cause.value] = terminal.standing
    with transaction.atomic():
        known = {(one.terminal_id, one.cause): one for one in Alert.objects.select_for_update().filter(closed_at=None)}
        gone = [one.pk for key, one in known.items() if key not in wrong]
        fresh = [
            Alert(terminal_id=terminal, cause=cause, severity=severity, opened_at=now)
            for (terminal, cause), severity in wrong.items()
            if (terminal, cause) not in known
        ]
        Alert.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
        for at in range(0, len(gone), 500):
            Alert.objects.filter(pk__in=gone[at : at + 500]).update(closed_at=now)
        rising = Alert.objects.filter(closed_at=None, taken_at=None, escalated_at=None, severity__gte=Severity.FAULT)
        escalated = rising.filter(opened_at__lte=now - ESCALATE_AFTER).update(escalated_at=now)
    return Swept(len(fresh), len(gone), escalated)


def _worst(row: dict[str, Any]) -> Severity:
    return next((_OF_STATE[state] for state in STATES[:3] if row[state]), Severity.WELL)
