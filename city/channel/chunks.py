"""Cuts a bundle where its content says so, and not at multiples of a size: what was put in before moves no other cut.

The cuts are those of a gear hash over the last 32 bytes (Xia et al., FastCDC, USENIX ATC 2016), computed for many bytes at once: the hash
is the sum of a number for each byte, shifted by how far back it stands, so that doubling the reach five times gives it.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sync.contract.chunk_index import CHUNK_MAX_BYTES, CHUNK_MIN_BYTES, Chunk, encode, name_of

_REACH_BYTES: Final = 32
_READ_BYTES: Final = 8 * 1024 * 1024
_MASK: Final = np.uint32(0x0FFF << 20)  # one place in 4096 is a cut: with the least size, 8 KiB on average
_GEAR: Final = np.frombuffer(
    b"".join(hashlib.sha256(b"bianmin gear %d" % byte).digest()[:4] for byte in range(256)), dtype=np.dtype("<u4")
).astype(np.uint32)


def index_of(bundle: Path) -> bytes:
    """Return the index of a bundle, the same for the same bytes.

    Raises:
        OSError: It cannot be read.
    """
    chunks: list[Chunk] = []
    with bundle.open("rb") as file:
        begin = 0
        for end in _cuts(bundle):
            content = file.read(end - begin)
            chunks.append(Chunk(len(content), name_of(content)))
            begin = end
    return encode(chunks)


def _cuts(bundle: Path) -> Iterator[int]:
    """Yield where each chunk ends."""
    begin, size = 0, bundle.stat().st_size
    for place in _places(bundle):
        while place - begin > CHUNK_MAX_BYTES:
            begin += CHUNK_MAX_BYTES
            yield begin
        if place - begin >= CHUNK_MIN_BYTES:
            begin = place
            yield begin
    while size - begin > CHUNK_MAX_BYTES:
        begin += CHUNK_MAX_BYTES
        yield begin
    if size > begin:
        yield size


def _places(bundle: Path) -> Iterator[int]:
    """Yield every place behind whose byte the hash says that a cut may be."""
    at, kept = 0, b""
    with bundle.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            content = np.frombuffer(kept + piece, dtype=np.uint8)
            hits = np.flatnonzero((_hashes(content) & _MASK) == 0)
            yield from (at - len(kept) + int(hit) + 1 for hit in hits if hit >= len(kept))
            at += len(piece)
            kept = bytes(content[-(_REACH_BYTES - 1) :])


def _hashes(content: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return the hash behind each byte, over the bytes before it as far as they are there."""
    hashes = _GEAR[content]
    reach = 1
    while reach < _REACH_BYTES:
        hashes[reach:] += hashes[:-reach] << np.uint32(reach)
        reach *= 2
    return hashes
