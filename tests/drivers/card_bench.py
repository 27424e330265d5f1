"""A bench with a card service of its own, virtual cards in its slots, and a driver that is wired to it."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from drivers.chip_card_reader import PcscChipCardReader
from drivers.pcsc_service import use_service
from peripherals.card_reader import ChipReading, SlotStatus
from peripherals.deadline import Deadline
from peripherals.virtual.control import ControlClient
from peripherals.virtual.own_pcscd import CardService, NoServiceError, free_slot, why_not
from tests.drivers.reader_bench import soon

FRONT, BACK = "Kiosk Front", "Kiosk Back"


@cache
def _way_of_this_process() -> Path:
    """Return a link to whichever bench's service is running: the library asks for the address once in a process's life."""
    link = Path(tempfile.mkdtemp(prefix="card-service-")) / "pcscd.comm"
    use_service(link)
    return link


class CardBench:
    """The service, a virtual card in a slot of its front reader, and the driver."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_slot() for name in (FRONT, BACK)}
        self.service = CardService(folder / "service", self.ports)
        way = _way_of_this_process()
        way.unlink(missing_ok=True)
        way.symlink_to(self.service.socket)
        os.environ["PCSCLITE_CSOCK_NAME"] = str(way)  # for the programs that a test starts
        self.reader = PcscChipCardReader()
        self._cards = contextlib.ExitStack()

    def start_service(self, *readers: str) -> None:
        """Start the service with these readers, the front one unless told otherwise."""
        try:
            self.service.start(readers or (FRONT,))
        except NoServiceError as error:
            pytest.skip(str(error))
        if not soon(lambda: self.reader.slot(Deadline.after(1)) is not SlotStatus.ABSENT):
            pytest.fail("the card service started and shows no reader")

    def end_service(self, *, kill: bool = False) -> None:
        self.service.end(kill=kill)

    @property
    def service_pid(self) -> int:
        assert self.service.pid is not None
        return self.service.pid

    def slot(self, reader: str = FRONT) -> ControlClient:
        """Return the strings of a virtual card at a reader, started when first asked for."""
        control = self.folder / f"{reader}.control"
        if not control.exists():
            words = ["--vpcd", f"127.0.0.1:{self.ports[reader]}", "--control", str(control)]
            command = [sys.executable, "-m", "peripherals.virtual.social_security_card", *words]
            process = self._cards.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            self._cards.callback(process.terminate)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        return ControlClient(control)

    def do(self, order: str, **details: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can carry
        return self.slot().do(order, **details)

    def read(self, seconds: float = 10.0, **asked: Any) -> ChipReading:  # noqa: ANN401 - as the protocol's read
        return self.reader.read(Deadline.after(seconds), **asked)

    def close(self) -> None:
        self.reader.close()
        self._cards.close()
        self.end_service()


@contextmanager
def card_bench(folder: Path, *readers: str) -> Iterator[CardBench]:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    bench = CardBench(folder)
    try:
        bench.start_service(*readers)
        yield bench
    finally:
        bench.close()
