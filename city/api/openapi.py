"""The API as an OpenAPI 3.1 document, made from the contract's own types, so that it cannot say anything else."""

from functools import lru_cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from city.api.signed import not_so
from city.fleet import metrics
from city.messaging.gateway import DeliveryReceipt
from city.partners.wire import CASE_PATTERN, EVENTS_PATH, PAGE_MOST, CaseFacts, EventPage
from city.shared_secret import SIGNATURE
from city.utilities.provider import Notified
from sync.contract import routes
from sync.contract.application import SealedApplication
from sync.contract.batch import BatchAnswer, BatchRequest, CatalogueAnswer
from sync.contract.enrolment import CertificateAnswer, EnrolAnswer, EnrolRequest
from sync.contract.feed import Issue
from sync.contract.heartbeat import Heartbeat
from sync.contract.known import FEEDS, QUESTIONS
from sync.contract.problem import MEDIA_TYPE, Problem
from sync.contract.question import Question, Reply
from sync.contract.rating import Rating, RatingAnswer
from sync.contract.receipt import PutAnswer
from sync.contract.signed import Statement
from sync.contract.update_report import UpdateReport

_METHODS = ("GET", "HEAD")
_BODIES = (
    *(SealedApplication, PutAnswer, Rating, RatingAnswer, BatchRequest, BatchAnswer, CatalogueAnswer, Problem),
    *(EventPage, CaseFacts, Notified, DeliveryReceipt),
    *(EnrolRequest, EnrolAnswer, CertificateAnswer, Heartbeat, Question, Statement, UpdateReport),
)
_SIGNED = (Issue, Reply, *(kind.content for kind in FEEDS), *(type_ for kind in QUESTIONS for type_ in (kind.question, kind.answer)))
"""What stands inside of statements and questions."""
_REFERENCE = "#/components/schemas/{name}"
_REFUSALS = {"400": "Malformed", "401": "Not signed by an admitted terminal", "403": "Admission withdrawn, or another terminal's path"}
_COUNT = {"type": "integer", "minimum": 0}


