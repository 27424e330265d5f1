"""Where a release can be cut so that a terminal fetches only the pieces that it does not have: a small file beside the bundle.

Nothing here is trusted, and nothing of it is signed: whoever puts a bundle together by it checks the whole against the digest that the
channel's keys signed. A wrong index costs a download, and no more.
"""

import hashlib
import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

MAGIC: Final = b"bianmin-chunks-1\n"
SUFFIX: Final = ".chunks"
"""Behind the name of the bundle's file."""

CHUNK_MIN_BYTES: Final = 4 * 1024
CHUNK_MAX_BYTES: Final = 64 * 1024
_NAME_BYTES: Final = 16
_ENTRY: Final = struct.Struct(f">I{_NAME_BYTES}s")


class ChunkIndexError(ValueError):
    """This is no index of this bundle."""


class Chunk(NamedTuple):
    """A piece of a bundle: its length, and the beginning of its SHA-256."""

    size_bytes: int
    name: bytes


def name_of(content: bytes | memoryview) -> bytes:
    """Return what a piece is known by."""
    return hashlib.sha256(content).digest()[:_NAME_BYTES]


def index_max_bytes(bundle_bytes: int) -> int:
    """Return how long the index of a bundle can be at most."""
    return len(MAGIC) + _ENTRY.size * (bundle_bytes // CHUNK_MIN_BYTES + 1)


def encode(chunks: Sequence[Chunk]) -> bytes:
    """Return the file."""
    return MAGIC + b"".join(_ENTRY.pack(*chunk) for chunk in chunks)


def decode(content: bytes, bundle_bytes: int) -> tuple[Chunk, ...]:
    """Return the pieces of a bundle of this size.

    Raises:
        ChunkIndexError: They do not make up such a bundle.
    """
    body = content.removeprefix(MAGIC)
    if len(body) == len(content) or len(body) % _ENTRY.size or len(content) > index_max_bytes(bundle_bytes):
        raise ChunkIndexError("not an index of chunks")
    chunks = tuple(Chunk(*entry) for entry in _ENTRY.iter_unpack(body))
    if sum(chunk.size_bytes for chunk in chunks) != bundle_bytes or any(not 0 < one.size_bytes <= CHUNK_MAX_BYTES for one in chunks):
        raise ChunkIndexError("the chunks do not make up the bundle")
    return chunks
