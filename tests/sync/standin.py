"""A city to try the terminal against: real HTTPS with its own authority, real keys and signatures, and a table of misbehaviour.

It is the other side as docs/wire.md describes it, kept in memory, and it counts what it is told.
"""

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from weakref import WeakSet

import msgspec
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sync.contract import problem, rating, receipt, routes
from sync.contract.application import SealedApplication
from sync.contract.batch import BatchAnswer, BatchRequest, BatchResult, CatalogueAnswer
from sync.contract.city_keys import write_public
from sync.contract.feed import PAYLOAD_TYPE as FEED_TYPE
from sync.contract.feed import FeedKind, Issue, etag_of
from sync.contract.heartbeat import Heartbeat
from sync.contract.http_signature import RequestSignatureError, verify_request
from sync.contract.names import ApplicationId, CaseNumber, Digest, TerminalId, digest_of
from sync.contract.problem import Problem, ProblemCode, Retry
from sync.contract.question import REPLY_TYPE, Question
from sync.contract.question import Reply as SignedReply
from sync.contract.rating import Rating, RatingAnswer, RatingReceipt
from sync.contract.receipt import PutAnswer, Receipt, ReceiptState
from sync.contract.signed import sign
from sync.contract.signing_keys import key_id_of, write_public_key
from sync.contract.suites import CitySecretKey, new_city_key, open_sealed

Reply = tuple[int, dict[str, str], bytes]
Misbehaviour = Callable[["Asked"], Reply | None]
"""Given the request, returns what to answer instead, or None to answer as usual; it may also write to `Asked.wire` itself."""


class HangUp(Exception):  # noqa: N818  a thing that happens on a line
    """Close the connection without an answer."""


