"""The pages of the grid's records: the list with counts by grid, one record behind masks, entering one, and what applications offer."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from city.grid.models import Area, Level
from city.grid.plan import drawing, map_of
from city.records import keeping
from city.records.details import FIELDS, LETTERS, opened, shown
from city.records.keeping import Origin, Refusal
from city.records.models import GridRecord, OfferState, RecordKind, RecordOffer, RecordState, Source
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk, Looked, Reason
from city.staff.roles import Right

ROWS = 60
OTHER_REASON_LETTERS = 8
WHY_LETTERS = 4
ICONS = {RecordKind.PERSON: "person", RecordKind.PLACE: "home_pin", RecordKind.THING: "inventory_2", RecordKind.ORGANISATION: "apartment"}


@requires(Right.WORK_THE_GRID)
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """The records of the grids within reach; one of them beside the list, covered."""
    key = request.GET.get("record", "")
    chosen = get_object_or_404(_seen(clerk_of(request)), pk=int(key)) if key.isdecimal() and len(key) < 12 else None
    if chosen is not None and chosen.kind == RecordKind.PERSON:
        note_look(clerk_of(request), Looked.PERSON, f"record {chosen.pk}")
    return _page(request, chosen)


@requires(Right.WORK_THE_GRID)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Enter a record, change one, or take one out."""
    clerk, sent = clerk_of(request), {name: request.POST.get(name, "").replace("\0", "").strip()[:LETTERS] for name in FIELDS}
    key, version = request.POST.get("record", ""), request.POST.get("version", "")
    if not key:
        grid = get_object_or_404(_grids(clerk), code=request.POST.get("grid", "").replace("\0", "")[:32])
        source = request.POST.get("source", "")
        origin = Origin(Source(source) if source in (Source.VISIT, Source.DOCUMENT) else Source.VISIT)
        made = keeping.enter(clerk, request.POST.get("kind", ""), grid.code, sent, origin)
        return _page(request, None, refused=made, status=422) if isinstance(made, Refusal) else _to(made)
    found = get_object_or_404(_seen(clerk), pk=int(key) if key.isdecimal() and len(key) < 12 else 0)
    seen = int(version) if version.isdecimal() and len(version) < 10 else 0
    if request.POST.get("then") == "retire":
        why = request.POST.get("why", "").replace("\0", "").strip()
        refused = keeping.retire(found, seen, clerk, why) if len(why) >= WHY_LETTERS else Refusal.NO_NAME
    else:
        known = opened(found.sealed)
        covered = {name for name, _, _, is_covered in shown(found.kind, known) if is_covered}
        kept = {name: known[name] for name in covered if not sent[name]}  # an empty field over a covered value changes nothing
        refused = keeping.change(found, seen, clerk, sent | kept)
    return _page(request, found, refused=refused, status=409 if refused is Refusal.OVERTAKEN else 422) if refused else _to(found)


@requires(Right.WORK_THE_GRID)
@require_POST
def reveal(request: HttpRequest, record: int) -> HttpResponse:
    """Uncover a record, for a reason that is written down first."""
    found = get_object_or_404(_seen(clerk_of(request)), pk=record)
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "").replace("\0", "").strip()
    if reason not in Reason.values or (reason == Reason.OTHER and len(note) < OTHER_REASON_LETTERS):
        return _page(request, found, reason_missing=True, status=422)
    looked = Looked.PERSON if found.kind == RecordKind.PERSON else Looked.PLACE
    note_look(clerk_of(request), looked, f"record {found.pk}", field="whole", reason=Reason(reason), note=note)
    return _page(request, found, is_revealed=True)


@requires(Right.WORK_THE_GRID)
@require_GET
def offers(request: HttpRequest) -> HttpResponse:
    """What applications teach, to be looked at one by one; covered as everywhere."""
    return _offers(request)


@requires(Right.WORK_THE_GRID)
@require_POST
def judge(request: HttpRequest, offer: int) -> HttpResponse:
    """Take an offer over into a grid, or leave it."""
    clerk = clerk_of(request)
    found = get_object_or_404(RecordOffer.objects.filter(within_reach(clerk, Right.WORK_THE_GRID)), pk=offer)
    match request.POST.get("verdict"):
        case "take":
            grid = get_object_or_404(_grids(clerk), code=request.POST.get("grid", "").replace("\0", "")[:32])
            taken = keeping.take(found, clerk, grid.code)
            refused = taken if isinstance(taken, Refusal) else None
        case "dismiss":
            refused = keeping.dismiss(found, clerk)
        case _:
            raise Http404
    return _offers(request, refused=refused, status=409) if refused else redirect("record-offers")


