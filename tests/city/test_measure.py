"""Bytes that mean nothing, by which a terminal measures its line: as many as asked for, bounded, and for admitted terminals alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract import routes
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db
SIZE = 4096


def test_as_many_bytes_come_down_as_were_asked_for_and_nothing_can_shorten_them(terminal: Terminal) -> None:
    one, other = (terminal.send("GET", routes.measure_path(SIZE), headers={"Accept-Encoding": "zstd"}) for _ in range(2))
    assert (one.status_code, len(one.content), one["Content-Encoding"]) == (200, SIZE, "identity")
    assert one.content != other.content, "a cache on the way would answer for the city"


def test_bytes_are_taken_up_to_the_last(terminal: Terminal) -> None:
    size = routes.MEASURE_MAX_BYTES
    assert terminal.send("PUT", routes.measure_path(size), bytes(size), routes.BYTES_TYPE).status_code == 204


@pytest.mark.parametrize(
    ("method", "size", "body", "kind", "status"),
    [
        ("GET", routes.MEASURE_MAX_BYTES + 1, None, None, 413),
        ("PUT", routes.MEASURE_MAX_BYTES + 1, bytes(routes.MEASURE_MAX_BYTES + 1), routes.BYTES_TYPE, 413),
        ("PUT", SIZE, bytes(SIZE - 1), routes.BYTES_TYPE, 400),
        ("PUT", SIZE, bytes(SIZE), routes.JSON_TYPE, 400),
        ("POST", SIZE, bytes(SIZE), routes.BYTES_TYPE, 405),
    ],
)
def test_more_than_is_allowed_or_another_size_is_refused(
    terminal: Terminal, method: str, size: int, body: bytes | None, kind: str | None, status: int
) -> None:
    assert terminal.send(method, routes.measure_path(size), body, kind).status_code == status


def test_a_stranger_measures_nothing(terminal: Terminal) -> None:
    assert terminal.send("GET", routes.measure_path(SIZE), key=Ed25519PrivateKey.generate()).status_code == 401
