"""Requests signed with the terminal's Ed25519 key: HTTP Message Signatures (RFC 9421) over Content-Digest (RFC 9530).

TLS may end at a proxy; the signature still says which terminal sent what to which path. Its time is never judged: a terminal
whose clock is years off must be able to deliver, and replaying a PUT does no harm.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from sync.contract import routes
from sync.contract.names import TerminalId

TAG = "bianmin-1"
LABEL = "terminal"

ALWAYS_COVERED = ("@method", "@authority", "@path", "@query")
COVERED_WITH_BODY = ("content-digest", "content-type")
COVERED_WHERE_PRESENT = ("content-encoding", routes.OFFSET_HEADER.lower(), routes.LENGTH_HEADER.lower())


class RequestSignatureError(ValueError):
    """The request is not signed, by no key that is known, or not as it was signed."""


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Who signed a request; `created` is the signer's clock, which may be wrong."""

    key_id: str
    created: datetime
    nonce: str


@dataclass(slots=True)
class _Message:
    """What the library needs of a request."""

    method: str
    url: str
    headers: dict[str, str]


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, public: Mapping[str, Ed25519PublicKey], private: Mapping[str, Ed25519PrivateKey]) -> None:
        self._public = public
        self._private = private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        return self._public.get(key_id)

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self._private[key_id]


class _PatientVerifier(HTTPMessageVerifier):
    """Takes any time of creation, past or future."""

    max_clock_skew = timedelta(days=200 * 365)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A terminal's id, and the key with which it signs."""

    terminal: TerminalId
    key: Ed25519PrivateKey = field(repr=False)


def sign_request(method: str, url: str, headers: Mapping[str, str], body: bytes | None, signer: RequestKey) -> dict[str, str]:
    """Return `headers` with Content-Digest (when there is a body), Signature-Input and Signature added.

    Args:
        method: In capitals.
        url: The whole address, as it is sent.
        headers: With Content-Type when there is a body.
        body: The bytes as they travel, after compression; None for GET and HEAD.
        signer: Who sends it.
    """
    message = _Message(method, url, dict(headers))
    keys = _Keys({}, {signer.terminal: signer.key})
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys).sign(
        message,
        key_id=signer.terminal,
        created=datetime.now(UTC),
        nonce=secrets.token_urlsafe(12),
        tag=TAG,
        label=LABEL,
        covered_component_ids=_covered(headers, has_body=body is not None),
        body=body,
    )
    return message.headers


def verify_request(method: str, url: str, headers: Mapping[str, str], body: bytes | None, keys: Mapping[str, Ed25519PublicKey]) -> SignedBy:
    """Return who signed the request, if everything that must be covered is.

    Args:
        method: In capitals.
        url: The whole address as the sender wrote it; only its authority, path and query are covered.
        headers: Names in any case.
        body: The bytes as they came, before decompression; None for GET and HEAD.
        keys: The request keys of the admitted terminals that may have sent it, by terminal id.

    Raises:
        RequestSignatureError: No valid signature, or one that covers too little.
    """
    plain = {name.lower(): value for name, value in headers.items()}
    verifier = _PatientVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(keys, {}))
    try:
        results: list[Any] = verifier.verify(
            _Message(method, url, plain),
            max_age=None,
            expect_tag=TAG,
            require_components=_covered(plain, has_body=body is not None),
            body=body,
        )
    except (HTTPMessageSignaturesException, ValueError, TypeError, OverflowError) as error:
        raise RequestSignatureError("the request carries no valid signature of an admitted terminal") from error
    if len(results) != 1:
        raise RequestSignatureError("the request must carry exactly one signature of its terminal")
    parameters = results[0].parameters
    return SignedBy(str(parameters["keyid"]), datetime.fromtimestamp(int(parameters["created"]), UTC), str(parameters.get("nonce", "")))


def key_id_claimed(headers: Mapping[str, str]) -> str | None:
    """Return the terminal that the request says it is from, so that one key has to be looked up; it proves nothing."""
    for name, value in headers.items():
        if name.lower() == "signature-input":
            _, found, rest = value.partition('keyid="')
            return rest.partition('"')[0] if found else None
    return None


def _covered(headers: Iterable[str], *, has_body: bool) -> tuple[str, ...]:
    present = {name.lower() for name in headers}
    extra = tuple(name for name in COVERED_WHERE_PRESENT if name in present)
    return ALWAYS_COVERED + (COVERED_WITH_BODY if has_body else ()) + extra
