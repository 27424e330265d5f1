"""The front desk's pages: the queue, a case, a reveal, the two decisions. Each works as a plain form without scripts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from city import here
from city.desk.filters import chips, choices, filters_of, of_cases, saved
from city.desk.models import ListPage
from city.onewindow import front_desk
from city.onewindow import queue as desk
from city.onewindow.answered import answered, version_shown
from city.onewindow.case_file import CaseFile, file_of
from city.onewindow.causes import CAUSES
from city.onewindow.content import Content
from city.onewindow.documents import available
from city.onewindow.front_desk import Point
from city.onewindow.legal_clock import add_working_days, strip, working_days_until
from city.onewindow.models import Case, OnceOnlyNotice, Step
from city.onewindow.papers import Damaged, Missing, content_of, signature_svg
from city.onewindow.reach import case_within_reach, desk_cases
from city.onewindow.routes import left_out, route_taken
from city.onewindow.sheet import material_names, question_names, steps_of
from city.onewindow.standing import NotNow
from city.onewindow.states import OVER, State, StepState
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires
from city.staff.models import AuditLine, Looked, Reason
from city.staff.roles import Right
from city.web.language import page_language
from city.web.paging import MOST_COUNTED, LongPaginator
from city.web.posted import chosen
from city.web.route_plan import route_plan

ROWS = 50
SIGNATURE = "signature"
OTHER_REASON_LETTERS = 8
REASON_LETTERS = 500
WHOLE_FORM = ""


@requires(Right.DECIDE_CASES)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What to look at next."""
    today = here.today()
    chosen, names = filters_of(request.GET.dict(), desk.VIEWS, "waiting"), choices(page_language())
    view, search = chosen.view, chosen.search
    within = desk_cases(clerk_of(request))
    page = LongPaginator(desk.cases(within & of_cases(chosen), view, search, today), ROWS).get_page(request.GET.get("page"))
    papers = desk.papers_here(page)
    rows = [desk.row(case, today, page_language(), papers) for case in page]
    context = {
        "view": view,
        "views": [(name, mark, label) for name, (mark, label) in desk.VIEWS.items()],
        "counts": desk.counts(within, today),
        "search": search,
        "chosen": chosen,
        "choices": names,
        "chips": chips(chosen, names),
        "saved": saved(clerk_of(request), ListPage.QUEUE),
        "page_name": ListPage.QUEUE.value,
        "can_accept": view in ("waiting", "overdue", "today", "corrected") or bool(search),
        "page": page,
        "most_counted": MOST_COUNTED,
        "groups": _groups(rows),
        "precheck_days": here.own().precheck_working_days,
    }
    return render(request, "queue.html", context)


@requires(Right.READ_CASES)
@require_GET
def case(request: HttpRequest, case_number: str) -> HttpResponse:
    """One application, to be read and decided."""
    found = case_within_reach(request, case_number)
    if found.corrects_id is not None:
        return redirect("case", found.number_said)
    note_look(clerk_of(request), Looked.CASE, found.case_number)
    opened = file_of(found)
    context = _case_context(request, opened, request.GET.get("paper"))
    asked = request.GET.get("reveal", "")
    if asked == SIGNATURE or opened.value_of(asked, page_language()):
        context["asks_reason_for"] = _revealing(opened, asked)
    return render(request, "case.html", context)


@requires(Right.READ_CASES)
@require_POST
def reveal(request: HttpRequest, case_number: str) -> HttpResponse:
    """Uncover one value, for a reason that is written down first."""
    found = case_within_reach(request, case_number)
    opened = file_of(found)
    key = request.POST.get("key", "")
    value = opened.value_of(key, page_language())
    if value is None and key != SIGNATURE:
        return redirect("case", case_number)
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "").replace("\0", "").strip()
    context = _case_context(request, opened, request.POST.get("paper"))
    if reason not in Reason.values or (reason == Reason.OTHER and len(note) < OTHER_REASON_LETTERS):
        note_look(clerk_of(request), Looked.CASE, found.case_number)
        context |= {"asks_reason_for": _revealing(opened, key), "reason_missing": True, "note": note[:200], "reason": reason}
        return render(request, "case.html", context, status=422)
    looked = Looked.SIGNATURE if key == SIGNATURE else Looked.FIELD
    note_look(clerk_of(request), looked, found.case_number, field=key, reason=Reason(reason), note=note)
    context |= {"revealed_key": key, "revealed": value.text if value else ""}
    return render(request, "case.html", context)


