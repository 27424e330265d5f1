"""Batches, ratings, the catalogue and the API's own description."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import jsonschema_rs
import msgspec
import pytest
import zstandard
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from city.api.openapi import document
from city.here import keys
from city.onewindow import arrivals
from city.onewindow.models import Case, Event, RatingRow
from city.onewindow.states import Kind
from sync.contract import routes
from sync.contract.application import SealedApplication
from sync.contract.batch import BatchAnswer, BatchItem, BatchRequest, CatalogueAnswer
from sync.contract.item import PAYLOAD_TYPE as ITEM_TYPE
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, digest_of
from sync.contract.problem import ProblemCode
from sync.contract.rating import PAYLOAD_TYPE as RATING_RECEIPT
from sync.contract.rating import Level, Rating, RatingAnswer, RatingReceipt
from sync.contract.signed import verify_as
from sync.contract.suites import Sealed
from tests.city.terminal import HOST, ITEM, JPEG, Terminal

pytestmark = pytest.mark.django_db


def batch(terminal: Terminal, *items: tuple[str, bytes]) -> HttpResponse:
    """Send a batch."""
    request = BatchRequest(tuple(BatchItem(ApplicationId(name), msgspec.Raw(body)) for name, body in items))
    return packed(terminal, zstandard.compress(msgspec.json.encode(request)))


def packed(terminal: Terminal, body: bytes) -> HttpResponse:
    """Send the bytes of a batch as they are."""
    return terminal.send("POST", routes.BATCH_PATH, body, routes.BATCH_TYPE, {"Content-Encoding": "zstd"})


def named(sealed: Sealed) -> tuple[str, bytes]:
    """Return an application as a batch names it."""
    return sealed.header.application_id, sealed.body


def test_a_batch_answers_each_item_as_its_own_put_would_be(terminal: Terminal) -> None:
    good, again, bad = terminal.application(), terminal.application(), terminal.application(answers={})
    terminal.put(again)
    response = batch(terminal, named(good), named(again), named(bad), ("not-an-id", good.body))
    results = msgspec.json.decode(response.content, type=BatchAnswer).results
    assert [result.status for result in results] == [201, 200, 422, 400]
    assert results[1].answer is not None
    assert msgspec.json.encode(results[1].answer) == terminal.put(again).content
    assert results[2].problem is not None
    assert results[2].problem.type.endswith(ProblemCode.INVALID)
    assert Case.objects.count() == 2


def test_a_batch_is_one_commit_and_one_bad_item_takes_nothing_from_its_neighbours(terminal: Terminal) -> None:
    twice = terminal.application()
    other = terminal.application(header_application_id=twice.header.application_id, application_id=twice.header.application_id)
    good = terminal.application()
    response = batch(terminal, named(twice), named(twice), named(other), named(good))
    results = msgspec.json.decode(response.content, type=BatchAnswer).results
    assert [result.status for result in results] == [201, 200, 422, 201]
    assert Case.objects.count() == 2


def test_a_batch_whose_commit_fails_took_nothing(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise DatabaseError("the disk is full")

    terminal.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("city.onewindow.arriving.arrivals.tell", fail)  # when the rows are written already
        assert batch(terminal, named(terminal.application()), named(terminal.application())).status_code == 500
    assert not Case.objects.exists()


def test_the_bytes_of_a_batched_application_are_the_bytes_of_its_put(terminal: Terminal) -> None:
    sealed = terminal.application()
    batch(terminal, named(sealed))
    assert Case.objects.get().digest == sealed.digest
    assert terminal.put(sealed).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not zstd", 400),
        (zstandard.compress(b"{"), 400),
        (zstandard.compress(b'{"items":[1]}'), 400),
        (zstandard.compress(b"\0" * (routes.BATCH_MAX_BYTES + 1)), 413),
        (zstandard.compress(b'{"items":[' + b",".join([b'{"application_id":"a","body":{}}'] * 251) + b"]}"), 413),
    ],
    ids=["empty", "no zstd", "no JSON", "no batch", "a bomb", "too many"],
)
def test_a_batch_that_is_none_takes_nothing(terminal: Terminal, body: bytes, status: int) -> None:
    assert packed(terminal, body or b" ").status_code == status
    assert not Case.objects.exists()


def rating(terminal: Terminal, sealed: Sealed, level: Level, /, **changes: object) -> HttpResponse:
    """Send a rating."""
    name = sealed.header.application_id
    said = Rating(1, terminal.id, name, level, datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    body = msgspec.json.encode(msgspec.structs.replace(said, **changes))
    return terminal.send("PUT", routes.rating_path(terminal.id, name), body, routes.RATING_TYPE)


def test_a_rating_is_kept_once_and_answered_with_a_signed_receipt(terminal: Terminal) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    first, second = rating(terminal, sealed, Level.SATISFIED), rating(terminal, sealed, Level.SATISFIED)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content
    statement = msgspec.json.decode(first.content, type=RatingAnswer).receipt
    receipt = verify_as(statement, RATING_RECEIPT, keys().receipts.public, RatingReceipt)
    assert receipt.digest == RatingRow.objects.get().digest
    assert Event.objects.filter(kind=Kind.RATED).count() == 1


def test_a_second_opinion_is_refused_and_the_first_kept(terminal: Terminal) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    rating(terminal, sealed, Level.VERY_DISSATISFIED)
    assert rating(terminal, sealed, Level.VERY_SATISFIED).status_code == 422
    assert RatingRow.objects.get().level == Level.VERY_DISSATISFIED


def test_a_rating_comes_after_its_application(terminal: Terminal) -> None:
    refused = rating(terminal, terminal.application(), Level.SATISFIED)
    assert refused.status_code == 404
    assert msgspec.json.decode(refused.content)["retry"] == "later"


@pytest.mark.parametrize("changes", [{"level": 6}, {"level": 0}, {"format": 2}, {"terminal": "SY-X"}, {"rated_at": "soon"}])
def test_a_rating_that_is_none_is_malformed(terminal: Terminal, changes: dict[str, object]) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    assert rating(terminal, sealed, Level.SATISFIED, **changes).status_code == 400


def test_the_catalogue_is_fetched_once_and_then_only_asked_about(terminal: Terminal) -> None:
    first = terminal.send("GET", routes.CATALOGUE_PATH)
    (statement,) = msgspec.json.decode(first.content, type=CatalogueAnswer).items
    assert verify_as(statement, ITEM_TYPE, keys().catalogue.public, ItemPackage) == ITEM
    again = terminal.send("GET", routes.CATALOGUE_PATH, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert terminal.send("GET", routes.CATALOGUE_PATH, headers={"If-None-Match": '"old"'}).status_code == 200


def test_health_needs_no_signature(client: Client) -> None:
    response = client.get(routes.HEALTH_PATH, secure=True, headers={"host": HOST})
    assert response.json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/v1/batch"), ("POST", "/v1/catalogue"), ("POST", "/v1/health"), ("POST", "/v1/openapi.json"), ("GET", "/v1/blobs/x")],
)
def test_a_wrong_method_is_answered_with_the_right_ones(client: Client, method: str, path: str) -> None:
    response = client.generic(method, path, secure=True, headers={"host": HOST})
    assert response.status_code == 405
    assert response["Allow"]


def _unnamed(pattern: object) -> str:
    """Return an address with its parameters' names left out: the city's code may call them otherwise than the document."""
    return re.sub(r"<[^>]*>|{[^}]*}", "{}", str(pattern))


def test_the_description_names_every_route_and_fits_a_real_message(client: Client, terminal: Terminal) -> None:
    described = client.get("/v1/openapi.json", secure=True, headers={"host": HOST}).json()
    served = {f"/{address}" for one in get_resolver().url_patterns if (address := _unnamed(one.pattern)).startswith("v1/")}
    assert {_unnamed(path) for path in described["paths"]} == served
    schema = document()["components"] | {"$ref": "#/schemas/SealedApplication"}
    schema = msgspec.json.decode(msgspec.json.encode(schema).replace(b"#/components/schemas/", b"#/schemas/"))
    validator = jsonschema_rs.Draft202012Validator(schema)
    message = msgspec.json.decode(terminal.application().body)
    assert validator.is_valid(message)
    del message["header"]["sequence"]
    assert not validator.is_valid(message)


def test_a_newer_terminal_may_say_more_than_this_city_knows(terminal: Terminal) -> None:
    """Readers ignore what they do not know: an unknown field beside the known ones is no reason to refuse."""
    sealed = terminal.application()
    grown = b'{"later":{"new":true},' + sealed.body[1:]
    assert msgspec.json.decode(grown, type=SealedApplication).header == sealed.header
    path = routes.application_path(terminal.id, sealed.header.application_id)
    assert terminal.send("PUT", path, grown, routes.SEALED_TYPE).status_code == 201
    assert Case.objects.get().digest == digest_of(grown)


def test_large_answers_are_packed_for_who_can_unpack_them(terminal: Terminal) -> None:
    sealed = [terminal.application() for _ in range(4)]
    items = tuple(BatchItem(one.header.application_id, msgspec.Raw(one.body)) for one in sealed)
    body = zstandard.compress(msgspec.json.encode(BatchRequest(items)))
    usual = {"Content-Encoding": "zstd"}
    plain, packed, other, refused = (
        terminal.send("POST", routes.BATCH_PATH, body, routes.BATCH_TYPE, {**usual, **accepting})
        for accepting in ({}, {"Accept-Encoding": "gzip, zstd;q=0.5"}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "zstd-2"})
    )
    assert "Content-Encoding" not in plain.headers
    assert plain["Vary"] == "Accept-Encoding"
    assert packed["Content-Encoding"] == "zstd"
    assert len(packed.content) < len(plain.content) * 0.8
    known = msgspec.json.decode(zstandard.decompress(packed.content), type=BatchAnswer)
    assert [result.status for result in known.results] == [200] * 4
    assert other.content == refused.content == zstandard.decompress(packed.content)
    short = terminal.send("GET", terminal.path(terminal.application()), headers={"Accept-Encoding": "zstd"})
    assert (short.status_code, "Content-Encoding" in short.headers) == (404, False)


def test_a_larger_batch_asks_the_database_no_more_often(terminal: Terminal) -> None:
    asked = []
    for count in (1, 2, 30, 60):  # the first time, the city also notes that it has heard the terminal
        with CaptureQueriesContext(connection) as queries:
            response = batch(terminal, *(named(terminal.application((JPEG, JPEG))) for _ in range(count)))
        assert {result.status for result in msgspec.json.decode(response.content, type=BatchAnswer).results} == {201}
        asked.append(len([query for query in queries if "SUM(" not in query["sql"]]))  # promises are added up now and then
    assert asked[1] < asked[2] == asked[3] <= 13


def test_what_came_by_another_request_meanwhile_is_there_once_and_its_neighbours_too(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unique key decides; then the batch is written one by one."""
    sealed = [terminal.application() for _ in range(4)]
    terminal.put(sealed[2])
    with monkeypatch.context() as city, CaptureQueriesContext(connection) as queries:
        city.setattr("city.onewindow.intake._Intake._look_up", lambda _: None)  # it was not there yet when the batch was looked at
        results = msgspec.json.decode(batch(terminal, *map(named, sealed)).content, type=BatchAnswer).results
    assert [result.status for result in results] == [201, 201, 200, 201]
    assert any("ROLLBACK TO SAVEPOINT" in query["sql"] for query in queries)
    assert {str(case.application_id) for case in Case.objects.all()} == {one.header.application_id for one in sealed}
    assert Case.objects.count() == Event.objects.filter(kind=Kind.RECEIVED).count() == 4
    assert [terminal.put(one).status_code for one in sealed] == [200] * 4


