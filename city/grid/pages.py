"""The grid's pages: the map with what is open, one event with what may be done, and entering one. Plain forms, no scripts needed."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from city import here
from city.grid import events
from city.grid.events import Asked
from city.grid.life import LIMITS, OVER, WAYS, EventKind, EventLevel, EventState, EventStep, Refusal, escalated_to
from city.grid.models import Area, EventPhoto, GridEvent
from city.grid.plan import COLOURS, ICONS, STEPS, drawing, map_of
from city.onewindow.content import JPEG
from city.onewindow.papers import clear_photo, content_of
from city.onewindow.sheet import sections
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk, Looked
from city.staff.roles import HOLDERS, Right
from sync.contract.places import Place, place_said
from sync.contract.words import Language

ROWS = 60
VIEWS: dict[str, tuple[str, tuple[EventState, ...]]] = {
    "waiting": ("待派", (EventState.REPORTED,)),
    "handling": ("处置中", (EventState.DISPATCHED, EventState.HANDLING, EventState.SUSPENDED)),
    "check": ("待回访", (EventState.HANDLED,)),
    "over": ("已结", tuple(OVER)),
}
_SINCE = timedelta(days=30)


@requires(Right.WORK_THE_GRID)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The map, and the list beside it: what is most urgent first."""
    clerk = clerk_of(request)
    seen = _seen(clerk)
    view = request.GET.get("view", "waiting")
    view = view if view in VIEWS else "waiting"
    plan = map_of(_first_area(clerk))
    chosen = request.GET.get("grid", "").replace("\0", "")[:32]
    listed = seen.filter(state__in=VIEWS[view][1])
    if chosen:
        listed = listed.filter(area=chosen)
    order = ("-over_at", "-pk") if view == "over" else (F("due_at").asc(nulls_last=True), "pk")
    page = Paginator(listed.order_by(*order), ROWS).get_page(request.GET.get("page"))
    still_open = seen.exclude(state__in=OVER)
    in_plan = still_open.filter(area__in=[grid.code for grid in plan.grids]) if plan else still_open.none()
    asked = {name: Count("pk", filter=Q(state__in=states)) for name, (_, states) in VIEWS.items()}
    context = {
        "view": view,
        "views": [(name, label) for name, (label, _) in VIEWS.items()],
        "counts": seen.filter(reported_at__gte=here.now() - _SINCE).aggregate(**asked),
        "rows": [_row(event, plan) for event in page],
        "page": page,
        "drawing": drawing(plan, in_plan, chosen) if plan else None,
        "steps": [(least, colour, 43 * place) for place, (least, colour) in enumerate(STEPS)],
        "chosen": Area.objects.filter(code=chosen).select_related("parent").first() if chosen else None,
        "chosen_open": still_open.filter(area=chosen).count() if chosen else 0,
        "today": _today(seen),
    }
    return render(request, "grid/map.html", context)


@requires(Right.WORK_THE_GRID)
@require_GET
def event_page(request: HttpRequest, event: int) -> HttpResponse:
    """One event: what was reported, where, what may be done, and what was done."""
    return _event(request, get_object_or_404(_seen(clerk_of(request)), pk=event))


@requires(Right.WORK_THE_GRID)
@require_POST
def do_step(request: HttpRequest, event: int) -> HttpResponse:
    """Take one step."""
    clerk = clerk_of(request)
    found = get_object_or_404(_seen(clerk), pk=event)
    step = request.POST.get("step", "")
    if step not in WAYS:
        return _event(request, found, Refusal.OVERTAKEN, 409)
    upload = request.FILES.get("photo")
    jpeg = None
    if upload is not None:
        jpeg = events.redrawn(upload.read(events.PHOTO_MAX_BYTES + 1))
        if jpeg is None:
            return _event(request, found, "no_picture", 422)
    handler, other, seen = (request.POST.get(name, "") for name in ("handler", "same_as", "version"))
    asked = Asked(
        EventStep(step),
        _number(seen),
        clerk,
        request.POST.get("words", "").replace("\0", "").strip()[:200],
        _workers(found).filter(pk=_number(handler)).first(),
        _seen(clerk).filter(pk=_number(other)).first(),
        jpeg,
    )
    refused = events.do(found, asked)
    if refused is None:
        return redirect("grid-event", event)
    return _event(request, found, refused, 409 if refused is Refusal.OVERTAKEN else 422)


