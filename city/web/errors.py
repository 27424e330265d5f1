"""When something is wrong: one sentence, whether anything changed, one first action. Terminals get the same as a problem."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from city.api.signed import refusal
from city.refused import Refused
from city.web.uploads import API
from sync.contract.problem import ProblemCode, Retry


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django names it
    """Something that no page of ours sends.

    Nobody has looked at an application by then: a host name that `city.toml` does not list must not make a terminal set it aside.
    """
    return _wrong(request, 400, ProblemCode.MALFORMED, retry=Retry.LATER)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django names it
    """Not for this clerk."""
    return _wrong(request, 403, ProblemCode.NOT_YOURS)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django names it
    """No such page or case."""
    return _wrong(request, 404, ProblemCode.UNKNOWN)


def failed(request: HttpRequest) -> HttpResponse:
    """The city's own fault."""
    return _wrong(request, 500, ProblemCode.FAULT)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django names it
    """A form without our token: forged, or older than the sign-in."""
    return _wrong(request, 403, ProblemCode.NOT_YOURS, page="errors/forged.html")


def _wrong(request: HttpRequest, status: int, code: ProblemCode, page: str | None = None, retry: Retry | None = None) -> HttpResponse:
    if request.path.startswith(API):
        return refusal(Refused(code, retry=retry))
    return render(request, page or f"errors/{status}.html", {"fault": request.META.get("city.fault", "")}, status=status)
