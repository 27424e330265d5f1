"""The terminal's devices: which are configured, what drives each, and how it is asked in its own process."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.config import AUTO, Config, places
from kiosk.supervisor import die_with_parent, kiosk_command
from peripherals.deadline import Deadline
from peripherals.unix_address import unix_address
from peripherals.values import dataclass

if TYPE_CHECKING:
    from drivers.worker import Device

_GOES_DOWN_S = 2.0
_COMES_UP_S = 20.0  # a worker's libraries, on a card that is read slowly


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of device: the table that configures it, and what its worker runs."""

    name: str
    address: Callable[[Config], str | None]  # None when the file has no such table
    make: Callable[[Config], "Device"]


def _id_card_reader(config: Config) -> "Device":
    from drivers.id_card_reader import SamIdCardReader  # noqa: PLC0415 - each worker has its own libraries only
    from drivers.roaming_reader import RoamingIdCardReader  # noqa: PLC0415
    from drivers.serial_ports import free_ports, serial_ports  # noqa: PLC0415

    reader = config.id_card_reader
    if reader.port != AUTO:
        return SamIdCardReader(reader.port, reader.baud)
    others = other_addresses(config, "id_card_reader")
    return RoamingIdCardReader(lambda: free_ports(serial_ports(), others), reader.baud)


def _chip_card_reader(config: Config) -> "Device":
    from drivers.chip_card_reader import PcscChipCardReader  # noqa: PLC0415

    if (reader := config.chip_card_reader) is None:
        raise ValueError("no chip-card reader is configured")
    return PcscChipCardReader(reader.reader, reader.service)


def _receipt_printer(config: Config) -> "Device":
    from drivers.queued_receipt_printer import receipt_printer_at  # noqa: PLC0415

    return receipt_printer_at(config.receipt_printer.device)


def _document_camera(config: Config) -> "Device":
    from drivers.document_camera import OpencvDocumentCamera  # noqa: PLC0415
    from drivers.plate_file import FILE as PLATE_FILE  # noqa: PLC0415

    return OpencvDocumentCamera(config.document_camera.source, places(config).counts / PLATE_FILE)


def _code_scanner(config: Config) -> "Device":
    from drivers.code_scanner import scanner_at  # noqa: PLC0415

    if config.code_scanner is None:
        raise ValueError("no code scanner is configured")
    return scanner_at(config.code_scanner.source)


def _document_printer(config: Config) -> "Device":
    from drivers.document_printer import IppDocumentPrinter  # noqa: PLC0415

    if config.document_printer is None:
        raise ValueError("no document printer is configured")
    return IppDocumentPrinter(config.document_printer.device)


def _fittings(config: Config) -> "Device":
    from drivers.fittings import LineFittings  # noqa: PLC0415
    from drivers.line_chip import Wire  # noqa: PLC0415

    if (wired := config.fittings) is None:
        raise ValueError("no fittings are configured")
    contacts = {contact: Wire(line.line, line.active_low) for contact, line in wired.contacts.items()}
    return LineFittings(wired.board, contacts, {light: Wire(line.line, line.active_low) for light, line in wired.lights.items()})


def _signature_pad(config: Config) -> "Device":
    from drivers.signature_pad import SerialSignaturePad  # noqa: PLC0415

    if (pad := config.signature_pad) is None:
        raise ValueError("no signature pad is configured")
    return SerialSignaturePad(pad.port, pad.baud, pad.form)


KINDS = (
    Kind("id_card_reader", lambda config: config.id_card_reader.port, _id_card_reader),
    Kind(
        "chip_card_reader",
        lambda config: None if config.chip_card_reader is None else config.chip_card_reader.reader or "any",
        _chip_card_reader,
    ),
    Kind("receipt_printer", lambda config: config.receipt_printer.device, _receipt_printer),
    Kind("document_printer", lambda config: None if config.document_printer is None else config.document_printer.device, _document_printer),
    Kind("document_camera", lambda config: config.document_camera.source, _document_camera),
    Kind("code_scanner", lambda config: None if config.code_scanner is None else config.code_scanner.source, _code_scanner),
    Kind("signature_pad", lambda config: None if config.signature_pad is None else config.signature_pad.port, _signature_pad),
    Kind("fittings", lambda config: None if config.fittings is None else config.fittings.board, _fittings),
)


def installed(config: Config) -> tuple[Kind, ...]:
    """Return the kinds that this terminal has, in the order in which they are shown."""
    return tuple(kind for kind in KINDS if kind.address(config) is not None)


def other_addresses(config: Config, device: str) -> tuple[str, ...]:
    """Return where all devices but this one are configured: whoever looks for it leaves those alone."""
    addresses = ((kind.name, kind.address(config)) for kind in KINDS)
    return tuple(at for name, at in addresses if at is not None and name != device)


def socket_of(config: Config, device: str) -> Path:
    """Return the socket on which a device's worker answers."""
    return places(config).sockets / f"{device}.sock"


def has_worker(config: Config, device: str) -> bool:
    """Tell whether somebody answers, or will answer, at the device's socket. A worker that hangs is one, too."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line, unix_address(socket_of(config, device)) as address:
        line.settimeout(1.0)
        line.connect(address)
        return True
    return False


@contextmanager
def workers(config: Config, config_file: Path) -> Iterator[None]:
    """See to it that each device has a worker: the running terminal's, or one that lasts as long as this.

    A worker that does not come up is not waited for longer than it may take; its device is seen to have none.
    """
    with ExitStack() as running:
        alone = [kind.name for kind in installed(config) if not has_worker(config, kind.name)]
        started = {name: running.enter_context(_worker(name, config_file)) for name in alone}
        deadline = Deadline.after(_COMES_UP_S)
        while not deadline.is_past and not all(has_worker(config, name) or process.poll() is not None for name, process in started.items()):
            time.sleep(0.05)
        yield


@contextmanager
def _worker(name: str, config_file: Path) -> "Iterator[subprocess.Popen[bytes]]":
    command = kiosk_command("device", name, "--config", str(config_file))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent) as process:  # noqa: PLW1509 - one prctl, no locks
        try:
            yield process
        finally:
            process.terminate()  # it notes that it was told to; only a crash counts as one
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GOES_DOWN_S)
            process.kill()
