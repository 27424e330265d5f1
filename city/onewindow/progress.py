"""Answers residents' questions at terminals: how their cases stand, and takes the ratings of those that are done with."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from city import here
from city.api.questions import answers
from city.fleet.models import Terminal
from city.onewindow.causes import cause_said
from city.onewindow.legal_clock import working_days_until
from city.onewindow.models import Case, Event, OnceOnlyNotice, RatingRow
from city.onewindow.people import person_of
from city.onewindow.routes import steps_known
from city.onewindow.states import OVER, UNDER_WAY, Kind, State, StepState
from city.onewindow.work import package_of
from city.refused import Refused
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, MaterialId, ReceiptNumber, digest_of
from sync.contract.problem import ProblemCode
from sync.contract.progress import (
    MOST,
    PROGRESS,
    RATING,
    CaseProgress,
    CaseState,
    Missing,
    Progress,
    ProgressQuestion,
    RatingQuestion,
    RatingTaken,
    Stage,
)
from sync.contract.words import Words

_STATES: dict[State, CaseState] = {
    State.ARRIVING: CaseState.DELIVERED,
    State.RECEIVED: CaseState.DELIVERED,
    State.TO_CORRECT: CaseState.TO_CORRECT,
    State.ACCEPTED: CaseState.ACCEPTED,
    State.APPROVED: CaseState.ACCEPTED,
    State.CLOSED: CaseState.CLOSED,
    State.NOT_APPROVED: CaseState.CLOSED,
    State.NOT_ACCEPTED: CaseState.NOT_ACCEPTED,
    State.WITHDRAWN: CaseState.ENDED,
    State.STOPPED: CaseState.ENDED,
}
"""Every state of a case that stands for itself; a correction has none of its own."""

_WHOLE_FORM = Words("填写的内容", "What was filled in", "작성 내용")
_URGENT = (CaseState.TO_CORRECT, CaseState.DELIVERED, CaseState.ACCEPTED)


@answers(PROGRESS)
def progress(_terminal: Terminal, question: ProgressQuestion) -> Progress | Refused:
    """Tell how the cases stand that this card, or this slip, is about."""
    found = _asked_for(question)
    if isinstance(found, Refused):
        return found
    cases = found.filter(corrects=None).select_related("notice", "rating").prefetch_related("steps__office").order_by("-pk")[:MOST]
    told = [_told(case) for case in cases]
    order = {state: place for place, state in enumerate(_URGENT)}
    return Progress(tuple(sorted(told, key=lambda one: order.get(one.state, len(order)))))


@answers(RATING, does=True)
def rate_anywhere(_terminal: Terminal, question: RatingQuestion) -> RatingTaken | Refused:
    """Keep the rating of a case that is done with; the first one stays."""
    if not 1 <= question.level <= 5:
        return Refused(ProblemCode.INVALID, "five levels, from 1 to 5")
    case = Case.objects.filter(application_id=question.application_id, number=question.number, corrects=None).first()
    if case is None:
        return Refused(ProblemCode.UNKNOWN, "no such case")
    if case.state not in OVER:
        return Refused(ProblemCode.INVALID, "it is not done with")
    digest = digest_of(f"{question.application_id} {question.level}".encode())
    try:
        with transaction.atomic():
            RatingRow.objects.create(case=case, level=question.level, rated_at=here.now(), digest=digest, receipt=b"")
            Event(case=case, kind=Kind.RATED).save()
    except IntegrityError:
        return RatingTaken(is_new=False)
    return RatingTaken(is_new=True)


def _asked_for(question: ProgressQuestion) -> QuerySet[Case] | Refused:
    match question:
        case ProgressQuestion(id_number=str(number), application_id=None, number=None) if number:
            return Case.objects.filter(person=person_of(number))
        case ProgressQuestion(id_number=None, application_id=str(wanted), number=str(number)):
            slip = Q(application_id=wanted, number=number)  # of the case, or of what was brought later
            return Case.objects.filter(slip | Q(corrections__in=Case.objects.filter(slip)))
        case _:
            return Refused(ProblemCode.MALFORMED, "by a card or by a slip")


def _told(case: Case) -> CaseProgress:
    state, package = State(case.state), package_of(case)
    stands = case.clock_stopped_on is not None
    notice: OnceOnlyNotice | None = getattr(case, "notice", None)
    due = case.decide_by if state in UNDER_WAY else case.precheck_by if state in (State.ARRIVING, State.RECEIVED) else None
    return CaseProgress(
        application_id=ApplicationId(str(case.application_id)),
        number=ReceiptNumber(case.number),
        case_number=CaseNumber(case.case_number),
        item=package.code,
        item_version=package.version,
        item_name=package.name,
        state=_STATES[state],
        received_on=here.day_of(case.received_at),
        answer_by=case.precheck_by if state in (State.ARRIVING, State.RECEIVED) else None,
        accepted_on=None if case.accepted_at is None else here.day_of(case.accepted_at),
        decide_by=case.decide_by if state in UNDER_WAY else None,
        days_left=None if due is None or stands else max(0, working_days_until(here.today(), due)),
        clock_stands=stands,
        stages=tuple(_stages(case)) if state in UNDER_WAY or state in (State.CLOSED, State.NOT_APPROVED) else (),
        missing=_missing(notice, package) if state is State.TO_CORRECT and notice else (),
        correct_by=case.correct_by if state is State.TO_CORRECT else None,
        decided_on=_ended_on(case) if state in OVER else None,
        is_approved=state is State.CLOSED,
        reason=_reason(case) if state in OVER and state is not State.CLOSED else None,
        result=package.result if state is State.CLOSED else None,
        may_be_rated=state in OVER and getattr(case, "rating", None) is None,
    )


def _ended_on(case: Case) -> date | None:
    return None if case.closed_at is None else here.day_of(case.closed_at)


def _stages(case: Case) -> Iterable[Stage]:
    of_route = steps_known(case)
    for row in sorted(case.steps.all(), key=lambda row: row.place):
        if row.state == StepState.LEFT_OUT:
            continue
        done_on = here.day_of(row.done_at) if row.state == StepState.DONE and row.done_at else None
        is_now = row.state in (StepState.READY, StepState.CLAIMED)
        yield Stage(of_route[row.step].name, row.office.name, is_now, done_on)


def _missing(notice: OnceOnlyNotice, package: ItemPackage) -> tuple[Missing, ...]:
    materials = {material.id: material.name for material in package.materials}
    fields = {field.name: field.label for page in package.pages for field in page.fields}
    found = []
    for point in notice.points:
        material, field = point["material"] or None, point.get("field") or None
        name = materials.get(MaterialId(material)) if material else fields.get(field) if field else _WHOLE_FORM
        said = name or Words(point["name"])
        found.append(Missing(said, cause_said(point["cause"]), point["remedy"], MaterialId(material) if material else None, field))
    return tuple(found)


def _reason(case: Case) -> str | None:
    kinds = (Kind.NOT_ACCEPTED, Kind.WITHDRAWN, Kind.CONCLUDED, Kind.LAPSED)
    event = case.events.filter(kind__in=kinds).order_by("-id").first()
    return None if event is None else event.detail.get("reason")
