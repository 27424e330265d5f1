"""The page of a signing run: how far it is, and what became of each. It goes on a little with each request, by script or by its button."""

import time
from typing import Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from city.packages import runs
from city.packages.life import Refusal
from city.packages.models import RunState, SigningRun
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.roles import Right

AT_ONCE_S: Final = 1.0
"""For how long one request signs, so that the page moves and no worker is held."""

WHY: dict[Refusal, str] = {
    Refusal.OWN_ITEM: "自己起草的，要由别人审签。",
    Refusal.NOT_FIT: "检查没有通过，没有发出去。",
    Refusal.CODE_TAKEN: "这一版已经用别的内容签发过。",
    Refusal.OVERTAKEN: "勾选以后别人改过，或者已经不在待审签。",
}
"""What is read for each refusal that a signature can meet."""


@requires(Right.REVIEW_ITEMS)
@require_POST
def sign_many(request: HttpRequest) -> HttpResponse:
    """Begin a run with what was ticked."""
    run = runs.begin(clerk_of(request), runs.chosen(request.POST.getlist("row")))
    return redirect(f"{reverse('items')}?view=review") if run is None else redirect("item-run", run.pk)


@requires(Right.REVIEW_ITEMS)
@require_GET
def run_page(request: HttpRequest, run: int) -> HttpResponse:
    """How far it is. Only who began it sees it: it goes on in their name."""
    found = get_object_or_404(SigningRun, pk=run, clerk=clerk_of(request))
    counts = found.lines.aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=Q(state=RunState.WAITING)),
        done=Count("pk", filter=Q(state=RunState.DONE)),
        refused=Count("pk", filter=Q(state=RunState.REFUSED)),
    )
    lines = [(line, WHY.get(Refusal(line.why), "") if line.why else "") for line in found.lines.select_related("draft")]
    lines.sort(key=lambda pair: pair[0].state != RunState.REFUSED)  # what needs a look comes first
    context = {"run": found, "lines": lines, "ended": counts["total"] - counts["waiting"], "State": RunState, **counts}
    return render(request, "packages/run.html", context)


@requires(Right.REVIEW_ITEMS)
@require_POST
def run_on(request: HttpRequest, run: int) -> HttpResponse:
    """Sign for a moment, and show the page again."""
    found = get_object_or_404(SigningRun, pk=run, clerk=clerk_of(request))
    until = time.monotonic() + AT_ONCE_S
    for _ in runs.go_on(found):
        if time.monotonic() >= until:
            break
    return redirect("item-run", found.pk)
