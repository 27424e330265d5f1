"""The door for what a partner's system says by itself: a provider of utilities, a gateway of messages. They share secrets with the city."""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from city.api.signed import not_so, refusal
from city.refused import Refused
from sync.contract.decoding import UNDECODABLE
from sync.contract.problem import ProblemCode

SIGNATURE: Final = "X-Bianmin-Signature"

P = ParamSpec("P")
T = TypeVar("T")


def signature(secret: bytes, *parts: str | bytes) -> str:
    """Return the signature over parts, each with its length, so that no two lists of parts are alike."""
    signed = hmac.new(secret, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        signed.update(len(data).to_bytes(8) + data)
    return signed.hexdigest()


def is_signature(said: str, expected: str) -> bool:
    """Compare in constant time; what a stranger says need not be ASCII."""
    return hmac.compare_digest(said.encode(), expected.encode())


def told_by_partner(
    kind: type[T], max_bytes: int, secret_of: Callable[P, bytes | None]
) -> Callable[[Callable[Concatenate[T, P], Refused | None]], Callable[..., HttpResponse]]:
    """Let a POST in that is signed with the secret of the partner that its path names; the endpoint gets what it says. 204, or a problem.

    A partner that the city does not have is 404, so that an address tells a stranger nothing.
    """

    def door(endpoint: Callable[Concatenate[T, P], Refused | None]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(endpoint)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method != "POST":
                return not_so(("POST",))
            body, secret = request.read(max_bytes + 1), secret_of(*args, **kwargs)
            if secret is None:
                return refusal(Refused(ProblemCode.UNKNOWN))
            if len(body) > max_bytes:
                return refusal(Refused(ProblemCode.TOO_LARGE, f"at most {max_bytes} bytes"))
            if not is_signature(request.headers.get(SIGNATURE, ""), signature(secret, "POST", request.path, body)):
                return refusal(Refused(ProblemCode.UNSIGNED, f"{SIGNATURE} is not the one of this body with the shared secret"))
            try:
                said = msgspec.json.decode(body, type=kind)
            except UNDECODABLE:
                return refusal(Refused(ProblemCode.MALFORMED, f"not a {kind.__name__}"))
            refused = endpoint(said, *args, **kwargs)
            return HttpResponse(status=204) if refused is None else refusal(refused)

        return answer

    return door
