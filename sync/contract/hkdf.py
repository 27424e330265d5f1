"""HKDF-Expand (RFC 5869) for one block, which is one HMAC: the library's call costs several times as much."""

import hmac
from typing import Final

BLOCK_BYTES: Final = 32


def expanded(secret: bytes, info: bytes) -> bytes:
    """Return the 32 bytes that HKDF-Expand with SHA-256 derives from `secret` for `info`."""
    return hmac.digest(secret, info + b"\x01", "sha256")
