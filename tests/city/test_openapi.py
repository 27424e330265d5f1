"""The API against its own description: whatever fits the description, or nearly does, gets an answer that the description names."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema_rs
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode

from city.api.openapi import document
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


@schema.parametrize()
@settings(max_examples=3, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET)
def test_every_answer_is_one_that_the_description_names(case: Case, terminal: Terminal) -> None:
    parameters = {name: str(value) for name, value in (case.path_parameters or {}).items()}
    if "terminal" in parameters and len(parameters["terminal"]) % 2:
        parameters["terminal"] = terminal.id
    path = case.path.format(**{name: quote(value, safe="") or "_" for name, value in parameters.items()})
    query = "?" + urlencode(case.query, doseq=True) if case.query else ""
    body = _bytes(case.body)
    headers = {name: str(value) for name, value in (case.headers or {}).items() if str(value).isascii() and str(value).isprintable()}
    response = terminal.send(case.method, path + query, body, case.media_type if body else None, headers)
    assert response.status_code < 500, response.content
    described = case.operation.definition.raw["responses"]
    if response.status_code in (404, 405) and str(response.status_code) not in described:
        return  # a name that no address has
    assert str(response.status_code) in described, (case.method, path, response.status_code, response.content)
    kinds = described[str(response.status_code)].get("content", {})
    if response.content:
        kind = response["Content-Type"]
        assert kind in kinds
        reference = kinds[kind]["schema"].get("$ref")
        assert reference is None or _validator(reference).is_valid(msgspec.json.decode(response.content)), response.content
    if response.status_code >= 400 and case.method != "HEAD":
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
