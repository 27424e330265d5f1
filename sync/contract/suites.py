"""Sealing: from here only the city can read an application. The construction is written down in docs/wire.md.

A fresh content key is wrapped to the city's public key with HPKE (RFC 9180). From the content key, HKDF derives one key for the
content and one for each photo. The header is bound to everything, so nothing can be moved to another envelope.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Self

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from sync.contract import photo_stream
from sync.contract.application import Envelope, Header, SealedApplication, SealedAttachment
from sync.contract.decoding import UNDECODABLE
from sync.contract.names import Digest, digest_of

CONTENT_MAX_BYTES = 4 * 1024 * 1024
"""No content is larger; the city unpacks no more than this."""

_LABEL = b"bianmin-kiosk/1/"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_MLKEM_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1184
_of_thread = threading.local()


class SealError(ValueError):
    """The envelope, or a photo, does not open: unknown suite or key, or something was changed."""


class SuiteName(StrEnum):
    """Names the whole construction, so that another one can join it."""

    HYBRID = "bianmin-1-mlkem768-x25519-hkdf-sha256-aes256gcm"  # stays safe if either of the two halves is broken
    CLASSIC = "bianmin-1-x25519-hkdf-sha256-aes256gcm"


class CityPublicKey(msgspec.Struct, frozen=True):
    """What a terminal seals to. The newest of several is used; the city opens with each that it still has."""

    key_id: str
    suite: str
    public: bytes
    created_at: datetime


class CitySecretKey(msgspec.Struct, frozen=True):
    """What the city opens with. It never leaves the city."""

    key_id: str
    suite: str
    secret: bytes
    public: bytes
    created_at: datetime

    def __repr__(self) -> str:
        return f"CitySecretKey({self.key_id})"

    def public_key(self) -> CityPublicKey:
        """Return the half that terminals are given."""
        return CityPublicKey(self.key_id, self.suite, self.public, self.created_at)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What leaves `seal`: the bytes of the PUT, their digest, and the sealed photos in the order of the header."""

    header: Header
    body: bytes
    digest: Digest
    attachments: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """An application that the city has opened; `attachment` opens its photos as they arrive."""

    header: Header
    content: bytes = field(repr=False)
    _content_key: bytes = field(repr=False)

    def attachment(self, index: int, sealed: bytes) -> bytes:
        """Return the clear photo at place `index`.

        Raises:
            SealError: It is not the photo that the header names, or it was cut or changed.
        """
        if not 0 <= index < len(self.header.attachments):
            raise SealError(f"the header names {len(self.header.attachments)} attachments; there is none at place {index}")
        if digest_of(sealed) != self.header.attachments[index].digest:
            raise SealError(f"attachment {index} is not the one that the header names")
        try:
            return photo_stream.open_stream(_photo_key(self._content_key, index), sealed)
        except photo_stream.StreamError as error:
            raise SealError(f"attachment {index} does not open: {error}") from error


class _Parts(msgspec.Struct, frozen=True):
    """The body, with the header's bytes as they came: what is bound is what was sent, not what this version knows of it."""

    header: msgspec.Raw
    envelope: Envelope


def new_city_key(created_at: datetime, suite: SuiteName = SuiteName.HYBRID) -> CitySecretKey:
    """Make a key pair for the city; the key's id is derived from its public half."""
    x25519 = X25519PrivateKey.generate()
    secret, public = x25519.private_bytes_raw(), x25519.public_key().public_bytes_raw()
    if suite is SuiteName.HYBRID:
        mlkem = MLKEM768PrivateKey.generate()
        secret, public = mlkem.private_bytes_raw() + secret, mlkem.public_key().public_bytes_raw() + public
    return CitySecretKey(digest_of(suite.encode() + public)[:16], suite, secret, public, created_at)


def seal(header: Header, content: bytes, attachments: Sequence[bytes], key: CityPublicKey) -> Sealed:
    """Seal `content` and its photos to the city.

    Args:
        header: Its `attachments` are filled in here and may be empty.
        content: The application in clear, as JSON.
        attachments: Clear photos; `PaperPage.attachment` is a place in this sequence.
        key: The city's public key.

    Raises:
        SealError: The key is of an unknown suite or malformed, or the content is too large.
    """
    if len(content) > CONTENT_MAX_BYTES:
        raise SealError(f"the content has {len(content)} bytes; at most {CONTENT_MAX_BYTES} are sealed")
    recipient = _recipient(key)
    content_key = os.urandom(_KEY_BYTES)
    photos = tuple(photo_stream.seal_stream(_photo_key(content_key, place), clear) for place, clear in enumerate(attachments))
    named = tuple(SealedAttachment(digest_of(photo), len(photo)) for photo in photos)
    header = msgspec.structs.replace(header, attachments=named)
    bound = _bound(key.suite, msgspec.json.encode(header))
    nonce = os.urandom(_NONCE_BYTES)
    packed = _packer().compress(content)
    ciphertext = nonce + AESGCM(_content_key(content_key)).encrypt(nonce, packed, bound)
    body = msgspec.json.encode(SealedApplication(header, Envelope(key.suite, key.key_id, recipient.wrap(content_key, bound), ciphertext)))
    return Sealed(header, body, digest_of(body), photos)


