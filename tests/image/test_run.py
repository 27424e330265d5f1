"""`make image-run` for whoever has no display: an address for VNC in the shell, the idle screen there, a finger that begins, and q."""

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.image.glass import is_idle
from tests.image.terminal import PATIENCE_S, PROJECT
from tests.image.vnc import Vnc

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]


class Shell:
    """The command in a shell of its own, and all that it has written."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")} | {"COLUMNS": "160"}
        self.process = subprocess.Popen(
            [sys.executable, "image-build", "run"], cwd=PROJECT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self.said = b""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):  # its end
            while piece := os.read(self._ours, 65536):
                self.said = (self.said + piece)[-200000:]

    def press(self, key: bytes) -> None:
        os.write(self._ours, key)

    def await_said(self, pattern: bytes) -> bytes:
        until = time.monotonic() + PATIENCE_S
        while not (found := re.search(pattern, self.said)):
            assert self.process.poll() is None, self.said[-2000:]
            assert time.monotonic() < until, self.said[-2000:]
            time.sleep(0.5)
        return found[1]


@contextmanager
def started() -> Iterator[Shell]:
    shell = Shell()
    try:
        yield shell
    finally:
        if shell.process.poll() is None:
            shell.process.send_signal(signal.SIGINT)  # it switches the machine off
        shell.process.wait()


def await_picture(port: int, path: Path, holds: Callable[[Path], bool]) -> None:
    """Wait until the display shows it; what was there last is kept."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with suppress(OSError, AssertionError):  # it changes its size while it starts
            display = Vnc(port)
            try:
                picture = display.picture()
            finally:
                display.close()
            picture.save(path)
            if picture.size == (720, 1280) and holds(path):
                return
        assert time.monotonic() < until, path
        time.sleep(2)


@pytest.mark.usefixtures("made")
def test_a_terminal_to_play_with_is_there_by_vnc_and_goes_with_q(pictures: Path) -> None:
    with started() as shell:
        port = int(shell.await_said(rb"127\.0\.0\.1:(59\d\d)"))
        await_picture(port, pictures / "run-idle.png", is_idle)
        finger = Vnc(port)
        finger.touch(360, 1130)
        finger.close()
        await_picture(port, pictures / "run-touched.png", lambda picture: not is_idle(picture))
        shell.press(b"q")
        assert shell.process.wait(120) == 0
        with pytest.raises(OSError, match="refused"):
            Vnc(port)
