"""The back office's pages: my steps, and the one in hand, finished with a reasoned conclusion."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.desk.filters import chips, choices, filters_of, of_steps, saved
from city.desk.models import ListPage
from city.onewindow.actions import Claim, Conclude, Reassign, Release, ResumeClock, SendBack, StopClock
from city.onewindow.answered import answered, version_shown
from city.onewindow.legal_clock import working_days_until
from city.onewindow.models import Event, Step
from city.onewindow.reach import step_within_reach, steps_within_reach
from city.onewindow.routes import steps_known
from city.onewindow.standing import Standing, is_active
from city.onewindow.states import Conclusion, Kind, StepState
from city.onewindow.step_views import VIEWS
from city.onewindow.work import Carried, carry_out, carry_out_locked, package_of, standing_of
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires
from city.staff.models import Clerk, Looked, Posting
from city.staff.roles import HOLDERS, Right
from city.web.language import page_language
from city.web.paging import LongPaginator, counted
from city.web.route_plan import route_plan
from sync.contract.office_route import RouteStep, waits_for

ROWS = 50
REASON_LETTERS = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A step on the list."""

    step: Step
    item_name: str
    name: str
    days: int | None
    is_stopped: bool

    @property
    def urgency(self) -> str:
        """By which colour and words the deadline is shown."""
        if self.is_stopped or self.days is None:
            return "stopped"
        return "overdue" if self.days < 0 else "today" if self.days == 0 else "later"


@dataclass(frozen=True, slots=True)
class Place:
    """A step on the band of the route."""

    step: RouteStep
    state: StepState
    is_here: bool
    row: Step


@requires(Right.HANDLE_STEPS)
@require_GET
def steps(request: HttpRequest, step: int | None = None) -> HttpResponse:
    """What waits for me, and the one that is open."""
    clerk = clerk_of(request)
    chosen = filters_of(request.GET.dict(), VIEWS, "mine")
    page = LongPaginator(_listed(clerk, chosen.view).filter(of_steps(chosen)), ROWS).get_page(request.GET.get("page"))
    names = choices(page_language())
    context: dict[str, Any] = {
        "view": chosen.view,
        "chosen": chosen,
        "choices": names,
        "chips": chips(chosen, names),
        "saved": saved(clerk, ListPage.STEPS),
        "page_name": ListPage.STEPS.value,
        "page": page,
        "rows": [_row(one) for one in page],
        "counts": _counts(clerk),
        "leads": clerk.may(Right.DIRECT_STEPS),
        "all_colleagues": list(_handling()) if clerk.may(Right.DIRECT_STEPS) else [],
    }
    if step is not None:
        found = step_within_reach(request, step)
        note_look(clerk, Looked.STEP, found.case.case_number, field=found.step)
        context |= _opened(found, clerk)
    return render(request, "steps.html", context)


@requires(Right.HANDLE_STEPS)
@require_POST
def claim_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent step that nobody has: two who press at once get two different ones."""
    clerk = clerk_of(request)
    with transaction.atomic():
        free = Step.objects.filter(steps_within_reach(clerk), state=StepState.READY).order_by("due_on", "pk")
        found = free.select_related("case").select_for_update(skip_locked=True, of=("self", "case")).first()
        if found is None:
            return redirect("steps")
        carry_out_locked(found.case, Claim(clerk.pk, found.step))
    return redirect("step", found.pk)


@requires(Right.HANDLE_STEPS)
@require_POST
def act(request: HttpRequest, step: int) -> HttpResponse:
    """Do one thing at the step: claim, release, conclude, send back, stop or resume the clock, hand over."""
    found, clerk = step_within_reach(request, step), clerk_of(request)
    action = _action(request, found, clerk)
    if action is None:
        return redirect("step", step)
    outcome = carry_out(found.case, version_shown(request), action, step=found)
    onward = reverse("step", args=[step]) if _stays(action) else reverse("steps")
    return answered(request, found.case, outcome, onward if isinstance(outcome, Carried) else reverse("step", args=[step]))


_StepAction = Claim | Release | Reassign | Conclude | SendBack | StopClock | ResumeClock


def _action(request: HttpRequest, step: Step, clerk: Clerk) -> _StepAction | None:
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:REASON_LETTERS]
    match request.POST.get("do"):
        case "claim":
            lease_over = step.held_until is not None and step.held_until < here.now()
            return Claim(clerk.pk, step.step, lease_over)
        case "release":
            return Release(clerk.pk, step.step)
        case "agreed" | "not_agreed" as said:
            return Conclude(clerk.pk, step.step, Conclusion(said), reason, _is_too_early(step))
        case "send_back":
            return SendBack(clerk.pk, step.step, request.POST.get("to", "")[:64], reason)
        case "stop":
            return StopClock(clerk.pk, step.step, reason)
        case "resume":
            return ResumeClock(clerk.pk, step.step)
        case "hand_over":
            return _hand_over(request, step, clerk)
        case _:
            return None


def _hand_over(request: HttpRequest, step: Step, clerk: Clerk) -> Reassign:
    """To somebody of the same office: by its head, or by whoever holds it."""
    if step.holder_id != clerk.pk and not _leads(clerk, step):
        raise PermissionDenied
    to = request.POST.get("colleague", "")
    colleague = get_object_or_404(colleagues_of(step), pk=int(to) if to.isascii() and to.isdigit() and len(to) < 18 else 0)
    return Reassign(clerk.pk, step.step, colleague.pk)


def _leads(clerk: Clerk, step: Step) -> bool:
    return Step.objects.filter(steps_within_reach(clerk, Right.DIRECT_STEPS), pk=step.pk).exists()


def _handling() -> QuerySet[Clerk]:
    """Return whoever handles steps of any office; whether of the right one is looked at for each step."""
    posted = Posting.objects.filter(role__in=HOLDERS[Right.HANDLE_STEPS])
    return Clerk.objects.filter(is_active=True, pk__in=posted.values("clerk")).order_by("staff_number")[:200]


def colleagues_of(step: Step) -> QuerySet[Clerk]:
    """Return who handles the steps of this one's office."""
    handling = Posting.objects.filter(Q(office=step.office_id) | Q(office=None), role__in=HOLDERS[Right.HANDLE_STEPS])
    return Clerk.objects.filter(is_active=True, pk__in=handling.values("clerk")).order_by("staff_number")


