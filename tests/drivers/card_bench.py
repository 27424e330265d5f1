"""A bench with a card service of its own, virtual cards in its slots, and a driver that is wired to it.

The service's socket has one place on a machine, so benches wait for each other. Ports of slots are found free.
"""

import contextlib
import fcntl
import os
import shutil
import socket
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
from kiosk.supervisor import die_with_parent
from peripherals.card_reader import ChipReading, SlotStatus
from peripherals.deadline import Deadline
from peripherals.virtual.control import ControlClient
from tests.drivers.reader_bench import soon

FRONT, BACK = "Kiosk Front", "Kiosk Back"
_SERVICE = Path("/usr/sbin/pcscd")
_SERVICE_SOCKET = Path("/run/pcscd/pcscd.comm")
_VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_READER_OF_VPCD = """\
FRIENDLYNAME "{name}"
DEVICENAME   /dev/null:0x{port:04X}
LIBPATH      {library}
CHANNELID    0x{port:04X}
"""


class CardBench:
    """The service, a virtual card in a slot of its front reader, and the driver."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: _two_free_ports() for name in (FRONT, BACK)}
        self.reader = PcscChipCardReader()
        self._service: subprocess.Popen[bytes] | None = None
        self._cards = contextlib.ExitStack()

    def start_service(self, *readers: str) -> None:
        """Start the service with these readers, the front one unless told otherwise."""
        setting = self.folder / "readers.conf"
        setting.write_text("".join(map(self._setting, readers or (FRONT,))))
        self._service = subprocess.Popen(
            [_SERVICE, "-f", *_without_polkit(), "-c", setting],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing is left running when the tests are killed
        )
        if not soon(lambda: self.reader.slot(Deadline.after(1)) is not SlotStatus.ABSENT):
            pytest.fail("the card service started and shows no reader")

    def _setting(self, reader: str) -> str:
        """Return the setting of one reader. Each has a copy of vpcd, whose readers would share their slots otherwise."""
        library = self.folder / f"{reader.replace(' ', '-')}.so"
        if not library.exists():
            shutil.copyfile(_VPCD, library)
        return _READER_OF_VPCD.format(name=reader, port=self.ports[reader], library=library)

    def end_service(self, *, kill: bool = False) -> None:
        if self._service is not None:
            (self._service.kill if kill else self._service.terminate)()
            self._service.wait(10)
            self._service = None

    @property
    def service_pid(self) -> int:
        assert self._service is not None
        return self._service.pid

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
    with _the_only_bench():
        bench = CardBench(folder)
        try:
            bench.start_service(*readers)
            yield bench
        finally:
            bench.close()


@contextmanager
def _the_only_bench() -> Iterator[None]:
    if os.geteuid() != 0 or not (_SERVICE.exists() and _VPCD.exists()):
        pytest.skip("the card service pcscd and its virtual reader vpcd are not installed, or cannot be started without being root")
    with (Path(tempfile.gettempdir()) / "card-service-of-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _answers(_SERVICE_SOCKET):
            pytest.skip("another card service already runs on this machine")
        _SERVICE_SOCKET.unlink(missing_ok=True)
        yield


@cache
def _without_polkit() -> tuple[str, ...]:
    """Return the option that newer services need where no system bus runs, as in a container; older ones do not know it."""
    told = subprocess.run([_SERVICE, "--help"], capture_output=True, text=True, check=False).stdout
    return ("--disable-polkit",) if "--disable-polkit" in told else ()


def _answers(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        return True
    return False


def _two_free_ports() -> int:
    """Return a port that nobody listens on, and its next one neither: vpcd takes both."""
    while True:
        with contextlib.suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            second.bind(("127.0.0.1", port + 1))
            return port
