"""A virtual signature pad: a serial port on which a pen's path arrives, in the form `lines` (see `drivers.pad_forms`).

    python -m peripherals.virtual.signature_pad --link /run/pad --control /run/pad.control

It says `ready`. Orders on the control socket:

    {"do": "sign"}                             a short, invented scribble of two strokes, at the pace of a hand
    {"do": "send", "hex": "2A 2C 31"}          bytes as they are
    {"do": "garbage", "bytes": 300}            what a wrong baud rate makes of a signature
    {"do": "unplug"}, {"do": "plug"}           the port goes, and comes back under the same link
    {"do": "state"}
"""

import argparse
import math
import os
import signal
from pathlib import Path
from typing import Any

from peripherals.virtual.code_scanner import VirtualScanner
from peripherals.virtual.control import ControlServer, Order, OrderRefusedError, end_with_parent

_STEPS = 40
_FULL = 4095


def scribble() -> bytes:
    """Return two strokes as the pad sends them: each ends with the pen lifted."""
    lines = []
    for stroke in range(2):
        for step in range(_STEPS):
            x = 600 + stroke * 1500 + step * 30
            y = 2000 + round(900 * math.sin(step / 5 + stroke))
            lines.append(f"*,{min(x, _FULL)},{y},{int(step < _STEPS - 1)}\r\n")
    return "".join(lines).encode("ascii")


class VirtualPad:
    """The pad; its cable is that of a virtual scanner, which is a serial port as well."""

    def __init__(self, link: Path, baud: int) -> None:
        self.cable = VirtualScanner(link, baud, "ascii", b"", b"")
        self._signatures = 0

    def obey(self, order: Order) -> dict[str, Any] | None:
        """Carry out an order; see the head of this module."""
        match order:
            case {"do": "sign"}:
                self.cable.obey({"do": "send", "hex": scribble().hex()})
                self._signatures += 1
            case {"do": "send" | "garbage" | "unplug" | "plug"}:
                self.cable.obey(order)
            case {"do": "state"}:
                pass
            case _:
                raise OrderRefusedError("known orders: sign, send (hex), garbage (bytes), unplug, plug, state")
        return {"signatures": self._signatures}


def main() -> None:
    """Run until the starting process ends or SIGTERM comes."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.signature_pad", description="a virtual signature pad")
    parser.add_argument("--link", type=Path, required=True, help="where the serial port appears")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--baud", type=int, default=19200)
    words = parser.parse_args()
    pad = VirtualPad(words.link, words.baud)
    end_with_parent()

    def end(*_: object) -> None:
        pad.cable.unplug()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    pad.cable.plug()
    with ControlServer(words.control, pad.obey):
        print("ready", flush=True)  # noqa: T201 - the starter waits for this line
        while True:
            signal.pause()


if __name__ == "__main__":
    main()
