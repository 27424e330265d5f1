"""The API against its own description: whatever fits the description, or nearly does, gets an answer that the description names."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema_rs
import msgspec
import pytest
import schemathesis
import zstandard
from django.http import HttpResponse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from city import here
from city.api.openapi import document
from city.fleet import metrics
from city.messaging import gateway
from city.shared_secret import SIGNATURE, signature
from city.utilities import register
from city.utilities.register import Registered
from sync.contract import routes
from sync.contract.batch import BatchAnswer, BatchItem, BatchRequest
from sync.contract.bills import Utilities
from sync.contract.problem import MEDIA_TYPE
from sync.contract.routes import BYTES_TYPE, PIECE_TYPE
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db


@schemathesis.serializer(PIECE_TYPE, BYTES_TYPE)
def _piece(_context: object, value: bytes) -> bytes:
    """Bytes are sent as they are."""
    return value


schema = schemathesis.openapi.from_dict(document())
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


PAID = "/v1/utilities/{utility}/paid"
SECRETS = {PAID: b"water-and-city-alone", "/v1/messages/receipts": b"gateway-and-city-alone"}
"""What partners that tell the city something of themselves sign with, by path."""


@pytest.fixture(scope="module", autouse=True)
def _partners() -> Iterator[None]:
    """A provider of water and a gateway of messages, each with its secret."""
    city_folder = here.folder()
    water = registered_samples()[0]
    files = {
        city_folder.root / register.NAME: msgspec.json.encode((water,)),
        register.secret_path(city_folder, water.utility.id): SECRETS[PAID],
        city_folder.root / gateway.NAME: b'{"url": "https://sms.test"}',
        city_folder.keys / gateway.SECRET: SECRETS["/v1/messages/receipts"],
        city_folder.keys / metrics.SECRET: b"prometheus-alone",
        city_folder.updates / "metadata/timestamp.json": b'{"an invented": "file"}',
    }
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    yield
    for path, content in before.items():
        path.unlink() if content is None else path.write_bytes(content)


def registered_samples() -> tuple[Registered, ...]:
    """Return the sample utilities as if their providers were far away: nobody asks them here."""
    samples = (Path(register.__file__).parents[1] / "samples" / register.NAME).read_bytes()
    return tuple(Registered(one, "https://utilities.test") for one in msgspec.json.decode(samples, type=Utilities).utilities)


@schema.parametrize()
@settings(max_examples=5, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET)
def test_every_answer_is_one_that_the_description_names(case: Case, terminal: Terminal) -> None:
    _ask(case, terminal)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=100, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET)
def test_every_answer_to_far_more_is_one_that_the_description_names(case: Case, terminal: Terminal) -> None:
    _ask(case, terminal)


MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis puts the zone to them
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
ANSWERED = st.fixed_dictionaries(
    {"mobile": st.sampled_from(["13800000000", "1", ""]) | TEXTS, "housing": st.sampled_from(["rented", "own", "castle"])},
    optional={"remark": TEXTS, "unasked": TEXTS},
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "answers": ANSWERED,
        "handed_in_at": MOMENTS,
        "header_sealed_at": MOMENTS,
        "header_sequence": st.integers(-1, 2**63),
        "header_item": st.sampled_from(["sample-registration", "another"]) | TEXTS,
        "header_install": st.uuids().map(str) | TEXTS,
        "item_version": st.integers(0, 4),
        "language": st.sampled_from(["zh", "en", "ko", "tlh"]),
    },
)
"""What a terminal may say in an application that it seals well: some of it is right, some fits no item, some no table."""


@given(changes=CHANGES, photos=st.lists(st.binary(min_size=1, max_size=60), max_size=3), alone=st.booleans())
@settings(max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET)
@example(changes={}, photos=[b"an invented picture"], alone=True)
@example(changes={}, photos=[b"an invented picture"], alone=False)
def test_every_well_sealed_application_gets_an_answer_that_the_description_names(
    terminal: Terminal, changes: dict[str, Any], photos: list[bytes], alone: bool
) -> None:
    sealed = terminal.application(photos, **changes)
    if alone:
        response = terminal.put(sealed)
        _is_described("put", "/v1/terminals/{terminal}/applications/{application_id}", response)
    else:
        item = BatchItem(sealed.header.application_id, msgspec.Raw(sealed.body))
        packed = zstandard.compress(msgspec.json.encode(BatchRequest((item,))))
        response = terminal.send("POST", routes.BATCH_PATH, packed, routes.BATCH_TYPE, {"Content-Encoding": "zstd"})
        _is_described("post", routes.BATCH_PATH, response)
        assert response.status_code == 200
    if photos and not changes:
        (answer,) = [response] if alone else msgspec.json.decode(response.content, type=BatchAnswer).results
        assert (answer.status_code if alone else answer.status) == 201, response.content


def _ask(case: Case, terminal: Terminal) -> None:
    parameters = {name: str(value) for name, value in (case.path_parameters or {}).items()}
    if "terminal" in parameters and len(parameters["terminal"]) % 2:
        parameters["terminal"] = terminal.id
    if "utility" in parameters and len(parameters["utility"]) % 2:
        parameters["utility"] = registered_samples()[0].utility.id
    if case.path == "/v1/updates/{name}" and len(parameters["name"]) % 2:
        parameters["name"] = "metadata/timestamp.json"
    path = case.path.format(**{name: quote(value, safe="/" if name == "name" else "") or "_" for name, value in parameters.items()})
    query = "?" + urlencode(case.query, doseq=True) if case.query else ""
    body = _bytes(case.body)
    headers = {name: str(value) for name, value in (case.headers or {}).items() if str(value).isascii() and str(value).isprintable()}
    kind = (case.media_type or BYTES_TYPE) if body is not None else None  # whoever signs says what the body is
    if case.path in SECRETS and len(body or b"") % 2:  # every other one is the partner's own
        headers[SIGNATURE] = signature(SECRETS[case.path], case.method, path, body or b"")
    if case.path == "/v1/metrics" and len(headers) % 2:
        headers["Authorization"] = "Bearer prometheus-alone"
    response = terminal.send(case.method, path + query, body, kind, headers)
    _is_described(case.method.lower(), case.path, response)


def _is_described(method: str, path: str, response: HttpResponse) -> None:
    assert response.status_code < 500
    described = document()["paths"][path].get(method, {"responses": {}})["responses"]  # a method that no address has is tried, too
    if response.status_code in (404, 405) and str(response.status_code) not in described:
        return  # a name that no address has
    assert str(response.status_code) in described, (method, path, response.status_code)
    kinds = described[str(response.status_code)].get("content", {})
    content = response.getvalue()
    if content:
        kind = response["Content-Type"]
        assert kind in kinds
        reference = kinds[kind]["schema"].get("$ref")
        assert reference is None or _validator(reference).is_valid(msgspec.json.decode(content)), content
    if response.status_code >= 400 and response.status_code != 416 and method != "head":
        assert response["Content-Type"] == MEDIA_TYPE


def _bytes(body: Any) -> bytes | None:  # noqa: ANN401  whatever was thought of
    body = getattr(body, "data", body)  # bytes come wrapped
    if isinstance(body, bytes):
        return body
    if body is None or type(body).__name__ == "NotSet":
        return None
    return msgspec.json.encode(body)


@lru_cache(maxsize=32)
def _validator(reference: str) -> jsonschema_rs.Draft202012Validator:
    components = document()["components"] | {"$ref": reference.removeprefix("#/components")}
    text = msgspec.json.encode(components).replace(b"#/components/schemas/", b"#/schemas/").replace(b'"/schemas/', b'"#/schemas/')
    return jsonschema_rs.Draft202012Validator(msgspec.json.decode(text))
