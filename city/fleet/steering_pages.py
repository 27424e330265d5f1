"""The page of settings by area, with a preview before anything holds; and the orders on a terminal's page."""

import tarfile
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.fleet.models import OrderRow, RemoteActs, SettingsVersion, Terminal
from city.fleet.steering import LONGEST, SteeringError, changes, concerned, order, publish_settings, settings_of
from city.staff.audit import clerk_of
from city.staff.doors import requires, within_reach
from city.staff.roles import Right
from sync.contract.steering import ALLOWED, RemoteAct, RemoteDevice, Value
from sync.contract.words import Words

NAMES: Final = {"hotline": "热线", "staff": "人工窗口", "download_bytes_s": "下载限速（字节每秒）", "poll_s": "多久查一次更新（秒）"}
FIGURES: Final = frozenset({"download_bytes_s", "poll_s"})
DEVICE_NAMES: Final = {
    RemoteDevice.ID_CARD_READER: "读卡器",
    RemoteDevice.CHIP_CARD_READER: "社保卡读卡器",
    RemoteDevice.RECEIPT_PRINTER: "小票机",
    RemoteDevice.DOCUMENT_PRINTER: "文书打印机",
    RemoteDevice.DOCUMENT_CAMERA: "高拍仪",
    RemoteDevice.CODE_SCANNER: "扫码器",
    RemoteDevice.SIGNATURE_PAD: "签名板",
    RemoteDevice.FITTINGS: "灯和机门",
}
HOURS: Final = (1, 4, 24, 72, 168)
MARKS: Final = {
    RemoteAct.RESTART: "restart_alt",
    RemoteAct.RESTART_DEVICE: "sync_problem",
    RemoteAct.RESTART_MACHINE: "power_settings_new",
    RemoteAct.COLLECT_LOGS: "description",
    RemoteAct.OUT_OF_SERVICE: "pause_circle",
    RemoteAct.SCREENSHOT: "image",
    RemoteAct.SEND_AGAIN: "cloud_upload",
}
_HISTORY: Final = 20
_AREA_LETTERS: Final = 32


@requires(Right.OPERATE_FLEET)
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """What is set where, and what was."""
    return _page(request, "", values={})  # an empty form: what one area has is no proposal for another


@requires(Right.OPERATE_FLEET)
@require_POST
def settings_do(request: HttpRequest) -> HttpResponse:
    """Show what would change; or publish what was shown."""
    area = request.POST.get("area", "").replace("\0", "").strip()[:_AREA_LETTERS]
    if not _may(request, area):
        return _page(request, "", "只能设置自己片区的终端。", status=422)
    values = _values(request)
    note = request.POST.get("note", "").replace("\0", "").strip()
    if request.POST.get("act") != "publish":
        return _page(request, area, values=values, is_preview=True, note=note)
    try:
        publish_settings(area, values, clerk_of(request), note)
    except SteeringError:
        return _page(
            request, area, "没有发布：有的值不在允许范围内，或者和现在一样。", values=values, is_preview=True, note=note, status=422
        )
    return redirect("fleet-settings")


@requires(Right.OPERATE_FLEET)
@require_GET
def brought(request: HttpRequest, order: int) -> HttpResponse:
    """Give what a terminal brought: a picture to look at, or a bundle to keep."""
    mine = OrderRow.objects.filter(within_reach(clerk_of(request), Right.OPERATE_FLEET, "terminal__area"))
    row = get_object_or_404(mine, pk=order)
    body = bytes(row.body)
    if row.act == RemoteAct.SCREENSHOT and body.startswith(b"\xff\xd8\xff"):
        return HttpResponse(body, content_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})
    if row.act != RemoteAct.COLLECT_LOGS or not _is_bundle(body):
        raise Http404
    name = f"{row.terminal_id}-{row.answered_at:%Y%m%d-%H%M}.tar.xz"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type="application/x-xz", headers=headers)


def order_of(request: HttpRequest, terminal: Terminal, why: str) -> OrderRow:
    """Order what a terminal's page asks for.

    Raises:
        SteeringError: It cannot be ordered.
    """
    try:
        act = RemoteAct(RemoteActs(request.POST.get("order", "")))
    except ValueError as error:
        raise SteeringError("no such order") from error
    hours = request.POST.get("hours", "")
    asked = timedelta(hours=int(hours)) if hours.isdecimal() and int(hours) in HOURS else LONGEST[act]
    texts = [request.POST.get(f"text_{language}", "").replace("\0", "").strip()[:120] for language in ("zh", "en", "ko")]
    text = Words(texts[0], texts[1] or None, texts[2] or None) if act is RemoteAct.OUT_OF_SERVICE else None
    until = here.now() + min(asked, LONGEST[act])
    return order(terminal, act, until, clerk_of(request), why, text, _device(request) if act is RemoteAct.RESTART_DEVICE else None)


def _device(request: HttpRequest) -> RemoteDevice:
    try:
        return RemoteDevice(request.POST.get("device", ""))
    except ValueError as error:
        raise SteeringError("no such device") from error


def orders_context(terminal: Terminal) -> dict[str, Any]:
    """Return what a terminal's page says of orders and settings."""
    now = here.now()
    rows = terminal.orders.select_related("clerk").defer("body").order_by("-pk")[:8]
    told = settings_of(terminal.area)
    return {
        "orders": [(row, MARKS[RemoteAct(row.act)], row.cancelled_at is None and row.until > now and _is_open(row)) for row in rows],
        "order_kinds": [(choice.value, choice.label, MARKS[RemoteAct(choice.value)]) for choice in RemoteActs],
        "order_devices": [(one.value, DEVICE_NAMES[one]) for one in RemoteDevice],
        "hours": HOURS,
        "settings_number": None if told is None else told.number,
    }


def _is_open(row: OrderRow) -> bool:
    return row.act == RemoteAct.OUT_OF_SERVICE or not row.outcome


def _is_bundle(body: bytes) -> bool:
    try:
        with tarfile.open(fileobj=BytesIO(body), mode="r:xz") as tar:
            return tar.next() is not None
    except (tarfile.TarError, OSError, EOFError):
        return False


def _may(request: HttpRequest, area: str) -> bool:
    reach = clerk_of(request).areas(Right.OPERATE_FLEET)
    return "" in reach or any(area.startswith(prefix) for prefix in reach)


def _values(request: HttpRequest) -> dict[str, Value]:
    said = {key: request.POST.get(key, "").replace("\0", "").strip()[:60] for key in ALLOWED}
    return {key: int(text) if key in FIGURES and text.isdecimal() and len(text) < 12 else text for key, text in said.items() if text}


def _page(
    request: HttpRequest, area: str, refused: str = "", *, values: dict[str, Value] | None = None, is_preview: bool = False, note: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    shown = values or {}
    versions = [
        one for one in SettingsVersion.objects.select_related("clerk").order_by("-number")[: 3 * _HISTORY] if _may(request, one.area)
    ]
    context = {
        "area": area,
        "refused": refused,
        "fields": [(key, NAMES[key], shown.get(key, ""), key in FIGURES) for key in ALLOWED],
        "is_preview": is_preview,
        "changes": [(NAMES.get(one.key, one.key), one.before, one.after) for one in changes(area, shown)] if is_preview else [],
        "concerned": concerned(area),
        "note": note,
        "history": [(one, [(NAMES.get(key, key), value) for key, value in one.values.items()]) for one in versions[:_HISTORY]],
    }
    return render(request, "fleet/settings.html", context, status=status)
