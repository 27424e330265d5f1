"""Carrying out what the machine decides: one transaction that locks the case, writes its history, and brings its rows up to date.

The history is what counts; the rows of a case and its steps repeat where it stands so that lists can be asked for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from city import here
from city.onewindow.actions import Action
from city.onewindow.happenings import Happening, after
from city.onewindow.legal_clock import add_working_days, working_days_until
from city.onewindow.machine import decide
from city.onewindow.models import Case, Event, Step
from city.onewindow.routes import RoutesOf, offices_for, route_of, said
from city.onewindow.standing import NotNow, Standing, StepStanding, is_active
from city.onewindow.states import OVER, UNDER_WAY, Kind, StepState
from city.staff.models import Office
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from sync.contract.office_route import RouteStep

LEASE = timedelta(hours=4)
"""For how long a claimed step is its holder's; afterwards a colleague may take it."""


@dataclass(frozen=True, slots=True)
class Carried:
    """It happened, and is written down."""

    standing: Standing
    happened: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody or something changed the case after it was shown: nothing was done."""

    event: Event | None


def package_of(case: Case) -> ItemPackage:
    """Return the version of the item that the case was made from."""
    return here.catalogue().kept(ItemCode(case.item), case.item_version)


def standing_of(case: Case) -> Standing:
    """Return where the case stands, worked out from its history."""
    lines = case.events.order_by("id").values_list("kind", "clerk_id", "detail")
    begun = Standing(route_of(package_of(case)), version=case.item_version, routes=RoutesOf(case.item))
    return after(begun, (Happening(Kind(kind), who, detail) for kind, who, detail in lines))


def carry_out(case: Case, seen: int, action: Action, *, step: Step | None = None) -> Carried | Overtaken | NotNow:
    """Do `action` if the case, or its `step`, still is in the version that was `seen`; two people cannot overwrite each other."""
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if seen != (locked.version if step is None else Step.objects.get(pk=step.pk).version):
            return Overtaken(case.events.select_related("clerk").first())
        return carry_out_locked(locked, action)


def carry_out_locked(case: Case, action: Action) -> Carried | NotNow:
    """Do `action` on a case whose row this transaction has locked."""
    before = standing_of(case)
    happened = decide(before, action)
    if isinstance(happened, NotNow):
        return happened
    standing, now = after(before, happened), here.now()
    _write(case, before, standing, happened, now)
    for one in happened:
        Event(case=case, kind=one.kind, clerk_id=one.who, detail=dict(one.detail)).save()
    return Carried(standing, happened)


def _write(case: Case, before: Standing, standing: Standing, happened: tuple[Happening, ...], now: datetime) -> None:
    today = here.day_of(now)
    case.state = standing.state
    case.version += 1
    if happened[0].kind in (Kind.ACCEPTED, Kind.TO_CORRECT, Kind.NOT_ACCEPTED):
        case.decided_at, case.decided_by_id = now, happened[0].who
    if standing.state in OVER:
        case.closed_at = now
    if happened[0].kind is Kind.TO_CORRECT:
        case.correct_by = add_working_days(today, here.own().correction_working_days)
    if happened[0].kind is Kind.CORRECTED:  # the days for the pre-check begin anew: other papers are looked at
        case.precheck_by = add_working_days(today, here.own().precheck_working_days)
    if happened[0].kind is Kind.ACCEPTED:
        case.accepted_at = now
        case.decide_by = add_working_days(today, package_of(case).limit.working_days)
    if happened[0].kind is Kind.REROUTED:
        case.route_version = standing.version
    stood_for = _turn_clock(case, standing, today)
    case.save(update_fields=_CHANGING)
    if standing.steps:
        _write_steps(case, before, standing, now, stood_for)


_CHANGING = (
    *("state", "version", "decided_at", "decided_by", "closed_at"),
    *("correct_by", "precheck_by", "accepted_at", "decide_by", "clock_stopped_on", "route_version"),
)


def _turn_clock(case: Case, standing: Standing, today: date) -> int:
    """Stop or resume the legal clock; return for how many working days it stood, when it goes on."""
    if standing.clock_stands and case.clock_stopped_on is None:
        case.clock_stopped_on = today
    elif not standing.clock_stands and case.clock_stopped_on is not None:
        stood_for = working_days_until(case.clock_stopped_on, today)
        case.clock_stopped_on = None
        if case.decide_by is not None and standing.state in UNDER_WAY:
            case.decide_by = add_working_days(case.decide_by, stood_for)
        return stood_for
    return 0


def _write_steps(case: Case, before: Standing, standing: Standing, now: datetime, stood_for: int) -> None:
    rows = {row.step: row for row in Step.objects.filter(case=case)}
    is_rerouted = standing.version != before.version
    offices: Mapping[str, Office] = {} if rows and not is_rerouted else offices_for(case, standing.route)
    for place, step in enumerate(standing.route.steps):
        own, was = standing.steps[step.id], before.steps.get(step.id)
        row = rows.pop(step.id, None)
        is_moved = own != was or (stood_for > 0 and is_active(own) and not step.stops_clock)
        if row is None:
            row = Step(case=case, step=step.id, place=place, office=offices[step.office], version=0)
        elif is_rerouted:
            row.place = place
            if own.state is not StepState.DONE:  # who did it stays who did it
                row.office = offices[step.office]
        elif not is_moved:
            continue
        _bring_up(row, step, own, was, now, stood_for)
        row.save()
    if is_rerouted:  # steps that nobody began and that are no more; what happened to them before is in the history
        Step.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    if offices:
        case.offices = said(Step.objects.filter(case=case).values_list("office", flat=True))
        case.save(update_fields=("offices",))


def _bring_up(row: Step, step: RouteStep, own: StepStanding, was: StepStanding | None, now: datetime, stood_for: int) -> None:
    today = here.day_of(now)
    is_begun = own.round != (was.round if was else 0)
    row.version += 1
    row.state, row.round = own.state, own.round
    if own.holder != (was.holder if was else None) or own.holder is None or is_begun:
        row.holder_id = own.holder
        row.held_until = now + LEASE if own.holder is not None else None
    if is_begun:
        row.ready_at, row.done_at = now, None
        row.due_on = today + timedelta(days=step.days) if step.calendar_days else add_working_days(today, step.days)
    elif stood_for and row.due_on is not None and is_active(own) and not step.stops_clock:
        row.due_on = add_working_days(row.due_on, stood_for)
    if own.state is StepState.DONE and row.done_at is None:
        row.done_at = now
