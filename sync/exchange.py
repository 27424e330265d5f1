"""One question to the city and its whole answer, within one time limit and one size; anything else counts as no answer.

The time limit holds for everything together. The library's own limits start anew with each byte, so a watch cuts the connection
when the time is over, however busily the other side drips.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from weakref import WeakSet

import requests
import urllib3
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from sync.certificate_time import CertificateTime
from sync.contract.http_signature import RequestKey, sign_request
from sync.offline import Offline, OfflineReason
from sync.proxy import Proxy

ANSWER_MAX_BYTES: Final = 256 * 1024
ZSTD: Final = "zstd"
"""The one compression that is asked for: receipts come in base64, and the way down is as narrow as the way up."""

_READ_BYTES: Final = 64 * 1024
_CONGESTION_CONTROL: Final = b"bbr"
"""Measures the line and does not take each loss for a crowd: over 2 % of loss it carries half as much again as the usual one."""

BY_THE_CLOCK: Final = CertificateTime()
"""For whoever knows of nothing that the city has signed."""

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is complete; whether it is believed is decided by what was asked."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)


class Exchange:
    """A connection to the city that is kept open between questions, straight or through a proxy. One thread at a time."""

    def __init__(
        self,
        url: str,
        ca_file: Path,
        signer: RequestKey,
        total_s: float,
        proxy: Proxy | None = None,
        judged_by: CertificateTime = BY_THE_CLOCK,
    ) -> None:
        self._url = url.rstrip("/")
        self._signer = signer
        self._ca_file = ca_file
        self._proxy = proxy
        self.judged_by = judged_by
        self._total_s = total_s
        self._watch = _Watch()
        self._session = requests.Session()
        self._session.trust_env = False  # else a variable could name another authority or a proxy
        self._session.verify = str(ca_file)
        self._session.adapters.clear()  # with this one alone, nothing is ever sent in clear
        self._session.mount("https://", _WatchedAdapter(self._watch, proxy, judged_by))
        self._session.proxies = {} if proxy is None else {"https": proxy.url}

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The key by which the city knows who asks."""
        return self._signer.key.public_key()

    def show_certificate(self, certificate: Path, key: Path) -> None:
        """Show the terminal's certificate to whoever ends TLS, from the next connection on; a proxy may let only such in."""
        self._session.close()
        self._session.cert = (str(certificate), str(key)) if certificate.exists() else None

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def judging_by(self, judged_by: CertificateTime) -> "Exchange":
        """Return another one on the same way to the same city, whose certificate it judges so."""
        other = Exchange(self._url, self._ca_file, self._signer, self._total_s, self._proxy, judged_by)
        other._session.cert = self._session.cert
        return other

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] = _NONE,
        body: bytes | None = None,
        answer_max_bytes: int = ANSWER_MAX_BYTES,
        within_s: float | None = None,
    ) -> Answer | Offline:
        """Send a signed request and read the whole answer, `within_s` or else within the exchange's own limit.

        A kept connection may have been closed by the other side meanwhile, so a lost first try is repeated once on a new one; every
        request of ours may safely arrive twice.
        """
        was_kept = self._watch.has_connection
        total_s = self._total_s if within_s is None else min(within_s, self._total_s)
        with self._watch.cutting_after(total_s):
            answer = self._try(method, path, headers, body, answer_max_bytes, total_s)
            if was_kept and answer == Offline(OfflineReason.NO_LINE):
                answer = self._try(method, path, headers, body, answer_max_bytes, total_s)
        return answer

    def _try(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, answer_max_bytes: int, total_s: float
    ) -> Answer | Offline:
        url = self._url + path
        plain = {"Accept-Encoding": ZSTD, "Accept": "application/json, application/problem+json", **headers}
        signed = sign_request(method, url, plain, body, self._signer)
        try:
            with self._session.request(
                method, url, headers=signed, data=body, timeout=total_s, allow_redirects=False, stream=True
            ) as response:
                answer = _read(response, answer_max_bytes)
                # The library takes a header that was cut for one that is over.
                return Offline(OfflineReason.TOO_SLOW) if self._watch.has_cut else answer
        except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            return Offline(self._reason(error))

    def _reason(self, error: Exception) -> OfflineReason:
        if self._watch.has_cut:
            return OfflineReason.TOO_SLOW
        match error:
            case requests.exceptions.SSLError():
                return OfflineReason.CERTIFICATE
            case requests.exceptions.ProxyError():
                return OfflineReason.PROXY
            case requests.exceptions.Timeout():
                return OfflineReason.TOO_SLOW
            case _:
                return OfflineReason.NO_LINE