def open_sealed(body: bytes, keys: Mapping[str, CitySecretKey]) -> Opened:
    """Open the body of a PUT with whichever of the city's keys it was sealed to.

    Raises:
        SealError: It is malformed, sealed to another key or by an unknown suite, or anything in it was changed.
    """
    try:
        parts = msgspec.json.decode(body, type=_Parts)
        header = msgspec.json.decode(parts.header, type=Header)
    except UNDECODABLE as error:
        raise SealError(f"not a sealed application: {error}") from error
    envelope = parts.envelope
    key = keys.get(envelope.key_id)
    if key is None:
        raise SealError(f"sealed to the key {envelope.key_id[:64]!r}, which is not among the city's keys")
    if key.suite != envelope.suite:
        raise SealError(f"the envelope's suite is {envelope.suite[:64]!r}, its key's is {key.suite!r}")
    bound = _bound(envelope.suite, bytes(parts.header))
    try:
        content_key = _Recipient.of_secret(key).unwrap(envelope.wrapped_key, bound)
        nonce, ciphertext = envelope.ciphertext[:_NONCE_BYTES], envelope.ciphertext[_NONCE_BYTES:]
        packed = AESGCM(_content_key(content_key)).decrypt(nonce, ciphertext, bound)
    except (InvalidTag, ValueError) as error:
        raise SealError("the envelope does not open: it was damaged or changed on the way") from error
    return Opened(header, _unpack(packed), content_key)


_HpkePublic = X25519PublicKey | MLKEM768X25519PublicKey
_HpkeSecret = X25519PrivateKey | MLKEM768X25519PrivateKey


@dataclass(frozen=True, slots=True)
class _Recipient:
    """One of the city's keys, as HPKE takes it."""

    suite: Suite
    public: _HpkePublic | None = None
    secret: _HpkeSecret | None = field(default=None, repr=False)

    @classmethod
    def of_public(cls, key: CityPublicKey) -> Self:
        try:
            x25519 = X25519PublicKey.from_public_bytes(key.public[-_KEY_BYTES:])
            if _suite_named(key.suite) is SuiteName.CLASSIC:
                return cls(_hpke(KEM.X25519), public=x25519)
            mlkem = MLKEM768PublicKey.from_public_bytes(key.public[:_MLKEM_PUBLIC_BYTES])
        except ValueError as error:
            raise SealError(f"the city's key {key.key_id[:64]!r} is malformed or of an unknown suite") from error
        return cls(_hpke(KEM.MLKEM768_X25519), public=MLKEM768X25519PublicKey(mlkem, x25519))

    @classmethod
    def of_secret(cls, key: CitySecretKey) -> Self:
        x25519 = X25519PrivateKey.from_private_bytes(key.secret[-_KEY_BYTES:])
        if _suite_named(key.suite) is SuiteName.CLASSIC:
            return cls(_hpke(KEM.X25519), secret=x25519)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(key.secret[:_MLKEM_SEED_BYTES])
        return cls(_hpke(KEM.MLKEM768_X25519), secret=MLKEM768X25519PrivateKey(mlkem, x25519))

    def wrap(self, content_key: bytes, bound: bytes) -> bytes:
        if self.public is None:
            raise SealError("a secret key wraps nothing")
        return self.suite.encrypt(content_key, self.public, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        if self.secret is None:
            raise SealError("a public key opens nothing")
        return self.suite.decrypt(wrapped, self.secret, bound)


@lru_cache(maxsize=4)
def _recipient(key: CityPublicKey) -> _Recipient:
    """Parsing a key takes a fifth of the time of sealing, and it is the same one for years."""
    return _Recipient.of_public(key)


def _suite_named(name: str) -> SuiteName:
    return SuiteName(name)


def _hpke(kem: KEM) -> Suite:
    return Suite(kem, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _bound(suite: str, header: bytes) -> bytes:
    """What both layers of the envelope are tied to."""
    return _LABEL + suite.encode() + b"\n" + header


def _content_key(content_key: bytes) -> bytes:
    return HKDFExpand(SHA256(), _KEY_BYTES, _LABEL + b"content").derive(content_key)


def _photo_key(content_key: bytes, place: int) -> bytes:
    return HKDFExpand(SHA256(), _KEY_BYTES, _LABEL + b"attachment/%d" % place).derive(content_key)


def _packer() -> zstandard.ZstdCompressor:
    """Return this thread's compressor; its tables are large, and made anew for each application they cost as much as the database."""
    if not hasattr(_of_thread, "packer"):
        _of_thread.packer = zstandard.ZstdCompressor(level=3, write_content_size=True)
    packer: zstandard.ZstdCompressor = _of_thread.packer
    return packer


def _unpack(packed: bytes) -> bytes:
    """Decompress, believing neither the frame's own size nor its end."""
    try:
        if not 0 <= zstandard.frame_content_size(packed) <= CONTENT_MAX_BYTES:
            raise SealError("the content claims more than may be sealed")
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=CONTENT_MAX_BYTES)
    except zstandard.ZstdError as error:
        raise SealError("opened, but the content does not unpack") from error
