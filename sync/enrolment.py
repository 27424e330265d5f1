"""The terminal's side of admission: ask with a code, keep the certificate, ask for a new one in time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from sync.contract import routes
from sync.contract.decoding import UNDECODABLE
from sync.contract.enrolment import (
    CertificateAnswer,
    CertificateState,
    EnrolAnswer,
    EnrolRequest,
    EnrolState,
    six_words,
)
from sync.contract.names import TerminalId
from sync.contract.problem import Problem
from sync.durable import sync_folder, write_durably
from sync.errors import SettingsError
from sync.exchange import Answer, Exchange
from sync.offline import Offline, OfflineReason

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Comparing:
    """The city has the code and the key; people compare the words. `place` is where the terminal stands, as the city says it."""

    words: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The certificate is kept."""

    until: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    """The city said no; `reason` is one word of its own."""

    reason: str


@dataclass(frozen=True, slots=True)
class AwaitingApproval:
    """The old certificate is over; a person at the city has to agree to a new one."""


def authority_der(ca_file: Path) -> bytes:
    """Return the certificate of the city's authority, in DER.

    Raises:
        SettingsError: It cannot be read.
    """
    try:
        return x509.load_pem_x509_certificate(ca_file.read_bytes()).public_bytes(Encoding.DER)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{ca_file}: no readable certificate of the city; copy it from the city's public/ca.pem") from error


def ask_admission(
    exchange: Exchange, terminal: TerminalId, code: str, certificate: Path, ca_file: Path
) -> Comparing | Admitted | NotAdmitted | Offline:
    """Show the code and the key; asked again, say how far it is. Once admitted, the certificate is kept in `certificate`."""
    key = exchange.public_key
    request = EnrolRequest(terminal, code, key.public_bytes_raw())
    answer = _asked(exchange, routes.ENROLMENT_PATH, msgspec.json.encode(request), EnrolAnswer)
    if not isinstance(answer, EnrolAnswer):
        return answer
    if answer.state is EnrolState.COMPARE:
        return Comparing(six_words(code, key.public_bytes_raw(), authority_der(ca_file)), answer.place)
    kept = _kept(certificate, answer.certificate, ca_file, key)
    return replace(kept, place=answer.place) if isinstance(kept, Admitted) else kept


def renew_certificate(exchange: Exchange, certificate: Path, ca_file: Path) -> Admitted | AwaitingApproval | NotAdmitted | Offline:
    """Ask for the certificate that this terminal may use now, and keep it."""
    answer = _asked(exchange, routes.CERTIFICATE_PATH, b"{}", CertificateAnswer)
    if not isinstance(answer, CertificateAnswer):
        return answer
    if answer.state is CertificateState.AWAITING_APPROVAL:
        return AwaitingApproval()
    return _kept(certificate, answer.certificate, ca_file, exchange.public_key)


def _asked(exchange: Exchange, path: str, body: bytes, type_: type[T]) -> T | NotAdmitted | Offline:
    answer = exchange.ask("POST", path, {"Content-Type": routes.JSON_TYPE}, body)
    if isinstance(answer, Offline):
        return answer
    try:
        if answer.status == 200:
            return msgspec.json.decode(answer.body, type=type_)
        if 400 <= answer.status < 500:
            return NotAdmitted(_reason(answer))
    except UNDECODABLE:
        pass
    return Offline(OfflineReason.NOT_THE_CITY)


def _reason(answer: Answer) -> str:
    """Return the last part of the problem's type.

    Raises:
        msgspec.DecodeError: The answer is a page of somebody in between.
    """
    return msgspec.json.decode(answer.body, type=Problem).type.rsplit(":", 1)[-1][:32]


def _kept(path: Path, pem: str | None, ca_file: Path, key: Ed25519PublicKey) -> Admitted | Offline:
    """Keep a certificate for our key that the city's authority issued; anything else is not the city."""
    try:
        certificate = x509.load_pem_x509_certificate((pem or "").encode())
        certificate.verify_directly_issued_by(x509.load_der_x509_certificate(authority_der(ca_file)))
    except (ValueError, TypeError, InvalidSignature):
        return Offline(OfflineReason.NOT_THE_CITY)
    if certificate.public_key() != key or certificate.not_valid_after_utc <= datetime(2020, 1, 1, tzinfo=UTC):
        return Offline(OfflineReason.NOT_THE_CITY)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, certificate.public_bytes(Encoding.PEM))
    sync_folder(path.parent)
    return Admitted(certificate.not_valid_after_utc)
