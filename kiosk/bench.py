"""The bench: virtual hardware at the addresses of a sandbox terminal, and the hands that lay cards and cut lines."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from kiosk import assets
from kiosk.config import Config, ConfigError
from kiosk.supervisor import die_with_parent
from peripherals.values import dataclass
from peripherals.virtual.control import ControlClient, OrderRefusedError
from peripherals.virtual.own_pcscd import SOCKET

READER, PRINTER, CAMERA, LINE = "id_card_reader", "receipt_printer", "document_camera", "line"
PAGES, SCANNER, PAD, FITTINGS, CHIP, SERVICE = (
    "document_printer",
    "code_scanner",
    "signature_pad",
    "fittings",
    "social_security_card",
    "card_service",
)
READER_NAME = "Virtual Reader"


@dataclass(frozen=True, slots=True)
class _Twin:
    """One virtual device: its module, and the words it is started with."""

    name: str
    words: tuple[str, ...]


class Bench:
    """Every virtual device of one sandbox, running while the bench is open. `do` gives one of them an order."""

    def __init__(self, config: Config, line_to: int | None = None) -> None:
        """Prepare the bench.

        Args:
            config: A sandbox's; it has a `[bench]` table.
            line_to: The city's port, when a virtual line stands at the address that the terminal calls.

        Raises:
            ConfigError: The configuration is a real terminal's.
        """
        if config.bench is None:
            raise ConfigError("the configuration has no [bench] table: it is a real terminal's, and has real devices")
        self.folder = config.bench.folder
        self.receipts = self.folder / "receipts"
        self._twins = _twins(config, self.folder, self.receipts, line_to)
        self._lights = None if config.fittings is None else config.fittings.lights
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        self._refuse_a_second()
        self.receipts.mkdir(parents=True, exist_ok=True)
        try:
            for twin, process in [(twin, self._started(twin)) for twin in self._twins]:
                self._await(twin, process)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def do(self, device: str, order: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Give `device` an order and return its answer.

        Raises:
            OrderRefusedError: It does not know the order.
            OSError: It is gone.
        """
        return ControlClient(self._control(device), patience_s=60).do(order, **facts)

    def shining(self) -> tuple[str, ...]:
        """Return which of the cabinet's lights shine; none without a virtual board."""
        if self._lights is None or not self.has(FITTINGS):
            return ()
        with contextlib.suppress(OSError, OrderRefusedError):
            high = self.do(FITTINGS, "state")["high"]
            return tuple(light for light, line in self._lights.items() if high.get(str(line.line), False) != line.active_low)
        return ()

    def has(self, device: str) -> bool:
        """Tell whether this bench runs such a device."""
        return any(twin.name == device for twin in self._twins)

    def _refuse_a_second(self) -> None:
        """Touch nothing when another bench is at work here: both would use the same ports and the same serial line."""
        for twin in self._twins:
            with contextlib.suppress(OSError, OrderRefusedError):
                ControlClient(self._control(twin.name), patience_s=2).do("state")
                raise ConfigError(f"{self.folder}: a bench is running here already; stop that one first")

    def _control(self, device: str) -> Path:
        return self.folder / f"{device}.control"

    def _started(self, twin: _Twin) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", f"peripherals.virtual.{twin.name}", "--control", str(self._control(twin.name)), *twin.words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl, no locks
        )
        self._running.append(process)
        return process

    def _await(self, twin: _Twin, process: "subprocess.Popen[str]") -> None:
        said = process.stdout.readline() if process.stdout else ""
        if not said.startswith("ready"):
            raise ConfigError(f"the virtual {twin.name.replace('_', ' ')} did not start; is its port taken? {' '.join(twin.words)}")

    def _end(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(10)
            if process.stdout:
                process.stdout.close()
        self._running.clear()


def _twins(config: Config, folder: Path, receipts: Path, line_to: int | None) -> tuple[_Twin, ...]:
    printer = urlsplit(config.receipt_printer.device).port
    camera = urlsplit(config.document_camera.source).port
    called = urlsplit(config.city.url).port
    if printer is None or camera is None:
        raise ConfigError("a bench needs a printer at tcp://127.0.0.1:PORT and a camera at http://127.0.0.1:PORT/camera.mjpg")
    folder.mkdir(parents=True, exist_ok=True)
    twins = (
        _Twin(READER, ("--link", config.id_card_reader.port, "--baud", str(config.id_card_reader.baud))),
        _Twin(PRINTER, ("--port", str(printer), "--out", str(receipts), "--width-dots", str(config.receipt_printer.width_dots))),
        _Twin(CAMERA, ("--port", str(camera), "--fonts", str(assets.fonts()))),
    )
    return (*twins, *_more_twins(config, folder), *_line(called, line_to))


def _more_twins(config: Config, folder: Path) -> Iterator[_Twin]:
    """Yield the twins of the devices that not every terminal has; one that is not virtual, such as a queue of CUPS, has none."""
    if config.document_printer is not None and (pages := urlsplit(config.document_printer.device)).scheme == "ipp" and pages.port:
        yield _Twin(PAGES, ("--port", str(pages.port), "--out", str(folder / "documents")))
    if config.code_scanner is not None and "://" not in config.code_scanner.source:
        yield _Twin(SCANNER, ("--link", config.code_scanner.source))
    if config.signature_pad is not None:
        yield _Twin(PAD, ("--link", config.signature_pad.port, "--baud", str(config.signature_pad.baud)))
    if (wired := config.fittings) is not None and wired.board.startswith("unix:"):
        high = ",".join(str(line.line) for line in (*wired.contacts.values(), *wired.lights.values()) if line.active_low)
        yield _Twin(FITTINGS, ("--socket", wired.board.removeprefix("unix:"), "--high", high))
    if config.bench is not None and (slot := config.bench.vpcd) is not None:
        if config.chip_card_reader is not None and (socket := config.chip_card_reader.service) is not None:
            yield _Twin(SERVICE, _service_words(socket, slot))
        yield _Twin(CHIP, ("--vpcd", slot))


def _service_words(socket: Path, slot: str) -> tuple[str, ...]:
    """Return how the bench's own pcscd is started.

    Raises:
        ConfigError: The socket cannot be that of a pcscd.
    """
    if socket.name != SOCKET:
        raise ConfigError(f"chip_card_reader.service: {socket} must end in {SOCKET}, as pcscd calls its socket")
    return ("--folder", str(socket.parent), "--slot", f"{READER_NAME}={slot.rpartition(':')[2]}")


def _line(called: int | None, line_to: int | None) -> tuple[_Twin, ...]:
    return () if line_to is None else (_Twin(LINE, ("--port", str(called), "--to", f"127.0.0.1:{line_to}")),)