@pytest.mark.parametrize("neighbours", [1, 5])
def test_one_that_the_database_does_not_take_takes_nothing_from_its_neighbours(
    neighbours: int, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when whoever stands behind a door writes what its table does not hold: the city fails at this one alone, which is sent again."""
    bad, good = terminal.application(), [terminal.application() for _ in range(neighbours)]

    def fail_at_one(case: Case, _: object) -> None:
        if str(case.application_id) == bad.header.application_id:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

    monkeypatch.setitem(arrivals._receivers, terminal.item.door, fail_at_one)
    results = msgspec.json.decode(batch(terminal, named(bad), *map(named, good)).content, type=BatchAnswer).results
    assert [result.status for result in results] == [500] + [201] * neighbours
    assert results[0].problem is not None
    assert (results[0].problem.retry, results[0].answer) == ("later", None)
    assert {str(case.application_id) for case in Case.objects.all()} == {one.header.application_id for one in good}
    assert [terminal.put(one).status_code for one in good] == [200] * neighbours


def test_a_correction_may_come_in_the_batch_of_its_case_and_even_before_it(terminal: Terminal) -> None:
    first = terminal.application()
    corrects = {"corrects": first.header.application_id, "applicant": None, "answers": {"mobile": "13900000001"}}
    correction, stray = terminal.application(**corrects), terminal.application(**(corrects | {"corrects": str(uuid4())}))
    results = msgspec.json.decode(batch(terminal, named(stray), named(correction), named(first)).content, type=BatchAnswer).results
    assert [result.status for result in results] == [422, 201, 201]
    case = Case.objects.get(corrects=None)
    assert Case.objects.get(corrects=case).number_said == case.case_number


def test_a_sequence_number_that_comes_twice_in_one_batch_is_noticed(terminal: Terminal) -> None:
    sealed = [terminal.application(header_sequence=77) for _ in range(2)]
    batch(terminal, *map(named, sealed))
    assert Event.objects.filter(kind=Kind.SEQUENCE_REUSED).count() == 1
