"""The routes of admission: a machine with a code, and a terminal that asks for its certificate."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from city.api.signed import not_so, refusal, signed_by_terminal
from city.fleet.admission import connect, key_of, renew
from city.fleet.models import Terminal
from city.refused import Refused
from sync.contract import routes
from sync.contract.decoding import UNDECODABLE
from sync.contract.enrolment import EnrolRequest
from sync.contract.http_signature import RequestSignatureError, verify_request
from sync.contract.problem import ProblemCode

ENROL_MAX_BYTES = 4096


@csrf_exempt
def enrolment(request: HttpRequest) -> HttpResponse:
    """POST a code and a key. Who sends it is not known yet; that it holds the key is proven by the signature."""
    if request.method != "POST":
        return not_so(("POST",))
    body = request.read(ENROL_MAX_BYTES + 1)
    if len(body) > ENROL_MAX_BYTES:
        return refusal(Refused(ProblemCode.TOO_LARGE, f"at most {ENROL_MAX_BYTES} bytes"))
    try:
        asked = msgspec.json.decode(body, type=EnrolRequest)
    except UNDECODABLE:
        return refusal(Refused(ProblemCode.MALFORMED, "not an enrolment"))
    key = key_of(asked)
    if key is None:
        return refusal(Refused(ProblemCode.MALFORMED, "not an Ed25519 key"))
    try:
        url = f"https://{request.get_host()}{request.get_full_path()}"
        verify_request("POST", url, request.headers, body, {asked.terminal: key})
    except RequestSignatureError:
        return refusal(Refused(ProblemCode.UNSIGNED, "the request must be signed with the key that it brings"))
    answer = connect(asked)
    return refusal(answer) if isinstance(answer, Refused) else _json(answer)


@signed_by_terminal(("POST",), 64, may_be_over=True)
def certificate(_request: HttpRequest, sender: Terminal, _body: bytes) -> HttpResponse:
    """POST: the certificate that the terminal may use, or that a person must agree first."""
    return _json(renew(sender))


def _json(body: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type=routes.JSON_TYPE)