def _read(response: requests.Response, max_bytes: int) -> Answer | Offline:
    """Read at most `max_bytes`, packed or not; other compressions were not asked for and are not unpacked."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    encoding = headers.get("content-encoding", "identity")
    if encoding not in ("identity", ZSTD) or response.is_redirect:
        return Offline(OfflineReason.NOT_THE_CITY)
    body = bytearray()
    while piece := response.raw.read(_READ_BYTES, decode_content=False):
        body += piece
        if len(body) > max_bytes:
            return Offline(OfflineReason.NOT_THE_CITY)
    plain = _unpacked(bytes(body), max_bytes) if encoding == ZSTD and body else bytes(body)
    return Offline(OfflineReason.NOT_THE_CITY) if plain is None else Answer(response.status_code, headers, plain)


def _unpacked(packed: bytes, max_bytes: int) -> bytes | None:
    """Unpack what says beforehand how large it is, and is no larger than may be read; else nothing."""
    try:
        if not 0 <= zstandard.frame_content_size(packed) <= max_bytes:
            return None
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=max_bytes)
    except zstandard.ZstdError:
        return None


class _Watch:
    """Cuts the connections of one exchange when its time is over."""

    def __init__(self) -> None:
        self._connections: WeakSet[_WatchedConnection] = WeakSet()
        self.has_cut = False

    @property
    def has_connection(self) -> bool:
        return any(connection.twin is not None for connection in self._connections)

    def add(self, connection: "_WatchedConnection") -> None:
        self._connections.add(connection)

    @contextmanager
    def cutting_after(self, seconds: float) -> Iterator[None]:
        self.has_cut = False
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self.has_cut = True
        for connection in list(self._connections):
            connection.cut()


class _WatchedConnection(HTTPSConnection):
    """Keeps a second descriptor of its socket, by which it can be cut even while TLS holds the first; judges the city's certificate."""

    def __init__(self, *args: Any, watch: _Watch, judged_by: CertificateTime, **kwargs: Any) -> None:  # noqa: ANN401  passed on as they are
        super().__init__(*args, **kwargs)
        self._judged_by = judged_by
        self.twin: socket.socket | None = None
        self._watch = watch
        watch.add(self)

    def _new_conn(self) -> socket.socket:
        raw = super()._new_conn()
        with suppress(OSError):  # a kernel without it, or a user who may not
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, _CONGESTION_CONTROL)
        self.twin = raw.dup()
        if self._watch.has_cut:
            self.cut()
        return raw

    def connect(self) -> None:
        self._judged_by.judge(datetime.now(UTC), create_urllib3_context, self._connect_with)

    def _connect_with(self, context: ssl.SSLContext) -> bytes:
        if self.sock is not None:  # of a first try; the library's own `close` would forget what it is to ask a proxy for
            self.sock.close()
            self._let_twin_go()
        self.ssl_context = context
        super().connect()
        shown = self.sock.getpeercert(binary_form=True) if isinstance(self.sock, ssl.SSLSocket) else None
        if shown is None:
            raise ssl.SSLCertVerificationError("no certificate was shown")
        return shown

    def cut(self) -> None:
        if self.twin is not None:
            with suppress(OSError):  # it was closed by itself in this moment
                self.twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        self._let_twin_go()

    def _let_twin_go(self) -> None:
        if self.twin is not None:
            self.twin.close()
            self.twin = None


class _WatchedAdapter(HTTPAdapter):
    """One kept connection, HTTPS only, under watch."""

    def __init__(self, watch: _Watch, proxy: Proxy | None, judged_by: CertificateTime) -> None:
        self._watch = watch
        self._judged_by = judged_by
        self._proxy = proxy
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  passed on as they are
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  passed on as they are
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        del proxy  # the library would read a login off the address, where it could be logged
        return {} if self._proxy is None else self._proxy.headers

    def _pools(self) -> dict[str, type[HTTPSConnectionPool]]:
        watch, judged_by = self._watch, self._judged_by

        class Pool(HTTPSConnectionPool):
            def ConnectionCls(self, *args: Any, **kwargs: Any) -> _WatchedConnection:  # type: ignore[override]  # noqa: ANN401, N802
                return _WatchedConnection(*args, watch=watch, judged_by=judged_by, **kwargs)

        return {"https": Pool}
