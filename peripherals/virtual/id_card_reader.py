"""A virtual ID-card reader: a program that is a serial port with a SAM module behind it.

    python -m peripherals.virtual.id_card_reader --link /run/reader --control /run/reader.control

`--link` becomes a symbolic link to a pseudo-terminal; bytes come out of it at the pace of the baud rate, and a host that talks at
another is not understood. Orders on the control socket (see `peripherals.virtual.control`):

    {"do": "lay", "card": "zhou-guilan"}         a card of `peripherals.virtual.cards`, or an object with a card's fields
    {"do": "lift"}
    {"do": "unplug"}, {"do": "plug"}             the port goes, and comes back under the same link
    {"do": "fault", "fault": "half_frame", "times": 1, "on": "read"}
    {"do": "hold", "fault": "half_frame"}        this one and no other, until "clear"
    {"do": "clear"}
    {"do": "left_card", "looks": "80"}           how a card that was read looks: "80" not found, "81" not selected, "again" anew
    {"do": "state"}
"""

import argparse
import os
import random
import select
import signal
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from peripherals.virtual.cards import DEMO_CARDS, BadCardError, ChipCard, chip_card
from peripherals.virtual.control import ControlServer, FaultTable, Order, OrderRefusedError, end_with_parent
from peripherals.virtual.sam_module import BAUDS, MODULE_FAULTS, PREAMBLE, REQUEST_BYTES, Answer, LeftCard, SamModule

LINE_FAULTS: dict[str, str] = {
    "half_frame": "read",  # the first half of the answer, then nothing
    "wrong_checksum": "read",
    "wrong_length": "read",
    "unplug_mid_frame": "read",  # the first half, then the port is gone
    "noise": "any",  # stray bytes before the answer, one of them an AA too many
    "mute": "any",  # no answer
    "slow": "read",  # a byte every few milliseconds
}
"""Every fault of the line, and the answer that it spoils unless the order says `on`: find, select, read, address or any."""

_COMMANDS = {b"\x20\x01": "find", b"\x20\x02": "select", b"\x30\x01": "read", b"\x30\x10": "read", b"\x30\x03": "address"}
_ANSWERS = frozenset({"any", *_COMMANDS.values()})
_BITS_PER_BYTE = 10
_PACE_S = 0.002  # bytes are handed over in pieces of about this much line time
_SLOW_BYTE_S = 0.004
_INPUT_SPEED, _OUTPUT_SPEED = 4, 5  # places in what tcgetattr returns


class UnpluggedError(Exception):
    """The cable was pulled while something was being done on the line."""


