"""Sealing: from here only the city can read an application. The construction is written down in docs/wire.md.

A content key comes from a secret that is wrapped to the city's public key with HPKE (RFC 9180): in the second construction that of a
run of applications (`run`), in the first one its own. From the content key, HKDF derives one key for the content and one for each
photo. The header is bound to everything, so nothing can be moved to another envelope.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite

from sync.contract import packing, photo_stream
from sync.contract.application import Envelope, Header, SealedApplication, SealedAttachment
from sync.contract.decoding import UNDECODABLE
from sync.contract.hkdf import expanded
from sync.contract.names import Digest, digest_of
from sync.contract.packing import CONTENT_MAX_BYTES
from sync.contract.run import Run, Step, Steps

_KEY_BYTES = 32
_NONCE_BYTES = 12
_MLKEM_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1184
_RUNS_KEPT = 256


class SealError(ValueError):
    """The envelope, or a photo, does not open: unknown suite or key, or something was changed."""


class SuiteName(StrEnum):
    """Names the whole construction, so that another one can join it."""

    HYBRID = "bianmin-2-mlkem768-x25519-hkdf-sha256-aes256gcm"  # stays safe if either of the two halves is broken
    CLASSIC = "bianmin-2-x25519-hkdf-sha256-aes256gcm"
    HYBRID_SINGLE = "bianmin-1-mlkem768-x25519-hkdf-sha256-aes256gcm"
    CLASSIC_SINGLE = "bianmin-1-x25519-hkdf-sha256-aes256gcm"

    @property
    def is_hybrid(self) -> bool:
        """Whether the key is encapsulated twice, once against a quantum computer."""
        return self in {SuiteName.HYBRID, SuiteName.HYBRID_SINGLE}

    @property
    def has_runs(self) -> bool:
        """Whether applications share an encapsulation, and are packed with the dictionary: the second construction."""
        return self in {SuiteName.HYBRID, SuiteName.CLASSIC}

    @property
    def label(self) -> bytes:
        """What everything that is derived is told apart by."""
        return b"bianmin-kiosk/2/" if self.has_runs else b"bianmin-kiosk/1/"


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
    _suite: SuiteName

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
            return photo_stream.open_stream(_photo_key(self._suite, self._content_key, index), sealed)
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
    if suite.is_hybrid:
        mlkem = MLKEM768PrivateKey.generate()
        secret, public = mlkem.private_bytes_raw() + secret, mlkem.public_key().public_bytes_raw() + public
    return CitySecretKey(digest_of(suite.encode() + public)[:16], suite, secret, public, created_at)


Seal = Callable[[Header, bytes, Sequence[bytes], CityPublicKey], Sealed]


class Sealer:
    """Seals one application after the other; those that follow each other closely share a run. One for each process that seals."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._key: CityPublicKey | None = None
        self._run: Run | None = None

    def seal(self, header: Header, content: bytes, attachments: Sequence[bytes], key: CityPublicKey) -> Sealed:
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
        suite = SuiteName(key.suite)
        wrapped, step = self._step(recipient, suite, key) if suite.has_runs else (None, None)
        content_key = step.content_key if step else os.urandom(_KEY_BYTES)
        photos = tuple(photo_stream.seal_stream(_photo_key(suite, content_key, place), clear) for place, clear in enumerate(attachments))
        named = tuple(SealedAttachment(digest_of(photo), len(photo)) for photo in photos)
        header = msgspec.structs.replace(header, attachments=named)
        bound = _bound(suite, msgspec.json.encode(header))
        nonce = os.urandom(_NONCE_BYTES)
        packed = packing.pack(content, with_dictionary=suite.has_runs)
        ciphertext = nonce + AESGCM(_content_key(suite, content_key)).encrypt(nonce, packed, bound)
        envelope = Envelope(
            suite,
            key.key_id,
            wrapped or recipient.wrap(content_key, bound),
            ciphertext,
            step=step.number if step else None,
            salt=step.salt if step else None,
        )
        body = msgspec.json.encode(SealedApplication(header, envelope))
        return Sealed(header, body, digest_of(body), photos)

    def _step(self, recipient: "_Recipient", suite: SuiteName, key: CityPublicKey) -> tuple[bytes, Step]:
        with self._lock:
            if self._run is None or self._key != key or self._run.is_over:
                self._key, self._run = key, Run(lambda secret: recipient.wrap(secret, _run_info(suite)), self._clock_s)
            return self._run.wrapped, self._run.step()


