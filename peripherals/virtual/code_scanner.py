"""A virtual hand scanner: a program that is a serial port on which codes arrive.

    python -m peripherals.virtual.code_scanner --link /run/scanner --control /run/scanner.control

`--link` becomes a symbolic link to a pseudo-terminal. How it is set up (what stands before and behind a code, which encoding) is said
by options, as a real one is set up by scanning its manual. Orders on the control socket (see `peripherals.virtual.control`):

    {"do": "scan", "text": "BM1:..."}                              show it a code
    {"do": "scan", "text": "...", "piece_bytes": 7, "gap_ms": 20}  the same, arriving in pieces
    {"do": "send", "hex": "02 42 4D"}                              bytes as they are, nothing before or behind
    {"do": "garbage", "bytes": 300}                                what a wrong baud rate makes of a code
    {"do": "unplug"}, {"do": "plug"}                               the port goes, and comes back under the same link
    {"do": "state"}
"""

import argparse
import os
import random
import signal
import sys
import time
import tty
from pathlib import Path
from types import FrameType
from typing import Any

from peripherals.virtual.control import ControlServer, Order, OrderRefusedError, end_with_parent

ENDINGS = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t", "none": b"", "etx": b"\x03", "etx-cr": b"\x03\r"}
_BITS_PER_BYTE = 10
_PIECE_BYTES = 64
_LONGEST_BYTES = 1_000_000
_GAP_MAX_MS = 5000
_NOBODY_READS_S = 2.0
_RETRY_S = 0.01


class VirtualScanner:
    """One scanner and its cable. Orders come one at a time, on the control socket's threads."""

    def __init__(self, link: Path, baud: int, encoding: str, before: bytes, behind: bytes) -> None:
        self._link = link
        self._baud = baud
        self._encoding = encoding
        self._before, self._behind = before, behind
        self._master = self._slave = -1
        self._codes = 0
        self._noise = random.Random(7089)  # noqa: S311 - noise wants no cryptography, but the same noise every time

    def obey(self, order: Order) -> dict[str, Any] | None:
        """Carry out an order; see the head of this module."""
        match order:
            case {"do": "scan", "text": str(text)}:
                self._scan(text, order)
            case {"do": "send", "hex": str(digits)}:
                self._send(_bytes_of(digits), _PIECE_BYTES, 0.0)
            case {"do": "garbage"}:
                self._send(self._noise.randbytes(_whole(order, "bytes", 200, _LONGEST_BYTES)), _PIECE_BYTES, 0.0)
            case {"do": "plug"}:
                self.plug()
            case {"do": "unplug"}:
                self.unplug()
            case {"do": "state"}:
                pass
            case _:
                raise OrderRefusedError("known orders: scan (text), send (hex), garbage (bytes), unplug, plug, state")
        return {"plugged": self._master >= 0, "codes": self._codes}

    def plug(self) -> None:
        """Open a pseudo-terminal and put the link to it in place."""
        if self._master >= 0:
            return
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        beside = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        beside.symlink_to(os.ttyname(self._slave))
        beside.replace(self._link)

    def unplug(self) -> None:
        """Take the link away and hang up."""
        self._link.unlink(missing_ok=True)
        for end in (self._master, self._slave):
            if end >= 0:
                os.close(end)
        self._master = self._slave = -1

    def _scan(self, text: str, order: Order) -> None:
        try:
            data = self._before + text.encode(self._encoding) + self._behind
        except UnicodeEncodeError:
            raise OrderRefusedError(f"the text can't be written in {self._encoding}") from None
        gap_s = _whole(order, "gap_ms", 0, _GAP_MAX_MS) / 1000
        self._send(data, max(1, _whole(order, "piece_bytes", _PIECE_BYTES, _LONGEST_BYTES)), gap_s)
        self._codes += 1

    def _send(self, data: bytes, piece_bytes: int, gap_s: float) -> None:
        """Put bytes on the line at its pace. As on a real one, what nobody takes is lost."""
        if self._master < 0:
            raise OrderRefusedError("the scanner is unplugged")
        at_s, patience_s = time.monotonic(), _NOBODY_READS_S
        for begin in range(0, len(data), piece_bytes):
            piece = data[begin : begin + piece_bytes]
            at_s += len(piece) * _BITS_PER_BYTE / self._baud + (gap_s if begin else 0.0)
            time.sleep(max(0.0, at_s - time.monotonic()))
            while piece and patience_s > 0:
                try:
                    piece = piece[os.write(self._master, piece) :]
                except BlockingIOError:
                    time.sleep(_RETRY_S)
                    patience_s -= _RETRY_S


def _whole(order: Order, name: str, usual: int, most: int) -> int:
    value = order.get(name, usual)
    if type(value) is not int or not 0 <= value <= most:
        raise OrderRefusedError(f"{name} must be a whole number from 0 to {most}")
    return value


def _bytes_of(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise OrderRefusedError("hex must be pairs of hexadecimal digits") from None


def main(words: list[str] | None = None) -> int:
    """Run the virtual scanner until it is told to end, or the program that started it ends."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.code_scanner", description="a virtual hand scanner")
    parser.add_argument("--link", type=Path, required=True, help="where the serial port appears")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--baud", type=int, choices=(9600, 19200, 38400, 57600, 115200), default=115200)
    parser.add_argument("--ending", choices=ENDINGS, default="cr", help="what follows a code (cr); the two with etx put STX before it")
    parser.add_argument("--prefix", default="", help="what stands before every code")
    parser.add_argument("--aim", default="", metavar="ID", help="the AIM identifier before every code, such as ]Q1")
    parser.add_argument("--encoding", choices=("utf-8", "gb18030"), default="utf-8")
    parser.add_argument("--keep", action="store_true", help="go on when the program that started this one ends")
    chosen = parser.parse_args(words)
    stx = b"\x02" if chosen.ending.startswith("etx") else b""
    before = stx + (chosen.prefix + chosen.aim).encode()
    scanner = VirtualScanner(chosen.link, chosen.baud, chosen.encoding, before, ENDINGS[chosen.ending])

    def end(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if not chosen.keep:
        end_with_parent()
    scanner.plug()
    try:
        with ControlServer(chosen.control, scanner.obey):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            while True:
                signal.pause()
    finally:
        scanner.unplug()


if __name__ == "__main__":
    sys.exit(main())
