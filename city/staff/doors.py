"""The door of a page: who is signed in, and whether one of their postings gives the right that the page needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase

from city.staff.audit import clerk_of
from city.staff.models import Clerk
from city.staff.roles import Right

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

RIGHT = "right"
"""The attribute by which a page tells which right it needs; the test of the permission matrix reads it."""


def requires(right: Right) -> Callable[[Page[P]], Callable[..., Any]]:
    """Let in whoever holds `right`; everybody else is asked to sign in, or refused."""

    def door(page: Page[P]) -> Callable[..., Any]:
        @login_required
        @wraps(page)
        def enter(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not clerk_of(request).may(right):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        setattr(enter, RIGHT, right)
        return enter

    return door


def within_reach(clerk: Clerk, right: Right, area: str = "area") -> Q:
    """Return the condition on the field `area` under which something lies where `clerk` holds `right`.

    Areas are opaque codes whose beginning names the larger area; a posting without one reaches everywhere.
    """
    reach = clerk.areas(right)
    if "" in reach:
        return Q(pk__isnull=False)  # not an empty Q: that would vanish beside an "or"
    found = Q(pk__in=())
    for prefix in reach:
        found |= Q(**{f"{area}__startswith": prefix})
    return found
