"""Frames of the SAM serial protocol: requests are built here, and replies found again in whatever bytes the line delivers.

A frame is `AA AA AA 96 69`, a big-endian length that counts everything after itself, a body, and a check byte that makes the
XOR of length, body and check zero. A request's body is command and parameter; a reply's is three status bytes and data.
"""

from collections.abc import Iterator
from dataclasses import field
from enum import IntEnum, StrEnum
from functools import reduce
from operator import xor

from peripherals.values import dataclass

PREAMBLE = bytes.fromhex("AAAAAA9669")
HEADER_BYTES = len(PREAMBLE) + 2
SHORTEST_LENGTH = 4  # three status bytes and the check byte
LONGEST_LENGTH = 0x090A  # text, photo and two fingers: nothing longer has ever been seen, so longer is noise

WIRE_BITS_PER_BYTE = 10  # 8N1: a start bit, eight data bits, a stop bit


class Command(IntEnum):
    """CMD and PARA of a request, as one number."""

    RESET = 0x10FF
    STATUS = 0x11FF
    MODULE_ID = 0x12FF
    FIND = 0x2001
    SELECT = 0x2002
    READ = 0x3001
    NEWEST_ADDRESS = 0x3003
    CHIP_NUMBER = 0x3005
    READ_WITH_FINGERPRINT = 0x3010
    BAUD_115200 = 0x6000
    BAUD_57600 = 0x6001
    BAUD_38400 = 0x6002
    BAUD_19200 = 0x6003
    BAUD_9600 = 0x6004


BAUD_COMMANDS = {
    115200: Command.BAUD_115200,
    57600: Command.BAUD_57600,
    38400: Command.BAUD_38400,
    19200: Command.BAUD_19200,
    9600: Command.BAUD_9600,
}


class Damage(StrEnum):
    """Why a frame was dropped."""

    WRONG_CHECKSUM = "wrong_checksum"
    WRONG_LENGTH = "wrong_length"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole, checked reply. The data stays out of `repr`: it may be a person's."""

    sw1: int
    sw2: int
    sw3: int
    data: bytes = field(default=b"", repr=False)


def request(command: Command) -> bytes:
    """Return the frame that asks for `command`."""
    body = b"\x00\x03" + command.to_bytes(2, "big")
    return PREAMBLE + body + bytes((check_byte(body),))


def check_byte(counted: bytes | bytearray) -> int:
    """Return the XOR of everything between preamble and check byte."""
    return reduce(xor, counted, 0)


class ReplyParser:
    """Takes bytes in whatever pieces they come and gives back replies and damage, in order.

    After damage it looks for the next preamble right behind the damaged one, so a good frame that a bad length would have
    swallowed is still found.
    """

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def is_inside_frame(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._pending.startswith(PREAMBLE)

    def feed(self, piece: bytes) -> Iterator[Reply | Damage]:
        """Yield what `piece` completes. The caller must exhaust it before feeding more."""
        self._pending += piece
        while self._skip_noise():
            if len(self._pending) < HEADER_BYTES:
                return
            length = int.from_bytes(self._pending[len(PREAMBLE) : HEADER_BYTES], "big")
            if not SHORTEST_LENGTH <= length <= LONGEST_LENGTH:
                yield self._drop(Damage.WRONG_LENGTH)
                continue
            end = HEADER_BYTES + length
            if len(self._pending) < end:
                return
            if check_byte(self._pending[len(PREAMBLE) : end]):
                yield self._drop(Damage.WRONG_CHECKSUM)
                continue
            sw1, sw2, sw3, *_ = self._pending[HEADER_BYTES:end]
            data = bytes(self._pending[HEADER_BYTES + 3 : end - 1])
            del self._pending[:end]
            yield Reply(sw1, sw2, sw3, data)

    def give_up(self) -> Iterator[Reply | Damage]:
        """Take the frame that has begun and does not end for a stray preamble, and yield what stands behind it.

        Noise that looks like a preamble and a length would swallow the good frames after it otherwise. The caller must exhaust it.
        """
        while self.is_inside_frame:
            del self._pending[: len(PREAMBLE)]
            yield from self.feed(b"")

    def _skip_noise(self) -> bool:
        """Drop what cannot begin a frame; True when a whole preamble now leads."""
        start = self._pending.find(PREAMBLE)
        if start < 0:
            # Keep only a tail that may still grow into a preamble.
            start = next(
                (
                    len(self._pending) - kept
                    for kept in range(min(len(PREAMBLE) - 1, len(self._pending)), 0, -1)
                    if PREAMBLE.startswith(self._pending[-kept:])
                ),
                len(self._pending),
            )
        del self._pending[:start]
        return self._pending.startswith(PREAMBLE)

    def _drop(self, damage: Damage) -> Damage:
        del self._pending[: len(PREAMBLE)]
        return damage
