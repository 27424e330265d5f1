"""The auditor's page: who looked at what, when and why. Values are not in it, and nothing in it can be changed."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from city import here
from city.staff.doors import requires
from city.staff.models import AuditLine, Clerk, Looked, StaffLine
from city.staff.roles import Right

ROWS = 50
MANY = 20
"""Reveals with a reason by one person in a day from which the page says: look here."""


@requires(Right.READ_AUDIT)
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first; by day, kind, person and record."""
    chosen = {name: request.GET.get(name, "").replace("\0", "").strip()[:60] for name in ("kind", "who", "subject", "q", "on")}
    day = chosen["on"] if chosen["on"] in ("today", "week", "all") else "today"
    of_day = _since(day)
    found = _narrowed(of_day.select_related("clerk"), chosen)
    context: dict[str, Any] = {
        "page": Paginator(found.order_by("-id"), ROWS).get_page(request.GET.get("page")),
        "counts": _counts(of_day),
        "kinds": Looked.choices,
        "days": (("today", "今天"), ("week", "近 7 天"), ("all", "全部时间")),
        "chosen": chosen,
        "on": day,
        "worth_a_look": _worth_a_look(of_day),
        "person": Clerk.objects.filter(staff_number=chosen["who"]).first() if chosen["who"] else None,
        "search": chosen["q"],
    }
    return render(request, "audit.html", context)


@requires(Right.READ_AUDIT)
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """What was done with people's accounts, newest first."""
    who = request.GET.get("who", "").replace("\0", "").strip()[:16]
    lines = StaffLine.objects.select_related("clerk", "by", "witness")
    if who:
        lines = lines.filter(Q(clerk__staff_number=who) | Q(by__staff_number=who))
    return render(request, "staff/account_lines.html", {"page": Paginator(lines, ROWS).get_page(request.GET.get("page")), "who": who})


def _since(day: str) -> QuerySet[AuditLine]:
    if day == "all":
        return AuditLine.objects.all()
    midnight = datetime.combine(here.today(), time(), here.CITY_TIME)
    return AuditLine.objects.filter(at__gte=midnight - timedelta(days=6 if day == "week" else 0))


def _narrowed(lines: QuerySet[AuditLine], chosen: dict[str, str]) -> QuerySet[AuditLine]:
    if chosen["kind"] == "reason":
        lines = lines.exclude(reason="")
    elif chosen["kind"] in Looked.values:
        lines = lines.filter(looked_at=chosen["kind"])
    if chosen["who"]:
        lines = lines.filter(clerk__staff_number=chosen["who"])
    if chosen["subject"]:
        lines = lines.filter(subject=chosen["subject"])
    if chosen["q"]:
        plain = chosen["q"].replace("-", "")
        lines = lines.filter(Q(clerk__staff_number=chosen["q"]) | Q(clerk__full_name=chosen["q"]) | Q(subject__endswith=plain))
    return lines


def _counts(lines: QuerySet[AuditLine]) -> list[tuple[str, str, int]]:
    by_kind = dict(lines.order_by().values_list("looked_at").annotate(number=Count("pk")))
    reasons = lines.exclude(reason="").count()
    shown = [("", "全部", sum(by_kind.values())), ("reason", "按理由查看", reasons)]
    return shown + [(str(kind), str(kind.label), by_kind.get(kind.value, 0)) for kind in Looked if by_kind.get(kind.value)]


def _worth_a_look(lines: QuerySet[AuditLine]) -> list[dict[str, Any]]:
    """People who uncovered unusually much."""
    often = lines.exclude(reason="").order_by().values("clerk__full_name", "clerk__staff_number").annotate(number=Count("pk"))
    return [dict(one) for one in often.filter(number__gte=MANY).order_by("-number")[:10]]
