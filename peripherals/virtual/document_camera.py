"""A virtual document camera: a process of its own that shows a desk as an MJPEG stream over local HTTP.

    python -m peripherals.virtual.document_camera --port 0 --control /run/camera.sock

It prints `ready PORT`; the stream is http://127.0.0.1:PORT/camera.mjpg. A person or a test pulls its strings through the control
socket: {"do": "lay", "paper": "tenancy-contract", "page": 1}, {"do": "take_away"}, {"do": "unplug"}, {"do": "plug"},
{"do": "fault", "fault": "glare"} ("none" ends it), {"do": "state"}.
"""

import argparse
import contextlib
import io
import signal
import socket
import threading
import time
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

from PIL import Image

from peripherals.virtual import desk
from peripherals.virtual.control import ControlServer, Order, OrderRefusedError, end_with_parent
from peripherals.virtual.papers import PAPERS, Fonts

STREAM_PATH = "/camera.mjpg"
FRAMES_PER_S = 15
LINE_FAULTS = ("frozen", "silent", "truncated", "huge")
FAULTS = ("none", *desk.FAULTS, *LINE_FAULTS)

_BOUNDARY = "frame"


@lru_cache(maxsize=1)
def _huge_jpeg() -> bytes:
    """A real 40-megapixel picture, small in bytes: what a broken or hostile camera may send."""
    encoded = io.BytesIO()
    Image.new("L", (8000, 5000), 128).save(encoded, "JPEG", quality=10)
    return encoded.getvalue()


class Camera:
    """What lies under the camera and what is wrong with it; hands out its frames, numbered, at their time."""

    def __init__(self, fonts: Fonts, port: int) -> None:
        self._fonts = fonts
        self._port = port
        self._http: _Http | None = None
        self._paper: tuple[str, int] | None = None
        self._fault = "none"
        self._frames: list[bytes] = []
        self._corners: desk.Quad | None = None
        self._drawings: dict[tuple[tuple[str, int] | None, str], tuple[list[bytes], desk.Quad | None]] = {}
        self._redraw()

    def obey(self, order: Order) -> dict[str, Any] | None:
        """Carry out one order of the control socket."""
        match order:
            case {"do": "lay", "paper": str(paper)}:
                self._lay(paper, order.get("page", 1))
            case {"do": "take_away"}:
                self._paper = None
            case {"do": "plug"}:
                self.plug()
            case {"do": "unplug"}:
                self.unplug()
            case {"do": "fault", "fault": str(fault)} if fault in FAULTS:
                self._fault = fault
            case {"do": "fault"}:
                raise OrderRefusedError(f"no such fault; known: {', '.join(FAULTS)}")
            case {"do": "state"}:
                return self._state()
            case _:
                raise OrderRefusedError("known orders: lay (paper, page), take_away, unplug, plug, fault (fault), state")
        self._redraw()
        return self._state()

    def _lay(self, paper: str, page: object) -> None:
        pages = PAPERS.get(paper)
        if pages is None:
            raise OrderRefusedError(f"no paper {paper!r}; known: {', '.join(PAPERS)}")
        if type(page) is not int or not 1 <= page <= len(pages):
            raise OrderRefusedError(f"{paper} has pages 1 to {len(pages)}")
        self._paper = (paper, page)

    def plug(self) -> int:
        """Listen at the port, the same one each time, and return it."""
        if self._http is None:
            self._http = _Http(self._port, self)
            self._port = self._http.server_address[1]
            threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self._port

    def unplug(self) -> None:
        """Let nobody answer at the port, and break off what is being sent."""
        http, self._http = self._http, None
        if http is not None:
            http.shutdown()
            http.server_close()

    def _state(self) -> dict[str, Any]:
        paper, page = self._paper or (None, None)
        return {
            "paper": paper,
            "page": page,
            "fault": self._fault,
            "plugged": self._http is not None,
            "width": desk.WIDTH_PX,
            "height": desk.HEIGHT_PX,
            "corners": self._corners,
        }

    def _redraw(self) -> None:
        fault = self._fault if self._fault in desk.FAULTS else "none"
        drawn = self._drawings.get((self._paper, fault))
        if drawn is None:
            paper = PAPERS[self._paper[0]][self._paper[1] - 1](self._fonts) if self._paper else None
            scene = desk.scene(paper, fault)
            drawn = (desk.noisy_jpegs(scene.image), scene.corners)
            self._drawings[self._paper, fault] = drawn
        self._frames, self._corners = drawn

    def is_served_by(self, http: "_Http") -> bool:
        """Whether this is the server of now, and not one from before the cable was pulled."""
        return self._http is http

    def frame(self, number: int) -> bytes | None:
        """Return the frame with this number; None while the camera says nothing."""
        frames, fault = self._frames, self._fault
        if fault == "silent":
            return None
        if fault == "huge":
            return _huge_jpeg()
        frame = frames[0 if fault == "frozen" else number % len(frames)]
        return frame[: len(frame) // 2] if fault == "truncated" else frame


class _Viewer(BaseHTTPRequestHandler):
    """One program that looks at the stream."""

    server: "_Http"
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Send frames until the viewer or the camera goes."""
        if self.path.partition("?")[0] != STREAM_PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 17
        )  # little waits on the way: frames of now, not of a second ago
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self._stream()

    def _stream(self) -> None:
        camera, started = self.server.camera, time.monotonic()
        number = 0
        while camera.is_served_by(self.server):
            frame = camera.frame(number)
            if frame is not None:
                head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(frame)}\r\n\r\n"
                self.wfile.write(head.encode() + frame + b"\r\n")
            # A viewer that was slow gets the frames of now, not the ones it missed.
            number = max(number + 1, int((time.monotonic() - started) * FRAMES_PER_S))
            time.sleep(max(0.0, started + number / FRAMES_PER_S - time.monotonic()))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's signature
        """Say nothing: a viewer is no news."""


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, camera: Camera) -> None:
        self.camera = camera
        super().__init__(("127.0.0.1", port), _Viewer)


def main(words: list[str] | None = None) -> NoReturn:
    """Run the virtual camera until its parent ends."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.document_camera", description="a virtual document camera")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 takes any free one")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--fonts", type=Path, default=Path("assets/fonts"), help="folder with the Noto Sans SC fonts")
    parser.add_argument("--paper", choices=sorted(PAPERS), help="what lies under the camera at first")
    wanted = parser.parse_args(words)
    fonts = Fonts.in_folder(wanted.fonts)
    if not fonts.regular.is_file() or not fonts.bold.is_file():
        parser.error(f"no Noto Sans SC fonts in {wanted.fonts}")
    end_with_parent()
    camera = Camera(fonts, wanted.port)
    if wanted.paper:
        camera.obey({"do": "lay", "paper": wanted.paper})
    with ControlServer(wanted.control, camera.obey):
        print(f"ready {camera.plug()}", flush=True)  # noqa: T201 - whoever started the camera waits for this line
        while True:
            signal.pause()


if __name__ == "__main__":
    main()