def openapi(request: HttpRequest) -> HttpResponse:
    """GET the document, unsigned."""
    if request.method not in _METHODS:
        return not_so(_METHODS)
    return HttpResponse(msgspec.json.encode(document()), content_type=routes.JSON_TYPE)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the document."""
    _, schemas = msgspec.json.schema_components((*_BODIES, *_SIGNED), ref_template=_REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "便民终端 city API",
            "version": "1",
            "summary": "Sealed applications in, signed receipts out. docs/wire.md tells the whole exchange.",
        },
        "paths": {
            routes.APPLICATION_PATTERN: {
                "parameters": [_in_path("terminal"), _in_path("application_id", "uuid")],
                "put": _operation(
                    "Deliver a sealed application; the same bytes again get the same receipt",
                    {"200": PutAnswer, "201": PutAnswer},
                    ("413", "422", "503"),
                    (routes.SEALED_TYPE, SealedApplication),
                ),
                "get": _operation("Ask for the answer as it stands now", {"200": PutAnswer}, ("404",)),
            },
            routes.RATING_PATTERN: {
                "parameters": [_in_path("terminal"), _in_path("application_id", "uuid")],
                "put": _operation(
                    "Deliver a rating", {"200": RatingAnswer, "201": RatingAnswer}, ("404", "413", "422"), (routes.RATING_TYPE, Rating)
                ),
            },
            routes.BLOB_PATTERN: {"parameters": [_in_path("digest")], "head": _head(), "patch": _patch()},
            routes.BATCH_PATH: {
                "post": _operation(
                    "Deliver several small applications; the body is compressed with zstd",
                    {"200": BatchAnswer},
                    ("413",),
                    (routes.BATCH_TYPE, BatchRequest),
                )
            },
            routes.CARRIED_PATTERN: {
                "parameters": [_in_path("digest")],
                "put": _operation(
                    "Bring the list of what another terminal gave out to a stick",
                    {"204": None},
                    ("413", "422"),
                    (routes.STATEMENT_TYPE, Statement),
                ),
            },
            routes.CARRIED_APPLICATION_PATTERN: {
                "parameters": [_in_path("digest"), _in_path("application_id", "uuid")],
                "put": _operation(
                    "Deliver an application of that list for the terminal that gave it out",
                    {"200": PutAnswer, "201": PutAnswer},
                    ("404", "413", "422", "503"),
                    (routes.SEALED_TYPE, SealedApplication),
                ),
                "get": _operation("Ask for the answer as it stands now", {"200": PutAnswer}, ("404", "422")),
            },
            routes.CARRIED_BLOB_PATTERN: {
                "parameters": [_in_path("digest"), _in_path("photo")],
                "head": _head() | {"responses": _head()["responses"] | {"422": {"description": "The list does not name it"}}},
                "patch": _patch(),
            },
            routes.CATALOGUE_PATH: {
                "get": _operation("Fetch the item packages on offer", {"200": CatalogueAnswer, "304": None}, ()),
            },
            routes.ENROLMENT_PATH: {
                "post": _operation(
                    "Show an admission code and a new key, signed with that key",
                    {"200": EnrolAnswer},
                    ("413",),
                    (routes.JSON_TYPE, EnrolRequest),
                ),
            },
            routes.CERTIFICATE_PATH: {
                "post": _operation("Ask for the terminal's certificate; the body is {}", {"200": CertificateAnswer}, ("413",)),
            },
            routes.FEED_PATTERN: {
                "parameters": [_one_of("feed", [kind.name for kind in FEEDS])],
                "get": _operation(
                    "Fetch a feed for this terminal: a statement of an Issue",
                    {"200": Statement, "304": None},
                    ("404",),
                    sends=routes.STATEMENT_TYPE,
                ),
            },
            routes.QUESTION_PATTERN: {
                "parameters": [_one_of("kind", [kind.name for kind in QUESTIONS])],
                "post": _operation(
                    "Ask what somebody waits for; answered with a statement of a Reply",
                    {"200": Statement},
                    ("404", "413", "422"),
                    (routes.QUESTION_TYPE, Question),
                    sends=routes.STATEMENT_TYPE,
                ),
            },
            routes.HEARTBEAT_PATTERN: {
                "parameters": [_in_path("terminal")],
                "put": _operation("Tell how the terminal is", {"204": None}, ("413",), (routes.JSON_TYPE, Heartbeat)),
            },
            routes.UPDATE_REPORT_PATH: {
                "post": _operation("Say how an update went", {"204": None}, ("413",), (routes.JSON_TYPE, UpdateReport)),
            },
            routes.MEASURE_PATTERN: _measure(),
            EVENTS_PATH: {
                "get": _operation("For a department's system: what happened after a cursor", {"200": EventPage}, ("429",))
                | {"parameters": [_in_query("after", 0, 2**62 - 1), _in_query("most", 1, PAGE_MOST)], "security": [{"department": []}]},
            },
            CASE_PATTERN: {
                "parameters": [_in_path("case_number")],
                "get": _operation("For a department's system: one case within its reach", {"200": CaseFacts}, ("404", "429"))
                | {"security": [{"department": []}]},
            },
            "/v1/utilities/{utility}/paid": {
                "parameters": [_in_path("utility")],
                "post": _told("For a provider of utilities: how a payment stands", Notified, "provider"),
            },
            "/v1/messages/receipts": {"post": _told("For the gateway of messages: what became of one", DeliveryReceipt, "gateway")},
            "/v1/updates/{name}": _file(),
            "/v1/metrics": _metrics(),
            "/v1/openapi.json": {"get": _open("This document", routes.JSON_TYPE)},
            routes.HEALTH_PATH: {
                "get": {
                    "summary": "Whether applications can be taken",
                    "security": [],
                    "responses": {
                        "200": {"description": "They can", "content": {routes.JSON_TYPE: {"schema": {"type": "object"}}}},
                        "503": _refusal("They cannot now"),
                    },
                }
            },
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "terminal": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "HTTP Message Signature (RFC 9421) with the terminal's Ed25519 key over method, authority, path, query, "
                    "Content-Digest (RFC 9530) and Content-Type; see docs/wire.md.",
                },
                "department": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "The same, with the key that the department's system was admitted with; see docs/en/departments.md.",
                },
                "provider": _shared_secret("keys/utility-NAME.secret"),
                "gateway": _shared_secret("keys/sms.secret"),
                "metrics": {"type": "http", "scheme": "bearer", "description": "What stands in keys/metrics.secret of the city."},
            },
        },
        "security": [{"terminal": []}],
    }


def _operation(
    summary: str,
    answers: dict[str, type | None],
    refusals: tuple[str, ...],
    body: tuple[str, type] | None = None,
    *,
    sends: str = routes.JSON_TYPE,
) -> dict[str, Any]:
    responses: dict[str, Any] = {status: _answer(kind, sends) for status, kind in answers.items()}
    responses |= {status: _refusal(text) for status, text in _REFUSALS.items()}
    responses |= {status: _refusal("Refused; `retry` says what to do next") for status in refusals}
    operation: dict[str, Any] = {"summary": summary, "responses": responses}
    if body is not None:
        kind, type_ = body
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": _named(type_)}}}
    return operation


def _answer(kind: type | None, sends: str) -> dict[str, Any]:
    if kind is None:
        return {"description": "Done, or nothing has changed: without a body"}
    return {"description": "Done", "content": {sends: {"schema": _named(kind)}}}


def _refusal(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": _named(Problem)}}}


def _told(summary: str, kind: type, scheme: str) -> dict[str, Any]:
    operation = _operation(summary, {"204": None}, ("404", "413"), (routes.JSON_TYPE, kind)) | {"security": [{scheme: []}]}
    del operation["responses"]["403"]
    return operation


def _shared_secret(place: str) -> dict[str, str]:
    text = f"HMAC-SHA256 in hexadecimal over method, path and body, each after its length in eight bytes, with what stands in {place}."
    return {"type": "apiKey", "in": "header", "name": SIGNATURE, "description": text}


def _open(summary: str, kind: str) -> dict[str, Any]:
    return {"summary": summary, "security": [], "responses": {"200": {"description": "Here", "content": {kind: {"schema": {}}}}}}


def _file() -> dict[str, Any]:
    """Describe a file of the channel: whole, or from where Range says."""
    there = _open("A file of the channel of updates; what is signed needs no door", routes.BYTES_TYPE)
    kinds: dict[str, Any] = {kind: {"schema": {}} for kind in (routes.BYTES_TYPE, routes.JSON_TYPE)}
    there["responses"] = {
        "200": {"description": "The whole", "content": kinds},
        "206": {"description": "What was asked for", "content": kinds},
        "404": _refusal("No such file"),
        "416": {"description": "It is not that long"},
    }
    span = {"name": "Range", "in": "header", "schema": {"type": "string", "pattern": r"^bytes=[0-9]{1,15}-([0-9]{1,15})?$"}}
    return {"parameters": [_in_path("name"), span], "get": there, "head": there}


def _metrics() -> dict[str, Any]:
    told = _open("The fleet's figures for Prometheus", metrics.KIND) | {"security": [{"metrics": []}]}
    told["responses"]["401"] = _refusal("Without the secret")
    return {"get": told}


def _measure() -> dict[str, Any]:
    noise = {routes.BYTES_TYPE: {"schema": {"type": "string", "format": "binary"}}}
    fetched = _operation("Fetch so many bytes that mean nothing", {}, ("413",))
    fetched["responses"]["200"] = {"description": "So many", "content": noise}
    size = {"type": "integer", "minimum": 0, "maximum": routes.MEASURE_MAX_BYTES}
    return {
        "parameters": [{"name": "size", "in": "path", "required": True, "schema": size}],
        "get": fetched,
        "put": _operation("Send so many bytes that mean nothing", {"204": None}, ("413",)) | {"requestBody": {"content": noise}},
    }


def _head() -> dict[str, Any]:
    return {
        "summary": "How much of a sealed photo is here",
        "responses": {"200": {"description": "So much", "headers": _progress()}, "401": {"description": _REFUSALS["401"]}}
        | {"403": {"description": _REFUSALS["403"]}, "404": {"description": "Nothing of it"}},
    }


def _patch() -> dict[str, Any]:
    operation = _operation("Add a piece at Upload-Offset", {}, ("404", "409", "413", "422", "503"))
    operation["parameters"] = [
        {"name": name, "in": "header", "required": True, "schema": _COUNT} for name in (routes.OFFSET_HEADER, routes.LENGTH_HEADER)
    ]
    operation["requestBody"] = {"required": True, "content": {routes.PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
    operation["responses"]["204"] = {"description": "The piece is on the disk", "headers": _progress()}
    return operation


def _progress() -> dict[str, Any]:
    return {name: {"schema": _COUNT} for name in (routes.OFFSET_HEADER, routes.LENGTH_HEADER)}


def _in_path(name: str, kind: str | None = None) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"} | ({"format": kind} if kind else {})}


def _in_query(name: str, least: int, most: int) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": least, "maximum": most}}


def _one_of(name: str, values: list[str]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"} | ({"enum": values} if values else {})}


def _named(type_: type) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(name=type_.__name__)}
