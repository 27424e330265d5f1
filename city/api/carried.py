"""The routes by which one terminal delivers what another gave out to a stick: proven twice, by who sends and by who gave it out."""

from django.http import HttpRequest, HttpResponse

from city.api.endpoints import answered_piece, answered_progress, json_answer
from city.api.signed import refusal, signed_by_terminal
from city.fleet.models import Terminal
from city.onewindow.carried import named_by, note_list
from city.onewindow.intake import standing, take
from city.onewindow.models import Case
from city.reconciliation.told import note_answer
from city.refused import Refused
from sync.contract import routes
from sync.contract.names import ApplicationId, Digest, digest_of
from sync.contract.problem import ProblemCode

_NOT_LISTED = Refused(ProblemCode.INVALID, "the list names nothing of this kind")


@signed_by_terminal(("PUT",), routes.SEALED_MAX_BYTES)
def carried(request: HttpRequest, sender: Terminal, body: bytes, digest: str) -> HttpResponse:
    """PUT a list."""
    if request.content_type != routes.STATEMENT_TYPE:
        return refusal(Refused(ProblemCode.MALFORMED, f"the body must be {routes.STATEMENT_TYPE}"))
    refused = note_list(sender, Digest(digest), body)
    return HttpResponse(status=204) if refused is None else refusal(refused)


@signed_by_terminal(("PUT", "GET"), routes.SEALED_MAX_BYTES)
def application(request: HttpRequest, _sender: Terminal, body: bytes, digest: str, application_id: str) -> HttpResponse:
    """PUT a sealed application of a list, or GET the answer for it as it stands."""
    found = named_by(digest)
    if isinstance(found, Refused):
        return refusal(found)
    giver, listed = found
    named = next((one for one in listed.applications if one.application_id == application_id), None)
    if named is None:
        return refusal(_NOT_LISTED)
    if request.method == "GET":
        case = Case.objects.filter(terminal=giver, application_id=application_id).first()
        return refusal(Refused(ProblemCode.UNKNOWN)) if case is None else json_answer(standing(case))
    if request.content_type != routes.SEALED_TYPE:
        return refusal(Refused(ProblemCode.MALFORMED, f"the body must be {routes.SEALED_TYPE}"))
    if digest_of(body) != named.digest:
        return refusal(Refused(ProblemCode.INVALID, "not what the terminal gave out"))
    taken = take(giver, ApplicationId(application_id), body)
    note_answer(giver, ApplicationId(application_id), body, taken)
    if isinstance(taken, Refused):
        return refusal(taken)
    return json_answer(taken.answer, 201 if taken.is_new else 200)


@signed_by_terminal(("HEAD", "PATCH"), routes.PIECE_MAX_BYTES)
def blob(request: HttpRequest, _sender: Terminal, body: bytes, digest: str, photo: str) -> HttpResponse:
    """HEAD says how much of a photo of a list is here; PATCH adds a piece."""
    found = named_by(digest)
    if isinstance(found, Refused):
        return refusal(found)
    giver, listed = found
    if not any(photo in one.photos for one in listed.applications):
        return refusal(_NOT_LISTED)
    return answered_progress(giver, photo) if request.method == "HEAD" else answered_piece(request, giver, body, photo)
