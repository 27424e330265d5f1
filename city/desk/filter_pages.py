"""Keeping a filter under a name, and dropping it again."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from city.desk.filters import MOST_SAVED, Filters, filters_of
from city.desk.models import ListPage, SavedFilter
from city.onewindow.queue import VIEWS as QUEUE_VIEWS
from city.onewindow.step_views import VIEWS as STEP_VIEWS
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.roles import Right

NAME_LETTERS = 20


@requires(Right.READ_CASES)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the filter that the page shows; under a name that is there already it takes the other's place."""
    page = ListPage(request.POST["page"]) if request.POST.get("page") in ListPage.values else ListPage.QUEUE
    chosen = _read(page, request.POST.get("query", ""))
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:NAME_LETTERS]
    clerk = clerk_of(request)
    own = SavedFilter.objects.filter(clerk=clerk, page=page)
    if name and (own.filter(name=name).exists() or own.count() < MOST_SAVED):
        SavedFilter.objects.update_or_create(clerk=clerk, page=page, name=name, defaults={"query": chosen.query})
    return redirect(f"{reverse(page.value)}?{chosen.query}")


@requires(Right.READ_CASES)
@require_POST
def drop(request: HttpRequest, saved: int) -> HttpResponse:
    """Forget a filter of one's own; somebody else's is as if it were not there."""
    found = SavedFilter.objects.filter(clerk=clerk_of(request), pk=saved).first()
    page = found.page if found else ListPage.QUEUE
    if found:
        found.delete()
    return redirect(reverse(ListPage(page).value))


def _read(page: ListPage, query: str) -> Filters:
    views, first = (QUEUE_VIEWS, "waiting") if page is ListPage.QUEUE else (STEP_VIEWS, "mine")
    try:
        given = QueryDict(query[:2000])
    except ValueError:
        given = QueryDict()
    return filters_of(given.dict(), views, first)
