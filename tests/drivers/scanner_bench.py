"""A bench with a virtual hand scanner on it and a driver that is wired to it; codes as pictures; and a camera that shows them."""

import http.server
import io
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import segno
from PIL import Image

from drivers.code_scanner import SerialCodeScanner
from peripherals.code_scanner import Scan, ScanStatus
from peripherals.deadline import Deadline
from peripherals.virtual.control import ControlClient

SLIP = "BM1:7F3K29Q8:01A20A0E-1344-7E62-A0A5-7E2A88722969"  # drawn from nowhere; its check symbol is right

Pixels = npt.NDArray[np.uint8]


def qr(content: str | bytes, scale: int = 6) -> Pixels:
    """A code as it is printed: black on white, with its quiet zone."""
    drawn = io.BytesIO()
    segno.make(content, micro=False, encoding=None).save(drawn, kind="png", scale=scale, border=4)
    return np.array(Image.open(drawn).convert("L"), np.uint8)


def on_desk(code: Pixels, width: int = 1280, height: int = 960, x: int = 300, y: int = 200, desk_grey: int = 110) -> Pixels:
    """A code lying somewhere on a grey desk, in BGR."""
    frame = np.full((height, width, 3), desk_grey, np.uint8)
    frame[y : y + code.shape[0], x : x + code.shape[1]] = code[:, :, None]
    return frame


class ScannerBench:
    """The virtual scanner's process, its port, its strings, and the driver."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "scanner"
        self.scanner = SerialCodeScanner(str(self.port))
        self._control = ControlClient(folder / "control")

    def do(self, order: str, **details: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can carry
        return self._control.do(order, **details)

    def opened(self) -> "ScannerBench":
        assert self.scanner.open(Deadline.after(5)) is ScanStatus.NO_CODE
        return self

    def scan(self, seconds: float = 5.0) -> Scan:
        return self.scanner.scan(Deadline.after(seconds))

    def text(self, seconds: float = 5.0) -> str:
        scan = self.scan(seconds)
        assert scan.status is ScanStatus.SCANNED
        assert scan.code is not None
        return scan.code.text.reveal()


@contextmanager
def scanner_bench(folder: Path, *options: str) -> Iterator[ScannerBench]:
    places = ["--link", str(folder / "scanner"), "--control", str(folder / "control")]
    command = [sys.executable, "-m", "peripherals.virtual.code_scanner", *places, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            bench = ScannerBench(folder)
            yield bench
            bench.scanner.close()
        finally:
            process.terminate()


@contextmanager
def camera_showing(frame: Pixels, *, frozen: bool = False, cut_off: bool = False, period_s: float = 0.03) -> Iterator[str]:
    """A camera that shows one still scene, with the noise of a live sensor unless it is `frozen`; the stream's address."""
    random = np.random.default_rng(3)
    jpegs = []
    for _ in range(1 if frozen else 4):
        noisy = frame.astype(np.int16) + random.normal(0, 3, frame.shape[:2]).astype(np.int16)[:, :, None]
        encoded = io.BytesIO()
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(encoded, "JPEG", quality=85)
        jpegs.append(encoded.getvalue())

    class Viewer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
            self.end_headers()
            with suppress(ConnectionError):
                for number in range(10 if cut_off else 1000):
                    self.wfile.write(b"--b\r\nContent-Type: image/jpeg\r\n\r\n" + jpegs[number % len(jpegs)] + b"\r\n")
                    time.sleep(period_s)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Viewer)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/camera.mjpg"
    finally:
        server.shutdown()
        server.server_close()
