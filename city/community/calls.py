"""Calls for a person: an alert on every page of whoever may go, until somebody says that they go."""

from datetime import timedelta
from typing import Final

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.api.questions import answers
from city.community.models import HelpCall
from city.fleet.models import Terminal
from city.staff.audit import clerk_of
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk
from city.staff.roles import Right
from sync.contract.calls import CALL_STAFF, StaffAlerted, StaffCall

SHOWN_FOR: Final = timedelta(minutes=20)
"""Nobody waits longer at a terminal."""


@answers(CALL_STAFF, does=True)
def called(terminal: Terminal, _call: StaffCall) -> StaffAlerted:
    """Put the alert up; calling again while it is up only counts."""
    since = here.now() - SHOWN_FOR
    again = HelpCall.objects.filter(terminal=terminal, taken_at=None, called_at__gte=since).update(calls=F("calls") + 1)
    if not again:
        HelpCall.objects.create(terminal=terminal, area=terminal.area, called_at=here.now())
    return StaffAlerted()


def open_calls(clerk: Clerk) -> QuerySet[HelpCall]:
    """Return the calls that this person sees, the longest waiting first."""
    seen = within_reach(clerk, Right.ANSWER_CALLS)
    return (
        HelpCall.objects.filter(seen, taken_at=None, called_at__gte=here.now() - SHOWN_FOR).select_related("terminal").order_by("called_at")
    )


@requires(Right.ANSWER_CALLS)
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """Return the alerts alone, for a page that is open and looks again."""
    return render(request, "community/calls.html", {"help_calls": open_calls(clerk_of(request)), "path_here": request.GET.get("from", "/")})


@requires(Right.ANSWER_CALLS)
@require_POST
def take(request: HttpRequest, call: int) -> HttpResponse:
    """Say that one goes; of two who press, the first does."""
    clerk = clerk_of(request)
    HelpCall.objects.filter(within_reach(clerk, Right.ANSWER_CALLS), pk=call, taken_at=None).update(taken_by=clerk, taken_at=here.now())
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=True)
    return redirect(target if safe else "home")