@requires(Right.WORK_THE_GRID)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter what a grid worker saw, or somebody said by telephone."""
    clerk = clerk_of(request)
    plan = map_of(_first_area(clerk))
    if plan is None:
        raise Http404
    posted = request.POST if request.method == "POST" else {}
    spot = next((spot for spot in plan.spots if spot.id == posted.get("spot")), None)
    kind, words = posted.get("kind", ""), str(posted.get("words", "")).replace("\0", "").strip()
    if request.method == "POST" and spot is not None and kind in EventKind.values and len(words) >= events.WORDS_LEAST:
        answers = {"danger": posted.get("danger") == "yes"}
        made = events.enter(spot.grid, Place(spot.grid, spot.at), kind, answers, by=clerk, words=words)
        GridEvent.objects.filter(pk=made.pk).update(spot=spot.name.zh[:60])
        return redirect("grid-event", made.pk)
    grids = [(grid.name.zh, [one for one in plan.spots if one.grid == grid.code]) for grid in plan.grids]
    context = {"grids": grids, "kinds": EventKind.choices, "posted": posted, "is_wrong": request.method == "POST"}
    return render(request, "grid/enter.html", context, status=422 if request.method == "POST" else 200)


@requires(Right.WORK_THE_GRID)
@require_GET
def report_photo(request: HttpRequest, event: int, place: int) -> HttpResponse:
    """Show a photo that came with the report; the look leaves a line."""
    found = get_object_or_404(_seen(clerk_of(request)), pk=event)
    if found.case is None:
        raise Http404
    content = content_of(found.case)
    if place >= len(content.application.papers):
        raise Http404
    clear = clear_photo(found.case, content, place)
    if not isinstance(clear, bytes):
        raise Http404
    note_look(clerk_of(request), Looked.EVENT, found.number, field=f"photo.{place}")
    return HttpResponse(clear, content_type=JPEG, headers={"Content-Disposition": "inline"})


@requires(Right.WORK_THE_GRID)
@require_GET
def after_photo(request: HttpRequest, event: int, photo: int) -> HttpResponse:
    """Show what it looks like afterwards."""
    found = get_object_or_404(EventPhoto, pk=photo, event__in=_seen(clerk_of(request)).filter(pk=event))
    return HttpResponse(bytes(found.jpeg), content_type=JPEG, headers={"Content-Disposition": "inline"})


def _event(request: HttpRequest, event: GridEvent, refused: str | None = None, status: int = 200) -> HttpResponse:
    clerk = clerk_of(request)
    event.refresh_from_db()
    plan = map_of(event.area)
    told = sections(content_of(event.case), _language()) if event.case else ()
    if event.case:
        note_look(clerk, Looked.EVENT, event.number)
    state, level = EventState(event.state), EventLevel(event.level)
    may_dispatch = clerk.may(Right.DISPATCH_EVENTS)
    is_handler = event.handler_id == clerk.pk
    ways = [step for step, way in WAYS.items() if state in way.before and (is_handler if way.by_handler else may_dispatch)]
    ways = [step for step in ways if step is not EventStep.CLOSE or not is_handler]
    context = {
        "event": event,
        "row": _row(event, plan),
        "told": told,
        "photos": range(len(content_of(event.case).application.papers)) if event.case else (),
        "after": event.photos.values_list("pk", flat=True),
        "lines": list(event.lines.select_related("clerk")[:40]),
        "same": [_row(one, plan) for one in events.same_place(event)[:5]],
        "repeats": event.repeats.count(),
        "limits": _limits(event),
        "drawing": drawing(plan, [event], event.area, (event.x, event.y)) if plan else None,
        "workers": _duty(event),
        "ways": ways,
        "Step": EventStep,
        "refused": refused,
        "escalated": escalated_to(level, state, event.reported_at, here.now()),
    }
    return render(request, "grid/event.html", context, status=status)


def _row(event: GridEvent, plan: Any) -> dict[str, Any]:  # noqa: ANN401 - a map or none
    now = here.now()
    left = event.due_at - now if event.due_at else None
    where = event.spot or (place_said(plan, Place(event.area, (event.x, event.y)), _language()) if plan else event.area)
    return {
        "event": event,
        "name": events.kind_name(event.kind),
        "icon": ICONS.get(event.kind, "report"),
        "colour": COLOURS[event.level],
        "where": where,
        "late": left is not None and left.total_seconds() < 0,
        "left": span_said(abs(left)) if left is not None else "",
        "state": EventState(event.state).label,
    }


def span_said(span: timedelta) -> str:
    """Return how long something is, in its two largest units at most."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} 分"
    if minutes < 48 * 60:
        return f"{minutes // 60} 时 {minutes % 60} 分" if minutes % 60 else f"{minutes // 60} 时"
    return f"{minutes // 1440} 日"


def _limits(event: GridEvent) -> list[dict[str, Any]]:
    limits, now = LIMITS[EventLevel(event.level)], event.over_at or here.now()
    spent = now - event.reported_at
    named = (("首次派出", limits.dispatch), ("到场", limits.arrive), ("办结", limits.finish))
    return [
        {
            "name": name,
            "limit": span_said(limit),
            "part": min(100, round(100 * spent / limit)),
            "late": spent > limit,
            "left": span_said(abs(limit - spent)),
        }
        for name, limit in named
    ]


def _today(seen: QuerySet[GridEvent]) -> dict[str, Any]:
    midnight = here.now().astimezone(here.CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    return seen.aggregate(reported=Count("pk", filter=Q(reported_at__gte=midnight)), closed=Count("pk", filter=Q(over_at__gte=midnight)))


def _workers(event: GridEvent) -> QuerySet[Clerk]:
    """Who may be sent: the grid workers of the areas around."""
    around = ["", *(event.area[:length] for length in range(1, len(event.area) + 1))]
    roles = HOLDERS[Right.WORK_THE_GRID]
    return Clerk.objects.filter(is_active=True, postings__role__in=roles, postings__area__in=around).distinct()


def _duty(event: GridEvent) -> list[dict[str, Any]]:
    busy = Q(pk__in=()) | Q(state__in=(EventState.DISPATCHED, EventState.HANDLING))
    held = dict(GridEvent.objects.filter(busy).values_list("handler").annotate(count=Count("pk")))
    found = [{"clerk": clerk, "held": held.get(clerk.pk, 0)} for clerk in _workers(event)[:20]]
    return sorted(found, key=lambda one: (one["held"], one["clerk"].pk))


def _seen(clerk: Clerk) -> QuerySet[GridEvent]:
    return GridEvent.objects.filter(within_reach(clerk, Right.WORK_THE_GRID)).select_related("case", "handler", "reporter", "same_as")


def _first_area(clerk: Clerk) -> str:
    return min(clerk.areas(Right.WORK_THE_GRID), default="")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _language() -> Language:
    return Language.EN if (translation.get_language() or "").startswith("en") else Language.ZH
