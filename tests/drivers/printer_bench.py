"""A bench with a virtual printer on it, and a driver that is wired to it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from drivers.escpos.raster import without_real_time
from peripherals.deadline import Deadline
from peripherals.receipt_printer import Raster
from peripherals.virtual.control import ControlClient


def picture(height_dots: int = 480, width_dots: int = 576, seed: int = 1) -> Raster:
    """A picture in which every row differs, so that a lost, doubled or shifted one shows."""
    row_bytes = width_dots // 8
    rows = b"".join(((row * 2654435761 + seed) % 2**32 | 1).to_bytes(4, "big").ljust(row_bytes, b"\x81") for row in range(height_dots))
    return Raster(width_dots, height_dots, rows)


def soon(is_so: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait until it is so."""
    deadline = Deadline.after(seconds)
    while not is_so():
        if deadline.is_past:
            return False
        time.sleep(0.01)
    return True


class PrinterBench:
    """The virtual printer's process, its port and its strings."""

    def __init__(self, folder: Path, process: "subprocess.Popen[str]", port: int) -> None:
        self.out = folder / "out"
        self.process = process
        self.port = port
        self.url = f"tcp://127.0.0.1:{port}"
        self._control = ControlClient(folder / "control")

    def fault(self, name: str) -> None:
        """Arm a fault, or put everything right with "none"."""
        self._control.do("fault", fault=name)

    def order(self, order: str, **details: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON carries
        """Give any order."""
        return self._control.do(order, **details)

    @property
    def tickets(self) -> list[str]:
        """Names of the tickets that were cut."""
        names: list[str] = self._control.do("state")["tickets"]
        return names

    def dots(self, ticket: str) -> bytes:
        """The rows of a ticket, 1 is black."""
        with Image.open(self.out / ticket) as image:
            assert image.mode == "1"
            return bytes(byte ^ 0xFF for byte in image.tobytes())


def on_paper(receipt: Raster) -> bytes:
    """The dots that a picture leaves, which is the picture but for real-time commands hidden in it."""
    return without_real_time(receipt.rows)


@contextmanager
def printer_bench(folder: Path, *words: str) -> Iterator[PrinterBench]:
    """Switch a virtual printer on, and off again."""
    command = [
        sys.executable,
        "-m",
        "peripherals.virtual.receipt_printer",
        "--control",
        str(folder / "control"),
        "--out",
        str(folder / "out"),
    ]
    with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready, port = process.stdout.readline().split()
        assert ready == "ready"
        try:
            yield PrinterBench(folder, process, int(port))
        finally:
            process.kill()
