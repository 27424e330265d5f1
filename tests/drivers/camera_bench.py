"""A bench with a virtual document camera on it, a driver that is wired to it, and the pictures that both are about."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from drivers.document_camera import OpencvDocumentCamera
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, Picture
from peripherals.virtual import desk
from peripherals.virtual.control import ControlClient
from peripherals.virtual.papers import PAPERS, Fonts

FONTS = Path(__file__).parents[2] / "assets" / "fonts"


@cache
def paper(name: str, page: int = 1) -> Image.Image:
    return PAPERS[name][page - 1](Fonts.in_folder(FONTS))


@cache
def scene(name: str | None, fault: str = "none", page: int = 1) -> desk.Scene:
    return desk.scene(paper(name, page) if name else None, fault)


def frame_of(image: Image.Image) -> npt.NDArray[np.uint8]:
    """A frame as a camera delivers it: noisy, and through JPEG."""
    decoded = cv2.imdecode(np.frombuffer(desk.noisy_jpegs(image, 1)[0], np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(decoded, np.uint8)


class CameraBench:
    """The virtual camera's process, its strings, and the driver."""

    def __init__(self, folder: Path, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}/camera.mjpg"
        self.camera = OpencvDocumentCamera(self.url)
        self._control = ControlClient(folder / "control", patience_s=60)

    def do(self, order: str, **details: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can carry
        return self._control.do(order, **details)

    def show(self, order: str, **details: Any) -> None:  # noqa: ANN401
        """Give an order and let the frames that were on their way pass."""
        self.do(order, **details)
        for _ in range(3):
            assert self.camera.preview(Deadline.after(20)) is not None

    def capture(self, seconds: float = 20, *, insist: bool = False) -> Picture:
        return self.camera.capture(Deadline.after(seconds), insist=insist)

    def hint(self) -> PaperHint:
        return self.capture().view.hint

    def opened(self, seconds: float = 20) -> PaperHint:
        return self.camera.open(Deadline.after(seconds))


@contextmanager
def camera_bench(folder: Path, *options: str) -> Iterator[CameraBench]:
    command = [sys.executable, "-m", "peripherals.virtual.document_camera", "--fonts", str(FONTS), "--control", str(folder / "control")]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            word, port = process.stdout.readline().split()
            assert word == "ready"
            bench = CameraBench(folder, process, int(port))
            yield bench
            bench.camera.close()
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()


def timed_hint(bench: CameraBench, seconds: float) -> tuple[PaperHint, float]:
    begin = time.monotonic()
    return bench.camera.capture(Deadline.after(seconds)).view.hint, time.monotonic() - begin


def soon(bench: CameraBench, hint: PaperHint, seconds: float = 20) -> bool:
    """Wait until the camera says so of itself."""
    deadline = Deadline.after(seconds)
    while bench.camera.open(deadline) is not hint:
        if deadline.is_past:
            return False
        time.sleep(0.02)
    return True
