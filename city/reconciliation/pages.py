"""The page on which somebody proves that nothing is lost, and its export without personal data."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.fleet.models import Terminal
from city.onewindow.legal_clock import is_working_day
from city.onewindow.models import Case
from city.reconciliation.balance import Became, balances, by_day, by_terminal, precheck_by_day, received_by_day, summed, total
from city.reconciliation.causes import ACTION, MEANING, WHY_REFUSED, Cause
from city.reconciliation.differences import Difference, differences
from city.reconciliation.models import Settled, SlipCount
from city.reconciliation.sequences import tallies
from city.reconciliation.signing import DAYS_SHOWN, Unsigned, days, sign
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk, Looked
from city.staff.roles import Right
from city.web.charts import Bar, columns
from city.web.language import page_language
from city.web.tables import Cell, csv_answer
from sync.contract.names import ItemCode
from sync.contract.problem import ProblemCode

ROWS = 50
REASON_LEAST, REASON_MOST = 4, 200
MOST_DAYS = 400
CHART_DAYS = 30
KEPT_FOR_S = 24 * 3600
UNSIGNED: dict[Unsigned, str] = {
    Unsigned.NOT_OVER: "这一天还没有过完。",
    Unsigned.OWN: "您签过了，要另一位同事再签。",
    Unsigned.DONE: "两人都签过了。",
    Unsigned.CHANGED: "数字刚才变了，请看过再签。",
    Unsigned.NOTE: "还有没处理的差异，签的时候请写明。",
    Unsigned.GONE: "这一天不在能核签的日子里，只能核签最近 7 天。",
}
PERIODS = {"yesterday": "昨日", "week": "近 7 日", "month": "本月"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A difference as the page shows it."""

    difference: Difference
    label: str
    meaning: str
    action: str
    item_name: str
    why: str


@requires(Right.RECONCILE)
@require_GET
def reconciliation(request: HttpRequest) -> HttpResponse:
    """What was handed in, what is here, and what does not add up."""
    clerk, today = clerk_of(request), here.today()
    asked = asked_days(request, today)
    start, end, period = asked or (today - timedelta(days=6), today, "week")
    seen = terminals_of(clerk)
    counted = tallies(seen.values())
    recent_from = today - timedelta(days=DAYS_SHOWN)
    recent = by_day(seen, recent_from, today)  # read once, for the days' figures, the chart and, as a rule, the period
    rows = balances(seen, counted, start, end, by_terminal(seen, start, end, recent, recent_from))
    received = _older(seen, today) + summed(recent, "received")
    waiting = precheck_by_day(seen, today - timedelta(days=CHART_DAYS - 1), recent_from - timedelta(days=1)) + summed(recent, "precheck")
    found = differences(seen, counted, here.now())
    at = {one.terminal.pk for one in found}
    rows.sort(key=lambda row: (row.terminal.pk not in at, row.is_even, row.terminal.pk))
    context: dict[str, Any] = {
        "period": period,
        "periods": [(name, translation.gettext(label)) for name, label in PERIODS.items()],
        "start": start,
        "end": end,
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "total": total(rows),
        "terminals": len(rows),
        "with_difference": at,
        "found": [_shown(one) for one in found],
        "settled": [(one, Cause(one.cause).label) for one in Settled.objects.filter(terminal__in=list(seen)).select_related("clerk")[:8]],
        "chart": _chart(received, waiting, today),
        "days": days(clerk, seen, found, received),
        "unsigned": translation.gettext(UNSIGNED[Unsigned(unsigned)])
        if (unsigned := request.GET.get("unsigned", "")) in list(Unsigned)
        else "",
        "own": clerk.pk,
        "reason_missing": request.GET.get("unsaid") == "1",
        "overtaken": request.GET.get("overtaken") == "1",
        "reason_least": REASON_LEAST,
        "no_such_days": asked is None,
        "days_most": MOST_DAYS,
    }
    return render(request, "reconciliation/reconciliation.html", context)


@requires(Right.RECONCILE)
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Note that a difference was seen to, and how; only one that there is, and once."""
    clerk, key = clerk_of(request), request.POST.get("key", "")
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:REASON_MOST]
    seen = terminals_of(clerk)
    onward = reverse("reconciliation")
    if len(reason) < REASON_LEAST:
        return redirect(f"{onward}?unsaid=1#differences")
    found = next((one for one in differences(seen, tallies(seen.values()), here.now()) if one.key == key), None)
    if found is None:
        return redirect(f"{onward}?overtaken=1#differences")
    try:
        with transaction.atomic():
            Settled(key=key, terminal=found.terminal, cause=found.cause, count=found.count, clerk=clerk, reason=reason).save()
    except IntegrityError:  # a colleague was quicker
        return redirect(f"{onward}?overtaken=1#differences")
    return redirect(f"{onward}#differences")


@requires(Right.RECONCILE)
@require_POST
def sign_day(request: HttpRequest) -> HttpResponse:
    """Put one's name to the figures of a day."""
    clerk, asked = clerk_of(request), request.POST.get("day", "")
    seen = terminals_of(clerk)
    received = received_by_day(seen, here.today() - timedelta(days=DAYS_SHOWN), here.today())
    shown = days(clerk, seen, differences(seen, tallies(seen.values()), here.now()), received)
    day = next((one for one in shown if one.day.isoformat() == asked), None)
    note = request.POST.get("note", "").replace("\0", "").strip()[:REASON_MOST]
    unsigned = sign(day, clerk, request.POST.get("figures", "")[:120], note) if day else Unsigned.GONE
    return redirect(reverse("reconciliation") + (f"?unsigned={unsigned}" if unsigned else "") + "#signed")