def seal(header: Header, content: bytes, attachments: Sequence[bytes], key: CityPublicKey) -> Sealed:
    """Seal one application by itself; see `Sealer.seal`."""
    return Sealer().seal(header, content, attachments, key)


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
    try:
        suite = SuiteName(key.suite)
        bound = _bound(suite, bytes(parts.header))
        content_key = _unwrapped(suite, envelope, key, bound)
        nonce, ciphertext = envelope.ciphertext[:_NONCE_BYTES], envelope.ciphertext[_NONCE_BYTES:]
        packed = AESGCM(_content_key(suite, content_key)).decrypt(nonce, ciphertext, bound)
    except (InvalidTag, ValueError) as error:
        raise SealError("the envelope does not open: it was damaged or changed on the way") from error
    try:
        content = packing.unpack(packed, with_dictionary=suite.has_runs)
    except packing.PackingError as error:
        raise SealError(str(error)) from error
    return Opened(header, content, content_key, suite)


def _unwrapped(suite: SuiteName, envelope: Envelope, key: CitySecretKey, bound: bytes) -> bytes:
    if not suite.has_runs:
        return _opener(key).unwrap(envelope.wrapped_key, bound)
    if envelope.step is None or envelope.salt is None:
        raise ValueError("a run without a step")
    return _steps(key, envelope.wrapped_key).key_at(envelope.step, envelope.salt)


@lru_cache(maxsize=_RUNS_KEPT)
def _steps(key: CitySecretKey, wrapped: bytes) -> Steps:
    """A batch holds one run many times. What is kept here opens no more than the key itself does, which this process holds anyway."""
    return Steps(_opener(key).unwrap(wrapped, _run_info(SuiteName(key.suite))))


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
            if not SuiteName(key.suite).is_hybrid:
                return cls(_hpke(KEM.X25519), public=x25519)
            mlkem = MLKEM768PublicKey.from_public_bytes(key.public[:_MLKEM_PUBLIC_BYTES])
        except ValueError as error:
            raise SealError(f"the city's key {key.key_id[:64]!r} is malformed or of an unknown suite") from error
        return cls(_hpke(KEM.MLKEM768_X25519), public=MLKEM768X25519PublicKey(mlkem, x25519))

    @classmethod
    def of_secret(cls, key: CitySecretKey) -> Self:
        x25519 = X25519PrivateKey.from_private_bytes(key.secret[-_KEY_BYTES:])
        if not SuiteName(key.suite).is_hybrid:
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


@lru_cache(maxsize=16)
def _opener(key: CitySecretKey) -> _Recipient:
    """A secret key is expanded from its seed, which takes longer than to unwrap with it."""
    return _Recipient.of_secret(key)


def _hpke(kem: KEM) -> Suite:
    return Suite(kem, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _bound(suite: SuiteName, header: bytes) -> bytes:
    """What both layers of the envelope are tied to; in a run, the content alone."""
    return suite.label + suite.encode() + b"\n" + header


def _run_info(suite: SuiteName) -> bytes:
    return suite.label + suite.encode() + b"\nrun"


def _content_key(suite: SuiteName, content_key: bytes) -> bytes:
    return expanded(content_key, suite.label + b"content")


def _photo_key(suite: SuiteName, content_key: bytes, place: int) -> bytes:
    return expanded(content_key, suite.label + b"attachment/%d" % place)