def _offers(request: HttpRequest, refused: Refusal | None = None, status: int = 200) -> HttpResponse:
    clerk = clerk_of(request)
    waiting = RecordOffer.objects.filter(within_reach(clerk, Right.WORK_THE_GRID), state=OfferState.OFFERED)
    page = Paginator(waiting.select_related("case").order_by("pk"), ROWS).get_page(request.GET.get("page"))
    people = {one.person for one in page if one.person}
    known = GridRecord.objects.filter(person__in=people, state=RecordState.CURRENT).values_list("person", "area")
    at = {person: area for person, area in known if person}
    rows = [_offered(one, at.get(one.person, "")) for one in page]
    grids = list(_grids(clerk))
    context = {"page": page, "rows": rows, "grids": grids, "refused": refused}
    return render(request, "records/offers.html", context, status=status)


def _page(
    request: HttpRequest,
    chosen: GridRecord | None,
    *,
    refused: Refusal | None = None,
    is_revealed: bool = False,
    reason_missing: bool = False,
    status: int = 200,
) -> HttpResponse:
    clerk = clerk_of(request)
    if chosen is not None:
        chosen.refresh_from_db()
    kind, grid = request.GET.get("kind", ""), request.GET.get("grid", "").replace("\0", "")[:32]
    current = _seen(clerk).filter(state=RecordState.CURRENT)
    listed = current.filter(Q(kind=kind) if kind in RecordKind.values else Q(), Q(area=grid) if grid else Q())
    plan = map_of(min(clerk.areas(Right.WORK_THE_GRID), default=""))
    by_grid = dict(current.filter(Q(kind=kind) if kind in RecordKind.values else Q()).values_list("area").annotate(Count("pk")))
    details = opened(chosen.sealed) if chosen else {}
    rows = _rows(chosen, details)
    covered = [(name, label, details[name] if is_revealed else text, is_covered) for name, label, text, is_covered in rows]
    open_values = {name: details[name] for name, _, _, is_covered in rows if is_revealed or not is_covered}
    context = {
        "kinds": [(one.value, one.label, ICONS[one]) for one in RecordKind],
        "kind": kind,
        "grid": grid,
        "counts": dict(current.values_list("kind").annotate(Count("pk"))),
        "by_grid": by_grid,
        "grids": list(_grids(clerk)),
        "drawing": drawing(plan, (), grid, counts=by_grid) if plan else None,
        "page": Paginator(listed.order_by("area", "kind", "pk"), ROWS).get_page(request.GET.get("page")),
        "chosen": chosen,
        "details": covered,
        "fields": [(name, label, open_values.get(name, "")) for name, (label, _) in FIELDS.items()],
        "covered_fields": {name for name, _, _, is_covered in covered if is_covered and not is_revealed},
        "is_revealed": is_revealed,
        "reason_missing": reason_missing,
        "reasons": Reason.choices,
        "lines": list(chosen.lines.select_related("clerk")[:12]) if chosen else (),
        "sources": [(one.value, one.label) for one in (Source.VISIT, Source.DOCUMENT)],
        "offered": RecordOffer.objects.filter(within_reach(clerk, Right.WORK_THE_GRID), state=OfferState.OFFERED).count(),
        "refused": refused,
        "State": RecordState,
        "is_new": "new" in request.GET or (request.method == "POST" and chosen is None),
    }
    return render(request, "records/records.html", context, status=status)


def _offered(one: RecordOffer, known_at: str) -> dict[str, Any]:
    details = shown(one.kind, opened(one.sealed))
    return {"offer": one, "icon": ICONS[RecordKind(one.kind)], "details": details, "known_at": known_at}


def _rows(chosen: GridRecord | None, details: dict[str, str]) -> list[tuple[str, str, str, bool]]:
    return shown(chosen.kind, details) if chosen else []


def _seen(clerk: Clerk) -> QuerySet[GridRecord]:
    return GridRecord.objects.filter(within_reach(clerk, Right.WORK_THE_GRID))


def _grids(clerk: Clerk) -> QuerySet[Area]:
    return Area.objects.filter(within_reach(clerk, Right.WORK_THE_GRID, "code"), level=Level.GRID).select_related("parent")


def _to(record: GridRecord) -> HttpResponse:
    return redirect(f"{reverse('records')}?record={record.pk}")
