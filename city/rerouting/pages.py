"""The pages of moved cases: what could be moved, the look at each with counts, the reason or the end of it, and how far the move is.

A run goes on a little with each request, by script or by its button, and works without scripts.
"""

import time
from typing import Final

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.onewindow.answered import NOT_NOW
from city.onewindow.models import Case
from city.onewindow.reach import cases_within_reach
from city.onewindow.routes import route_of
from city.onewindow.standing import NotNow
from city.rerouting import moves
from city.rerouting.models import MoveState, RerouteRun
from city.rerouting.moves import Stays
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.roles import Right
from city.web.language import page_language
from city.web.paging import LongPaginator
from sync.contract.names import ItemCode

AT_ONCE_S: Final = 1.0
"""For how long one request looks or moves, so that the page shows how far it is and no worker is held."""

ROWS = 50
REASON_LETTERS = 4

WHY: dict[Stays, str] = {
    Stays.OVERTAKEN: "预演以后别人办过，请再预演一次。",
    Stays.OUT_OF_REACH: "没有这一件，或者不在您的辖区。",
    Stays.UNREADABLE: "申请打不开了，请告诉管理员。",
    Stays.OTHER_FORM: "新流程要看的问题，本件的表里没有问过。",
    Stays.WITHDRAWN: "新版本已撤回。",
}
"""What is read for each reason that the machine does not know; a test proves the table complete."""


@requires(Right.REROUTE_CASES)
@require_GET
def reroutes(request: HttpRequest) -> HttpResponse:
    """What could be moved, and this person's runs that are not finished."""
    clerk, language = clerk_of(request), page_language()
    offers = [(one, one.new.name.said_in(language)) for one in moves.offers(clerk)]
    return render(request, "rerouting/offers.html", {"offers": offers, "unfinished": moves.unfinished(clerk)[:ROWS]})


@requires(Right.REROUTE_CASES)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin with a look at each case; nothing is moved yet."""
    run = moves.begin(clerk_of(request), request.POST.get("item", "").replace("\0", "")[:64], _number(request.POST.get("since", "")))
    return redirect("reroutes") if run is None else redirect("reroute", run.pk)


@requires(Right.REROUTE_CASES)
@require_GET
def reroute(request: HttpRequest, run: int) -> HttpResponse:
    """How far it is. Only who began it sees it: it goes on in their name."""
    return _page(request, _mine(request, run))


@requires(Right.REROUTE_CASES)
@require_POST
def confirm(request: HttpRequest, run: int) -> HttpResponse:
    """Move what may be moved, for a reason that stands in each case's history."""
    found, reason = _mine(request, run), request.POST.get("reason", "").replace("\0", "").strip()[:200]
    if len(reason) < REASON_LETTERS:
        return _page(request, found, reason_missing=True, status=422)
    moves.confirm(found, reason)
    return redirect("reroute", found.pk)


@requires(Right.REROUTE_CASES)
@require_POST
def discard(request: HttpRequest, run: int) -> HttpResponse:
    """Throw a look away; what was confirmed is shown again, with the word that it cannot be."""
    found = _mine(request, run)
    if moves.discard(found):
        return redirect("reroutes")
    found.refresh_from_db()
    return _page(request, found, is_confirmed=True, status=409)


@requires(Right.REROUTE_CASES)
@require_POST
def go_on(request: HttpRequest, run: int) -> HttpResponse:
    """Look or move for a moment, and show the page again."""
    found = _mine(request, run)
    until = time.monotonic() + AT_ONCE_S
    for _ in moves.go_on(found):
        if time.monotonic() >= until:
            break
    return redirect("reroute", found.pk)


def _mine(request: HttpRequest, run: int) -> RerouteRun:
    return get_object_or_404(RerouteRun, pk=run, clerk=clerk_of(request))


def _page(
    request: HttpRequest, run: RerouteRun, *, reason_missing: bool = False, is_confirmed: bool = False, status: int = 200
) -> HttpResponse:
    clerk, language, kept = clerk_of(request), page_language(), here.catalogue()
    counts = dict.fromkeys(MoveState, 0) | dict(run.lines.order_by().values_list("state").annotate(Count("pk")))
    staying = run.lines.filter(state=MoveState.STAYS).select_related("case")
    page = LongPaginator(staying, ROWS).get_page(request.GET.get("page"))
    old, new = (kept.kept(ItemCode(run.item), version) for version in (run.since, run.to))
    names = {step.id: step.name.said_in(language) for package in (new, old) for step in route_of(package).steps}
    read = Case.objects.filter(cases_within_reach(clerk), pk__in=[line.case_id for line in page]) if clerk.may(Right.READ_CASES) else ()
    readable = {case.pk for case in read}
    reasons = run.lines.filter(state=MoveState.STAYS).order_by().values_list("why").annotate(many=Count("pk")).order_by("-many")
    still = counts[MoveState.TO_LOOK if run.confirmed_at is None else MoveState.MAY_MOVE]
    context = {
        "run": run,
        "item_name": new.name.said_in(language),
        "offer": moves.Offer(old, new, 0),
        "total": sum(counts.values()),
        "may_move": counts[MoveState.MAY_MOVE],
        "stays": counts[MoveState.STAYS],
        "moved": counts[MoveState.MOVED],
        "ended": sum(counts.values()) - still,
        "still": still,
        "reasons": [(_said(why), many) for why, many in reasons],
        "page": page,
        "rows": [(line, names.get(line.step, ""), _said(line.why), line.case_id in readable) for line in page],
        "reason_missing": reason_missing,
        "is_confirmed": is_confirmed,
    }
    return render(request, "rerouting/run.html", context, status=status)


def _said(why: str) -> str:
    return WHY[Stays(why)] if why in list(Stays) else NOT_NOW[NotNow(why)]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
