"""The code of an appointment that was booked without a card: twelve figures on its slip, and the only key to it.

Figures alone, because they can be typed on the pad that everybody knows and read out over a telephone. The last one checks the others
(Luhn), so a slip of the finger is told at the terminal, without a line and without a try at somebody else's time.
"""

import secrets
from typing import Final

from sync.contract.formats import is_luhn

DIGITS: Final = 12
QR_FORMAT: Final = "BA2"
"""On the slip the code stands as this, a colon, and the figures."""

MOST_AT_ONCE: Final = 2
"""How many times a mobile number may have ahead of it."""

MOST_A_DAY: Final = 4
"""How often a day a mobile number may book or move."""


def new_code() -> str:
    """Return a fresh code: eleven random figures and one that checks them."""
    body = f"{secrets.randbelow(10 ** (DIGITS - 1)):0{DIGITS - 1}d}"
    return next(body + last for last in "0123456789" if is_luhn(body + last))


def is_code(text: str) -> bool:
    """Tell whether `text` is a code that the city may have given."""
    return len(text) == DIGITS and text.isascii() and text.isdigit() and is_luhn(text)


def qr_payload(code: str) -> str:
    """Return what the slip's picture says."""
    return f"{QR_FORMAT}:{code}"


def code_in(shown: str) -> str | None:
    """Return the code in what a scanner read; None when it is none of these."""
    form, _, code = shown.partition(":")
    return code if form.upper() == QR_FORMAT and is_code(code) else None
