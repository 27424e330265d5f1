"""The fleet's pages: which terminals need a person, and one of them closely. No page holds anything of a resident."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.fleet import steering_pages
from city.fleet.admission import AdmissionError, agree_to_renewal, withdraw
from city.fleet.doubles import looked_into, release
from city.fleet.models import Act, Alert, FleetLine, Severity, Terminal, note_act
from city.fleet.steering import SteeringError, cancel
from city.fleet.watch import STATES, Terminals, cause_of, counts, in_state, terminals, tiles
from city.staff.audit import clerk_of
from city.staff.doors import requires, within_reach
from city.staff.roles import Right

ROWS = 40
WHY_LETTERS = 4
MARKS = {
    Severity.SILENT: ("danger", "cloud_off"),
    Severity.FAULT: ("danger", "error"),
    Severity.ATTENTION: ("warn", "warning"),
    Severity.WELL: ("good", "check_circle"),
}
DEVICES = {
    "id_card_reader": ("badge", "读卡器"),
    "document_camera": ("document_scanner", "高拍仪"),
    "receipt_printer": ("print", "小票机"),
    "document_printer": ("print_connect", "文书打印机"),
    "chip_card_reader": ("credit_card", "社保卡读卡器"),
    "code_scanner": ("qr_code_scanner", "扫码器"),
    "signature_pad": ("draw", "签名板"),
    "door": ("door_open", "机门"),
}
STATUSES = {
    "ready": "正常",
    "absent": "没接上",
    "silent": "没有应答",
    "paper_out": "缺纸",
    "paper_low": "纸将尽",
    "cover_open": "上盖开着",
    "camera_absent": "没接上",
    "camera_stalled": "画面停住",
    "open": "开着",
}
_ILL = frozenset({"open", "paper_out", "cover_open", "absent", "silent", "jam", "error", "camera_absent", "camera_stalled"})


@requires(Right.OPERATE_FLEET)
@require_GET
def fleet(request: HttpRequest) -> HttpResponse:
    """Every terminal, the one that needs a person most first."""
    mine = _mine(request)
    state = request.GET.get("state", "")
    search = request.GET.get("q", "").replace("\0", "").strip()[:60]
    version = request.GET.get("release", "")[:60]
    found = in_state(mine, state)
    if search:
        found = found.filter(Q(id__icontains=search) | Q(place__icontains=search) | Q(spot__icontains=search))
    if version:
        found = found.filter(heartbeat__release=version)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    alerts = Alert.objects.filter(within_reach(clerk_of(request), Right.OPERATE_FLEET, "terminal__area"), closed_at=None)
    releases = mine.order_by().values("heartbeat__release").annotate(n=Count("pk")).order_by("-n")[:6]
    context = {
        "rows": [_row(one) for one in page],
        "page": page,
        "counts": counts(mine),
        "states": [(name, _severity(name)) for name in STATES],
        "state": state if state in STATES else "",
        "search": search,
        "release": version,
        "tiles": [(tile, MARKS[tile.worst][0]) for tile in tiles(mine)],
        "releases": [(row["heartbeat__release"], row["n"]) for row in releases if row["heartbeat__release"]],
        "alerts": alerts.filter(taken_at=None).select_related("terminal").order_by("-severity", "opened_at")[:8],
        "alert_count": alerts.filter(taken_at=None).count(),
    }
    return render(request, "fleet/fleet.html", context)


@requires(Right.OPERATE_FLEET)
@require_GET
def terminal(request: HttpRequest, terminal: str) -> HttpResponse:
    """One terminal: what it said last, and what can be done."""
    return _terminal_page(request, get_object_or_404(_mine(request), pk=terminal))


@requires(Right.OPERATE_FLEET)
@require_POST
def act(request: HttpRequest, terminal: str) -> HttpResponse:
    """Withdraw its admission, let it in again after a double was found, or agree to a new certificate."""
    found = get_object_or_404(_mine(request), pk=terminal)
    why = request.POST.get("why", "").replace("\0", "").strip()
    try:
        match request.POST.get("act"):
            case "withdraw" if len(why) >= WHY_LETTERS:
                withdraw(found.id, why, clerk_of(request))
                return redirect("fleet")
            case "withdraw":
                return _terminal_page(request, found, "请写明原因，至少 4 个字。", 422)
            case "release" if len(why) >= WHY_LETTERS:
                release(found, clerk_of(request), why)
            case "release":
                return _terminal_page(request, found, "请写明原因，至少 4 个字。", 422)
            case "renew":
                agree_to_renewal(found.id, clerk_of(request))
            case "looked" if len(why) >= WHY_LETTERS:
                looked_into(found, clerk_of(request), why)
            case "order":
                return _ordered(request, found, why)
            case "cancel":
                cancel(get_object_or_404(found.orders, pk=_number(request.POST.get("order"))), clerk_of(request))
            case _:
                return _terminal_page(request, found, "没有这个操作。", 422)
    except AdmissionError:
        return _terminal_page(request, found, "别人刚处理过，下面是最新的样子。", 409)
    except SteeringError:
        return _terminal_page(request, found, "没有下达：写明原因；停用要写给居民的话；同一种操作不能同时有两个。", 422)
    return redirect("terminal", found.id)


@requires(Right.OPERATE_FLEET)
@require_POST
def take_alert(request: HttpRequest, alert: int) -> HttpResponse:
    """See to an alert: it rises no further."""
    clerk = clerk_of(request)
    mine = Alert.objects.filter(within_reach(clerk, Right.OPERATE_FLEET, "terminal__area"))
    found = get_object_or_404(mine, pk=alert)
    if mine.filter(pk=alert, taken_at=None).update(taken_by=clerk, taken_at=here.now()):
        note_act(Act.ALERT_TAKEN, found.terminal_id, clerk, found.cause)
    return redirect("terminal", found.terminal_id)


def _ordered(request: HttpRequest, found: Terminal, why: str) -> HttpResponse:
    if len(why) < WHY_LETTERS:
        return _terminal_page(request, found, "请写明原因，至少 4 个字。", 422)
    steering_pages.order_of(request, found, why)
    return redirect("terminal", found.id)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else 0


def _mine(request: HttpRequest) -> Terminals:
    return terminals(here.now()).filter(within_reach(clerk_of(request), Right.OPERATE_FLEET))


def _terminal_page(request: HttpRequest, found: Terminal, refused: str = "", status: int = 200) -> HttpResponse:
    beat = getattr(found, "heartbeat", None)
    body: dict[str, Any] = {} if beat is None else beat.body
    context = {
        **_row(found),
        "beat": beat,
        "body": body,
        "free_gb": 0 if beat is None else beat.free_bytes / 1024**3,
        "uptime_days": (body.get("uptime_s") or 0) / 86400,
        "cards": [_device(one) for one in body.get("devices", ())],
        "versions": sorted((body.get("versions") or {}).items()),
        "alerts": found.alerts.filter(closed_at=None).select_related("taken_by"),
        "updates": found.update_notes.order_by("-pk")[:6],
        "lines": [
            (line, Act(line.act)) for line in FleetLine.objects.filter(terminal_id=found.id).select_related("clerk").order_by("-pk")[:12]
        ],
        "refused": refused,
        **steering_pages.orders_context(found),
    }
    return render(request, "fleet/terminal.html", context, status=status)


def _row(found: Any) -> dict[str, Any]:  # noqa: ANN401  a terminal with `standing`
    severity = Severity(found.standing)
    beat = getattr(found, "heartbeat", None)
    devices = [] if beat is None or severity is Severity.SILENT else [_device(one) for one in beat.body.get("devices", ())]
    tone, mark = MARKS[severity]
    cause = cause_of(found)
    return {"one": found, "severity": severity, "tone": tone, "mark": mark, "cause": cause, "beat": beat, "devices": devices}


def _device(told: dict[str, Any]) -> dict[str, Any]:
    mark, name = DEVICES.get(told.get("name", ""), ("memory", told.get("name", "")))
    status = told.get("status", "")
    tone = "danger" if status in _ILL else "warn" if status == "paper_low" else ""
    since = datetime.fromisoformat(told["since"]) if told.get("since") else None
    return {"mark": mark, "name": name, "status": STATUSES.get(status, status), "code": status, "tone": tone, "since": since}


def _severity(state: str) -> tuple[str, str, str]:
    severity = {"silent": Severity.SILENT, "fault": Severity.FAULT, "attention": Severity.ATTENTION, "well": Severity.WELL}[state]
    tone, mark = MARKS[severity]
    return tone, mark, str(severity.label)
