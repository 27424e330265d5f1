"""A virtual chip card: a program that is a card in one slot of vpcd, the virtual reader of pcscd.

    python -m peripherals.virtual.social_security_card --vpcd 127.0.0.1:35963 --control /run/card.control

vpcd listens; a connection to it is a card in the slot, and hanging up takes it out. Orders on the control socket (see
`peripherals.virtual.control`):

    {"do": "insert", "card": "zhou-guilan"}      a card of `peripherals.virtual.chip_cards`, or an object with a card's fields
    {"do": "remove"}
    {"do": "fault", "fault": "pulled", "times": 1}
    {"do": "hold", "fault": "pulled"}            this one and no other, until "clear"
    {"do": "clear"}
    {"do": "state"}

While pcscd is away, an inserted card waits in the slot and is found when pcscd is back, as a real one is.
"""

import argparse
import contextlib
import signal
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from peripherals.virtual.chip_cards import CARD_FAULTS, DEMO_CHIP_CARDS, BadChipCardError, ChipCard, chip_card
from peripherals.virtual.control import ControlServer, FaultTable, Order, OrderRefusedError, end_with_parent

SLOT_FAULTS = frozenset({"pulled", "mute"})
"""Faults of the slot, each at the next record that is read: the card is pulled out; the card does not answer any more."""

_LENGTH = struct.Struct(">H")
_OFF, _ON, _RESET, _POWER_UP = 0, 1, 2, 4  # vpcd's own orders: messages of one byte
_READ_RECORD = 0xB2
_AGAIN_S = 0.05  # between two looks for a pcscd that is away
_PATIENCE_S = 5.0
_OUT_S = 0.6  # between two cards: no hand is quicker, and pcscd looks at the slot every 0.4 s only


class VirtualSlot:
    """Keeps the inserted card connected on one thread; orders come from the control socket's threads."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._faults = FaultTable(CARD_FAULTS | SLOT_FAULTS)
        self._changed = threading.Condition()
        self._card: ChipCard | None = None
        self._line: socket.socket | None = None
        self._asked: Counter[str] = Counter()
        self._empty_since_s = -_OUT_S

    def obey(self, order: Order) -> dict[str, Any] | None:
        """Carry out an order; see the head of this module."""
        orders: dict[str, Callable[[Order], dict[str, Any] | None]] = {
            "insert": self._insert,
            "remove": lambda _: self._put(None),
            "fault": self._arm,
            "hold": lambda order: self._faults.hold(order.get("fault")),
            "clear": lambda _: self._faults.clear(),
            "state": self._state,
        }
        if order["do"] not in orders:
            raise OrderRefusedError(f"known orders: {', '.join(orders)}")
        return orders[order["do"]](order)

    def serve(self) -> None:
        """Connect and answer whenever a card is in the slot, for ever."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._card is not None)
                card = self._card
            if card is not None:
                self._serve(card)

    def _serve(self, card: ChipCard) -> None:
        time.sleep(max(0.0, self._empty_since_s + _OUT_S - time.monotonic()))
        try:
            line = socket.create_connection(self._address, timeout=_PATIENCE_S)
        except OSError:
            time.sleep(_AGAIN_S)
            return
        with line:
            line.settimeout(None)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                if self._card is not card:
                    return
                self._line = line
                self._changed.notify_all()
            card.reset()
            with contextlib.suppress(OSError):  # the other end, or an order, has closed it
                self._answer_for_ever(card, line)
            with self._changed:
                self._line = None
                self._empty_since_s = time.monotonic()
                self._changed.notify_all()

    def _answer_for_ever(self, card: ChipCard, line: socket.socket) -> None:
        while True:
            message = _received(line, _LENGTH.unpack(_received(line, _LENGTH.size))[0])
            if len(message) == 1:
                if message[0] == _POWER_UP:
                    _send(line, card.power_up)
                else:
                    card.reset()
                continue
            self._asked[message[1:2].hex().upper()] += 1
            if message[1] == _READ_RECORD and self._faults.take("pulled"):
                self._put(None, wait=False)
                return
            answer = card.answer(message)
            if message[1] == _READ_RECORD and self._faults.take("mute"):
                continue
            _send(line, answer)

    def _insert(self, order: Order) -> None:
        wanted = order.get("card")
        description = DEMO_CHIP_CARDS.get(wanted) if isinstance(wanted, str) else wanted
        if not isinstance(description, dict):
            raise OrderRefusedError(f"cards: {', '.join(DEMO_CHIP_CARDS)}, or an object of fields")
        try:
            card = chip_card(description, self._faults)
        except BadChipCardError as error:
            raise OrderRefusedError(str(error)) from error
        self._put(None)
        self._put(card)

    def _put(self, card: ChipCard | None, *, wait: bool = True) -> None:
        """Change the card in the slot; a card that comes out takes its connection with it."""
        with self._changed:
            self._card = card
            if card is None and self._line is not None:
                with contextlib.suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()
            if wait and card is None:
                self._changed.wait_for(lambda: self._line is None, _PATIENCE_S)

    def _arm(self, order: Order) -> None:
        fault = order.get("fault")
        if not isinstance(fault, str):
            raise OrderRefusedError("which fault?")
        self._faults.arm(fault, order.get("times", 1))

    def _state(self, _: Order) -> dict[str, Any]:
        with self._changed:
            return {
                "card": self._card is not None,
                "connected": self._line is not None,
                "asked": dict(self._asked),
                "faults": self._faults.state(),
            }


def _send(line: socket.socket, message: bytes) -> None:
    line.sendall(_LENGTH.pack(len(message)) + message)


def _received(line: socket.socket, count: int) -> bytes:
    """Return exactly `count` bytes, each piece acknowledged at once.

    vpcd writes length and data apart, and waits for the first to be acknowledged: 50 ms with every command, were that left to the
    kernel's usual delay, which comes back by itself and so is switched off each time.
    """
    whole = b""
    while len(whole) < count:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = line.recv(count - len(whole))
        if not piece:
            raise ConnectionResetError("vpcd hung up")
        whole += piece
    return whole


def _address(word: str) -> tuple[str, int]:
    host, _, port = word.rpartition(":")
    return host or "127.0.0.1", int(port)


def main(words: list[str] | None = None) -> int:
    """Run the virtual card until it is told to end, or the program that started it ends."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.social_security_card", description="a virtual chip card")
    parser.add_argument("--vpcd", type=_address, required=True, metavar="HOST:PORT", help="where vpcd's slot listens")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--card", choices=[*DEMO_CHIP_CARDS], help="in the slot from the start")
    parser.add_argument("--keep", action="store_true", help="go on when the program that started this one ends")
    chosen = parser.parse_args(words)
    slot = VirtualSlot(*chosen.vpcd)

    def end(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if not chosen.keep:
        end_with_parent()
    if chosen.card is not None:
        slot.obey({"do": "insert", "card": chosen.card})
    with ControlServer(chosen.control, slot.obey):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        slot.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
