"""Money of answers: exact, in fen."""

import re

_MONEY = re.compile(r"(\d{1,8})(?:\.(\d{1,2}))?", re.ASCII)


def fen(text: object) -> int | None:
    """Return an amount in fen, or None for what is no amount: "1200.5" is 120050."""
    found = _MONEY.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def yuan(amount_fen: int) -> str:
    """Return fen as an answer writes them: 120050 is "1200.50", 120000 is "1200"."""
    whole, rest = divmod(amount_fen, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