@requires(Right.DECIDE_CASES)
@require_POST
def accept(request: HttpRequest, case_number: str) -> HttpResponse:
    """Accept: the item's limit begins to run."""
    found = case_within_reach(request, case_number, Right.DECIDE_CASES)
    outcome = front_desk.accept(found, version_shown(request), clerk_of(request), content_of(found))
    return answered(request, found, outcome, reverse("case", args=[case_number]))


@requires(Right.DECIDE_CASES)
@require_POST
def end(request: HttpRequest, case_number: str) -> HttpResponse:
    """Refuse, or note that the applicant takes it back; either needs a reason, which goes on the paper."""
    found = case_within_reach(request, case_number, Right.DECIDE_CASES)
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:REASON_LETTERS]
    act = chosen(request, "how", {"refuse": front_desk.refuse, "withdraw": front_desk.withdraw})
    outcome = act(found, version_shown(request), clerk_of(request), reason)
    return answered(request, found, outcome, reverse("case", args=[case_number]))


@requires(Right.DECIDE_CASES)
@require_http_methods(["GET", "POST"])
def once_only_notice(request: HttpRequest, case_number: str) -> HttpResponse:
    """Say everything that is missing, once."""
    found = case_within_reach(request, case_number, Right.DECIDE_CASES)
    content = content_of(found)
    names = (*material_names(content, page_language()), (WHOLE_FORM, translation.gettext("填写内容")))
    questions = question_names(content, page_language())
    judged = [_judged(request, place, material, name, questions) for place, (material, name) in enumerate(names)]
    if request.method == "POST":
        points = tuple(point for one in judged if one["fit"] == "no" for point in _points(one, questions))
        unready = [one for one in judged if not one["is_ready"]]
        if points and not unready:
            outcome = front_desk.notify_once(found, version_shown(request), clerk_of(request), points)
            return answered(request, found, outcome, reverse("case", args=[case_number]))
    else:
        note_look(clerk_of(request), Looked.CASE, found.case_number)
        unready = []
    closed = _no_notice_now(found)
    if closed is not None:
        return answered(request, found, closed, reverse("case", args=[case_number]))
    context = {
        "case": found,
        "item_name": content.package.name.said_in(page_language()),
        "judged": judged,
        "causes": [cause.zh for cause in CAUSES],
        "unready": len(unready),
        "nothing_wrong": request.method == "POST" and not any(one["fit"] == "no" for one in judged),
        "correct_by": add_working_days(here.today(), here.own().correction_working_days),
        "correction_days": here.own().correction_working_days,
        "office": here.own().office,
    }
    return render(request, "once_only_notice.html", context, status=422 if request.method == "POST" else 200)


def _no_notice_now(case: Case) -> NotNow | None:
    if OnceOnlyNotice.objects.filter(case=case).exists():
        return NotNow.TOLD_ALREADY
    return None if case.state == State.RECEIVED else NotNow.OTHER_STATE


def _points(judged: dict[str, Any], questions: tuple[tuple[str, str], ...]) -> list[Point]:
    """A paper is one point; of the form each question that is to be answered again is one."""
    if judged["material"]:
        return [Point(judged["material"], judged["name"], judged["cause"], judged["remedy"])]
    labels = dict(questions)
    return [Point("", labels[name], judged["cause"], judged["remedy"], field=name) for name in judged["fields"]]


