"""The time bank's pages: accounts and one of them beside, finished requests to book, limits, and the statement that is printed."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from city.community.models import OrderRow
from city.community.services import orders_seen
from city.grid.models import Area, Level
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk, Looked
from city.staff.roles import Right
from city.timebank import ledger
from city.timebank.closing import close
from city.timebank.giving import give, may_give
from city.timebank.ledger import Refusal
from city.timebank.limits import limits_of, set_limits
from city.timebank.models import Account, AccountKind, Entry

ROWS = 200
LETTERS = 30

SAID: dict[Refusal, str] = {
    Refusal.NOT_YOURS: "这一笔要由别人来记：接单的一方不能自己核实，也不能记别的社区的。",
    Refusal.NOT_DONE: "这条请求还没有完成，或者不是记时数的互助服务。",
    Refusal.NOBODY_NAMED: "还没有说是谁帮的忙，请填互助号和时长。",
    Refusal.SAID_ALREADY: "这条请求已经报过时数。要改，请社区核实。",
    Refusal.NO_MEMBER: "本社区没有这个互助号。",
    Refusal.BAD_TIME: "时长不对：要大于 0、是 10 分钟的倍数，并且不超过一次服务的上限。",
    Refusal.SELF_HELP: "帮忙的和被帮的是同一个人，不能记。",
    Refusal.BOOKED: "这条请求已经记过账，不能再记一次。",
    Refusal.BEYOND_DEBT: "被帮的人已经透支到上限，没有记。",
    Refusal.BEYOND_MOST: "收下时数的一户会超过上限，没有记。",
    Refusal.NO_ACCOUNT: "被帮的人没有开户，要由社区核实，从公益池记。",
    Refusal.NO_NAME: "要写姓名和 11 位手机号码。",
    Refusal.THERE_ALREADY: "这个手机号码在本社区已经开过户。",
    Refusal.NO_WORDS: "请写清原因，至少 4 个字。",
    Refusal.TAKEN_BACK: "这一笔已经冲正过，没有再冲。",
    Refusal.SAME_PERSON: "自己记的账，要由另一位同事冲正。",
    Refusal.CLOSED: "有一方已经销户，什么也没有记。",
    Refusal.OPENED_BY_YOU: "有一户是您开的，要由另一位同事来办。",
    Refusal.STILL_TO_BOOK: "还有报过、没有记账的时数。先在「待记账」里记了，再销户。",
    Refusal.NOTHING_LEFT: "这一户没有余额可以转给别人。不填互助号，透支的由公益池承担。",
    Refusal.NOT_EARNED: "只能转赠帮人得来、还在户头里的时数；起始时数不能转。",
}
"""What is read for each refusal; a test proves the table complete."""
BAD_LIMITS = "额度不对：都要是数字，起始时数不能多于最多可存。"


@requires(Right.KEEP_TIME_BANK)
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts within reach; one of them, with its lines, beside."""
    key = request.GET.get("account", "")
    chosen = get_object_or_404(_kept(clerk_of(request)), pk=int(key)) if key.isdecimal() and len(key) < 10 else None
    return _accounts(request, chosen)


@requires(Right.KEEP_TIME_BANK)
@require_POST
def open_one(request: HttpRequest) -> HttpResponse:
    """Open an account."""
    clerk = clerk_of(request)
    area = get_object_or_404(_communities(clerk), code=_written(request, "area"))
    made = ledger.open_account(clerk, area.code, _written(request, "name"), _written(request, "telephone"))
    if isinstance(made, Refusal):
        return _accounts(request, None, SAID[made], is_new=True, status=422)
    return redirect(f"{reverse('time-bank')}?account={made.pk}")


@requires(Right.KEEP_TIME_BANK)
@require_GET
def finished(request: HttpRequest) -> HttpResponse:
    """Finished requests for which no entry stands."""
    return _finished(request)


@requires(Right.KEEP_TIME_BANK)
@require_POST
def book(request: HttpRequest, order: int) -> HttpResponse:
    """Book one on the community's word."""
    clerk = clerk_of(request)
    found = get_object_or_404(orders_seen(clerk).filter(within_reach(clerk, Right.KEEP_TIME_BANK)), pk=order)
    number, minutes = _written(request, "number"), _written(request, "minutes")
    refused = ledger.book(found, clerk, number, _minutes(minutes) if minutes else None)
    return redirect("time-bank-orders") if refused is None else _finished(request, found, SAID[refused], _status(refused))


@requires(Right.SERVE_ORDERS)
@require_POST
def helped(request: HttpRequest, order: int) -> HttpResponse:
    """Take the provider's word on who helped, and for how long."""
    clerk = clerk_of(request)
    found = get_object_or_404(OrderRow.objects.select_related("provider", "case").filter(provider__owner=clerk), pk=order)
    refused = ledger.say_who_helped(found, clerk, _written(request, "number"), _minutes(_written(request, "minutes")))
    back = f"{reverse('orders')}?order={found.pk}"
    if refused is None:
        return redirect(back)
    return render(request, "timebank/not_booked.html", {"why": SAID[refused], "back": back}, status=_status(refused))


@requires(Right.DIRECT_TIME_BANK)
@require_POST
def take_back(request: HttpRequest, entry: int) -> HttpResponse:
    """Undo an entry by a counter-entry."""
    clerk = clerk_of(request)
    found = get_object_or_404(Entry.objects.filter(within_reach(clerk, Right.DIRECT_TIME_BANK)), pk=entry)
    key = _written(request, "account")
    account = found.payer if key == str(found.payer_id) else found.earner
    refused = ledger.take_back(found, clerk, _written(request, "words", 200))
    if refused is None:
        return redirect(f"{reverse('time-bank')}?account={account.pk}")
    return _accounts(request, account, SAID[refused], status=_status(refused))