def _stays(action: _StepAction) -> bool:
    return isinstance(action, Claim | StopClock | ResumeClock)


def _is_too_early(step: Step) -> bool:
    """Publicity lasts its days: whoever objects on the last one must still be heard."""
    of_route = _of_route(step)
    return of_route.publishes and step.due_on is not None and here.today() <= step.due_on


def _of_route(step: Step) -> RouteStep:
    standing = standing_of(step.case)
    return next(one for one in standing.route.steps if one.id == step.step)


def _listed(clerk: Clerk, view: str) -> QuerySet[Step]:
    seen = Step.objects.filter(steps_within_reach(clerk)).select_related("case", "office", "holder")
    match view:
        case "office":
            return seen.filter(state=StepState.READY).order_by("due_on", "pk")
        case "others":
            return seen.filter(state=StepState.CLAIMED).exclude(holder=clerk).order_by("due_on", "pk")
        case "done":
            return seen.filter(state=StepState.DONE).order_by("-done_at", "-pk")
        case _:
            return seen.filter(state=StepState.CLAIMED, holder=clerk).order_by("due_on", "pk")


def _counts(clerk: Clerk) -> dict[str, int]:
    return {view: counted(_listed(clerk, view)) for view in ("mine", "office", "others")}


def _row(step: Step) -> Row:
    package, of_route = package_of(step.case), steps_known(step.case)[step.step]
    language = page_language()
    stopped = step.case.clock_stopped_on is not None and not of_route.stops_clock
    days = working_days_until(here.today(), step.due_on) if step.due_on else None
    return Row(step, package.name.said_in(language), of_route.name.said_in(language), days, stopped and step.state != StepState.DONE)


def _opened(step: Step, clerk: Clerk) -> dict[str, Any]:
    standing = standing_of(step.case)
    package, own = package_of(step.case), standing.steps[step.step]
    return {
        "open": _row(step),
        "case": step.case,
        "step": step,
        "band": (band := _band(standing, step)),
        "plan": _plan(standing, band, step),
        "with_states": True,
        "opinions": _opinions(standing, step),
        "of_route": next(one for one in standing.route.steps if one.id == step.step),
        "is_mine": own.holder == clerk.pk,
        "is_free": own.state is StepState.READY or (step.held_until is not None and step.held_until < here.now()),
        "is_active": is_active(own),
        "is_special": step.step in standing.special,
        "is_too_early": _is_too_early(step),
        "earlier": [one for one in standing.route.steps if _may_go_back_to(standing, step.step, one.id)],
        "colleagues": list(colleagues_of(step).exclude(pk=step.holder_id or 0)[:100])
        if own.holder == clerk.pk or _leads(clerk, step)
        else [],
        "may_hand_over": is_active(own) and (own.holder == clerk.pk or _leads(clerk, step)),
        "limit": package.limit,
        "share": _share(step),
    }


def _share(step: Step) -> tuple[int, int] | None:
    """Which day of how many this is."""
    if step.ready_at is None or step.due_on is None:
        return None
    began = here.day_of(step.ready_at)
    whole = working_days_until(began, step.due_on)
    return max(0, working_days_until(began, max(began, here.today()))), max(whole, 0)


def _may_go_back_to(standing: Standing, step_id: str, to: str) -> bool:
    return to in waits_for(standing.route, step_id) and standing.steps[to].state is StepState.DONE


def _band(standing: Standing, step: Step) -> list[Place]:
    rows = {row.step: row for row in Step.objects.filter(case=step.case).select_related("office")}
    places = [Place(one, StepState(rows[one.id].state), one.id == step.step, rows[one.id]) for one in standing.route.steps]
    return [place for place in places if place.state is not StepState.LEFT_OUT]


def _plan(standing: Standing, band: list[Place], step: Step) -> SafeString:
    states = dict.fromkeys((one.id for one in standing.route.steps), StepState.LEFT_OUT.value) | {
        one.step.id: one.state.value for one in band
    }
    return route_plan(standing.route, page_language(), states, here=step.step)


def _opinions(standing: Standing, step: Step) -> list[dict[str, Any]]:
    """What the steps before said, in the order in which they said it: the last word of each."""
    before = waits_for(standing.route, step.step) | standing.former | {step.step}
    names = {one.id: one.name.said_in(page_language()) for one in standing.route.steps}
    said: dict[str, Event] = {}
    kinds = (Kind.CONCLUDED, Kind.SENT_BACK, Kind.CLOCK_STOPPED)
    for event in Event.objects.filter(case=step.case, kind__in=kinds).select_related("clerk").order_by("id"):
        if event.detail["step"] in before or event.detail.get("to") == step.step:
            said.pop(event.detail["step"], None)
            said[event.detail["step"]] = event
    return [
        {"name": names[name], "event": event, "is_no": event.detail.get("conclusion") == Conclusion.NOT_AGREED}
        for name, event in said.items()
    ]
