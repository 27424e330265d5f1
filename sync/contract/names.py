"""The names by which both ends mean the same thing."""

import hashlib
import re
import secrets
from typing import NewType

TerminalId = NewType("TerminalId", str)
"""Such as SY-HP-0173: given by the city when it admits a terminal."""

InstallId = NewType("InstallId", str)
"""Made anew by each installation of a terminal, so that a restored backup cannot re-use sequence numbers unnoticed."""

ApplicationId = NewType("ApplicationId", str)
"""A UUID, version 7, made by the terminal when an application is frozen."""

ItemCode = NewType("ItemCode", str)
"""The code of a service item, as its package names it."""

MaterialId = NewType("MaterialId", str)
"""The id of a paper that an item asks for."""

Digest = NewType("Digest", str)
"""SHA-256 in lower-case hexadecimal, 64 characters."""

ReceiptNumber = NewType("ReceiptNumber", str)
"""The terminal's number on the slip: eight symbols without I, L, O and U; the last one checks the others."""

CaseNumber = NewType("CaseNumber", str)
"""The city's own number, given with its first receipt."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is mistaken for something else when read aloud."""


def digest_of(data: bytes) -> Digest:
    """Return the SHA-256 of `data`."""
    return Digest(hashlib.sha256(data).hexdigest())


def is_uuid(text: str) -> bool:
    """Tell whether `text` is a UUID in its canonical, lower-case form."""
    return _UUID.fullmatch(text) is not None


def new_receipt_number() -> ReceiptNumber:
    """Return a fresh number: seven random symbols and one that catches every single misread."""
    body = "".join(secrets.choice(SYMBOLS) for _ in range(7))
    return ReceiptNumber(body + check_symbol(body))


def check_symbol(body: str) -> str:
    """Return the symbol that checks `body`: positions weighted 1, 3, 5 ... (all odd, so a single misread always shows)."""
    return SYMBOLS[sum((2 * place + 1) * SYMBOLS.index(symbol) for place, symbol in enumerate(body)) % 32]


def is_receipt_number(text: str) -> bool:
    """Tell whether `text` is a number that a terminal may have printed."""
    return len(text) == 8 and all(symbol in SYMBOLS for symbol in text) and check_symbol(text[:7]) == text[7]
