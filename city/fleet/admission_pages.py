"""The pages of admission: give out a code, compare the six words, agree; two people, one each."""

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from city.fleet import admission as desk
from city.fleet.admission import AdmissionError, Opened
from city.fleet.models import Admission, AdmissionState
from city.staff.audit import clerk_of
from city.staff.doors import requires, within_reach
from city.staff.roles import Right
from sync.contract.enrolment import shown_code

TONES = {
    AdmissionState.WAITING: ("", "hourglass_top"),
    AdmissionState.CONNECTED: ("warn", "compare"),
    AdmissionState.ADMITTED: ("good", "how_to_reg"),
    AdmissionState.VOID: ("danger", "block"),
    AdmissionState.EXPIRED: ("", "timer_off"),
}


@requires(Right.WITNESS_ADMISSION)
@require_GET
def admissions(request: HttpRequest) -> HttpResponse:
    """What is under way, and what was."""
    return _list(request, {})


@requires(Right.OPERATE_FLEET)
@require_POST
@never_cache
def open_one(request: HttpRequest) -> HttpResponse:
    """Give out a code. It is shown in this answer, and never again."""
    said = {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("terminal", "place", "area", "spot", "form")}
    clerk = clerk_of(request)
    reach = clerk.areas(Right.OPERATE_FLEET)
    if "" not in reach and not any(said["area"].startswith(prefix) for prefix in reach):
        return _list(request, {**said, "refused": "只能登记自己片区的终端。"}, 422)
    try:
        opened = desk.open_admission(said["terminal"], said["place"], said["spot"], said["form"], area=said["area"], clerk=clerk)
    except AdmissionError:
        return _list(request, {**said, "refused": "没有发码：编号只用大写字母、数字和连字符，写明社区；在用的编号要先撤销。"}, 422)
    return render(request, "fleet/admission.html", _context(opened.admission, opened, request))


@requires(Right.WITNESS_ADMISSION)
@require_GET
def admission(request: HttpRequest, admission: int) -> HttpResponse:
    """How far one admission is."""
    return render(request, "fleet/admission.html", _context(_mine(request, admission), None, request))


@requires(Right.WITNESS_ADMISSION)
@require_POST
def act(request: HttpRequest, admission: int) -> HttpResponse:
    """Say that the words are the same, or that they differ, or end it."""
    found, clerk = _mine(request, admission), clerk_of(request)
    try:
        match request.POST.get("act"):
            case "same":
                desk.agree(found.pk, clerk)
            case "differ":
                desk.void(found.pk, "六个词不同", clerk)
            case "void":
                desk.void(found.pk, "不再需要", clerk)
            case _:
                pass
    except AdmissionError:
        context = _context(_mine(request, admission), None, request) | {"refused": True}
        return render(request, "fleet/admission.html", context, status=409)
    return redirect("admission", found.pk)


def _mine(request: HttpRequest, pk: int) -> Admission:
    mine = Admission.objects.filter(within_reach(clerk_of(request), Right.WITNESS_ADMISSION)).select_related("first_by")
    return get_object_or_404(mine, pk=pk)


def _list(request: HttpRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    found = Admission.objects.filter(within_reach(clerk_of(request), Right.WITNESS_ADMISSION)).order_by("-pk")[:100]
    rows = [(one, *TONES[AdmissionState(one.state)]) for one in found]
    may_open = clerk_of(request).may(Right.OPERATE_FLEET)
    return render(request, "fleet/admissions.html", {"rows": rows, "may_open": may_open, **more}, status=status)


def _context(found: Admission, opened: Opened | None, request: HttpRequest) -> dict[str, Any]:
    tone, mark = TONES[AdmissionState(found.state)]
    context: dict[str, Any] = {
        "one": found,
        "tone": tone,
        "mark": mark,
        "words": found.words.split() if found.state == AdmissionState.CONNECTED else [],
        "is_first_mine": found.first_by_id == clerk_of(request).pk,
        "S": AdmissionState,
    }
    if opened is not None:
        text = desk.link(opened, f"https://{request.get_host()}").text()
        drawing = segno.make(text, error="m").svg_inline(scale=4, border=2, omitsize=True, svgclass=None, lineclass=None)
        context |= {"code": shown_code(opened.code), "square": SafeString(drawing)}
    return context
