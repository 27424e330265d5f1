"""Which cases and steps somebody may see. What lies elsewhere is as if it were not there.

The front desk sees the cases of its areas; a back office sees those in which it has a step, and of the steps its own.
"""

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from city import here
from city.onewindow.models import Case, Step
from city.onewindow.routes import said
from city.staff.audit import clerk_of
from city.staff.doors import within_reach
from city.staff.models import Clerk, Posting
from city.staff.roles import HOLDERS, Right


def desk_cases(clerk: Clerk) -> Q:
    """Return the condition on cases that this person decides at the front desk; what has a door of its own goes elsewhere."""
    return within_reach(clerk, Right.DECIDE_CASES) & ~Q(item__in=here.catalogue().elsewhere())


def cases_within_reach(clerk: Clerk) -> Q:
    """Return the condition on cases that this person may read."""
    found = desk_cases(clerk)
    for posting in clerk.standing:
        if posting.role in HOLDERS[Right.HANDLE_STEPS]:
            found |= _with_step(posting)
    return found


def cases_counted(clerk: Clerk) -> Q:
    """Return the condition on the cases of `cases_within_reach` for counting them: it asks the case alone which offices it has.

    For counts only. Whoever opens a case, or lists it, is asked about its steps.
    """
    found = desk_cases(clerk)
    for posting in clerk.standing:
        if posting.role in HOLDERS[Right.HANDLE_STEPS]:
            found |= _in_area(posting) & (~Q(offices="") if posting.office_id is None else Q(offices__contains=said([posting.office_id])))
    return found


def cases_to_take_away(clerk: Clerk) -> Q:
    """Return the condition on cases that this person may export: an office's own, or all of their areas."""
    found = Q(pk__in=())
    for posting in clerk.standing:
        if posting.role in HOLDERS[Right.EXPORT_CASES]:
            in_area = Q(area__startswith=posting.area) if posting.area else Q(pk__isnull=False)
            is_of_office = posting.office_id is not None and posting.role in HOLDERS[Right.HANDLE_STEPS]  # an auditor's handles none
            found |= in_area if not is_of_office else _with_step(posting)
    return found & ~Q(item__in=here.catalogue().elsewhere())


def case_within_reach(request: HttpRequest, case_number: str, right: Right = Right.READ_CASES) -> Case:
    """Return the case, if the person signed in holds `right` where it lies.

    Raises:
        Http404: There is no such case, or not for this person.
    """
    clerk = clerk_of(request)
    seen = cases_within_reach(clerk) if right is Right.READ_CASES else within_reach(clerk, right) & desk_cases(clerk)
    return get_object_or_404(Case.objects.filter(seen).select_related("terminal", "decided_by"), case_number=case_number)


def steps_within_reach(clerk: Clerk, right: Right = Right.HANDLE_STEPS) -> Q:
    """Return the condition on steps of this person's offices and areas; a posting without an office is for all of them."""
    found = Q(pk__in=())
    for posting in clerk.standing:
        if posting.role in HOLDERS[right]:
            found |= _of_posting(posting)
    return found


def step_within_reach(request: HttpRequest, step: int, right: Right = Right.HANDLE_STEPS) -> Step:
    """Return the step, if the person signed in holds `right` in its office.

    Raises:
        Http404: There is no such step, or not for this person.
    """
    seen = Step.objects.filter(steps_within_reach(clerk_of(request), right)).select_related("case", "office", "holder")
    return get_object_or_404(seen, pk=step)


def _of_posting(posting: Posting) -> Q:
    where = Q(case__area__startswith=posting.area) if posting.area else Q(pk__isnull=False)
    if elsewhere := here.catalogue().elsewhere():  # else nothing need be asked of the case
        where &= ~Q(case__item__in=elsewhere)
    return where & Q(office=posting.office_id) if posting.office_id is not None else where


def _with_step(posting: Posting) -> Q:
    """Return the condition on cases that have a step of this posting; what is asked of the case is asked of it, not of the step's."""
    steps = Step.objects.filter(case=OuterRef("pk"))
    if posting.office_id is not None:
        steps = steps.filter(office=posting.office_id)
    return _in_area(posting) & Q(Exists(steps))


def _in_area(posting: Posting) -> Q:
    where = Q(area__startswith=posting.area) if posting.area else Q(pk__isnull=False)
    return where & ~Q(item__in=here.catalogue().elsewhere())