@dataclass(slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    wire: BaseHTTPRequestHandler


@dataclass(slots=True)
class Case:
    """One application that the city has."""

    body: bytes
    sealed: SealedApplication
    number: CaseNumber
    receipts: dict[ReceiptState, bytes] = field(default_factory=dict)


@dataclass
class StandInCity:
    """Starts on any free port; `misbehave` changes its answers."""

    folder: Path
    terminals: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    cases: dict[ApplicationId, Case] = field(default_factory=dict)
    blobs: dict[str, bytearray] = field(default_factory=dict)
    ratings: dict[ApplicationId, bytes] = field(default_factory=dict)
    catalogue: tuple[bytes, ...] = ()
    feeds: dict[str, bytes] = field(default_factory=dict)
    heartbeats: list[Heartbeat] = field(default_factory=list)
    replies: dict[str, Callable[[bytes], object]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    misbehave: Misbehaviour | None = None
    takes_batches: bool = True
    not_yours: Retry = Retry.NEVER  # a city of before says REAUTH, as for a key that it does not know
    order: list[ApplicationId] = field(default_factory=list)
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.connections: WeakSet[ssl.SSLSocket] = WeakSet()
        self.first_called_s: float | None = None  # monotonic
        self.city_key: CitySecretKey = new_city_key(datetime.now(UTC))
        self.ahead = timedelta(0)  # of everybody else's clock
        self.receipt_key = Ed25519PrivateKey.generate()
        self.catalogue_key = Ed25519PrivateKey.generate()
        for name in ("city-keys", "receipt-keys", "catalogue-keys"):
            (self.folder / name).mkdir(parents=True)
        write_public(self.folder / "city-keys", self.city_key.public_key())
        write_public_key(self.folder / "receipt-keys", self.receipt_key.public_key())
        write_public_key(self.folder / "catalogue-keys", self.catalogue_key.public_key())
        self.certificate = make_authority(self.folder / "tls", host=self.host)
        self.server: ThreadingHTTPServer | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    def start(self, certificate: Path | None = None) -> None:
        """Listen, again on the same port after `stop`."""
        city = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                body = self.rfile.read(length)
                asked = Asked(self.command, self.path, dict(self.headers.items()), body, self)
                try:
                    status, headers, content = city.answer(asked)
                except HangUp:
                    self.close_connection = True
                    return
                if len(content) > 1024 and "zstd" in self.headers.get("Accept-Encoding", "") and "Content-Encoding" not in headers:
                    content, headers = zstandard.compress(content), {**headers, "Content-Encoding": "zstd"}
                self.send_response(status)
                usual = {routes.NOW_HEADER: (datetime.now(UTC) + city.ahead).isoformat(), "Content-Length": str(len(content))}
                for name, value in {**usual, **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_PATCH = answer  # noqa: N815

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_: object) -> None:
                pass  # a terminal that hangs up is nothing to write about

            def finish_request(self, request: object, client_address: object) -> None:
                assert isinstance(request, ssl.SSLSocket)
                city.connections.add(request)
                city.first_called_s = city.first_called_s or time.monotonic()
                request.do_handshake()
                super().finish_request(request, client_address)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate or self.certificate)
        self.server = Server((self.host, self.port), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Cut the line: nothing listens any more, and what was connected is no longer."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    def answer(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append((asked.method, asked.path))
        if self.misbehave is not None:
            reply = self.misbehave(asked)
            if reply is not None:
                return reply
        return self.answer_well(asked)

    def answer_well(self, asked: Asked) -> Reply:
        """Answer as a city should."""
        with self.lock:
            if asked.path == routes.HEALTH_PATH:
                return 200, {}, b"{}"
            body = None if asked.method in {"GET", "HEAD"} else asked.body
            try:
                signer = verify_request(asked.method, self.url + asked.path, asked.headers, body, self.terminals)
            except RequestSignatureError:
                return refusal(401, ProblemCode.UNSIGNED, Retry.REAUTH)
            return self._routed(asked, signer.key_id)

    def _routed(self, asked: Asked, signer: str) -> Reply:
        match asked.method, asked.path.strip("/").split("/"):
            case "PUT", ["v1", "terminals", terminal, "applications", name]:
                return self._put(terminal, signer, ApplicationId(name), asked.body)
            case "GET", ["v1", "terminals", _, "applications", name]:
                return self._receipt(200, ApplicationId(name))
            case "PUT", ["v1", "terminals", _, "applications", name, "rating"]:
                return self._rating(ApplicationId(name), asked.body)
            case "HEAD", ["v1", "blobs", digest]:
                return (404, {}, b"") if digest not in self.blobs else (200, {routes.OFFSET_HEADER: str(len(self.blobs[digest]))}, b"")
            case "PATCH", ["v1", "blobs", digest]:
                offset, length = int(asked.headers[routes.OFFSET_HEADER]), int(asked.headers[routes.LENGTH_HEADER])
                return self._piece(digest, offset, asked.body, length)
            case "POST", ["v1", "batch"] if self.takes_batches:
                return self._batch(signer, asked.body)
            case "GET", ["v1", "measure", size]:
                return 200, {"Content-Type": routes.BYTES_TYPE, "Content-Encoding": "identity"}, os.urandom(int(size))
            case "PUT", ["v1", "measure", size] if len(asked.body) == int(size):
                return 204, {}, b""
            case "GET", ["v1", "catalogue"]:
                etag = f'"{digest_of(b"".join(self.catalogue))[:16]}"'
                if asked.headers.get("If-None-Match") == etag:
                    return 304, {"ETag": etag}, b""
                return 200, {"ETag": etag, "Content-Type": "application/json"}, msgspec.json.encode(CatalogueAnswer(self.catalogue))
            case "PUT", ["v1", "terminals", _, "heartbeat"]:
                self.heartbeats.append(msgspec.json.decode(asked.body, type=Heartbeat))
                return 204, {}, b""
            case "GET", ["v1", "feeds", name] if name in self.feeds:
                etag = etag_of(self.feeds[name])
                if asked.headers.get("If-None-Match") == etag:
                    return 304, {"ETag": etag}, b""
                return 200, {"ETag": etag, "Content-Type": routes.STATEMENT_TYPE}, self.feeds[name]
            case "POST", ["v1", "questions", kind] if kind in self.replies:
                question = msgspec.json.decode(asked.body, type=Question)
                content = msgspec.json.encode(self.replies[kind](bytes(question.content)))
                said = SignedReply(1, question.terminal, digest_of(asked.body), datetime.now(UTC) + self.ahead, msgspec.Raw(content))
                return 200, {"Content-Type": routes.STATEMENT_TYPE}, self.say(said, REPLY_TYPE)
            case _:
                return refusal(404, ProblemCode.UNKNOWN, Retry.LATER)

    def publish(self, kind: FeedKind[Any], content: object, version: int, /, **changes: Any) -> bytes:  # noqa: ANN401
        """Send something down: a new version of a feed, for the one terminal that there is."""
        (terminal,) = self.terminals
        issue = Issue(
            1, kind.name, TerminalId(terminal), version, datetime.now(UTC) + self.ahead, msgspec.Raw(msgspec.json.encode(content))
        )
        self.feeds[kind.name] = self.say(msgspec.structs.replace(issue, **changes), FEED_TYPE)
        return self.feeds[kind.name]

    def say(self, said: msgspec.Struct, kind: str) -> bytes:
        """Sign a statement with the key that also signs receipts."""
        return sign(msgspec.json.encode(said), kind, key_id_of(self.receipt_key.public_key()), self.receipt_key)

    def _put(self, terminal: str, signer: str, name: ApplicationId, body: bytes) -> Reply:
        if terminal != signer:
            return refusal(403, ProblemCode.NOT_YOURS, Retry.REAUTH)
        known = self.cases.get(name)
        if known is not None:
            if known.body != body:
                return refusal(422, ProblemCode.OTHER_CONTENT, Retry.NEVER)
            return self._receipt(200, name)
        open_sealed(body, {self.city_key.key_id: self.city_key})
        sealed = msgspec.json.decode(body, type=SealedApplication)
        if sealed.header.terminal != terminal:
            return refusal(403, ProblemCode.NOT_YOURS, self.not_yours)
        self.cases[name] = Case(body, sealed, CaseNumber(f"C{len(self.cases) + 1:06}"))
        self.order.append(name)
        return self._receipt(201, name)

    def missing(self, case: Case) -> tuple[Digest, ...]:
        return tuple(a.digest for a in case.sealed.header.attachments if len(self.blobs.get(a.digest, b"")) != a.size_bytes)

    def put_answer(self, name: ApplicationId) -> PutAnswer:
        case = self.cases[name]
        missing = self.missing(case)
        state = ReceiptState.RECEIVED if missing else ReceiptState.COMPLETE
        if state not in case.receipts:
            header = case.sealed.header
            said = Receipt(1, header.terminal, name, digest_of(case.body), case.number, state, datetime.now(UTC) + self.ahead)
            case.receipts[state] = self.sign_receipt(said)
        return PutAnswer(case.receipts[state], missing)

    def sign_receipt(self, said: Receipt) -> bytes:
        return self.say(said, receipt.PAYLOAD_TYPE)

    def _receipt(self, status: int, name: ApplicationId) -> Reply:
        if name not in self.cases:
            return refusal(404, ProblemCode.UNKNOWN, Retry.LATER)
        return status, {"Content-Type": "application/json"}, msgspec.json.encode(self.put_answer(name))

    def _rating(self, name: ApplicationId, body: bytes) -> Reply:
        read = msgspec.json.decode(body, type=Rating)
        if self.ratings.setdefault(name, body) != body:
            return refusal(422, ProblemCode.OTHER_CONTENT, Retry.NEVER)
        said = RatingReceipt(1, read.terminal, name, digest_of(body))
        return 200, {}, msgspec.json.encode(RatingAnswer(self.say(said, rating.PAYLOAD_TYPE)))

    def _piece(self, digest: str, offset: int, piece: bytes, length: int) -> Reply:
        blob = self.blobs.setdefault(digest, bytearray())
        if offset != len(blob):
            status, headers, body = refusal(409, ProblemCode.OFFSET, Retry.LATER)
            return status, {**headers, routes.OFFSET_HEADER: str(len(blob))}, body
        blob += piece
        if len(blob) == length and digest_of(bytes(blob)) != digest:
            blob.clear()
            return refusal(422, ProblemCode.DIGEST_MISMATCH, Retry.LATER)
        return 204, {routes.OFFSET_HEADER: str(len(blob))}, b""

    def _batch(self, signer: str, body: bytes) -> Reply:
        request = msgspec.json.decode(zstandard.ZstdDecompressor().decompress(body, max_output_size=8_000_000), type=BatchRequest)
        results = []
        for item in request.items:
            status, _, content = self._put(signer, signer, item.application_id, bytes(item.body))
            if status in {200, 201}:
                results.append(BatchResult(item.application_id, status, answer=msgspec.json.decode(content, type=PutAnswer)))
            else:
                results.append(BatchResult(item.application_id, status, problem=msgspec.json.decode(content, type=Problem)))
        return 200, {"Content-Type": "application/json"}, msgspec.json.encode(BatchAnswer(tuple(results)))


def refusal(status: int, code: ProblemCode, retry: Retry | str, headers: dict[str, str] | None = None) -> Reply:
    """A refusal as the city writes it."""
    body = msgspec.json.encode(Problem(f"https://city.example/problems/{code}", code, status, retry))
    return status, {"Content-Type": problem.MEDIA_TYPE, **(headers or {})}, body


def make_authority(folder: Path, until: datetime | None = None, host: str = "127.0.0.1", since: datetime | None = None) -> Path:
    """Make an authority (`ca.pem`) and a certificate for `host` with its key; returns the latter's file."""
    folder.mkdir(parents=True)
    now = datetime.now(UTC)
    until = until or now + timedelta(days=2)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented Test Authority")])
    ca = (
        x509.CertificateBuilder()
        .subject_name(ca_name)
        .issuer_name(ca_name)
        .public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .add_extension(_usage(is_ca=True), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    leaf = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .issuer_name(ca_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since or min(now, until) - timedelta(days=8))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .add_extension(_usage(is_ca=False), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(ca.public_bytes(Encoding.PEM))
    chain = folder / "server.pem"
    chain.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + leaf.public_bytes(Encoding.PEM))
    return chain


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
