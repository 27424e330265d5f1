"""Each route of the contract, in the order of docs/wire.md."""

import os
import shutil

import msgspec
import zstandard
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse

from city import here
from city.api import feeds, questions
from city.api.signed import refusal, signed_by_terminal
from city.fleet import heartbeats
from city.fleet.models import Terminal
from city.onewindow import blobs
from city.onewindow.intake import Taken, standing, take, take_all
from city.onewindow.models import Case
from city.onewindow.ratings import rate
from city.reconciliation.told import note_answer
from city.refused import Refused
from sync.contract import routes
from sync.contract.batch import BatchAnswer, BatchItem, BatchRequest, BatchResult
from sync.contract.decoding import UNDECODABLE
from sync.contract.heartbeat import MAX_BYTES as HEARTBEAT_MAX_BYTES
from sync.contract.names import ApplicationId, is_uuid
from sync.contract.problem import ProblemCode, Retry
from sync.contract.question import QUESTION_MAX_BYTES

RATING_MAX_BYTES = 4096
_NOT_YOURS = Refused(ProblemCode.NOT_YOURS)
_NO_ID = Refused(ProblemCode.MALFORMED, "not the id of an application")


@signed_by_terminal(("PUT", "GET"), routes.SEALED_MAX_BYTES)
def application(request: HttpRequest, sender: Terminal, body: bytes, terminal: str, application_id: str) -> HttpResponse:
    """PUT a sealed application, or GET the answer for it as it stands."""
    if sender.id != terminal:
        return refusal(_NOT_YOURS)
    if request.method == "GET":
        case = Case.objects.filter(terminal=sender, application_id=application_id).first()
        return refusal(Refused(ProblemCode.UNKNOWN)) if case is None else json_answer(standing(case))
    if request.content_type != routes.SEALED_TYPE:
        return refusal(Refused(ProblemCode.MALFORMED, f"the body must be {routes.SEALED_TYPE}"))
    taken = take(sender, ApplicationId(application_id), body)
    note_answer(sender, ApplicationId(application_id), body, taken)
    if isinstance(taken, Refused):
        return refusal(taken)
    return json_answer(taken.answer, 201 if taken.is_new else 200)


@signed_by_terminal(("PUT",), RATING_MAX_BYTES)
def rating(request: HttpRequest, sender: Terminal, body: bytes, terminal: str, application_id: str) -> HttpResponse:
    """PUT the rating of an application."""
    if sender.id != terminal:
        return refusal(_NOT_YOURS)
    if request.content_type != routes.RATING_TYPE:
        return refusal(Refused(ProblemCode.MALFORMED, f"the body must be {routes.RATING_TYPE}"))
    rated = rate(sender, ApplicationId(application_id), body)
    if isinstance(rated, Refused):
        return refusal(rated)
    return json_answer(rated.answer, 201 if rated.is_new else 200)


@signed_by_terminal(("PUT",), HEARTBEAT_MAX_BYTES)
def heartbeat(request: HttpRequest, sender: Terminal, body: bytes, terminal: str) -> HttpResponse:
    """PUT how the terminal is."""
    if sender.id != terminal:
        return refusal(_NOT_YOURS)
    if request.content_type != routes.JSON_TYPE:
        return refusal(Refused(ProblemCode.MALFORMED, f"the body must be {routes.JSON_TYPE}"))
    refused = heartbeats.note(sender, body)
    return HttpResponse(status=204) if refused is None else refusal(refused)


@signed_by_terminal(("HEAD", "PATCH"), routes.PIECE_MAX_BYTES)
def blob(request: HttpRequest, sender: Terminal, body: bytes, digest: str) -> HttpResponse:
    """HEAD says how much of a photo is here; PATCH adds a piece."""
    return answered_progress(sender, digest) if request.method == "HEAD" else answered_piece(request, sender, body, digest)


def answered_progress(owner: Terminal, digest: str) -> HttpResponse:
    """Answer how much of a photo of this terminal's is here."""
    found = blobs.progress(owner, digest)
    return refusal(found) if isinstance(found, Refused) else HttpResponse(headers=found.headers)


def answered_piece(request: HttpRequest, owner: Terminal, body: bytes, digest: str) -> HttpResponse:
    """Add a piece to a photo of this terminal's, and answer how far it is."""
    if request.content_type != routes.PIECE_TYPE:
        return refusal(Refused(ProblemCode.MALFORMED, f"the body must be {routes.PIECE_TYPE}"))
    offset, length = (_count(request, name) for name in (routes.OFFSET_HEADER, routes.LENGTH_HEADER))
    if offset is None or length is None:
        return refusal(Refused(ProblemCode.MALFORMED, f"{routes.OFFSET_HEADER} and {routes.LENGTH_HEADER} must be numbers"))
    reached = blobs.append(owner, digest, offset, length, body)
    return refusal(reached) if isinstance(reached, Refused) else HttpResponse(status=204, headers=reached.headers)


