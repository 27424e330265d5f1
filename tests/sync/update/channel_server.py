"""The other side: a whole repository with its keys, served over HTTP with ranges, that can be made to lie in every way that is known."""

import re
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from city.channel.keys import KeyFolder
from city.channel.repository import Repository
from city.channel.rollouts import halted, publish, start, widened
from city.channel.virtual import wrap
from sync.contract.rollout import Rollout, Window
from sync.contract.signing_keys import key_id_of

ANY_TIME = Window(opens=datetime(2026, 1, 1).time(), closes=datetime(2026, 1, 1).time())  # noqa: DTZ001
BOARD = "virtual"

Lie = Callable[[str, bytes], bytes | None]
"""Gets a path and the honest bytes; returns what is sent instead, None for 404."""


@dataclass
class Published:
    """A channel with its keys, on a web server that may lie."""

    place: Path
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    lie: Lie | None = None
    asked: list[str] = field(default_factory=list)
    takes_ranges: bool = True
    sent_bytes: int = 0  # of targets
    break_after: int | None = None  # the connection breaks after so many bytes of a bundle

    def __post_init__(self) -> None:
        self.image_key = Ed25519PrivateKey.generate()
        self.files = self.at(self.now)
        self.files.make(("stable",))
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                owner.answer(self)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def server_bind(self) -> None:
                socketserver.TCPServer.server_bind(self)  # without asking a name server who 127.0.0.1 is

            def handle_error(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def at(self, now: datetime) -> Repository:
        """Return the repository as its owner at `now`."""
        return Repository(self.place / "updates", KeyFolder(self.place / "online"), KeyFolder(self.place / "offline"), now)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def root(self) -> bytes:
        return (self.place / "updates" / "metadata" / "1.root.json").read_bytes()

    @property
    def image_authority(self) -> dict[str, Any]:
        public = self.image_key.public_key()
        return {key_id_of(public): public}

    def release(
        self, version: str, *, board: str = BOARD, content: bytes = b"", key: Ed25519PrivateKey | None = None, as_board: str = ""
    ) -> bytes:
        """Publish a release; `content` becomes the image."""
        image = content or f"image of {version} ".encode() * 4000
        bundle = wrap(image, version, as_board or board, key or self.image_key)
        self.release_bytes(version, bundle, board=board)
        return bundle

    def release_bytes(self, version: str, bundle: bytes, *, board: str = BOARD) -> None:
        source = self.place / "bundle"
        source.write_bytes(bundle)
        self.files.add_release("stable", version, board, source)

    def roll_out(self, version: str, percent: int = 100, **more: Any) -> Rollout:  # noqa: ANN401
        return publish(self.files, start(self.files, "stable", version, percent=percent, window=more.pop("window", ANY_TIME), **more))

    def widen(self, percent: int) -> None:
        publish(self.files, widened(self.current(), percent, self.now))

    def halt(self, *, recall: bool = False) -> None:
        publish(self.files, halted(self.current(), recall=recall))

    def current(self) -> Rollout:
        from city.channel.rollouts import current

        found = current(self.files, "stable")
        assert found is not None
        return found

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        path = self.place / "updates" / handler.path.lstrip("/")
        body: bytes | None = path.read_bytes() if path.is_file() else None
        if self.lie is not None:
            body = self.lie(handler.path, body or b"")
        if body is None:
            handler.send_response(404)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        offset, end = 0, len(body)
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", handler.headers.get("Range", ""))
        if asked and self.takes_ranges:
            offset, end = int(asked[1]), min(int(asked[2]) + 1 if asked[2] else end, end)
            handler.send_response(206 if offset < end else 416)
            handler.send_header("Content-Range", f"bytes {offset}-{end - 1}/{len(body)}")
        else:
            handler.send_response(200)
        rest = body[offset:end]
        self.sent_bytes += len(rest) if handler.path.partition("/targets/")[2] else 0
        handler.send_header("Content-Length", str(len(rest)))
        handler.end_headers()
        if self.break_after is not None and handler.path.endswith(".bundle"):
            rest = rest[: self.break_after]
            handler.wfile.write(rest)
            handler.wfile.flush()
            handler.close_connection = True
            handler.connection.close()
            return
        handler.wfile.write(rest)

    def days_later(self, days: float) -> None:
        """Let time pass at the owner's side."""
        self.now += timedelta(days=days)
        self.files = self.at(self.now)
