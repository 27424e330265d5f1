"""What the frame around every page shows."""

from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from city import here
from city.fleet.models import Terminal
from city.onewindow.models import Case, State


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the frame; nothing is asked of the database unless a page shows it."""
    return {
        "hotline": here.own().hotline,
        "now": here.now(),
        "waiting_count": SimpleLazyObject(lambda: Case.objects.filter(state=State.RECEIVED).count()),
        "line": SimpleLazyObject(_line),
        "path_here": request.get_full_path(),
    }


def _line() -> dict[str, Any]:
    admitted = Q(withdrawn_at=None)
    return Terminal.objects.filter(admitted).aggregate(terminals=Count("pk"), heard_at=Max("heard_at"))
