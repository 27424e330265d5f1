"""An off-screen X display for a machine without one."""

import os
import subprocess
from types import TracebackType
from typing import Self

from kiosk.supervisor import die_with_parent


class DisplayError(RuntimeError):
    """The off-screen display did not start."""


class OffScreenDisplay:
    """Xvfb with one screen of the panel's size; `name` is what DISPLAY must say."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._geometry = f"{width_px}x{height_px}x24"
        self._process: subprocess.Popen[bytes] | None = None
        self.name = ""

    @property
    def pid(self) -> int | None:
        """The X server's process, while it runs."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        read_end, write_end = os.pipe()
        command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", self._geometry, "-nolisten", "tcp", "-noreset"]
        try:
            self._process = subprocess.Popen(
                command,
                pass_fds=(write_end,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl, no locks
            )
        except FileNotFoundError as error:
            raise DisplayError("Xvfb is not installed; run: ./set-up.sh demo") from error
        finally:
            os.close(write_end)
        with os.fdopen(read_end) as told:
            number = told.readline().strip()
        if not number:
            raise DisplayError("Xvfb did not start")
        self.name = f":{number}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