def _judged(request: HttpRequest, place: int, material: str, name: str, questions: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """What the form says of one paper, or of the answers; each must be judged, and each that is unfit needs a way to put it right."""
    fields = () if material else tuple(name for name, _ in questions if name in request.POST.getlist("field"))
    fit = request.POST.get(f"fit-{place}", "")
    cause = request.POST.get(f"cause-{place}", "").replace("\0", "").strip()[:100]
    remedy = request.POST.get(f"remedy-{place}", "").replace("\0", "").strip()[:200]
    is_ready = fit == "yes" or (fit == "no" and bool(cause) and bool(remedy) and bool(material or fields))
    return {
        "place": place,
        "material": material,
        "name": name,
        "fit": fit,
        "cause": cause,
        "remedy": remedy,
        "is_ready": is_ready,
        "questions": () if material else questions,
        "fields": fields,
    }


def _case_context(request: HttpRequest, opened: CaseFile, paper: str | None) -> dict[str, Any]:
    case, content = opened.first.case, opened.first.content
    today, language = here.today(), page_language()
    pages = opened.pages(language)
    chosen = int(paper) if paper and paper.isascii() and paper.isdigit() and int(paper) < len(pages) else 0
    shown = pages[chosen] if pages else None
    photo = shown.clear() if shown else Missing()
    signature = content.application.signature
    received_on = here.day_of(case.received_at)
    return {
        "case": case,
        "content": content,
        "item_name": content.package.name.said_in(page_language()),
        "sections": opened.sections(language),
        "declaration": content.package.declaration.said_in(page_language()),
        "papers": pages,
        "arrived": set(case.attachments.exclude(stored_at=None).values_list("place", flat=True)),
        "later": opened.later,
        "chosen": chosen,
        "paper": shown,
        "is_damaged": isinstance(photo, Damaged),
        "is_missing": isinstance(photo, Missing),
        "signature": signature_svg(signature) if signature else None,
        "is_mark": signature is not None and signature.is_mark,
        "is_witnessed": content.application.helper is not None,
        "has_witness": content.application.witness is not None,
        "family_signatures": [(one.row + 1, signature_svg(one.signature)) for one in content.application.family if one.signature],
        "family_away": [one.row + 1 for one in content.application.family if one.signature is None],
        "events": list(case.events.select_related("clerk")[:50]),
        "looks": AuditLine.objects.filter(subject=case.case_number).select_related("clerk").order_by("-id")[:8],
        "days": strip(received_on, case.precheck_by),
        "today": today,
        "days_left": working_days_until(today, case.precheck_by),
        "precheck_days": here.own().precheck_working_days,
        "limit": content.package.limit,
        "forecast": add_working_days(today, content.package.limit.working_days),
        **_may(request, case),
        "band": steps_of(case, page_language()),
        "plan": _plan(case, content),
        "with_states": True,
        "over": OVER,
        "documents": available(case),
        "notice": OnceOnlyNotice.objects.filter(case=case).first(),
        "reasons": Reason.choices,
        "State": State,
    }


def _plan(case: Case, content: Content) -> SafeString:
    """The route as a picture: how far the case is, or before it is accepted which way it would go."""
    route = route_taken(case)
    states = dict(Step.objects.filter(case=case).values_list("step", "state"))
    return route_plan(route, page_language(), states or dict.fromkeys(left_out(route, content.application.answers), StepState.LEFT_OUT))


def _may(request: HttpRequest, case: Case) -> dict[str, bool]:
    """What the front desk may still do; a back office reads only."""
    may_decide = clerk_of(request).may(Right.DECIDE_CASES)
    return {
        "may_decide": may_decide,
        "can_decide": may_decide and case.state == State.RECEIVED,
        "can_tell": may_decide and case.state == State.RECEIVED and not OnceOnlyNotice.objects.filter(case=case).exists(),
        "can_refuse": may_decide and case.state == State.RECEIVED,
        "can_withdraw": may_decide and case.state not in OVER and case.state != State.APPROVED,
    }


def _revealing(opened: CaseFile, key: str) -> dict[str, str]:
    value = opened.value_of(key, page_language())
    return {"key": key, "label": value.label if value else translation.gettext("签名")}


def _groups(rows: list[desk.Row]) -> list[tuple[str, list[desk.Row]]]:
    order = ("overdue", "today", "soon", "later", "none")
    found = [(group, [row for row in rows if row.group == group]) for group in order]
    return [(group, members) for group, members in found if members]
