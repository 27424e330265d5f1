"""Which cases somebody may see: those of the areas of their postings. A case elsewhere is as if it were not there."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from city.onewindow.models import Case
from city.staff.audit import clerk_of
from city.staff.doors import within_reach
from city.staff.roles import Right


def case_within_reach(request: HttpRequest, case_number: str, right: Right = Right.READ_CASES) -> Case:
    """Return the case, if it lies where the person signed in holds `right`.

    Raises:
        Http404: There is no such case, or not for this person.
    """
    seen = Case.objects.filter(within_reach(clerk_of(request), right)).select_related("terminal", "decided_by")
    return get_object_or_404(seen, case_number=case_number)
