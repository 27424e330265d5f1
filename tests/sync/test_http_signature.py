"""Signed requests: who sent it, what, and to which path; and nothing that was changed on the way."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import routes
from sync.contract.http_signature import RequestKey, RequestSignatureError, key_id_claimed, sign_request, verify_request
from sync.contract.names import TerminalId

URL = "https://city.example:8443/v1/terminals/SY-TEST-0001/applications/x?a=1"
KEY = RequestKey(TerminalId("SY-TEST-0001"), Ed25519PrivateKey.generate())
KEYS: dict[str, Ed25519PublicKey] = {KEY.terminal: KEY.key.public_key()}
BODY = b'{"header":{}}'
PATCH = {"Content-Type": routes.PIECE_TYPE, routes.OFFSET_HEADER: "0", routes.LENGTH_HEADER: "13"}


def test_the_city_learns_who_sent_it() -> None:
    signed = sign_request("PATCH", URL, PATCH, BODY, KEY)
    by = verify_request("PATCH", URL, {name.upper(): value for name, value in signed.items()}, BODY, KEYS)
    assert by.key_id == "SY-TEST-0001"
    assert by.nonce
    assert abs((by.created - datetime.now(UTC)).total_seconds()) < 60
    assert key_id_claimed(signed) == "SY-TEST-0001"


def test_a_question_without_a_body_is_signed_too() -> None:
    signed = sign_request("GET", URL, {}, None, KEY)
    assert verify_request("GET", URL, signed, None, KEYS).key_id == "SY-TEST-0001"
    with pytest.raises(RequestSignatureError):
        verify_request("PUT", URL, signed, BODY, KEYS)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"url": URL.replace("0001", "0002")},
        {"url": URL.replace("a=1", "a=2")},
        {"url": URL.replace("city.example", "other.example")},
        {"body": BODY + b" "},
        {"body": b""},
        {"headers": {"Content-Type": "text/plain"}},
        {"headers": {routes.OFFSET_HEADER: "1"}},
        {"headers": {routes.LENGTH_HEADER: "14"}},
        {"headers": {"Content-Encoding": "zstd"}},
        {"headers": {"Signature": "terminal=:AAAA:"}},
        {"headers": {"Signature-Input": "rubbish"}},
        {"keys": {}},
        {"keys": {KEY.terminal: Ed25519PrivateKey.generate().public_key()}},
    ],
)
def test_whatever_is_changed_is_noticed(change: dict[str, object]) -> None:
    signed = sign_request("PATCH", URL, PATCH, BODY, KEY)
    request = {"method": "PATCH", "url": URL, "headers": signed, "body": BODY, "keys": KEYS} | change
    request["headers"] = {**signed, **(change.get("headers") or {})}  # type: ignore[dict-item]
    with pytest.raises(RequestSignatureError):
        verify_request(**request)  # type: ignore[arg-type]


def test_a_header_that_is_added_later_and_matters_is_noticed() -> None:
    signed = sign_request("PUT", URL, {"Content-Type": routes.SEALED_TYPE}, BODY, KEY)
    with pytest.raises(RequestSignatureError):
        verify_request("PUT", URL, {**signed, routes.OFFSET_HEADER: "0"}, BODY, KEYS)


@pytest.mark.parametrize("year", [1970, 1999, 2036, 2099])
def test_a_terminal_whose_clock_is_years_off_is_believed(year: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class WrongClock(datetime):
        @classmethod
        def now(cls, _tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(year, 1, 2, tzinfo=UTC)

    monkeypatch.setattr("sync.contract.http_signature.datetime", WrongClock)
    signed = sign_request("PUT", URL, {"Content-Type": routes.SEALED_TYPE}, BODY, KEY)
    monkeypatch.undo()
    assert verify_request("PUT", URL, signed, BODY, KEYS).created.year == year


@given(st.text(max_size=120), st.text(max_size=120))
def test_rubbish_in_the_signature_is_refused_politely(signature_input: str, signature: str) -> None:
    headers = {"Content-Type": "x/y", "Signature-Input": signature_input, "Signature": signature, "Content-Digest": signature}
    with pytest.raises(RequestSignatureError):
        verify_request("PUT", URL, headers, BODY, KEYS)
    key_id_claimed(headers)
