"""The data part of replies: a card's blocks, a module's number."""

import struct
from dataclasses import field

from peripherals.values import dataclass

TEXT_BYTES = 256
MODULE_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class CardBlocks:
    """A card's text and photo as they came. A fingerprint is measured and left behind unread."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)
    fingerprint_bytes: int


def card_blocks(data: bytes) -> CardBlocks | None:
    """Cut the data of a read by the lengths in its own head, with or without a fingerprint; None when they do not add up.

    The head is two lengths, or three where a fingerprint was asked for. Only one of the two can add up to what came.
    """
    for head_bytes in (4, 6):
        if len(data) < head_bytes:
            return None
        lengths = struct.unpack_from(f">{head_bytes // 2}H", data)
        if head_bytes + sum(lengths) == len(data) and lengths[0] == TEXT_BYTES:
            text_end = head_bytes + lengths[0]
            photo_end = text_end + lengths[1]
            return CardBlocks(data[head_bytes:text_end], data[text_end:photo_end], len(data) - photo_end)
    return None


def module_id(data: bytes) -> str | None:
    """Return the module's number as it is printed on it, or None when these are not its 16 bytes."""
    if len(data) != MODULE_ID_BYTES:
        return None
    kind, version, day, *serial = struct.unpack("<HHIII", data)
    return f"{kind:02d}.{version:02d}-{day:08d}-{serial[0]:010d}-{serial[1]:010d}"
