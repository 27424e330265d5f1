"""An invented SMS gateway that speaks the adapter's HTTP, as a small process of its own: for pilots, training, demos and tests.

    python -m city.messaging.sandbox --port 8470 --secret-file FILE

Numbers that end in 0000 are refused. `GET /control/messages` shows what went out; `POST /control/fault` with {"kind", "times"} makes the
next answers fail: `silent` (no answer, nothing sent), `late` (sent, but the answer is lost), `forged`. With `--receipts URL` (the city's
address), `POST /control/deliver` says of everything that went out whether it reached its telephone; numbers that end in 1111 never do. It
keeps nothing when it ends.
"""

import argparse
import json
from typing import Any

import requests

from city.shared_secret import SIGNATURE, signature
from city.utilities.counter import Counterpart, secret_in

RECEIPTS = "/v1/messages/receipts"


class SandboxGateway(Counterpart):
    """Everything that the invented gateway knows: each id goes out once."""

    def __init__(self, port: int, secret: bytes, receipts: str = "", trusted: str | bool = True) -> None:
        super().__init__(port, secret)
        self.receipts, self.trusted = receipts.rstrip("/"), trusted
        self.sent: dict[str, dict[str, Any]] = {}

    def done(self, method: str, path: str, content: dict[str, Any]) -> object | None:
        """Take a message."""
        if method != "PUT":
            return None
        if str(content.get("to", "")).endswith("0000"):
            return {"state": "refused"}
        self.sent.setdefault(path.rpartition("/")[2], content)
        return {"state": "taken"}

    def controlled(self, path: str, content: dict[str, Any]) -> object:
        """Show what went out, deliver it, or let the next answers fail."""
        if path == "/control/deliver":
            return {"statuses": self.say_what_became()}
        with self.orders.lock:
            return self.fault(content) if path == "/control/fault" else list(self.sent.values())

    def say_what_became(self) -> list[int]:
        """Tell the city of each message whether it reached its telephone; return the statuses that it answered with."""
        with self.orders.lock:
            sent = dict(self.sent)
        statuses = []
        for name, content in sent.items():
            state = "failed" if str(content.get("to", "")).endswith("1111") else "delivered"
            body = json.dumps({"message": name, "state": state}).encode()
            headers = {SIGNATURE: signature(self.secret, "POST", RECEIPTS, body), "Content-Type": "application/json"}
            answer = requests.post(self.receipts + RECEIPTS, data=body, headers=headers, timeout=10, verify=self.trusted)
            statuses.append(answer.status_code)
        return statuses


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="An invented SMS gateway.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--secret-file", type=secret_in, required=True, metavar="FILE", help="the secret that the city has, too")
    parser.add_argument("--receipts", default="", metavar="URL", help="the city's address, to say there what became of messages")
    parser.add_argument("--trusted", default=True, metavar="PEM", help="the city's authority, public/ca.pem")
    words = parser.parse_args()
    gateway = SandboxGateway(words.port, words.secret_file, words.receipts, words.trusted)
    gateway.serve_until_ended()


if __name__ == "__main__":
    main()
