"""How the city and a partner's system know each other's words: both sign with one secret. Without Django, for the counterparts."""

import hashlib
import hmac
from typing import Final

SIGNATURE: Final = "X-Bianmin-Signature"


def signature(secret: bytes, *parts: str | bytes) -> str:
    """Return the signature over parts, each with its length, so that no two lists of parts are alike."""
    signed = hmac.new(secret, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        signed.update(len(data).to_bytes(8) + data)
    return signed.hexdigest()


def is_signature(said: str, expected: str) -> bool:
    """Compare in constant time; what a stranger says need not be ASCII."""
    return hmac.compare_digest(said.encode(), expected.encode())
