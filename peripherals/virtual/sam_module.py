"""The security module inside the virtual reader: which answer a request gets, given the card on the plate. No line, no time."""

import struct
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import reduce
from operator import xor

from peripherals.values import dataclass
from peripherals.virtual.cards import ChipCard
from peripherals.virtual.control import FaultTable

PREAMBLE = bytes.fromhex("AAAAAA9669")
REQUEST_BYTES = 10
MODULE_ID = struct.pack("<HHIII", 5, 3, 20161212, 1234567, 2345678901)
BAUDS = (115200, 57600, 38400, 19200, 9600)

_OK, _FOUND, _ABSENT_ITEM = 0x90, 0x9F, 0x91
_NO_CARD, _SELECT_FAILED, _READ_FAILED, _NOT_PERMITTED = 0x80, 0x81, 0x41, 0x23
_WRONG_COMMAND, _WRONG_CHECKSUM, _WRONG_LENGTH = 0x21, 0x10, 0x11
_FIRST_BAUD_COMMAND = 0x6000
_NOT_GENUINE, _SELF_TEST_FAILED = 0x32, 0x60

MODULE_FAULTS = frozenset({"card_moves", "not_genuine", "corrupt_date", "module_fault"})


class LeftCard(StrEnum):
    """How a card that was read and still lies there looks to the next request: modules differ."""

    NOT_FOUND = "80"  # find says that there is no card
    NOT_SELECTED = "81"  # find finds it, select fails
    AGAIN = "again"  # it is handed out again


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply's status bytes and data; `baud` when the line changes its rate after it."""

    sw3: int
    data: bytes = b""
    baud: int | None = None

    def frame(self) -> bytes:
        """Return the frame on the wire."""
        body = struct.pack(">HBBB", len(self.data) + 4, 0, 0, self.sw3) + self.data
        return PREAMBLE + body + bytes((reduce(xor, body),))


class SamModule:
    """Answers requests; remembers found, selected and read as the real one does, and forgets all of it when the card leaves."""

    def __init__(self, faults: FaultTable, left_card: LeftCard = LeftCard.NOT_SELECTED) -> None:
        self.left_card = left_card
        self.requests = self.reads = 0
        self._faults = faults
        self._card: ChipCard | None = None
        self._found = self._selected = self._was_read = False

    @property
    def card(self) -> ChipCard | None:
        """What lies on the plate."""
        return self._card

    def lay(self, card: ChipCard | None) -> None:
        """Put a card on the empty plate, instead of the one there, or take it away."""
        self._card = card
        self.forget()

    def forget(self) -> None:
        """Forget what was done with the card, as a reset or a loss of power does."""
        self._found = self._selected = self._was_read = False

    def answer(self, request: bytes) -> Answer:
        """Answer the ten bytes of a request."""
        self.requests += 1
        if request[5:7] != b"\x00\x03":
            return Answer(_WRONG_LENGTH)
        if reduce(xor, request[5:]):
            return Answer(_WRONG_CHECKSUM)
        if self._faults.take("module_fault"):
            return Answer(_SELF_TEST_FAILED)
        command = int.from_bytes(request[7:9], "big")
        if 0 <= command - _FIRST_BAUD_COMMAND < len(BAUDS):
            return Answer(_OK, baud=BAUDS[command - _FIRST_BAUD_COMMAND])
        known: dict[int, Callable[[], Answer]] = {
            0x10FF: self._reset,
            0x11FF: lambda: Answer(_OK),
            0x12FF: lambda: Answer(_OK, MODULE_ID),
            0x2001: self._find,
            0x2002: self._select,
            0x3001: lambda: self._read(with_fingerprint=False),
            0x3003: self._newest_address,
            0x3010: lambda: self._read(with_fingerprint=True),
        }
        return known.get(command, lambda: Answer(_WRONG_COMMAND))()

    def _reset(self) -> Answer:
        self.forget()
        return Answer(_OK)

    def _find(self) -> Answer:
        if self._card is None or (self._was_read and self.left_card is LeftCard.NOT_FOUND):
            return Answer(_NO_CARD)
        self._found = True
        return Answer(_FOUND, bytes(4))

    def _select(self) -> Answer:
        if self._card is None or not self._found:
            return Answer(_SELECT_FAILED)
        if (self._was_read or self._selected) and self.left_card is not LeftCard.AGAIN:
            return Answer(_SELECT_FAILED)
        if self._faults.take("not_genuine"):
            return Answer(_NOT_GENUINE)
        self._selected = True
        return Answer(_OK, bytes(8))

    def _read(self, *, with_fingerprint: bool) -> Answer:
        if self._faults.take("card_moves"):
            self.lay(None)
            return Answer(_READ_FAILED)
        if self._card is None:
            return Answer(_READ_FAILED)
        if not self._selected:
            return Answer(_NOT_PERMITTED)
        card = self._card
        if self._faults.take("corrupt_date"):
            at = card.birth_date_at + 8
            card = replace(card, text=card.text[:at] + "1340".encode("utf-16-le") + card.text[at + 8 :])
        self._selected, self._was_read = False, True
        self.reads += 1
        blocks = (card.text, card.photo, card.fingerprint) if with_fingerprint else (card.text, card.photo)
        return Answer(_OK, struct.pack(f">{len(blocks)}H", *map(len, blocks)) + b"".join(blocks))

    def _newest_address(self) -> Answer:
        if self._card is None or not (self._selected or self._was_read):
            return Answer(_READ_FAILED)
        if self._card.newest_address is None:
            return Answer(_ABSENT_ITEM)
        return Answer(_OK, self._card.newest_address)
