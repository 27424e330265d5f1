"""The door of the API: who sent this request, proven by the terminal's signature over it."""

import math
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec

import msgspec
import zstandard
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from city import here
from city.api.pace import Pace
from city.fleet.models import Terminal
from city.refused import Refused
from sync.contract.http_signature import RequestSignatureError, key_id_claimed, verify_request
from sync.contract.problem import MEDIA_TYPE, ProblemCode

P = ParamSpec("P")
Endpoint = Callable[Concatenate[HttpRequest, Terminal, bytes, P], HttpResponse]

_BODILESS = ("GET", "HEAD")
_PACKED_FROM_BYTES = 1024
_ZSTD = "zstd"


def refusal(refused: Refused) -> HttpResponse:
    """Return a refusal as RFC 9457 writes it."""
    problem = refused.problem
    return HttpResponse(msgspec.json.encode(problem), status=problem.status, content_type=MEDIA_TYPE, headers=refused.headers)


def signed_by_terminal(
    methods: tuple[str, ...], max_bytes: int, *, may_be_over: bool = False
) -> Callable[[Endpoint[P]], Callable[..., HttpResponse]]:
    """Let a request in that an admitted terminal signed; the endpoint gets the terminal and the verified bytes of the body.

    A terminal whose certificate is over gets nothing, unless the endpoint says that it `may_be_over`.
    """

    def door(endpoint: Endpoint[P]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(endpoint)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in methods:
                return not_so(methods)
            body = request.read(max_bytes + 1)
            if len(body) > max_bytes:
                return refusal(Refused(ProblemCode.TOO_LARGE, f"at most {max_bytes} bytes"))
            terminal = _sender(request, None if request.method in _BODILESS else body, may_be_over=may_be_over)
            if isinstance(terminal, Refused):
                return refusal(terminal)
            if wait_s := _pace(here.own().requests_per_second).wait_s(terminal.id):
                return refusal(Refused(ProblemCode.TOO_MANY, headers={"Retry-After": str(math.ceil(wait_s))}))
            return _packed(request, endpoint(request, terminal, body, *args, **kwargs))

        return answer

    return door


def _packed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Pack a large answer for who can unpack it: receipts and packages stand in base64, and lines are narrow in both directions."""
    accepted = {one.partition(";")[0].strip() for one in request.headers.get("Accept-Encoding", "").split(",")}
    if _ZSTD in accepted and len(response.content) >= _PACKED_FROM_BYTES and not response.has_header("Content-Encoding"):
        response.content = zstandard.ZstdCompressor(level=3, write_content_size=True).compress(response.content)
        response["Content-Encoding"] = _ZSTD
    response["Vary"] = "Accept-Encoding"
    return response


@lru_cache(maxsize=1)
def _pace(per_second: int) -> Pace:
    return Pace(per_second)


def _sender(request: HttpRequest, body: bytes | None, *, may_be_over: bool) -> Terminal | Refused:
    claimed = key_id_claimed(request.headers)
    terminal = _named(claimed) if claimed else None
    if terminal is None:
        return Refused(ProblemCode.UNSIGNED)
    url = f"https://{request.get_host()}{request.get_full_path()}"
    try:
        verify_request(str(request.method), url, request.headers, body, {terminal.id: terminal.key})
    except RequestSignatureError:
        return Refused(ProblemCode.UNSIGNED)
    if terminal.withdrawn_at is not None or terminal.doubled_at is not None:
        return Refused(ProblemCode.NOT_ADMITTED)
    if terminal.certificate_until is not None and here.now() >= terminal.certificate_until and not may_be_over:
        return Refused(ProblemCode.CERTIFICATE_OVER)
    _note_heard(terminal)
    return terminal


def _named(name: str) -> Terminal | None:
    """Look a terminal up, in SQL: every request begins so, and Django takes far longer to write the question down than the answer takes."""
    if connection.vendor != "postgresql":
        return Terminal.objects.filter(pk=name).first()
    with connection.cursor() as cursor:
        cursor.execute(_question(), [name])
        found = cursor.fetchone()
    return None if found is None else Terminal.from_db(connection.alias, _attributes(), found)


@lru_cache(maxsize=1)
def _attributes() -> tuple[str, ...]:
    return tuple(field.attname for field in Terminal._meta.concrete_fields)  # noqa: SLF001  Django documents it


@lru_cache(maxsize=1)
def _question() -> str:
    meta = Terminal._meta  # noqa: SLF001  Django documents it
    return f"SELECT {', '.join(str(field.column) for field in meta.concrete_fields)} FROM {meta.db_table} WHERE id = %s"  # noqa: S608  our own names


def _note_heard(terminal: Terminal) -> None:
    """Note that it was heard, not more than once a minute."""
    now = here.now()
    if terminal.heard_at is None or (now - terminal.heard_at).total_seconds() > 60:
        Terminal.objects.filter(pk=terminal.pk).update(heard_at=now)


def not_so(methods: tuple[str, ...]) -> HttpResponse:
    """Return that this address takes other methods."""
    refused = Refused(ProblemCode.MALFORMED, f"this address takes {', '.join(methods)}", {"Allow": ", ".join(methods)})
    problem = msgspec.structs.replace(refused.problem, status=405)
    return HttpResponse(msgspec.json.encode(problem), status=405, content_type=MEDIA_TYPE, headers=refused.headers)