@signed_by_terminal(("POST",), routes.BATCH_MAX_BYTES)
def batch(request: HttpRequest, sender: Terminal, body: bytes) -> HttpResponse:
    """POST up to 250 small applications; each is answered as a PUT of it alone would be."""
    items = _unpacked(request, body)
    if isinstance(items, Refused):
        return refusal(items)
    # In the order of their ids, so that two requests with the same items do not wait for each other in a ring.
    places = sorted((place for place, item in enumerate(items) if is_uuid(item.application_id)), key=lambda one: items[one].application_id)
    with transaction.atomic():  # one commit for all
        taken = dict(zip(places, take_all(sender, [(items[one].application_id, bytes(items[one].body)) for one in places]), strict=True))
        for place, answer in taken.items():
            note_answer(sender, items[place].application_id, bytes(items[place].body), answer)
        results = [_result(item, taken.get(place, _NO_ID)) for place, item in enumerate(items)]
    return json_answer(BatchAnswer(tuple(results)))


@signed_by_terminal(("GET",), 0)
def catalogue(request: HttpRequest, _sender: Terminal, _body: bytes) -> HttpResponse:
    """GET the item packages that are on offer, or 304."""
    body, tag = here.catalogue().answer(here.today())
    if tag in _known_tags(request):
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(body, content_type=routes.JSON_TYPE, headers={"ETag": tag})


@signed_by_terminal(("GET",), 0)
def feed(request: HttpRequest, sender: Terminal, _body: bytes, name: str) -> HttpResponse:
    """GET the signed content of a feed for this terminal, or 304."""
    issued = feeds.issue(sender, name, _known_tags(request))
    if isinstance(issued, Refused):
        return refusal(issued)
    statement, tag = issued
    if statement is None:
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(statement, content_type=routes.STATEMENT_TYPE, headers={"ETag": tag})


@signed_by_terminal(("POST",), QUESTION_MAX_BYTES)
def question(request: HttpRequest, sender: Terminal, body: bytes, kind: str) -> HttpResponse:
    """POST a question that somebody waits for; the answer is signed."""
    if request.content_type != routes.QUESTION_TYPE:
        return refusal(Refused(ProblemCode.MALFORMED, f"the body must be {routes.QUESTION_TYPE}"))
    replied = questions.reply(sender, kind, body)
    return refusal(replied) if isinstance(replied, Refused) else HttpResponse(replied, content_type=routes.STATEMENT_TYPE)


@signed_by_terminal(("GET", "PUT"), routes.MEASURE_MAX_BYTES)
def measure(request: HttpRequest, _sender: Terminal, body: bytes, size: int) -> HttpResponse:
    """GET bytes that no line can shorten, or PUT them: a terminal measures its line. Nothing is kept."""
    if size > routes.MEASURE_MAX_BYTES:
        return refusal(Refused(ProblemCode.TOO_LARGE, f"at most {routes.MEASURE_MAX_BYTES} bytes", retry=Retry.NEVER))
    if request.method == "GET":
        return HttpResponse(os.urandom(size), content_type=routes.BYTES_TYPE, headers={"Content-Encoding": "identity"})
    if request.content_type != routes.BYTES_TYPE or len(body) != size:
        return refusal(Refused(ProblemCode.MALFORMED, f"the body must be {size} bytes of {routes.BYTES_TYPE}"))
    return HttpResponse(status=204)


def health(request: HttpRequest) -> HttpResponse:
    """GET, unsigned: whether applications can be taken."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return refusal(Refused(ProblemCode.BUSY, "the database does not answer"))
    if shutil.disk_usage(here.folder().root).free < here.own().free_space_floor_bytes:
        return refusal(Refused(ProblemCode.BUSY, "too little storage is free"))
    return json_answer({"status": "ready"})


def _result(item: BatchItem, taken: Taken | Refused) -> BatchResult:
    if isinstance(taken, Refused):
        return BatchResult(item.application_id, taken.problem.status, problem=taken.problem)
    return BatchResult(item.application_id, 201 if taken.is_new else 200, answer=taken.answer)


def _unpacked(request: HttpRequest, body: bytes) -> tuple[BatchItem, ...] | Refused:
    if request.content_type != routes.BATCH_TYPE or request.headers.get("Content-Encoding") != "zstd":
        return Refused(ProblemCode.MALFORMED, f"the body must be {routes.BATCH_TYPE}, compressed with zstd")
    try:
        if not 0 <= zstandard.frame_content_size(body) <= routes.BATCH_MAX_BYTES:
            return Refused(ProblemCode.TOO_LARGE, f"at most {routes.BATCH_MAX_BYTES} bytes before compression")
        plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=routes.BATCH_MAX_BYTES)
        items = msgspec.json.decode(plain, type=BatchRequest).items
    except (zstandard.ZstdError, *UNDECODABLE):
        return Refused(ProblemCode.MALFORMED, "not a batch", retry=Retry.NEVER)
    if len(items) > routes.BATCH_MAX_ITEMS:
        return Refused(ProblemCode.TOO_LARGE, f"at most {routes.BATCH_MAX_ITEMS} items")
    return items


def _known_tags(request: HttpRequest) -> frozenset[str]:
    return frozenset(one.strip() for one in request.headers.get("If-None-Match", "").split(","))


def _count(request: HttpRequest, header: str) -> int | None:
    text = request.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def json_answer(body: object, status: int = 200) -> HttpResponse:
    """Answer with JSON."""
    return HttpResponse(msgspec.json.encode(body), status=status, content_type=routes.JSON_TYPE)
