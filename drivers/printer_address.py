"""Where a receipt printer is, by its URL, and how fast its line is.

| URL | line |
|---|---|
| `tcp://host:port` | a network printer, 9100 where no port is named |
| `serial:///dev/ttyS0?baud=38400&flow=dsrdtr` | a serial one; flow is dsrdtr, rtscts, xonxoff or none |
| `usb://04b8:0e15` | a USB one behind the kernel's printer class driver, by its maker and model, wherever it is plugged in |
| `usblp:///dev/usb/lp0` | the same by its device file |
"""

import re
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from peripherals.error import PeripheralError
from peripherals.values import dataclass

_NETWORK_PORT = 9100
_BAUD = 38400
_BITS_PER_BYTE = 10  # start, eight, stop
_USB_IDENTITY = re.compile("[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
_EXAMPLES = {
    "tcp": "tcp://192.0.2.7:9100",
    "serial": "serial:///dev/ttyS0?baud=38400&flow=dsrdtr",
    "usb": "usb://04b8:0e15",
    "usblp": "usblp:///dev/usb/lp0",
}
_FLOWS = ("dsrdtr", "rtscts", "xonxoff", "none")


class PrinterAddressError(PeripheralError):
    """The URL names no line to a printer."""


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """Where a printer is; `place` is a host or a device file."""

    scheme: str
    place: str
    port: int = _NETWORK_PORT
    baud: int = _BAUD
    flow: str = "dsrdtr"

    @classmethod
    def of(cls, url: str) -> Self:
        """Read a URL. Raises PrinterAddressError with what is wrong about it."""
        try:
            parts = urlsplit(url)
            port = (parts.port or _NETWORK_PORT) if parts.scheme == "tcp" else _NETWORK_PORT
            options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
            baud = int(options.pop("baud", _BAUD))
        except ValueError as error:
            raise PrinterAddressError(f"{url!r}: {error}") from None
        flow = options.pop("flow", "dsrdtr")
        match parts.scheme:
            case "tcp":
                place = parts.hostname or ""
            case "usb":
                place = parts.netloc.lower() if _USB_IDENTITY.fullmatch(parts.netloc) else ""
            case "serial" | "usblp":
                place = parts.path
            case _:
                raise PrinterAddressError(f"{url!r}: begins with tcp://, serial://, usb://, usblp:// or cups://")
        if not place or options or flow not in _FLOWS or baud <= 0:
            raise PrinterAddressError(f"{url!r}: {_EXAMPLES[parts.scheme]} would be one")
        return cls(parts.scheme, place, port, baud, flow)

    @property
    def bytes_per_s(self) -> float:
        """How many bytes the line carries in a second: without end on any but a serial one, where nobody ever waits for it."""
        return self.baud / _BITS_PER_BYTE if self.scheme == "serial" else float("inf")
