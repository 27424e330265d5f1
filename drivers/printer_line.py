"""The line to a receipt printer. python-escpos opens it; reading and writing are done here, with deadlines."""

import contextlib
import os
import select
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Self

from drivers.escpos.library import DeviceNotFoundError, Network, Serial
from drivers.printer_address import PrinterAddress
from drivers.serial_ports import locked
from peripherals.deadline import Deadline

_CHUNK_BYTES = 4096
_USB_PRINTERS = Path("/sys/class/usbmisc")


class LineGoneError(OSError):
    """Nothing is at the other end, or not any more."""


class LineStalledError(TimeoutError):
    """The other end takes nothing more."""


def usb_printer(identity: str, listing: Path = _USB_PRINTERS, devices: Path = Path("/dev/usb")) -> Path:
    """Return the device file of the USB printer with this maker and model (`04b8:0e15`), the first when there are several.

    Raises:
        FileNotFoundError: none is plugged in.
    """
    for entry in sorted(listing.glob("lp*")):
        unit = (entry / "device").resolve().parent  # above the interface stands the unit that was plugged in
        with contextlib.suppress(FileNotFoundError):  # just unplugged
            if f"{(unit / 'idVendor').read_text().strip()}:{(unit / 'idProduct').read_text().strip()}" == identity:
                return devices / entry.name
    raise FileNotFoundError(f"no USB printer {identity}")


class PrinterLine:
    """An open line: bytes out, bytes in, each by a deadline."""

    def __init__(self, fd: int, hang_up: Callable[[], None], *, is_kept: bool) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._hang_up = hang_up
        self.is_kept = is_kept
        """Whether to stay on the line between conversations. A network printer is called anew each time: only so does it show
        at once that it is gone, and others may ask it meanwhile."""

    @classmethod
    def to(cls, address: PrinterAddress, deadline: Deadline) -> Self:
        """Open the line. Raises LineGoneError when nothing is there."""
        try:
            match address.scheme:
                case "tcp":
                    return cls._to_network(address, deadline)
                case "serial":
                    return cls._to_serial(address)
                case "usb":
                    return cls._to_device_file(usb_printer(address.place))
                case _:
                    return cls._to_device_file(Path(address.place))
        except (DeviceNotFoundError, OSError, termios.error) as error:
            raise LineGoneError(f"no printer at {address.scheme}://{address.place}: {error}") from None

    @classmethod
    def _to_device_file(cls, path: Path) -> Self:
        fd = locked(str(path))
        return cls(fd, lambda: os.close(fd), is_kept=True)

    @classmethod
    def _to_network(cls, address: PrinterAddress, deadline: Deadline) -> Self:
        network = Network(address.place, address.port, timeout=max(0.01, deadline.remaining_s))
        network.open()
        device = network.device
        if device is None:
            raise LineGoneError(address.place)
        return cls(device.fileno(), network.close, is_kept=False)

    @classmethod
    def _to_serial(cls, address: PrinterAddress) -> Self:
        with contextlib.ExitStack() as opened:
            # python-escpos opens a port for everybody; with the lock held first, not even the rate of another's port is changed.
            opened.callback(os.close, locked(address.place))
            port = Serial(address.place, address.baud, timeout=0, xonxoff=address.flow == "xonxoff", dsrdtr=address.flow == "dsrdtr")
            port.open()
            device = port.device
            if device is None:
                raise LineGoneError(address.place)
            opened.callback(port.close)
            if address.flow == "rtscts":
                device.rtscts = True
            opened.callback(device.reset_output_buffer)  # closing waits, without end, until all is written
            return cls(device.fileno(), opened.pop_all().close, is_kept=True)

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Write everything. Raises LineStalledError at the deadline, LineGoneError when the printer is gone."""
        rest = memoryview(data)
        while rest:
            if not select.select([], [self._fd], [], deadline.remaining_s)[1]:
                raise LineStalledError(f"{len(rest)} bytes are left")
            try:
                rest = rest[os.write(self._fd, rest[:_CHUNK_BYTES]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise LineGoneError(str(error)) from None

    def read(self, deadline: Deadline) -> bytes:
        """Return what came, at once when something is there; nothing at the deadline. Raises LineGoneError."""
        if not select.select([self._fd], [], [], deadline.remaining_s)[0]:
            return b""
        try:
            came = os.read(self._fd, _CHUNK_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LineGoneError(str(error)) from None
        if not came:
            raise LineGoneError("the printer hung up")
        return came

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError, termios.error):  # it may be gone already
            self._hang_up()