class VirtualReader:
    """Serves one pseudo-terminal at a time on its own thread; orders come from the control socket's threads."""

    def __init__(self, link: Path, baud: int, card_time_s: float, left_card: LeftCard) -> None:
        self._link = link
        self._baud = baud
        self._card_time_s = card_time_s
        self._faults = FaultTable(MODULE_FAULTS | LINE_FAULTS.keys())
        self._spoils = dict(LINE_FAULTS)
        self._module = SamModule(self._faults, left_card)
        self._lock = threading.RLock()  # guards the module
        self._wake_read, self._wake_write = os.pipe()
        self._plug_wanted = True
        self._plugged = threading.Event()
        self._unplugged = threading.Event()
        self._noise = random.Random(20161212)  # noqa: S311 - noise wants no cryptography, but the same noise every time
        self._master = self._slave = -1

    def obey(self, order: Order) -> dict[str, Any] | None:
        """Carry out an order; see the head of this module."""
        orders: dict[str, Callable[[Order], dict[str, Any] | None]] = {
            "lay": self._lay,
            "lift": self._lift,
            "plug": lambda _: self._want(plugged=True),
            "unplug": lambda _: self._want(plugged=False),
            "fault": self._arm,
            "hold": self._hold,
            "clear": lambda _: self._faults.clear(),
            "left_card": self._set_left_card,
            "state": self._state,
        }
        if order["do"] not in orders:
            raise OrderRefusedError(f"known orders: {', '.join(orders)}")
        return orders[order["do"]](order)

    def serve(self) -> None:
        """Answer requests for ever, plugging and unplugging as ordered."""
        while True:
            if self._plug_wanted:
                self._plug()
                try:
                    self._answer_requests()
                except UnpluggedError:
                    self.unplug()
            elif self._plugged.is_set():
                self.unplug()  # the order came before the first request was waited for
            else:
                self._rest(None)

    def plug(self) -> None:
        """Open a new pseudo-terminal and put the link to it in place."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        setting = termios.tcgetattr(self._slave)
        setting[_INPUT_SPEED] = setting[_OUTPUT_SPEED] = getattr(termios, f"B{self._baud}")  # for a host that sets none
        termios.tcsetattr(self._slave, termios.TCSANOW, setting)
        beside = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        beside.symlink_to(os.ttyname(self._slave))
        beside.replace(self._link)
        with self._lock:
            self._module.forget()
        self._unplugged.clear()
        self._plugged.set()

    def unplug(self) -> None:
        """Take the link away and hang up."""
        self._plug_wanted = False
        self._link.unlink(missing_ok=True)
        for end in (self._master, self._slave):
            if end >= 0:
                os.close(end)
        self._master = self._slave = -1
        self._plugged.clear()
        self._unplugged.set()

    def _plug(self) -> None:
        if not self._plugged.is_set():
            self.plug()

    def _lay(self, order: Order) -> None:
        try:
            wanted = order.get("card")
            if isinstance(wanted, str) and wanted in DEMO_CARDS:
                card = chip_card(DEMO_CARDS[wanted])
            elif isinstance(wanted, dict):
                card = chip_card(wanted)
            else:
                raise OrderRefusedError(f"cards: {', '.join(DEMO_CARDS)}, or an object of fields")
        except BadCardError as error:
            raise OrderRefusedError(str(error)) from error
        self._put(card)

    def _lift(self, _: Order) -> None:
        self._put(None)

    def _put(self, card: ChipCard | None) -> None:
        with self._lock:
            self._module.lay(card)

    def _arm(self, order: Order) -> None:
        fault, on = order.get("fault"), order.get("on")
        if not isinstance(fault, str):
            raise OrderRefusedError("which fault?")
        if on is not None and (fault not in LINE_FAULTS or on not in _ANSWERS):
            raise OrderRefusedError(f"faults of the line may be on {', '.join(sorted(_ANSWERS))}")
        if fault in LINE_FAULTS:
            self._spoils[fault] = LINE_FAULTS[fault] if on is None else on
        self._faults.arm(fault, order.get("times", 1))

    def _hold(self, order: Order) -> None:
        self._spoils = dict(LINE_FAULTS)
        self._faults.hold(order.get("fault"))

    def _set_left_card(self, order: Order) -> None:
        if order.get("looks") not in [*LeftCard]:
            raise OrderRefusedError(f"looks: {', '.join(LeftCard)}")
        with self._lock:
            self._module.left_card = LeftCard(order["looks"])

    def _state(self, _: Order) -> dict[str, Any]:
        with self._lock:
            return {
                "plugged": self._plugged.is_set(),
                "card": self._module.card is not None,
                "left_card": self._module.left_card,
                "requests": self._module.requests,
                "reads": self._module.reads,
                "baud": self._baud,
                "faults": self._faults.state(),
            }

    def _want(self, *, plugged: bool) -> None:
        """Tell the serving thread, and wait until it has done it."""
        self._plug_wanted = plugged
        os.write(self._wake_write, b"!")
        if not (self._plugged if plugged else self._unplugged).wait(5):
            raise OrderRefusedError("the line is stuck")

    def _rest(self, until_s: float | None, *, reading: bool = False) -> bool:
        """Sleep until a moment (None: for ever) or the next order; True when `reading` and the host has sent something.

        Raises:
            UnpluggedError: the order was to pull the cable.
        """
        while True:
            ends = [self._wake_read, self._master] if reading else [self._wake_read]
            left_s = None if until_s is None else max(0.0, until_s - time.monotonic())
            ready, _, _ = select.select(ends, [], [], left_s)
            if self._wake_read in ready:
                os.read(self._wake_read, 64)
                if not self._plug_wanted and self._master >= 0:
                    raise UnpluggedError
                if self._plug_wanted and self._master < 0:
                    return False
                continue
            return self._master in ready

    def _answer_requests(self) -> None:
        pending = b""
        while True:
            self._rest(None, reading=True)
            heard = os.read(self._master, 4096)
            pending = pending + heard if self._is_in_step() else b""
            arrived_s = time.monotonic()
            while (begin := pending.find(PREAMBLE)) >= 0 and len(pending) >= begin + REQUEST_BYTES:
                request = pending[begin : begin + REQUEST_BYTES]
                pending = pending[begin + REQUEST_BYTES :]
                # The pseudo-terminal is instant; the ten bytes would have been on the wire until now.
                arrived_s = max(arrived_s, time.monotonic()) + REQUEST_BYTES * _BITS_PER_BYTE / self._baud
                self._answer(request, arrived_s)
            pending = pending[-(REQUEST_BYTES - 1) :]

    def _is_in_step(self) -> bool:
        """Whether the host's end runs at the module's rate; at any other, its bytes are no bytes here."""
        return bool(termios.tcgetattr(self._slave)[_OUTPUT_SPEED] == getattr(termios, f"B{self._baud}"))

    def _answer(self, request: bytes, at_s: float) -> None:
        asked = _COMMANDS.get(request[7:9], "other")
        if asked in {"read", "address"}:
            at_s += self._card_time_s
        self._rest(at_s)
        with self._lock:
            answer = self._module.answer(request)
        if not self._hits("mute", asked):
            self._send(asked, answer, at_s)
        if answer.baud is not None:
            self._baud = answer.baud

    def _send(self, asked: str, answer: Answer, at_s: float) -> None:
        frame = answer.frame()
        if self._hits("wrong_checksum", asked):
            frame = frame[:-1] + bytes((frame[-1] ^ 0x5A,))
        if self._hits("wrong_length", asked):
            frame = PREAMBLE + b"\xff\xff" + frame[7:]
        if self._hits("noise", asked):
            frame = self._noise.randbytes(self._noise.randrange(1, 40)) + b"\xaa" + frame
        byte_s = _SLOW_BYTE_S if self._hits("slow", asked) else _BITS_PER_BYTE / self._baud
        pulled = self._hits("unplug_mid_frame", asked)
        if pulled or self._hits("half_frame", asked):
            frame = frame[: len(frame) // 2]
        piece_bytes = max(1, int(_PACE_S / byte_s))
        for begin in range(0, len(frame), piece_bytes):
            piece = frame[begin : begin + piece_bytes]
            at_s += len(piece) * byte_s
            self._rest(at_s)
            os.write(self._master, piece)
        if pulled:
            raise UnpluggedError

    def _hits(self, fault: str, asked: str) -> bool:
        return self._spoils[fault] in {"any", asked} and self._faults.take(fault)


def main(words: list[str] | None = None) -> int:
    """Run the virtual reader until it is told to end, or the program that started it ends."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.id_card_reader", description="a virtual ID-card reader")
    parser.add_argument("--link", type=Path, required=True, help="where the serial port appears")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--baud", type=int, choices=BAUDS, default=115200)
    parser.add_argument("--card-time-ms", type=int, default=0, help="what the module and the chip take between them for a read")
    parser.add_argument("--left-card", choices=[*LeftCard], default=LeftCard.NOT_SELECTED, help="how a card that was read looks")
    parser.add_argument("--keep", action="store_true", help="go on when the program that started this one ends")
    chosen = parser.parse_args(words)
    reader = VirtualReader(chosen.link, chosen.baud, chosen.card_time_ms / 1000, LeftCard(chosen.left_card))

    def end(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if not chosen.keep:
        end_with_parent()
    reader.plug()
    try:
        with ControlServer(chosen.control, reader.obey):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            reader.serve()
    finally:
        reader.unplug()
    return 0


if __name__ == "__main__":
    sys.exit(main())
