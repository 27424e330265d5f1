"""Moving many cases to a newer route: which ones, whether each may go, and then each in a transaction of its own.

The look and the move ask the same machine, so that what the look promised is what the move does. Whatever ends the process, a case is
either still to do, with nothing changed, or moved with a line in its history.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from city import here
from city.onewindow.actions import Reroute
from city.onewindow.machine import decide
from city.onewindow.models import Case
from city.onewindow.papers import DamagedError, content_of
from city.onewindow.routes import left_out, route_of
from city.onewindow.standing import NotNow, Standing, is_active
from city.onewindow.states import OPEN
from city.onewindow.work import Carried, Overtaken, carry_out, package_of, standing_of
from city.packages.models import ItemHome
from city.rerouting.models import MoveState, RerouteLine, RerouteRun
from city.staff.models import Clerk
from city.staff.roles import HOLDERS, Right, Role
from sync.contract.condition import Condition
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from sync.contract.office_route import Route
from sync.contract.words import Words

AT_ONCE = 1000
"""Lines that are written in one statement."""

_TAKES = Coalesce("route_version", "item_version")
"""The version whose route a case takes, as `Case.route_taken` says it."""

_TRIED = "改按新流程"
"""The look's reason: it is never written down."""


class Stays(StrEnum):
    """Why a case stays where it is, beside what the machine says."""

    OVERTAKEN = "overtaken"
    OUT_OF_REACH = "out_of_reach"
    UNREADABLE = "unreadable"
    OTHER_FORM = "other_form"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Offer:
    """Open cases on an older route, and the newest route of their item."""

    old: ItemPackage
    new: ItemPackage
    count: int

    @property
    def added(self) -> tuple[Words, ...]:
        """The names of the steps that only the newer route has."""
        return _only_in(route_of(self.new), route_of(self.old))

    @property
    def dropped(self) -> tuple[Words, ...]:
        """The names of the steps that only the older route has."""
        return _only_in(route_of(self.old), route_of(self.new))


def open_cases(clerk: Clerk) -> QuerySet[Case]:
    """Return the open cases that this person may move: an administrator's areas', or those of the items of a head's office."""
    found = Q(pk__in=())
    for posting in clerk.standing:
        if posting.role not in HOLDERS[Right.REROUTE_CASES]:
            continue
        here_too = Q(area__startswith=posting.area) if posting.area else Q(pk__isnull=False)
        if posting.role == Role.OFFICE_HEAD and posting.office_id is not None:
            here_too &= Q(item__in=ItemHome.objects.filter(owner=posting.office_id).values("code"))
        found |= here_too
    found &= ~Q(item__in=here.catalogue().elsewhere())
    return Case.objects.filter(found, state__in=sorted(OPEN), corrects=None)


def offers(clerk: Clerk) -> tuple[Offer, ...]:
    """Return what could be moved: by item, from each older version whose route is another one."""
    counted = open_cases(clerk).annotate(takes=_TAKES).order_by().values_list("item", "takes").annotate(Count("pk"))
    found = (_offer(item, takes, count) for item, takes, count in sorted(counted))
    return tuple(one for one in found if one is not None)


def begin(clerk: Clerk, item: str, since: int) -> RerouteRun | None:
    """Write down which cases are to be looked at; None where there are none. What the same person had not confirmed is forgotten."""
    offer = _offer(item, since, 0)
    cases = open_cases(clerk).alias(takes=_TAKES).filter(item=item, takes=since).order_by("pk")
    if offer is None or not cases.exists():
        return None
    with transaction.atomic():
        RerouteRun.objects.filter(clerk=clerk, item=item, since=since, confirmed_at=None).delete()
        run = RerouteRun.objects.create(clerk=clerk, item=item, since=since, to=offer.new.version)
        lines = [RerouteLine(run=run, case_id=one) for one in cases.values_list("pk", flat=True)]
        RerouteLine.objects.bulk_create(lines, batch_size=AT_ONCE)
    return run


def confirm(run: RerouteRun, reason: str) -> bool:
    """Let the run move what may be moved, once everything was looked at; tell whether it does."""
    if not reason or run.lines.filter(state=MoveState.TO_LOOK).exists():
        return False
    mine = RerouteRun.objects.filter(pk=run.pk, confirmed_at=None)
    return bool(mine.update(reason=reason, confirmed_at=here.now()))


