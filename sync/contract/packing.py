"""Packing: contents are compressed before they are sealed, since nothing sealed can be compressed any more.

An application is a page of text whose names and phrases both ends know, so a dictionary of them does most of the work. It is a part
of the second construction and never changes; another one is another suite.
"""

import os
import threading
from functools import lru_cache
from pathlib import Path

import zstandard

CONTENT_MAX_BYTES = 4 * 1024 * 1024
"""No content is larger; whoever opens one unpacks no more than this."""

DICTIONARY = Path(__file__).with_name("suite-2.zdict")

_LEVEL = 3  # higher ones take ten times as long for three in a hundred
_of_thread = threading.local()


class PackingError(ValueError):
    """What was opened does not unpack, or claims to be more than may be sealed."""


def pack(content: bytes, *, with_dictionary: bool) -> bytes:
    """Compress one content, and leave nothing of it in the compressor, which is kept: noise of the same length takes its place."""
    packer = _packer(with_dictionary=with_dictionary)
    packed: bytes = packer.compress(content)
    packer.compress(os.urandom(len(content)))
    return packed


def unpack(packed: bytes, *, with_dictionary: bool) -> bytes:
    """Decompress, believing neither the frame's own size nor its end.

    Raises:
        PackingError: See there.
    """
    try:
        if not 0 <= zstandard.frame_content_size(packed) <= CONTENT_MAX_BYTES:
            raise PackingError("the content claims more than may be sealed")
        return _unpacker(with_dictionary=with_dictionary).decompress(packed, max_output_size=CONTENT_MAX_BYTES)
    except zstandard.ZstdError as error:
        raise PackingError("opened, but the content does not unpack") from error


@lru_cache(maxsize=1)
def _dictionary() -> zstandard.ZstdCompressionDict:
    dictionary = zstandard.ZstdCompressionDict(DICTIONARY.read_bytes(), dict_type=zstandard.DICT_TYPE_FULLDICT)
    dictionary.precompute_compress(level=_LEVEL)
    return dictionary


def _packer(*, with_dictionary: bool) -> zstandard.ZstdCompressor:
    """Return this thread's compressor; its tables are large, and made anew for each application they cost as much as the database."""
    packers: dict[bool, zstandard.ZstdCompressor] = _of_thread.__dict__.setdefault("packers", {})
    if with_dictionary not in packers:
        dictionary = _dictionary() if with_dictionary else None
        packers[with_dictionary] = zstandard.ZstdCompressor(_LEVEL, dict_data=dictionary, write_content_size=True, write_dict_id=False)
    return packers[with_dictionary]


def _unpacker(*, with_dictionary: bool) -> zstandard.ZstdDecompressor:
    unpackers: dict[bool, zstandard.ZstdDecompressor] = _of_thread.__dict__.setdefault("unpackers", {})
    if with_dictionary not in unpackers:
        unpackers[with_dictionary] = zstandard.ZstdDecompressor(dict_data=_dictionary() if with_dictionary else None)
    return unpackers[with_dictionary]
