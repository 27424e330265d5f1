"""A statement that somebody signed: a DSSE envelope (Dead Simple Signing Envelope 1.0.2) with Ed25519 signatures.

The signature covers the payload's exact bytes and their type, so nothing needs a canonical form. Item packages and the city's
receipts are such statements.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.contract.decoding import UNDECODABLE

T = TypeVar("T")


class SignatureError(ValueError):
    """The statement is not signed by a key that may sign it, is of another type, or is not a statement at all."""


class StatementSignature(msgspec.Struct, frozen=True):
    """One signature and the name of its key."""

    keyid: str
    sig: bytes


class Statement(msgspec.Struct, frozen=True, rename={"payload_type": "payloadType"}):
    """Payload, its type, and at least one signature."""

    payload: bytes
    payload_type: str
    signatures: tuple[StatementSignature, ...]


def sign(payload: bytes, payload_type: str, key_id: str, key: Ed25519PrivateKey) -> bytes:
    """Return the statement as JSON."""
    signature = StatementSignature(key_id, key.sign(_pre_authentication(payload_type, payload)))
    return msgspec.json.encode(Statement(payload, payload_type, (signature,)))


def verify(statement: bytes, payload_type: str, keys: Mapping[str, Ed25519PublicKey]) -> bytes:
    """Return the payload of `statement` if one of `keys` signed it.

    Raises:
        SignatureError: It is malformed, of another type, or signed by none of the keys.
    """
    read = _read(statement, payload_type)
    covered = _pre_authentication(read.payload_type, read.payload)
    for signature in read.signatures:
        key = keys.get(signature.keyid)
        if key is not None and _is_by(key, signature.sig, covered):
            return read.payload
    raise SignatureError("signed by no key that may sign it")


def payload_unverified(statement: bytes, payload_type: str) -> bytes:
    """Return what `statement` carries without asking who signed it: to look at, never to act on.

    Raises:
        SignatureError: It is malformed or of another type.
    """
    return _read(statement, payload_type).payload


def verify_as(statement: bytes, payload_type: str, keys: Mapping[str, Ed25519PublicKey], type_: type[T]) -> T:
    """Return the payload of `statement`, verified and decoded as `type_`.

    Raises:
        SignatureError: As `verify`, or the signed payload is not a `type_`.
    """
    payload = verify(statement, payload_type, keys)
    try:
        return msgspec.json.decode(payload, type=type_)
    except UNDECODABLE as error:
        raise SignatureError(f"signed, but not a valid {type_.__name__}: {error}") from error


def _read(statement: bytes, payload_type: str) -> Statement:
    try:
        read = msgspec.json.decode(statement, type=Statement)
    except UNDECODABLE as error:
        raise SignatureError("not a signed statement") from error
    if read.payload_type != payload_type:
        raise SignatureError(f"a statement of type {read.payload_type[:64]!r}, not {payload_type!r}")
    return read


def _is_by(key: Ed25519PublicKey, signature: bytes, covered: bytes) -> bool:
    try:
        key.verify(signature, covered)
    except InvalidSignature:
        return False
    return True


def _pre_authentication(payload_type: str, payload: bytes) -> bytes:
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
