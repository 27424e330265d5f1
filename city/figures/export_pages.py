"""A year's cases, row by row, for those who check the work: what is in the file, how far it is, and who took one."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.figures.models import CaseExport, Went
from city.onewindow.export import HEADS, ROWS_AT_ONCE, Row, Within, count, rows
from city.onewindow.models import Case
from city.onewindow.reach import cases_to_take_away
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires
from city.staff.models import Clerk, Looked
from city.staff.roles import Right
from city.web.tables import csv_answer

SHOWN = 20
STANDS_STILL = timedelta(minutes=5)
"""After so long without a row, whoever took it is gone, and so is the process that sent it."""


@requires(Right.EXPORT_CASES)
@require_GET
def case_exports(request: HttpRequest) -> HttpResponse:
    """The years there are, and what was taken."""
    return _page(request)


@requires(Right.EXPORT_CASES)
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """How far they are, for the page to look at again."""
    return render(request, "figures/export_progress.html", {"exports": _exports(clerk_of(request))})


@requires(Right.EXPORT_CASES)
@require_POST
def take(request: HttpRequest) -> HttpResponseBase:
    """Send a year's cases as CSV. One at a time for each person, so that nobody takes up the whole city."""
    clerk, asked = clerk_of(request), request.POST.get("year", "")
    if asked not in map(str, _years()):
        raise Http404
    year, now = int(asked), here.now()
    within = Within(cases_to_take_away(clerk), _begin(year), _begin(year + 1))
    _give_up()
    try:
        with transaction.atomic():
            run = CaseExport.objects.create(clerk=clerk, year=year, total=count(within), began_at=now, moved_at=now)
            note_look(clerk, Looked.EXPORT, "cases", field=str(year))
    except IntegrityError:
        return _page(request, refused=True, status=409)
    return csv_answer(f"cases-{year}", [translation.gettext(head) for head in HEADS], followed(run, rows(within)))


def followed(run: CaseExport, found: Iterator[Row]) -> Generator[Row, None, None]:
    """Pass the rows on, and write down how far they are and how it ended."""
    sent, went = 0, Went.BROKEN
    try:
        for row in found:
            yield row
            sent += 1
            if sent % ROWS_AT_ONCE == 0:
                _move(run, sent, Went.RUNNING)
        went = Went.WHOLE
    finally:
        _move(run, sent, went)


def _move(run: CaseExport, sent: int, went: Went) -> None:
    known = CaseExport.objects.filter(pk=run.pk)
    if went is Went.RUNNING:
        known = known.filter(went=Went.RUNNING)  # given up meanwhile: their next one may be running already
    known.update(sent=sent, went=went, moved_at=here.now())


def _give_up() -> None:
    CaseExport.objects.filter(went=Went.RUNNING, moved_at__lt=here.now() - STANDS_STILL).update(went=Went.BROKEN)


def _page(request: HttpRequest, *, refused: bool = False, status: int = 200) -> HttpResponse:
    _give_up()
    years = _years()
    asked = request.GET.get("year", "")
    context: dict[str, Any] = {
        "years": years,
        "year": int(asked) if asked in map(str, years) else years[0],
        "heads": [translation.gettext(head) for head in HEADS],
        "exports": _exports(clerk_of(request)),
        "refused": refused,
    }
    return render(request, "figures/export.html", context, status=status)


def _exports(clerk: Clerk) -> QuerySet[CaseExport]:
    """Whoever reads who looked sees everybody's, the others their own."""
    found = CaseExport.objects.select_related("clerk")
    return (found if clerk.may(Right.READ_AUDIT) else found.filter(clerk=clerk))[:SHOWN]


def _years() -> list[int]:
    """The newest first, back to the first case."""
    first = Case.objects.order_by("pk").values_list("received_at", flat=True).first()
    this = here.today().year
    return list(range(this, min(this, here.day_of(first).year if first else this) - 1, -1))


def _begin(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=here.CITY_TIME)
