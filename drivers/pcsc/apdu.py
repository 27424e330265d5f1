"""Commands to a chip and its answers (ISO 7816-4), over whatever carries them.

A T=0 card answers in pieces: `61 xx` means that xx bytes are waiting, `6C xx` that the question should have asked for xx bytes.
Readers hand both through unchanged, so they are dealt with here, and bounded: a broken chip may say either for ever.
"""

from collections.abc import Callable
from dataclasses import field
from enum import IntEnum, StrEnum

from peripherals.values import dataclass

Transmit = Callable[[bytes], bytes]
"""Carries one command to the chip and its answer back, status bytes included."""

_ROUNDS = 16
_GET_RESPONSE = b"\x00\xc0\x00\x00"


class Status(IntEnum):
    """The status words that mean something to us."""

    DONE = 0x9000
    SHORTER_THAN_ASKED = 0x6282
    WRONG_LENGTH = 0x6700
    SECURITY_NOT_SATISFIED = 0x6982
    PIN_BLOCKED = 0x6983
    CONDITIONS_NOT_SATISFIED = 0x6985


class Damage(StrEnum):
    """An answer that is none."""

    NO_STATUS = "an answer without its two status bytes"
    ENDLESS = "an answer that promises more for ever"


@dataclass(frozen=True, slots=True)
class Command:
    """A command: four bytes of head, its data, and how many bytes are wanted back (0: as many as there are; None: none)."""

    head: bytes
    data: bytes = b""
    wanted: int | None = None

    def to_bytes(self) -> bytes:
        """Return the command as it goes to the card."""
        sent = self.head
        if self.data:
            sent += bytes((len(self.data),)) + self.data
        return sent if self.wanted is None else sent + bytes((self.wanted,))


@dataclass(frozen=True, slots=True)
class Answer:
    """A status word and the data before it, put together from its pieces."""

    status: int
    data: bytes = field(default=b"", repr=False)

    @property
    def is_done(self) -> bool:
        """Whether the card did what it was told; data that was not asked for may still wait on it."""
        return self.status == Status.DONE or self.status >> 8 == 0x61

    @property
    def has_data(self) -> bool:
        """Whether the data that was asked for is here; a card may add that it has no more than this."""
        return self.status == Status.DONE or (self.status == Status.SHORTER_THAN_ASKED and bool(self.data))

    @property
    def wants_pin(self) -> bool:
        """Whether the card would answer only somebody who has told it a PIN."""
        return self.status in {Status.SECURITY_NOT_SATISFIED, Status.PIN_BLOCKED, Status.CONDITIONS_NOT_SATISFIED}


def ask(transmit: Transmit, command: Command) -> Answer | Damage:
    """Give one command and return the whole answer. Data is fetched only when the command wants some."""
    data = b""
    sent = command.to_bytes()
    for _ in range(_ROUNDS):
        raw = transmit(sent)
        if len(raw) < 2:
            return Damage.NO_STATUS
        data += raw[:-2]
        more, count = raw[-2], raw[-1]
        if more == 0x6C and command.wanted is not None:
            sent = sent[:-1] + bytes((count,))
        elif more == 0x61 and command.wanted is not None:
            sent = _GET_RESPONSE + bytes((count,))
        else:
            return Answer(more << 8 | count, data)
    return Damage.ENDLESS
