"""The day's appointments at the windows: who has come, who is called, who did not come; and a time for somebody who stands there."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.appointments.booking import WAYS, begins_in, book, day_in, do, times_of, written_of
from city.appointments.claims import by_slip
from city.appointments.models import Booking, BookingState, BookingStep, WindowRow
from city.staff.audit import clerk_of
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk
from city.staff.roles import Right
from sync.contract.appointments import QR_FORMAT, BookQuestion, BookStatus
from sync.contract.booking_code import code_in, is_code
from sync.contract.names import is_uuid

_SAID: dict[BookStatus, str] = {
    BookStatus.FULL: "这个时间刚被约满了，请换一个。",
    BookStatus.PAST: "这个时间已经过了，或者太近了。",
    BookStatus.TWICE: "这个人这件事已经约过了。",
    BookStatus.NOT_OFFERED: "请把窗口、事项、时间、姓名和证件号都填好。",
    BookStatus.GONE: "原来的预约已经不在了。",
}


@requires(Right.SERVE_APPOINTMENTS)
@require_GET
def day_list(request: HttpRequest) -> HttpResponse:
    """The booked times of a day, window by window."""
    return _page(request)


@requires(Right.SERVE_APPOINTMENTS)
@require_POST
def step(request: HttpRequest, booking: int) -> HttpResponse:
    """Take one step with a booked time."""
    clerk = clerk_of(request)
    row = get_object_or_404(Booking.objects.filter(within_reach(clerk, Right.SERVE_APPOINTMENTS)), pk=booking)
    wanted, seen = request.POST.get("step", ""), request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    if wanted in BookingStep.values and do(row, BookingStep(wanted), version, clerk):
        return redirect(f"{reverse('appointments')}?day={row.day.isoformat()}")
    return _page(request, overtaken=True, status=409)


@requires(Right.SERVE_APPOINTMENTS)
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Book for somebody who stands at the window, without a terminal."""
    clerk = clerk_of(request)
    window = _windows(clerk).filter(key=request.POST.get("window", "")).first()
    day = day_in(request.POST.get("day", ""), here.today())
    begins = begins_in(request.POST.get("begins", ""))
    name, id_number = (str(request.POST.get(field, "")).replace("\0", "").strip() for field in ("name", "id_number"))
    if window is None or begins is None or not name or not id_number or len(name) > 60:
        return _page(request, refused=BookStatus.NOT_OFFERED, status=422)
    done = book(None, BookQuestion(window.key, request.POST.get("matter", ""), day, begins, id_number, name))
    if done.status is BookStatus.BOOKED:
        return redirect(f"{reverse('appointments')}?day={day.isoformat()}")
    return _page(request, refused=done.status, status=422)


def _page(request: HttpRequest, *, overtaken: bool = False, refused: BookStatus | None = None, status: int = 200) -> HttpResponse:
    clerk = clerk_of(request)
    code = request.GET.get("code", "").strip()[:60]
    shown = _scanned(clerk, code) if code else None
    named = request.GET.get("day", "") or request.POST.get("day", "")
    day = shown.day if shown is not None else day_in(named, here.today())
    rows = Booking.objects.filter(within_reach(clerk, Right.SERVE_APPOINTMENTS), day=day).exclude(state=BookingState.GIVEN_BACK)
    by_window: dict[str, list[dict[str, Any]]] = {}
    for row in rows.select_related("window"):
        ways = [one for one, way in WAYS.items() if row.state in way.before]
        by_window.setdefault(row.window.name, []).append({"row": row, "ways": ways, "main": ways[0] if ways else None})
    windows = list(_windows(clerk))
    key = request.GET.get("window", "") or request.POST.get("window", "")
    chosen = next((one for one in windows if one.key == key), windows[0] if windows else None)
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "is_today": day == here.today(),
        "groups": sorted(by_window.items()),
        "waiting": sum(one["row"].state == BookingState.ARRIVED for group in by_window.values() for one in group),
        "windows": windows,
        "chosen": chosen,
        "matters": [] if chosen is None else written_of(chosen).matters,
        "free": _free(chosen, day),
        "shown": None if shown is None else shown.pk,
        "is_unknown": bool(code) and shown is None,
        "overtaken": overtaken,
        "refused": _SAID.get(refused, _SAID[BookStatus.NOT_OFFERED]) if refused is not None else "",
    }
    return render(request, "appointments/day.html", context, status=status)


def _scanned(clerk: Clerk, code: str) -> Booking | None:
    """Return the booking that the code on a slip names or opens, where it lies within reach."""
    reach = Booking.objects.filter(within_reach(clerk, Right.SERVE_APPOINTMENTS))
    key = code_in(code) or code.replace(" ", "")
    if is_code(key):
        return reach.filter(slip_key=by_slip(key).key).exclude(state=BookingState.GIVEN_BACK).first()
    form, _, name = code.partition(":")
    name = name.lower()
    if form.upper() != QR_FORMAT or not is_uuid(name):
        return None
    return reach.filter(uid=name).first()


def _free(window: WindowRow | None, day: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a date
    found = next((one for one in times_of(window.key) if one.day == day), None) if window is not None else None
    return [] if found is None else [{"begins": slot.begins, "ends": slot.ends, "left": slot.left} for slot in found.slots if slot.left]


def _windows(clerk: Clerk) -> Any:  # noqa: ANN401 - a query set
    return WindowRow.objects.filter(within_reach(clerk, Right.SERVE_APPOINTMENTS), is_open=True)
