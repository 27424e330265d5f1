"""A DDI server of one's own, as hawkBit answers a device: for what gooseBit does not have (cancelling, windows, digests), and for lies."""

import json
import socketserver
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "an invented token"


@dataclass
class HawkBit:
    """One tenant with one device. What it is told is kept in order."""

    device: str = "SY-UPD-01"
    action: str = ""  # open; none when empty
    release: str = ""
    sha256: str = ""
    handling: tuple[str, str] = ("forced", "forced")  # of download and update
    window: str | None = None
    chunks: int = 1
    stop: str = ""  # the action that is to be left
    sleep: str = "00:05:00"
    wants_facts: bool = False
    answer: bytes | None = None  # sent instead of everything
    elsewhere: str = ""  # links lead there
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    status: int = 200

    def __post_init__(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                owner.respond(self, b"")

            def do_PUT(self) -> None:
                owner.respond(self, self.rfile.read(int(self.headers["Content-Length"])))

            def do_POST(self) -> None:
                self.do_PUT()

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def server_bind(self) -> None:
                socketserver.TCPServer.server_bind(self)  # without asking a name server who 127.0.0.1 is

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/DEFAULT"

    def assign(self, action: str, release: str, **facts: Any) -> None:  # noqa: ANN401
        self.action, self.release = action, release
        for name, value in facts.items():
            setattr(self, name, value)

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Return the status of each feedback to actions of a kind."""
        return [body["status"] for path, body in self.heard if f"/{kind}/" in path]

    def respond(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.asked.append(handler.path)
        status = self.status if handler.headers.get("Authorization") == f"TargetToken {TOKEN}" else 401
        root = f"/DEFAULT/controller/v1/{self.device}"
        path = handler.path.removeprefix(root) if handler.path.startswith(root) else "?"
        if status == 200 and body:
            self.heard.append((path, json.loads(body)))
            self._note(path, json.loads(body))
            self._send(handler, 200, b"")
            return
        found = self._found(path)
        answer = self.answer if self.answer is not None else json.dumps(found).encode()
        self._send(handler, 404 if found is None else status, answer)

    def _found(self, path: str) -> dict[str, Any] | None:
        base = self.elsewhere or f"{self.url}/controller/v1/{self.device}"
        if path == "":
            links = {}
            if self.wants_facts:
                links["configData"] = {"href": f"{base}/configData"}
            if self.stop:
                links["cancelAction"] = {"href": f"{base}/cancelAction/{self.stop}"}
            elif self.action:
                links["deploymentBase"] = {"href": f"{base}/deploymentBase/{self.action}?c=-2127183556"}
            return {"config": {"polling": {"sleep": self.sleep}}, "_links": links}
        if path == f"/deploymentBase/{self.action}" and self.action:
            hashes = {"sha1": "0" * 40} | ({"sha256": self.sha256} if self.sha256 else {})
            artifact = {"filename": "kiosk.raucb", "size": 1, "hashes": hashes, "_links": {"download": {"href": f"{base}/elsewhere"}}}
            chunk = {"part": "os", "name": "kiosk", "version": self.release, "artifacts": [artifact]}
            deployment = {"download": self.handling[0], "update": self.handling[1], "chunks": [chunk] * self.chunks}
            return {"id": self.action, "deployment": deployment | ({"maintenanceWindow": self.window} if self.window else {})}
        if path == f"/cancelAction/{self.stop}" and self.stop:
            return {"id": self.stop, "cancelAction": {"stopId": self.stop}}
        return None

    def _note(self, path: str, body: dict[str, Any]) -> None:
        match path.split("/"):
            case ["", "configData"]:
                self.wants_facts = False
            case ["", "deploymentBase", _, "feedback"] if body["status"]["execution"] == "closed":
                self.action = ""
            case ["", "cancelAction", _, "feedback"]:
                self.stop = ""
                if body["status"]["execution"] == "closed":
                    self.action = ""

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
