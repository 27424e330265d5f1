"""A release put together from pieces of the one before and of the server: what has not changed is not fetched again."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from sync.contract.chunk_index import SUFFIX, Chunk, ChunkIndexError, decode, index_max_bytes, name_of
from sync.update.line import Line, LineError, LineTrouble

_INDEX_WITHIN_S: Final = 300.0

SEED: Final = ".seed"
"""What was installed before, kept beside its index (`SUFFIX`) for the next release."""


class Piece(NamedTuple):
    """Some bytes of the release, in their order, and how many of them came over the line."""

    content: bytes
    fetched_bytes: int


@dataclass(frozen=True, slots=True)
class Seed:
    """An older release that lies here, and where in it a piece is."""

    path: Path
    places: dict[bytes, tuple[int, int]]

    @classmethod
    def at(cls, path: Path) -> "Seed | None":
        """Read it; without a sound index it is none."""
        try:
            size = path.stat().st_size
            chunks = decode(path.with_suffix(SUFFIX).read_bytes(), size)
        except (OSError, ChunkIndexError):
            return None
        places, at = {}, 0
        for chunk in chunks:
            places[chunk.name] = (at, chunk.size_bytes)
            at += chunk.size_bytes
        return cls(path, places)


def read_index(path: Path, bundle_bytes: int) -> tuple[Chunk, ...] | None:
    """Return the pieces of a release, by an index that lies here."""
    try:
        return decode(path.read_bytes(), bundle_bytes)
    except (OSError, ChunkIndexError):
        return None


def fetch_index(line: Line, url: str, bundle_bytes: int) -> bytes | None:
    """Return the index beside a release's file; None where it is none, or longer than one can be.

    Raises:
        LineError: The line broke.
        DownloadHTTPError: There is none.
    """
    content, most_bytes, until_s = bytearray(), index_max_bytes(bundle_bytes), time.monotonic() + _INDEX_WITHIN_S
    for piece in line.pieces(url + SUFFIX, 0):
        content += piece
        if len(content) > most_bytes:
            return None
        if time.monotonic() > until_s:
            raise LineError(LineTrouble.TOO_SLOW)
    try:
        decode(bytes(content), bundle_bytes)
    except ChunkIndexError:
        return None
    return bytes(content)


def assembled(chunks: Sequence[Chunk], seed: Seed, line: Line, url: str, offset: int) -> Iterator[Piece]:
    """Yield a release from `offset` on: a piece that the seed has, and still has as its name says, comes from there.

    Raises:
        LineError: Nothing came, or nothing more.
        DownloadHTTPError: The server gives out no parts of files.
    """
    at, wanted_from = 0, None  # from where on pieces are missing, up to `at`
    with seed.path.open("rb") as file:
        for chunk in chunks:
            end = at + chunk.size_bytes
            if end > offset:
                begin = max(at, offset)
                content = _held(file, seed, chunk)
                if content is None:
                    wanted_from = begin if wanted_from is None else wanted_from
                else:
                    if wanted_from is not None:
                        yield from _part(line, url, wanted_from, begin)
                        wanted_from = None
                    yield Piece(content[begin - at :], 0)
            at = end
    if wanted_from is not None:
        yield from _part(line, url, wanted_from, at)


def _held(file: BinaryIO, seed: Seed, chunk: Chunk) -> bytes | None:
    place = seed.places.get(chunk.name)
    if place is None or place[1] != chunk.size_bytes:
        return None
    file.seek(place[0])
    content = file.read(chunk.size_bytes)
    return content if name_of(content) == chunk.name else None


def _part(line: Line, url: str, begin: int, end: int) -> Iterator[Piece]:
    left = end - begin
    for piece in line.part(url, begin, end):
        wanted = piece[:left]
        left -= len(wanted)
        yield Piece(wanted, len(wanted))
    if left:
        raise LineError(LineTrouble.NO_LINE)
