"""What the frame around every page shows: the modules that this person may use, and who is there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from city import here
from city.appointments.models import Booking, BookingState
from city.bridge.troubles import troubles_waiting
from city.community.calls import open_calls
from city.fleet.models import Admission, AdmissionState, Alert, Terminal
from city.grid.life import EventState
from city.grid.models import GridEvent
from city.messaging.pages import to_tell
from city.onewindow.models import Case, Step
from city.onewindow.reach import desk_cases, steps_within_reach
from city.onewindow.states import State, StepState
from city.packages.pages import to_review
from city.partners.pages import failed_pushes
from city.staff.audit import clerk_of
from city.staff.doors import within_reach
from city.staff.models import Clerk
from city.staff.roles import Right
from city.timebank.ledger import to_book
from city.web.paging import counted

MOST_WAITING = 1000
"""On the rail more than that is shown as 999+."""


@dataclass(frozen=True, slots=True)
class Module:
    """A place on the rail: the name of its first page's address, what it shows, and what counts as waiting there."""

    page: str
    mark: str
    label: str
    right: Right
    waiting: Callable[[Clerk], int] | None = None
    under: tuple[str, ...] = ()  # how the addresses of its other pages begin


def _to_decide(clerk: Clerk) -> int:
    return counted(Case.objects.filter(desk_cases(clerk), state=State.RECEIVED), MOST_WAITING)


def _to_handle(clerk: Clerk) -> int:
    in_hand = Q(state=StepState.CLAIMED, holder=clerk.pk)
    return counted(Step.objects.filter(Q(steps_within_reach(clerk), state=StepState.READY) | in_hand), MOST_WAITING)


def _to_book(clerk: Clerk) -> int:
    return counted(to_book(clerk), MOST_WAITING)


def _to_call(clerk: Clerk) -> int:
    reach = within_reach(clerk, Right.SERVE_APPOINTMENTS)
    return Booking.objects.filter(reach, day=here.today(), state=BookingState.ARRIVED).count()


def _to_dispatch(clerk: Clerk) -> int:
    return GridEvent.objects.filter(within_reach(clerk, Right.WORK_THE_GRID), state=EventState.REPORTED).count()


def _to_see_to(clerk: Clerk) -> int:
    return Alert.objects.filter(within_reach(clerk, Right.OPERATE_FLEET, "terminal__area"), closed_at=None, taken_at=None).count()


def _to_compare(clerk: Clerk) -> int:
    return Admission.objects.filter(within_reach(clerk, Right.WITNESS_ADMISSION), state=AdmissionState.CONNECTED).count()


MODULES: tuple[Module, ...] = (
    Module("queue", "inbox", "受理", Right.DECIDE_CASES, _to_decide, ("/cases/",)),
    Module("entry", "edit_document", "代录", Right.ENTER_CASES),
    Module("messages", "sms", "告知", Right.DECIDE_CASES, to_tell),
    Module("steps", "account_tree", "协同", Right.HANDLE_STEPS, _to_handle),
    Module("reroutes", "alt_route", "改流程", Right.REROUTE_CASES, None, ("/reroutes/",)),
    Module("dashboard", "monitoring", "看板", Right.READ_CASES),
    Module("reconciliation", "balance", "对账", Right.RECONCILE),
    Module("appointments", "event", "预约", Right.SERVE_APPOINTMENTS, _to_call, ("/appointments/",)),
    Module("proofs", "workspace_premium", "证明", Right.ISSUE_PROOFS, None, ("/proofs/",)),
    Module("grid", "grid_view", "网格", Right.WORK_THE_GRID, _to_dispatch, ("/grid/",)),
    Module("notices", "campaign", "通知", Right.READ_CONTENT),
    Module("items", "fact_check", "事项", Right.READ_ITEMS, to_review, ("/items/",)),
    Module("directory", "storefront", "名录", Right.KEEP_PROVIDERS),
    Module("orders", "handshake", "请求", Right.SEE_ORDERS),
    Module("time-bank", "hourglass_top", "时间", Right.KEEP_TIME_BANK, _to_book),
    Module("fleet", "desktop_windows", "终端", Right.OPERATE_FLEET, _to_see_to, ("/fleet/",)),
    Module("admissions", "how_to_reg", "准入", Right.WITNESS_ADMISSION, _to_compare, ("/admissions/",)),
    Module("partners", "hub", "对接", Right.KEEP_PARTNERS, failed_pushes, ("/partners/",)),
    Module("troubles", "sync_problem", "故障", Right.KEEP_PARTNERS, troubles_waiting, ("/troubles/",)),
    Module("staff", "badge", "人员", Right.MANAGE_STAFF, None, ("/staff/",)),
    Module("assessment", "insights", "考核", Right.READ_FIGURES),
    Module("case-exports", "download", "导出", Right.EXPORT_CASES),
    Module("audit", "policy", "审计", Right.READ_AUDIT, None, ("/audit/",)),
)
"""In the order of the rail. Each label has its English in the catalogue of messages."""


def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first module that this person may use."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    module = next(iter(_modules(clerk_of(request))), None)
    if module is None:
        raise PermissionDenied
    return redirect(module.page)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the frame; nothing is asked of the database unless a page shows it."""
    return {
        "hotline": here.own().hotline,
        "now": here.now(),
        "modules": SimpleLazyObject(lambda: _rail(request)),
        "line": SimpleLazyObject(_line),
        "search_at": SimpleLazyObject(lambda: _search_at(request)),
        "path_here": request.get_full_path(),
        "help_calls": SimpleLazyObject(lambda: open_calls(clerk_of(request))),
        "may_answer_calls": SimpleLazyObject(lambda: isinstance(request.user, Clerk) and request.user.may(Right.ANSWER_CALLS)),
    }


def _search_at(request: HttpRequest) -> str:
    """Return the page that answers this person's searches; none for whoever has nothing to search through."""
    clerk = clerk_of(request)
    if clerk.may(Right.DECIDE_CASES):
        return reverse("queue")
    return reverse("audit") if clerk.may(Right.READ_AUDIT) else ""


def _modules(clerk: Clerk) -> list[Module]:
    return [module for module in MODULES if clerk.may(module.right)]


def _rail(request: HttpRequest) -> list[dict[str, Any]]:
    clerk = clerk_of(request)
    return [
        {"module": module, "waiting": module.waiting(clerk) if module.waiting else 0, "is_here": _is_here(module, request.path)}
        for module in _modules(clerk)
    ]


def _is_here(module: Module, path: str) -> bool:
    return path == reverse(module.page) or path.startswith((reverse(module.page) + "/", *module.under))


def _line() -> dict[str, Any]:
    admitted = Q(withdrawn_at=None)
    return Terminal.objects.filter(admitted).aggregate(terminals=Count("pk"), heard_at=Max("heard_at"))