def discard(run: RerouteRun) -> bool:
    """Throw a look away with its lines; tell whether it was thrown away: what was confirmed is each case's history and stays."""
    with transaction.atomic():
        mine = RerouteRun.objects.select_for_update().filter(pk=run.pk, confirmed_at=None).first()
        return mine is not None and bool(mine.delete())


def go_on(run: RerouteRun) -> Iterator[RerouteLine]:
    """Look at, or once it is confirmed move, one case after the other, and yield each line; whoever stops asking stops the run."""
    wanted, carried = (MoveState.TO_LOOK, _look) if run.confirmed_at is None else (MoveState.MAY_MOVE, _move)
    while (line := run.lines.filter(state=wanted).select_related("case").order_by("pk").first()) is not None:
        carried(line, run)
        yield line


def unfinished(clerk: Clerk) -> QuerySet[RerouteRun]:
    """Return this person's runs in which something is still to do, the newest first."""
    to_do = Q(lines__state=MoveState.TO_LOOK) | Q(lines__state=MoveState.MAY_MOVE)
    return RerouteRun.objects.filter(to_do, clerk=clerk).distinct().order_by("-pk")


def _offer(item: str, since: int, count: int) -> Offer | None:
    kept = here.catalogue()
    old = kept.package(ItemCode(item), since)
    new = next((one for one in kept.versions(ItemCode(item)) if not kept.is_withdrawn(one)), None)
    if old is None or new is None or new.version <= since or route_of(new) == route_of(old):
        return None
    return Offer(old, new, count)


def _look(line: RerouteLine, run: RerouteRun) -> None:
    case = line.case
    standing = standing_of(case)
    action = _wanted(case, run, _TRIED)
    happened = action if isinstance(action, Stays) else decide(standing, action)
    why = str(happened) if isinstance(happened, Stays | NotNow) else ""
    state = MoveState.STAYS if why else MoveState.MAY_MOVE
    mine = RerouteLine.objects.filter(pk=line.pk)  # none any more where another window threw the look away
    mine.update(version=case.version, step=_at(standing), state=state, why=why)


def _move(line: RerouteLine, run: RerouteRun) -> None:
    with transaction.atomic():
        mine = RerouteLine.objects.filter(pk=line.pk, state=MoveState.MAY_MOVE)
        if not mine.update(state=MoveState.MOVED, ended_at=here.now()):
            return  # another window of the same person was quicker
        why = _moved(line, run)
        if why is not None:
            RerouteLine.objects.filter(pk=line.pk).update(state=MoveState.STAYS, why=why)


def _moved(line: RerouteLine, run: RerouteRun) -> NotNow | Stays | None:
    if not open_cases(run.clerk).filter(pk=line.case_id).exists():
        return Stays.OUT_OF_REACH
    action = _wanted(line.case, run, run.reason)
    if isinstance(action, Stays):
        return action
    match carry_out(line.case, line.version, action):
        case Carried():
            return None
        case Overtaken():
            return Stays.OVERTAKEN
        case hinders:
            return hinders


def _wanted(case: Case, run: RerouteRun, reason: str) -> Reroute | Stays:
    """What is to happen to the case; its answers are opened only where the new route asks them."""
    target = here.catalogue().kept(ItemCode(run.item), run.to)
    if here.catalogue().is_withdrawn(target):
        return Stays.WITHDRAWN  # since it was offered; a case that was moved cannot go back
    route = route_of(target)
    asked = {field for step in route.steps for field in _fields(step.when)}
    if not asked:
        return Reroute(run.clerk_id, run.to, reason)
    if not asked <= {field.name for page in package_of(case).pages for field in page.fields}:
        return Stays.OTHER_FORM  # an answer that was never asked for would pass for a no
    try:
        answers = content_of(case).application.answers
    except DamagedError:
        return Stays.UNREADABLE
    return Reroute(run.clerk_id, run.to, reason, left_out(route, answers))


def _fields(condition: Condition | None) -> Iterator[str]:
    if condition is not None:
        yield condition.field
        for other in condition.also:
            yield from _fields(other)


def _at(standing: Standing) -> str:
    """Return the id of the step at which the case is: the first, where several run side by side."""
    return next((name for name, step in standing.steps.items() if is_active(step)), "")


def _only_in(one: Route, other: Route) -> tuple[Words, ...]:
    known = {step.id for step in other.steps}
    return tuple(step.name for step in one.steps if step.id not in known)
