"""A bench with a virtual ID-card reader on it, and a driver that is wired to it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from drivers.id_card_reader import SamIdCardReader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReading
from peripherals.virtual.control import ControlClient


class ReaderBench:
    """The virtual reader's process, its port, its strings, and the driver."""

    def __init__(self, folder: Path, process: "subprocess.Popen[str]") -> None:
        self.port = folder / "reader"
        self.process = process
        self.reader = SamIdCardReader(str(self.port))
        self._control = ControlClient(folder / "control")

    def do(self, order: str, **details: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can carry
        return self._control.do(order, **details)

    def read(self, seconds: float = 10.0, **asked: Any) -> CardReading:  # noqa: ANN401 - as the protocol's read
        return self.reader.read(Deadline.after(seconds), **asked)

    def lay_anew(self, card: str | dict[str, Any], seconds: float = 5.0) -> None:
        """Lift what lies there, let the driver see the empty plate, and lay another."""
        self.do("lift")
        self.reader.plate(Deadline.after(seconds))
        self.do("lay", card=card)


@contextmanager
def reader_bench(folder: Path, *options: str) -> Iterator[ReaderBench]:
    command = [
        sys.executable,
        "-m",
        "peripherals.virtual.id_card_reader",
        "--link",
        str(folder / "reader"),
        "--control",
        str(folder / "control"),
    ]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            bench = ReaderBench(folder, process)
            yield bench
            bench.reader.close()
        finally:
            process.kill()  # asked politely while it writes to a line that nobody reads, it may wait for ever


def timed(work: Callable[[], CardReading]) -> tuple[CardReading, float]:
    begin = time.monotonic()
    return work(), time.monotonic() - begin


def soon(is_so: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until it is so."""
    deadline = Deadline.after(seconds)
    while not is_so():
        if deadline.is_past:
            return False
        time.sleep(0.01)
    return True
