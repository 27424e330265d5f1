"""The door for what a partner's system says by itself: a provider of utilities, a gateway of messages. They share secrets with the city."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from city.api.signed import not_so, refusal
from city.refused import Refused
from city.shared_secret import SIGNATURE, is_signature, signature
from sync.contract.decoding import UNDECODABLE
from sync.contract.problem import ProblemCode

P = ParamSpec("P")
T = TypeVar("T")


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
