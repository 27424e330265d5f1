"""Who looked at what, and why."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from city.onewindow.models import Case
from city.staff.models import AuditLine, Clerk, Looked, Reason


def clerk_of(request: HttpRequest) -> Clerk:
    """Return who is signed in, on a page that nobody else reaches."""
    if not isinstance(request.user, Clerk):
        raise PermissionDenied
    return request.user


def note_look(clerk: Clerk, looked: Looked, case: Case, *, field: str = "", reason: Reason | None = None, note: str = "") -> None:
    """Write it down before anything is shown."""
    AuditLine(clerk=clerk, looked_at=looked, case_number=case.case_number, field=field[:64], reason=reason or "", note=note[:200]).save()
