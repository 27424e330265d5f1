"""The page of what does not get through: to the existing platform and to departments' systems, why, what next, and again."""

import re

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from city.bridge import troubles as trouble
from city.bridge.models import BridgeLine, HandedOver, LastTurn
from city.partners.models import Delivery
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.roles import Right

ROWS, LINES, MOST = 50, 12, 200
NOTE_LEAST = 4
VIEWS = {"bridge": "交不到现有平台", "push": "推不到部门系统"}
_KEY = re.compile(r"[bp][0-9]{1,18}", re.ASCII)


@requires(Right.KEEP_PARTNERS)
@require_GET
def troubles(request: HttpRequest) -> HttpResponse:
    """One list of each direction; the first that has any is shown."""
    counts = {"bridge": trouble.handed().count(), "push": trouble.pushes().count()}
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "bridge" if counts["bridge"] or not counts["push"] else "push"
    turn = LastTurn.objects.order_by("-at").first()
    asked = request.GET.get("page")
    adapter = turn.adapter if turn else ""
    page: Page[HandedOver] | Page[Delivery]
    if view == "bridge":
        cases = Paginator(trouble.handed(), ROWS).get_page(asked)
        page, rows = cases, [trouble.seen_handed(one, adapter) for one in cases]
    else:
        events = Paginator(trouble.pushes(), ROWS).get_page(asked)
        page, rows = events, [trouble.seen_push(one) for one in events]
    context = {
        "view": view,
        "views": [(name, label, counts[name]) for name, label in VIEWS.items()],
        "page": page,
        "rows": rows,
        "turn": turn,
        "lines": BridgeLine.objects.select_related("clerk", "case")[:LINES],
        "said": {"again": "again", "kept": "kept", "gone": "gone", "unsaid": "unsaid"}.get(request.GET.get("said", ""), ""),
        "note_least": NOTE_LEAST,
    }
    return render(request, "bridge/troubles.html", context)


@requires(Right.KEEP_PARTNERS)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Try some again, or note that one was seen to."""
    clerk, keys = clerk_of(request), [key for key in request.POST.getlist("key")[:MOST] if _KEY.fullmatch(key)]
    if not keys:
        raise Http404
    onward = f"{reverse('troubles')}?view={'push' if keys[0][0] == 'p' else 'bridge'}&said="
    match request.POST.get("step"):
        case "again":
            done = [trouble.again(key, clerk) for key in keys]
            return redirect(onward + ("again" if any(done) else "gone"))
        case "by_hand":
            note = request.POST.get("note", "").replace("\0", "").strip()[:200]
            if len(note) < NOTE_LEAST:
                return redirect(onward + "unsaid")
            return redirect(onward + ("kept" if trouble.by_hand(keys[0], clerk, note) else "gone"))
        case _:
            raise Http404
