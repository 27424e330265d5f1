"""An invented existing platform as a small process of its own, for pilots, training and tests: see `example` for what it speaks.

    python -m city.bridge.standin --port 8470 --token-file FILE --items 000012-MZ 000031-YB

`POST /control/decide` with {"sblsh", "blzt", "blyj", "bzqd"} is a person at that platform; `POST /control/fault` with {"kind", "times"}
makes the next answers fail: `silent` (no answer), `late` (done, but the answer is lost), `strange` (not in the agreement).
`GET /control/cases` shows what it has. It keeps nothing when it ends.
"""

import argparse
import hmac
import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from city.bridge.example import GOOD, NO_ITEM, WRONG_CONTENT
from city.utilities.counter import secret_in

BODY_MOST_BYTES = 64 * 1024 * 1024
_PAGE = 50


@dataclass
class Books:
    """Everything that the invented platform knows."""

    items: frozenset[str]
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)  # by its own number
    numbers: dict[str, str] = field(default_factory=dict)  # its number by ours
    log: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, sent: dict[str, Any]) -> dict[str, Any]:
        """收件: the same business number again gets the same number."""
        if sent.get("sxbm") not in self.items:
            return {"code": NO_ITEM, "msg": "无此事项"}
        if not sent.get("sqrxm") or not sent.get("sqrzjhm"):
            return {"code": WRONG_CONTENT, "msg": "申请人不全"}
        number = self.numbers.setdefault(sent["ywlsh"], f"SB{len(self.numbers) + 1:010d}")
        self.cases.setdefault(number, {**sent, "bz": []})
        return {"code": GOOD, "sblsh": number}

    def bring(self, sent: dict[str, Any]) -> dict[str, Any]:
        """补正材料: the same again changes nothing."""
        case = self.cases.get(sent.get("sblsh", ""))
        if case is None:
            return {"code": WRONG_CONTENT, "msg": "无此件"}
        if sent.get("ywlsh") not in [one.get("ywlsh") for one in case["bz"]]:
            case["bz"].append(sent)
        return {"code": GOOD}

    def told(self, after: int) -> dict[str, Any]:
        """办理状态."""
        return {"code": GOOD, "sj": [row for row in self.log if row["xh"] > after][:_PAGE]}

    def decide(self, row: dict[str, Any]) -> bool:
        """A person at that platform does something."""
        if row.get("sblsh") not in self.cases:
            return False
        self.log.append({**row, "xh": len(self.log) + 1})
        return True


class _Handler(BaseHTTPRequestHandler):
    books: Books
    token: str

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/control/cases":
            self._answer(200, list(self.books.cases.values()))
        elif not self._is_known():
            self._answer(403, {"code": "9403"})
        elif parts.path == "/gateway/blzt":
            after = parse_qs(parts.query).get("xh", ["0"])[0]
            self._play(lambda: self.books.told(int(after) if after.isdigit() else 0))
        else:
            self._answer(404, {"code": "9404"})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if length > BODY_MOST_BYTES:
            self._answer(413, {"code": "9413"})
            return
        try:
            sent = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            sent = None
        if not isinstance(sent, dict):
            self._answer(400, {"code": "9400"})
        elif self.path == "/control/decide":
            with self.books.lock:
                self._answer(200 if self.books.decide(sent) else 404, {})
        elif self.path == "/control/fault":
            with self.books.lock:
                self.books.faults += [str(sent.get("kind"))] * int(sent.get("times", 1))
            self._answer(200, {})
        elif not self._is_known():
            self._answer(403, {"code": "9403"})
        elif self.path == "/gateway/sbjs":
            self._play(lambda: self.books.receive(sent))
        elif self.path == "/gateway/bzcl":
            self._play(lambda: self.books.bring(sent))
        else:
            self._answer(404, {"code": "9404"})

    def _is_known(self) -> bool:
        return hmac.compare_digest(self.headers.get("X-Access-Token", ""), self.token)

    def _play(self, act: Any) -> None:  # noqa: ANN401  a function of the books
        with self.books.lock:
            fault = self.books.faults.pop(0) if self.books.faults else ""
            told = {} if fault == "silent" else act()
        if fault in ("silent", "late"):
            self.close_connection = True
        elif fault == "strange":
            self._answer(200, {"code": "7777"})
        else:
            self._answer(200, told)

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing: requests carry people's data."""


def server(port: int, token: str, items: frozenset[str]) -> ThreadingHTTPServer:
    """Return the platform, ready to serve on the loopback; port 0 takes a free one."""
    handler = type("Handler", (_Handler,), {"books": Books(items), "token": token})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def main() -> int:
    """Serve until it is stopped; the first line says where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8470)
    parser.add_argument("--token-file", type=secret_in, required=True, metavar="FILE", help="its first line is the token of every request")
    parser.add_argument("--items", nargs="+", default=[], metavar="CODE", help="the codes of the items that it has")
    words = parser.parse_args()
    serving = server(words.port, words.token_file.decode(), frozenset(words.items))
    sys.stdout.write(json.dumps({"status": "ready", "url": f"http://127.0.0.1:{serving.server_address[1]}"}) + "\n")
    sys.stdout.flush()
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        serving.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
