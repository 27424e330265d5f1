"""An invented SMS gateway that speaks the adapter's HTTP, as a small process of its own: for pilots, training, demos and tests.

    python -m city.messaging.sandbox --port 8470 --secret-file FILE

Numbers that end in 0000 are refused. `GET /control/messages` shows what went out; `POST /control/fault` with {"kind", "times"} makes the
next answers fail: `silent` (no answer, nothing sent), `late` (sent, but the answer is lost), `forged`. With `--receipts URL` (the city's
address), `POST /control/deliver` says of everything that went out whether it reached its telephone; numbers that end in 1111 never do. It
keeps nothing when it ends.
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

import requests

from city.utilities.provider import SIGNATURE, signature

RECEIPTS = "/v1/messages/receipts"
_BODY_MAX_BYTES = 64 * 1024


@dataclass
class Post:
    """Everything that the invented gateway knows: each id goes out once."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, message: str, content: dict[str, Any]) -> dict[str, str]:
        """Take a message."""
        if str(content.get("to", "")).endswith("0000"):
            return {"state": "refused"}
        self.sent.setdefault(message, content)
        return {"state": "taken"}


class SandboxGateway(ThreadingHTTPServer):
    """The gateway, serving on a port of this machine."""

    def __init__(self, port: int, secret: bytes, receipts: str = "", trusted: str | bool = True) -> None:
        super().__init__(("127.0.0.1", port), _Counter)
        self.secret, self.receipts, self.trusted = secret, receipts.rstrip("/"), trusted
        self.post = Post()

    def say_what_became(self) -> list[int]:
        """Tell the city of each message whether it reached its telephone; return the statuses that it answered with."""
        with self.post.lock:
            sent = dict(self.post.sent)
        statuses = []
        for name, content in sent.items():
            state = "failed" if str(content.get("to", "")).endswith("1111") else "delivered"
            body = json.dumps({"message": name, "state": state}).encode()
            headers = {SIGNATURE: signature(self.secret, "POST", RECEIPTS, body), "Content-Type": "application/json"}
            answer = requests.post(self.receipts + RECEIPTS, data=body, headers=headers, timeout=10, verify=self.trusted)
            statuses.append(answer.status_code)
        return statuses

    @property
    def url(self) -> str:
        """Where it is met."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Counter(BaseHTTPRequestHandler):
    server: SandboxGateway

    def do_GET(self) -> None:
        with self.server.post.lock:
            self._answer("GET", b"", list(self.server.post.sent.values()))

    def do_POST(self) -> None:
        body = self._body()
        if self.path == "/control/deliver":
            self._answer("POST", body, {"statuses": self.server.say_what_became()})
            return
        with self.server.post.lock:
            asked = json.loads(body or b"{}")
            self.server.post.faults += [str(asked.get("kind", "silent"))] * int(asked.get("times", 1))
            self._answer("POST", body, {"faults": len(self.server.post.faults)})

    def do_PUT(self) -> None:
        body, post = self._body(), self.server.post
        if not hmac.compare_digest(self.headers.get(SIGNATURE, ""), signature(self.server.secret, "PUT", self.path, body)):
            self.send_error(403)
            return
        with post.lock:
            fault = post.faults.pop(0) if post.faults else ""
            answer = {} if fault == "silent" else post.take(self.path.rpartition("/")[2], json.loads(body or b"{}"))
        if fault in ("silent", "late"):
            self.close_connection = True
            return
        self._answer("PUT", body, answer, b"another secret" if fault == "forged" else self.server.secret)

    def log_message(self, *_: object) -> None:
        """Say nothing: numbers would stand in the lines."""

    def _body(self) -> bytes:
        return self.rfile.read(min(_BODY_MAX_BYTES, int(self.headers.get("Content-Length") or 0)))

    def _answer(self, method: str, body: bytes, answer: object, secret: bytes = b"") -> None:
        said = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.send_header(SIGNATURE, signature(secret, method, self.path, body, said))
        self.end_headers()
        self.wfile.write(said)


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="An invented SMS gateway.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--secret-file", type=Path, required=True, help="the secret that the city has, too")
    parser.add_argument("--receipts", default="", metavar="URL", help="the city's address, to say there what became of messages")
    parser.add_argument("--trusted", default=True, metavar="PEM", help="the city's authority, public/ca.pem")
    words = parser.parse_args()
    gateway = SandboxGateway(words.port, words.secret_file.read_bytes().strip(), words.receipts, words.trusted)
    sys.stdout.write(json.dumps({"status": "ready", "url": gateway.url}) + "\n")
    sys.stdout.flush()
    gateway.serve_forever()


if __name__ == "__main__":
    main()
