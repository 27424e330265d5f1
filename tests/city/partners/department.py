"""A department's own system as a real HTTPS server: it verifies the city's signature and answers as it is told."""

import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from city.certificates import make_authority, make_server_certificate
from city.folder import CityFolder
from sync.contract.http_signature import verify_request


@dataclass
class Department:
    """What it got, and what it will answer: statuses in turn, then 200."""

    city_key: Ed25519PublicKey
    url: str = ""
    authority: str = ""
    answers: deque[int] = field(default_factory=deque)
    got: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    unsigned: int = 0

    def take(self, path: str, host: str, headers: dict[str, str], body: bytes) -> int:
        try:
            verify_request("POST", f"https://{host}{path}", headers, body, {"city": self.city_key})
        except ValueError:
            self.unsigned += 1
            return 401
        status = self.answers.popleft() if self.answers else 200
        if status == 200:
            self.got.append(msgspec.json.decode(body))
            self.ids.append(headers["bianmin-event"])
        return status


@contextmanager
def department(place: Path, city_key: Ed25519PublicKey) -> Iterator[Department]:
    """Serve one on a free port of the loopback, with a certificate of its own authority."""
    folder = CityFolder(place)
    folder.create()
    make_authority(folder)
    make_server_certificate(folder)
    system = Department(city_key, authority=(folder.public / "ca.pem").read_text())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = system.take(self.path, self.headers["Host"], headers, body)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "https://elsewhere.example/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder.keys / "server.pem", folder.keys / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    system.url = f"https://127.0.0.1:{server.server_address[1]}/hooks/bianmin?from=city"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
