"""The two pages that do many at once, and say what became of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST

from city.desk.bulk import MOST, Chosen, Result, accept_all, assign_all, chosen, claim_all, release_all
from city.onewindow.models import Step
from city.onewindow.reach import desk_cases, steps_within_reach
from city.onewindow.step_pages import colleagues_of
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.models import Clerk
from city.staff.roles import Right


@requires(Right.DECIDE_CASES)
@require_POST
def accept_many(request: HttpRequest) -> HttpResponse:
    """Accept what was ticked on the queue."""
    clerk = clerk_of(request)
    rows, beyond = _first(request)
    if not rows:
        return redirect("queue")
    return _said(request, accept_all(rows, desk_cases(clerk), clerk), beyond, translation.gettext("批量受理"), reverse("queue"))


@requires(Right.HANDLE_STEPS)
@require_POST
def steps_many(request: HttpRequest) -> HttpResponse:
    """Claim, put back, or give to a colleague what was ticked on the list of steps; only an office's head gives."""
    clerk = clerk_of(request)
    rows, beyond = _first(request)
    onward = reverse("steps")
    if not rows:
        return redirect(onward)
    match request.POST.get("do"):
        case "claim":
            return _said(request, claim_all(rows, steps_within_reach(clerk), clerk), beyond, translation.gettext("批量领取"), onward)
        case "release":
            return _said(request, release_all(rows, steps_within_reach(clerk), clerk), beyond, translation.gettext("批量放回"), onward)
        case "assign":
            to = request.POST.get("colleague", "")
            colleague = Clerk.objects.filter(is_active=True, pk=int(to)).first() if _is_number(to) else None
            if colleague is None:
                return redirect(onward)
            seen = steps_within_reach(clerk, Right.DIRECT_STEPS)
            results = assign_all(rows, seen, clerk, colleague, lambda step: _handles(colleague, step))
            return _said(request, results, beyond, translation.gettext("批量分派"), onward)
        case _:
            return redirect(onward)


def _handles(colleague: Clerk, step: Step) -> bool:
    return colleagues_of(step).filter(pk=colleague.pk).exists()


def _first(request: HttpRequest) -> tuple[tuple[Chosen, ...], int]:
    """Return what was ticked, as far as one request takes it, and how many are left."""
    rows = chosen(request.POST.getlist("row"))
    return rows[:MOST], len(rows[MOST:])


def _said(request: HttpRequest, results: list[Result], beyond: int, what: str, onward: str) -> HttpResponse:
    done = sum(one.is_done for one in results)
    context = {"results": results, "what": what, "onward": onward, "done": done, "undone": len(results) - done, "beyond": beyond}
    return render(request, "desk/bulk.html", context)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
