"""A photo under its own key, in chunks, so that it can be opened while it is read and a cut one never passes for whole.

Each chunk of 64 KiB is sealed with AES-256-GCM. Its nonce is its number in 11 bytes and one byte that says whether it is the last:
dropped, doubled, swapped or missing chunks do not open. A key seals one stream only, so no nonce is used twice.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


class StreamError(ValueError):
    """The stream was cut, changed, or sealed with another key."""


def seal_stream(key: bytes, clear: bytes) -> bytes:
    """Return `clear` sealed with `key`, which must not seal anything else."""
    cipher = AESGCM(key)
    view = memoryview(clear)
    last = max(0, (len(clear) - 1) // CHUNK_BYTES)
    return b"".join(
        cipher.encrypt(_nonce(number, is_last=number == last), view[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES], None)
        for number in range(last + 1)
    )


def open_stream(key: bytes, sealed: bytes) -> bytes:
    """Return the clear bytes of a whole stream.

    Raises:
        StreamError: Any chunk does not open, or the last one is not marked as the last.
    """
    cipher = AESGCM(key)
    view = memoryview(sealed)
    step = CHUNK_BYTES + TAG_BYTES
    last = max(0, (len(sealed) - 1) // step)
    try:
        return b"".join(
            cipher.decrypt(_nonce(number, is_last=number == last), view[number * step : (number + 1) * step], None)
            for number in range(last + 1)
        )
    except (InvalidTag, ValueError) as error:
        raise StreamError("a chunk of it does not open") from error


def sealed_size_bytes(clear_size_bytes: int) -> int:
    """Return how large a photo of `clear_size_bytes` becomes."""
    return clear_size_bytes + TAG_BYTES * (max(0, clear_size_bytes - 1) // CHUNK_BYTES + 1)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")
