"""What residents were told, and whom a person still has to tell."""

from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_POST

from city.messaging.models import Message, MessageState
from city.messaging.outbox import told
from city.onewindow.models import Case
from city.onewindow.reach import desk_cases
from city.onewindow.states import DocumentKind, Kind
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.models import Clerk
from city.staff.roles import Right

ROWS = 50
PAPER: dict[str, DocumentKind] = {
    Kind.TO_CORRECT: DocumentKind.ONCE_ONLY,
    Kind.ACCEPTED: DocumentKind.ACCEPTANCE,
    Kind.NOT_ACCEPTED: DocumentKind.NON_ACCEPTANCE,
    Kind.NOT_APPROVED: DocumentKind.RESULT,
    Kind.CLOSED: DocumentKind.RESULT,
}
"""The paper that says what a message may not."""
OUTCOMES = {
    "taken": "短信平台已收",
    "refused": "短信平台拒收",
    "no_answer": "短信平台没有回音",
    "no_gateway": "没有接短信平台",
    "delivered": "已到居民手机",
    "undelivered": "没有送到居民手机",
    "chosen": "按居民的选择",
    "unreadable": "申请打不开",
    "told": "已告知",
}
"""What the page says of each line of a message's record."""


@requires(Right.DECIDE_CASES)
@require_GET
def messages(request: HttpRequest) -> HttpResponse:
    """The messages of this desk's cases, those that wait for a person first."""
    clerk = clerk_of(request)
    state = request.GET.get("state", "")
    state = state if state in MessageState.values else MessageState.TO_PRINT.value
    seen = Message.objects.filter(case__in=Case.objects.filter(desk_cases(clerk)))
    found = seen.filter(state=state).select_related("case__corrects", "event", "told_by").prefetch_related("lines").order_by("-pk")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "states": [(value, label, seen.filter(state=value).count()) for value, label in MessageState.choices],
        "rows": [(one, Kind(one.event.kind).label, PAPER.get(one.event.kind), _lines(one)) for one in page],
        "overtaken": request.GET.get("overtaken") == "1",
    }
    return render(request, "messaging/messages.html", context)


@requires(Right.DECIDE_CASES)
@require_POST
def note_told(request: HttpRequest, message: int) -> HttpResponse:
    """Note that the resident was told in person."""
    clerk = clerk_of(request)
    found = get_object_or_404(Message.objects.filter(case__in=Case.objects.filter(desk_cases(clerk))), pk=message)
    done = told(found, MessageState.TO_PRINT, clerk)
    return redirect(reverse("messages") + ("" if done else "?overtaken=1"))


def _lines(one: Message) -> list[tuple[datetime, str]]:
    return [(line.at, translation.gettext(OUTCOMES[line.outcome])) for line in one.lines.all()]


def to_tell(clerk: Clerk) -> int:
    """Return how many residents wait for a person to tell them."""
    return Message.objects.filter(case__in=Case.objects.filter(desk_cases(clerk)), state=MessageState.TO_PRINT).count()
