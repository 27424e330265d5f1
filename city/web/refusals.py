"""A line of the log for every refusal: which page, and who asked. Never what was sent: that may be anybody's."""

import logging
from typing import Final

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from city.staff.models import Clerk
from city.web.uploads import API
from sync.contract.decoding import UNDECODABLE
from sync.contract.http_signature import key_id_claimed
from sync.contract.problem import MEDIA_TYPE, Problem

NOTED: Final = frozenset({400, 401, 403, 404, 409, 413, 422, 429})
_CLAIMED_LETTERS = 40

log = logging.getLogger("city.refused")


def note_refusal(request: HttpRequest, response: HttpResponseBase) -> None:
    """Write down that something was refused; an address that the city does not have is nobody's business."""
    page = _page(request)
    if response.status_code in NOTED and page:
        log.warning("refused %s %s %s%s for %s", response.status_code, request.method, page, _why(response), _who(request))


def _page(request: HttpRequest) -> str:
    """The address's name, never the address: numbers stand in it, and whatever somebody typed."""
    try:
        match = request.resolver_match or resolve(request.path)
    except Resolver404:
        return ""
    return match.url_name or match.route


def _why(response: HttpResponseBase) -> str:
    if response.get("Content-Type") != MEDIA_TYPE:
        return ""
    try:
        problem = msgspec.json.decode(getattr(response, "content", b""), type=Problem)
    except UNDECODABLE:
        return ""
    return f" {problem.type.rpartition(':')[2]}"


def _who(request: HttpRequest) -> str:
    if request.path.startswith(API):
        return f"whoever claims to be {(key_id_claimed(request.headers) or '')[:_CLAIMED_LETTERS]!a}"
    user = getattr(request, "user", None)
    return str(user.staff_number) if isinstance(user, Clerk) else "somebody who is not signed in"