@requires(Right.RECONCILE)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The same by terminal and day, as CSV."""
    clerk = clerk_of(request)
    asked = asked_days(request, here.today())
    if asked is None:  # a file outlives the page that could say so
        raise SuspiciousOperation("no such days")
    start, end, _ = asked
    note_look(clerk, Looked.EXPORT, "reconciliation", field=f"{start.isoformat()}..{end.isoformat()}")
    heads = ("日期", "终端", "社区", "终端已收", "已打回执", "城市收件", "已受理", "待补正", "不予受理", "预审中", "其他")
    name = f"reconciliation-{start.isoformat()}-{end.isoformat()}"
    return csv_answer(name, [translation.gettext(head) for head in heads], _rows(terminals_of(clerk), start, end))


def terminals_of(clerk: Clerk) -> dict[str, Terminal]:
    """Return the terminals of this person's areas: those that are admitted, and those that have handed something in."""
    has_cases = Exists(Case.objects.filter(terminal=OuterRef("pk")))
    seen = Terminal.objects.filter(within_reach(clerk, Right.RECONCILE)).filter(Q(withdrawn_at=None) | has_cases)
    return {one.pk: one for one in seen.select_related("heartbeat").order_by("pk")}


def asked_days(request: HttpRequest, today: date) -> tuple[date, date, str] | None:
    """Return the first and the last day that are asked for, and the period's name; days of one's own when they are given.

    None where those days, or a period of that name, cannot be shown.
    """
    own = (request.GET.get("from", ""), request.GET.get("to", ""))
    if any(own):
        try:
            start, end = map(date.fromisoformat, own)
        except ValueError:
            return None
        can_be = start <= end and (end - start).days <= MOST_DAYS and start.year > 2000 and end <= today + timedelta(days=1)
        return (start, end, "own") if can_be else None
    match request.GET.get("period", "week"):
        case "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1), "yesterday"
        case "month":
            return today.replace(day=1), today, "month"
        case "week":
            return today - timedelta(days=6), today, "week"
        case _:
            return None


def _rows(seen: dict[str, Terminal], start: date, end: date) -> Iterator[list[Cell]]:
    became = by_day(seen, start, end)
    slips = {(one.day, one.terminal_id): one for one in SlipCount.objects.filter(terminal__in=list(seen), day__gte=start, day__lte=end)}
    for day, pk in sorted({*became, *slips}):
        own, count = became.get((day, pk), Became()), slips.get((day, pk))
        told: list[Cell] = [None, None] if count is None else [count.handed_in, count.printed]
        yield [
            *(day.isoformat(), pk, seen[pk].place),
            *told,
            *(own.received, own.accepted, own.to_correct, own.refused, own.precheck, own.other),
        ]


def _shown(one: Difference) -> Shown:
    why = WHY_REFUSED.get(ProblemCode(one.code), "") if one.code else ""
    package = here.catalogue().newest(ItemCode(one.item)) if one.item else None
    return Shown(
        one,
        Cause(one.cause).label,
        translation.gettext(MEANING[one.cause]),
        translation.gettext(ACTION[one.cause]),
        package.name.said_in(page_language()) if package else one.item,
        translation.gettext(why) if why else "",
    )


def _older(seen: Mapping[str, Terminal], today: date) -> Counter[date]:
    """The arrivals of those days of the chart that nobody signs any more: they do not change, and are counted once a day."""
    name = f"received:{today:%Y%m%d}:{sha256(repr(sorted(seen)).encode()).hexdigest()}"
    kept: Counter[date] | None = cache.get(name)
    if kept is None:
        kept = received_by_day(seen, today - timedelta(days=CHART_DAYS - 1), today - timedelta(days=DAYS_SHOWN + 1))
        cache.set(name, kept, KEPT_FOR_S)
    return kept


def _chart(received: Mapping[date, int], waiting: Mapping[date, int], today: date) -> str:
    """The arrivals of the last days, and what of them still waits for the front desk."""
    bars = []
    for place in range(CHART_DAYS):
        day = today - timedelta(days=CHART_DAYS - 1 - place)
        own, of_them = received.get(day, 0), waiting.get(day, 0)
        said = translation.gettext("%(day)s：收件 %(n)s，还在预审 %(m)s") % {"day": f"{day:%m-%d}", "n": own, "m": of_them}
        bars.append(Bar(f"{day:%m-%d}", own, said, of_them, is_off=not is_working_day(day)))
    return columns(bars, translation.gettext("近 30 日每日收件"))
