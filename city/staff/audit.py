"""Who looked at what, and why."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from city.staff.models import AuditLine, Clerk, Looked, Reason


def clerk_of(request: HttpRequest) -> Clerk:
    """Return who is signed in, on a page that nobody else reaches."""
    if not isinstance(request.user, Clerk):
        raise PermissionDenied
    return request.user


def note_look(clerk: Clerk, looked: Looked, subject: str, *, field: str = "", reason: Reason | None = None, note: str = "") -> None:
    """Write it down before anything is shown. `subject` names the record that was looked at, such as a case's number."""
    AuditLine(clerk=clerk, looked_at=looked, subject=subject[:36], field=field[:64], reason=reason or "", note=note[:200]).save()
