"""The dashboard, the assessment, and its export."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET

from city import here
from city.figures import dashboard as board
from city.figures.assessment import COUNTED, Assessment, Dimension, Figure, assess, by_month
from city.figures.flow import flow_of
from city.figures.hiding import LEAST
from city.figures.keeping import counted_at
from city.figures.periods import Period, neighbours, period_named, year_of
from city.onewindow.legal_clock import is_working_day
from city.onewindow.reach import cases_counted, desk_cases, steps_within_reach
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk, Looked
from city.staff.roles import Right
from city.web.charts import Bar, columns, share, stack
from city.web.language import page_language
from city.web.tables import Cell, csv_answer

BARS = 12
LABELS = {
    "arrived": "收件",
    "accepted": "受理",
    "returned": "一次告知",
    "refused": "不予受理",
    "ended": "办结",
    "rated": "参评",
}
"""What each count is called."""


@requires(Right.READ_CASES)
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """What came, what waits, what is late; for those who do the work, and within their reach."""
    clerk, today = clerk_of(request), here.today()
    seen, desk = cases_counted(clerk), desk_cases(clerk)
    flow = flow_of(clerk, seen, today)
    at_work = board.at_work(seen, today)
    own = board.at_work(desk, today) if clerk.may(Right.DECIDE_CASES) and desk != seen else at_work
    days = board.days(flow, today)
    offices = board.offices(_steps_of(clerk), today)
    most = max((line.all for line in offices), default=1)
    items = board.items(at_work, flow, page_language())
    context: dict[str, Any] = {
        "today": today,
        "counts": sum(own.values(), board.AtWork()),
        "arrived_today": days[-1].arrived,
        "ended_today": days[-1].ended,
        "arrivals": columns([_bar(day) for day in days], translation.gettext("近 30 日每日收件"), width=1240),
        "offices": [(line, _office_bar(line, most)) for line in offices],
        "items": [(line, _item_bar(line)) for line in items],
        "overdue_steps": sum(line.overdue for line in offices),
        "due_steps": sum(line.today for line in offices),
    }
    return render(request, "figures/dashboard.html", context)


@requires(Right.READ_FIGURES)
@require_GET
def assessment(request: HttpRequest) -> HttpResponse:
    """How promises were kept; no person can be made out."""
    clerk, today = clerk_of(request), here.today()
    asked = request.GET.get("period", "")
    period = period_named(asked, today)
    by = request.GET.get("by", "")
    found = _assessed(clerk, period or year_of(today), Dimension(by) if by in Dimension.values else Dimension.COMMUNITY)
    months = by_month(within_reach(clerk, Right.READ_FIGURES), found.period)
    most = max((one.counts["arrived"] or 0 for one in found.figures), default=1)
    context: dict[str, Any] = {
        "found": found,
        "labels": [translation.gettext(LABELS[name]) for name in COUNTED],
        "rows": [(one, [(one.counts[name], one.because.get(name)) for name in COUNTED]) for one in found.figures],
        "whole": [(found.whole.counts[name], found.whole.because.get(name)) for name in COUNTED],
        "bars": [(one, share(one.counts["arrived"] or 0, most)) for one in found.figures[:BARS]],
        "pleased": [(one, stack(_levels(one))) for one in found.figures[:BARS]],
        "months": columns([_month(name, count) for name, count in months], translation.gettext("各月收件"), width=380, every=1),
        "dimensions": Dimension.choices,
        "names": neighbours(today),
        "least": LEAST,
        "is_running": found.period.end >= today,
        "counted_at": counted_at(found.period),
        "no_such_period": bool(asked) and period is None,
    }
    return render(request, "figures/assessment.html", context)


@requires(Right.READ_FIGURES)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The same along every dimension, as CSV, with the same things hidden."""
    clerk = clerk_of(request)
    asked = request.GET.get("period", "")
    period = period_named(asked, here.today()) if asked else year_of(here.today())
    if period is None:  # a file outlives the page that could say so
        raise SuspiciousOperation("no such period")
    note_look(clerk, Looked.EXPORT, "assessment", field=period.name)
    heads = ("时段", "维度", "编码", "名称", *LABELS.values(), "按时办结率", "一次告知率", "满意率", "办结中位工作日", "终端可用率")
    return csv_answer(f"assessment-{period.name}", [translation.gettext(head) for head in heads], _rows(clerk, period))


def _assessed(clerk: Clerk, period: Period, dimension: Dimension) -> Assessment:
    reach, of_steps = within_reach(clerk, Right.READ_FIGURES), within_reach(clerk, Right.READ_FIGURES, "case__area")
    return assess(reach, reach, of_steps, period, dimension, page_language())


def _rows(clerk: Clerk, period: Period) -> Iterator[list[Cell]]:
    for dimension in Dimension:
        found = _assessed(clerk, period, dimension)
        for one in (*found.figures, found.whole):
            yield [
                *(found.period.name, str(dimension.label), one.key, one.name),
                *(_cell(one, name) for name in COUNTED),
                *(str(one.on_time), str(one.returned), str(one.satisfied), one.median_days, one.available),
            ]


def _cell(one: Figure, name: str) -> Cell:
    if one.counts[name] is not None:
        return one.counts[name]
    return f"<{LEAST}" if one.because[name] == "small" else "*"


def _steps_of(clerk: Clerk) -> Q:
    """The front desk watches the steps of its own areas, an office its own."""
    return steps_within_reach(clerk) | within_reach(clerk, Right.DECIDE_CASES, "case__area")


def _bar(day: board.Day) -> Bar:
    said = translation.gettext("%(day)s：收件 %(n)s，办结 %(m)s") % {"day": f"{day.on:%m-%d}", "n": day.arrived, "m": day.ended}
    return Bar(f"{day.on:%m-%d}", day.arrived, said, is_off=not is_working_day(day.on))


def _month(name: str, count: int | None) -> Bar:
    """What is hidden has no height, only its bound under the pointer."""
    return Bar(name[5:], count or 0, f"{name}: {f'<{LEAST}' if count is None else count}")


def _office_bar(line: board.OfficeLine, most: int) -> str:
    parts = [("overdue", line.overdue), ("due", line.today), ("soon", line.soon), ("later", line.later), ("paused", line.paused)]
    return stack([*parts, ("none", most - line.all)])


def _item_bar(line: board.ItemLine) -> str:
    limit = line.limit_days or 0
    return share(line.median_days or 0, max(limit, line.median_days or 0) or 1, limit or None, is_trouble=(line.median_days or 0) > limit)


def _levels(one: Figure) -> list[tuple[str, float]]:
    percent = one.satisfied.percent
    return [] if percent is None else [("l5", percent), ("l2", 100 - percent)]
