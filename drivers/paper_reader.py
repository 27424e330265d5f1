"""Print on a paper, read by RapidOCR in a process of its own for each paper: half a gigabyte that is gone again afterwards."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from peripherals.deadline import Deadline
from peripherals.paper_reader import PaperText, PaperTextStatus, PrintedLine
from peripherals.secret import Secret

_CHILD = str(Path(__file__).with_name("paper_reader_child.py"))
_NOT_INSTALLED = 3
_LINES_MAX = 400
_SLICE_S = 0.2  # how soon the process is ended once nobody wants its answer
_SAME_ROW = 0.008  # of the picture's height: printed on one line


class OcrPaperReader:
    """Implements `peripherals.paper_reader.PaperReader`."""

    def __init__(self, python: str = sys.executable) -> None:
        """Prepare a reader; `python` is the interpreter that has the packages of the extra `ocr`."""
        self._python = python

    def read(self, jpeg: Secret[bytes], deadline: Deadline, is_wanted: Callable[[], bool] = lambda: True) -> PaperText:
        """See PaperReader.read."""
        command = [self._python, "-I", "-B", _CHILD]
        with (
            _sheet_of(jpeg) as sheet,
            subprocess.Popen(
                command,
                stdin=sheet,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a library's words about somebody's paper belong into no log
                start_new_session=True,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"},
            ) as process,
        ):
            try:
                said = _answer(process, deadline, is_wanted)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        if said is None:
            return PaperText(PaperTextStatus.TOO_SLOW)
        if process.returncode == _NOT_INSTALLED:
            return PaperText(PaperTextStatus.NOT_INSTALLED, detail='install the extra: pip install "bianmin-kiosk[ocr]"')
        if process.returncode != 0:
            return PaperText(PaperTextStatus.FAILED, detail=f"its process ended with {process.returncode}")
        return read_lines(said)


def _sheet_of(jpeg: Secret[bytes]) -> BinaryIO:
    """Return the paper as an open file that no disk ever sees.

    Not a pipe: `communicate` that is called again after its time was up writes the rest of its input no more, and a reader that takes the
    paper slowly would wait for its end for ever.
    """
    sheet = os.fdopen(os.memfd_create("paper"), "w+b")
    sheet.write(jpeg.reveal())
    sheet.seek(0)
    return sheet


def _answer(process: subprocess.Popen[bytes], deadline: Deadline, is_wanted: Callable[[], bool]) -> bytes | None:
    """Return what the process wrote until it ended; None once it is too late, or nobody wants it any more."""
    while not deadline.is_past and is_wanted():
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=min(_SLICE_S, deadline.remaining_s))[0]
    return None


def read_lines(said: bytes) -> PaperText:
    """Return the lines that the process has written, from top to bottom and left to right."""
    try:
        lines = msgspec.json.decode(said, type=list[tuple[str, float, float, float]])
    except (msgspec.DecodeError, ValueError):
        return PaperText(PaperTextStatus.FAILED, detail="its process wrote no lines")
    found = [PrintedLine(Secret(text), confidence, x, y) for text, confidence, x, y in lines[:_LINES_MAX] if text.strip()]
    found.sort(key=lambda line: (round(line.y / _SAME_ROW), line.x))
    return PaperText(PaperTextStatus.READ, tuple(found)) if found else PaperText(PaperTextStatus.NOTHING)
