"""What a department's system may fetch: the events that concern it, and a case, with its content where the entry allows it."""

import math
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from city import here
from city.api.pace import Pace
from city.api.signed import not_so, refusal
from city.onewindow.models import Case
from city.onewindow.papers import DamagedError, content_of
from city.onewindow.routes import steps_known
from city.onewindow.states import StepState
from city.onewindow.work import package_of
from city.partners.models import Delivery, Fetched, Partner, PartnerLook
from city.partners.outbox import reach
from city.partners.wire import PAGE_MOST, CaseContent, CaseFacts, EventNote, EventPage, PaperFacts, StepFacts
from city.refused import Refused
from sync.contract import routes
from sync.contract.http_signature import RequestSignatureError, key_id_claimed, verify_request
from sync.contract.problem import ProblemCode

P = ParamSpec("P")
Endpoint = Callable[Concatenate[HttpRequest, Partner, P], HttpResponse]
SETTLES_AFTER = timedelta(seconds=5)
"""So old is an event before it is fetched; no transaction of the city lasts as long."""

_CURSOR_MOST = 2**62


def signed_by_partner(endpoint: Endpoint[P]) -> Callable[..., HttpResponse]:
    """Let a GET in that an admitted system signed."""

    @csrf_exempt
    @wraps(endpoint)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "GET":
            return not_so(("GET",))
        partner = _sender(request)
        if isinstance(partner, Refused):
            return refusal(partner)
        if wait_s := _pace(here.own().requests_per_second).wait_s(partner.code):
            return refusal(Refused(ProblemCode.TOO_MANY, headers={"Retry-After": str(math.ceil(wait_s))}))
        return endpoint(request, partner, *args, **kwargs)

    return answer


@signed_by_partner
def events(request: HttpRequest, partner: Partner) -> HttpResponse:
    """GET what happened after a cursor, the oldest first."""
    after, most = _number(request, "after", 0), _number(request, "most", 100)
    if after is None or most is None or not 1 <= most <= PAGE_MOST:
        return refusal(Refused(ProblemCode.MALFORMED, f"after is a cursor, most is 1 to {PAGE_MOST}"))
    settled = here.now() - SETTLES_AFTER  # rows get their numbers before they are committed: a late one must not be passed over
    rows = list(Delivery.objects.filter(partner=partner, pk__gt=after, at__lte=settled).order_by("pk")[:most])
    found = tuple(msgspec.convert(row.body, EventNote) for row in rows)
    return _json(EventPage(found, rows[-1].pk if rows else after))


@signed_by_partner
def case(_request: HttpRequest, partner: Partner, case_number: str) -> HttpResponse:
    """GET one case. What is not within the system's reach is not there."""
    is_number = case_number.isascii() and case_number.isdigit()
    found = Case.objects.filter(reach(partner), case_number=case_number, corrects=None).first() if is_number else None
    if found is None:
        return refusal(Refused(ProblemCode.UNKNOWN))
    fetched = Fetched.CONTENT if partner.may_read else Fetched.STATE
    PartnerLook(partner=partner, case_number=found.case_number, fetched=fetched).save()
    return _json(_facts(found, with_content=partner.may_read))


def _facts(case: Case, *, with_content: bool) -> CaseFacts:
    package = package_of(case)
    names = {step.id: step.name.zh for step in steps_known(case).values()}
    rows = case.steps.exclude(state=StepState.LEFT_OUT).select_related("office").order_by("place")
    return CaseFacts(
        case_number=case.case_number,
        item=case.item,
        item_version=case.item_version,
        item_name=package.name.zh,
        state=case.plain_state,
        received_at=case.received_at,
        accepted_at=case.accepted_at,
        decide_by=case.decide_by,
        closed_at=case.closed_at,
        steps=tuple(
            StepFacts(row.step, names.get(row.step, row.step), row.office.code, row.state, row.due_on, row.done_at) for row in rows
        ),
        content=_content(case) if with_content else None,
    )


def _content(case: Case) -> CaseContent | None:
    try:
        application = content_of(case).application
    except DamagedError:
        return None  # the clerk's page says so, and what to do
    applicant: dict[str, Any] = msgspec.to_builtins(application.applicant) if application.applicant is not None else {}
    papers = tuple(PaperFacts(paper.material, paper.page, paper.digest) for paper in application.papers)
    return CaseContent(applicant, dict(application.answers), papers)


def _sender(request: HttpRequest) -> Partner | Refused:
    claimed = key_id_claimed(request.headers)
    partner = Partner.objects.filter(code=claimed).prefetch_related("offices").first() if claimed and "\0" not in claimed else None
    if partner is None:
        return Refused(ProblemCode.UNSIGNED)
    url = f"https://{request.get_host()}{request.get_full_path()}"
    try:
        verify_request("GET", url, request.headers, None, {partner.code: partner.key})
    except RequestSignatureError:
        return Refused(ProblemCode.UNSIGNED)
    return partner if partner.is_admitted else Refused(ProblemCode.NOT_ADMITTED)


@lru_cache(maxsize=1)
def _pace(per_second: int) -> Pace:
    return Pace(per_second)


def _number(request: HttpRequest, name: str, default: int) -> int | None:
    text = request.GET.get(name, str(default))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number < _CURSOR_MOST else None


def _json(body: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type=routes.JSON_TYPE)
