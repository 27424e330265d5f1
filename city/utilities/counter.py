"""The counter of an invented counterpart (a provider, a gateway): signed HTTP on a port of this machine, with faults on order.

A fault is used up by the next request that the counterpart's secret signs: `silent` (not done, no answer), `late` (done, but the answer is
lost), `forged` (signed with another secret).
"""

import argparse
import hmac
import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from city.shared_secret import SIGNATURE, signature

_BODY_MAX_BYTES = 64 * 1024
_OTHER_SECRET = b"another secret"


def secret_in(path: str) -> bytes:
    """Return the secret in a file, for argparse.

    Raises:
        argparse.ArgumentTypeError: It cannot be read, or is empty.
    """
    try:
        secret = Path(path).read_bytes().strip()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path}: {error.strerror}; make one with `umask 077; openssl rand -hex 32 > {path}`") from error
    if not secret:
        raise argparse.ArgumentTypeError(f"{path}: is empty")
    return secret


@dataclass
class Orders:
    """The faults that were ordered, and the lock under which everything of the counterpart happens."""

    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Counterpart(ThreadingHTTPServer):
    """The counterpart, serving on a port of this machine; port 0 takes a free one."""

    def __init__(self, port: int, secret: bytes) -> None:
        super().__init__(("127.0.0.1", port), _Counter)
        self.secret = secret
        self.orders = Orders()

    @property
    def url(self) -> str:
        """Where it is met."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def done(self, method: str, path: str, content: dict[str, Any]) -> object | None:
        """Do what a signed request asks for, and return the answer; None is an address that there is not."""
        raise NotImplementedError

    def controlled(self, path: str, content: dict[str, Any]) -> object:
        """Do what an order under /control asks for."""
        raise NotImplementedError

    def fault(self, content: dict[str, Any]) -> dict[str, int]:
        """Let the next answers fail."""
        self.orders.faults += [str(content.get("kind", "silent"))] * int(content.get("times", 1))
        return {"faults": len(self.orders.faults)}

    def serve_until_ended(self) -> None:
        """Say where it is met, in one line, and serve."""
        sys.stdout.write(json.dumps({"status": "ready", "url": self.url}) + "\n")
        sys.stdout.flush()
        self.serve_forever()


class _Counter(BaseHTTPRequestHandler):
    """One request."""

    server: Counterpart

    def do_GET(self) -> None:
        self._serve("GET")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, *_: object) -> None:
        """Say nothing: numbers of people would stand in the lines."""

    def _serve(self, method: str) -> None:
        body, city = self.rfile.read(min(_BODY_MAX_BYTES, int(self.headers.get("Content-Length") or 0))), self.server
        if self.path.startswith("/control/"):
            self._answer(method, body, city.controlled(self.path, json.loads(body or b"{}")))
            return
        if not hmac.compare_digest(self.headers.get(SIGNATURE, ""), signature(city.secret, method, self.path, body)):
            self.send_error(403)
            return
        with city.orders.lock:
            fault = city.orders.faults.pop(0) if city.orders.faults else ""
            answer = None if fault == "silent" else city.done(method, self.path, json.loads(body or b"{}"))
        if fault in ("silent", "late"):
            self.close_connection = True
        elif answer is None:
            self.send_error(404)
        else:
            self._answer(method, body, answer, _OTHER_SECRET if fault == "forged" else city.secret)

    def _answer(self, method: str, body: bytes, answer: object, secret: bytes = b"") -> None:
        said = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.send_header(SIGNATURE, signature(secret or self.server.secret, method, self.path, body, said))
        self.end_headers()
        self.wfile.write(said)