@requires(Right.DIRECT_TIME_BANK)
@require_POST
def give_hours(request: HttpRequest, account: int) -> HttpResponse:
    """Pass hours on to another member at the holder's wish."""
    clerk = clerk_of(request)
    found = get_object_or_404(_kept(clerk).filter(within_reach(clerk, Right.DIRECT_TIME_BANK)), pk=account)
    refused = give(found, clerk, _written(request, "number"), _minutes(_written(request, "minutes")), _written(request, "words", 200))
    if refused is None:
        return redirect(f"{reverse('time-bank')}?account={found.pk}")
    return _accounts(request, found, SAID[refused], status=_status(refused))


@requires(Right.DIRECT_TIME_BANK)
@require_POST
def close_one(request: HttpRequest, account: int) -> HttpResponse:
    """Close an account at its holder's wish, or after their death."""
    clerk = clerk_of(request)
    found = get_object_or_404(_kept(clerk).filter(within_reach(clerk, Right.DIRECT_TIME_BANK)), pk=account)
    refused = close(found, clerk, _written(request, "words", 200), _written(request, "number"))
    if refused is None:
        return redirect(f"{reverse('time-bank')}?account={found.pk}")
    return _accounts(request, found, SAID[refused], status=_status(refused))


@requires(Right.DIRECT_TIME_BANK)
@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """Show what holds in each community, and let other limits hold from now on."""
    clerk, refused = clerk_of(request), ""
    communities = _communities(clerk, Right.DIRECT_TIME_BANK)
    if request.method == "POST":
        area = get_object_or_404(communities, code=_written(request, "area"))
        names = ("task_minutes", "start_minutes", "debt_minutes", "most_minutes")
        asked = {name: 60 * int(text) for name in names if (text := _written(request, name)).isdecimal() and len(text) < 6}
        if set_limits(clerk, area.code, asked):
            return redirect("time-bank-limits")
        refused = BAD_LIMITS
    rows = [(area, limits_of(area.code)) for area in communities[:ROWS]]
    return render(request, "timebank/limits.html", {"rows": rows, "refused": refused}, status=422 if refused else 200)


@requires(Right.KEEP_TIME_BANK)
@require_GET
def statement(request: HttpRequest, account: int) -> HttpResponse:
    """The statement for the account's holder, to be printed: name in full, so the look is written down."""
    clerk = clerk_of(request)
    found = get_object_or_404(ledger.with_balances(_kept(clerk)), kind=AccountKind.MEMBER, pk=account)
    note_look(clerk, Looked.TIME, f"account {found.pk}", field="statement")
    name, telephone = ledger.name_and_telephone(found)
    area = Area.objects.filter(code=found.area).first()
    context = {
        "account": found,
        "name": name,
        "telephone": telephone,
        "community": area.name if area else found.area,
        "lines": ledger.statement(found),
    }
    return render(request, "timebank/statement.html", context)


def _accounts(request: HttpRequest, chosen: Account | None, refused: str = "", *, is_new: bool = False, status: int = 200) -> HttpResponse:
    clerk = clerk_of(request)
    if chosen is not None:
        chosen = ledger.with_balances(_kept(clerk)).get(pk=chosen.pk)
        note_look(clerk, Looked.TIME, f"account {chosen.pk}")
    context: dict[str, Any] = {
        "rows": list(ledger.with_balances(_kept(clerk)).order_by("area", "-kind", "pk")[:ROWS]),
        "chosen": chosen,
        "lines": list(reversed(ledger.statement(chosen)))[:ROWS] if chosen else [],
        "limits": limits_of(chosen.area) if chosen else None,
        "may_give": may_give(chosen) if chosen and chosen.kind == AccountKind.MEMBER and chosen.closed_at is None else 0,
        "is_new": is_new or "new" in request.GET,
        "communities": list(_communities(clerk)[:ROWS]),
        "waiting": ledger.to_book(clerk).count(),
        "may_direct": clerk.may(Right.DIRECT_TIME_BANK),
        "refused": refused,
    }
    return render(request, "timebank/accounts.html", context, status=status)


def _finished(request: HttpRequest, order: OrderRow | None = None, refused: str = "", status: int = 200) -> HttpResponse:
    clerk = clerk_of(request)
    rows = list(ledger.to_book(clerk).select_related("helped__helper", "case__rating")[:ROWS])
    context = {
        "rows": rows,
        "waiting": len(rows),
        "refused": refused,
        "refused_at": order.pk if order else 0,
        "least": ledger.CONTENT_WITH,
        "may_direct": clerk.may(Right.DIRECT_TIME_BANK),
    }
    return render(request, "timebank/finished.html", context, status=status)


def _kept(clerk: Clerk) -> QuerySet[Account]:
    return Account.objects.filter(within_reach(clerk, Right.KEEP_TIME_BANK))


def _communities(clerk: Clerk, right: Right = Right.KEEP_TIME_BANK) -> QuerySet[Area]:
    return Area.objects.filter(within_reach(clerk, right, "code"), level=Level.COMMUNITY).order_by("code")


def _written(request: HttpRequest, name: str, most: int = LETTERS) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:most]


def _minutes(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _status(refused: Refusal) -> int:
    return 409 if refused in (Refusal.BOOKED, Refusal.SAID_ALREADY, Refusal.TAKEN_BACK, Refusal.CLOSED) else 422
