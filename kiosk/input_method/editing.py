"""Entering figures: what a key does to the value, and how the value is shown. Values are plain; only the glass groups them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sync.contract.item import Control

LONGEST_TEXT = 100
"""Characters of a text whose item names no limit."""


class FigureKind(StrEnum):
    """What kind of figures a field takes."""

    DIGITS = "digits"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    ID_NUMBER = "id_number"
    DISABILITY = "disability"  # the number of a disability card: an identity number, class and grade, and B with a figure after a re-issue
    MONEY = "money"


_GROUPS = {
    FigureKind.MOBILE: (3, 4, 4),
    FigureKind.BANK_CARD: (4, 4, 4, 4, 3),
    FigureKind.ID_NUMBER: (6, 4, 4, 4),
    FigureKind.DISABILITY: (6, 4, 4, 4, 2, 2),
}
_LONGEST = {FigureKind.MOBILE: 11, FigureKind.BANK_CARD: 19, FigureKind.ID_NUMBER: 18, FigureKind.DISABILITY: 22, FigureKind.MONEY: 11}
_X_AT, _B_AT = 17, 20
"""Where the letters of a disability card's number may stand."""

_WHOLE_YUAN = 8
_CENTS = 2


def figure_kind(control: Control, schema: Mapping[str, Any]) -> FigureKind:
    """Return the kind of a field from its control and its property in the item's schema."""
    if control is Control.MONEY:
        return FigureKind.MONEY
    if control is Control.ID_NUMBER or schema.get("format") == "id-number":
        return FigureKind.ID_NUMBER
    kinds = {"mobile": FigureKind.MOBILE, "bank-card": FigureKind.BANK_CARD, "disability-number": FigureKind.DISABILITY}
    return kinds.get(str(schema.get("format")), FigureKind.DIGITS)


def longest(kind: FigureKind, schema: Mapping[str, Any]) -> int:
    """Return how many characters fit."""
    return int(schema.get("maxLength", _LONGEST.get(kind, LONGEST_TEXT)))


def keys(kind: FigureKind) -> str:
    """Return the keys beside 0: X for an identity number, X and B for a disability card's, the point for money, none otherwise."""
    return {FigureKind.ID_NUMBER: "X", FigureKind.DISABILITY: "XB", FigureKind.MONEY: "."}.get(kind, "")


def pressed(kind: FigureKind, value: str, key: str, most: int) -> str:
    """Return the value after a key; a key that can't follow changes nothing."""
    if len(key) != 1 or key not in "0123456789" + keys(kind) or len(value) >= most:
        return value
    match kind:
        case FigureKind.ID_NUMBER:
            fits = key.isdigit() or len(value) == most - 1
        case FigureKind.DISABILITY:
            fits = key == "B" if len(value) == _B_AT else key.isdigit() or (key == "X" and len(value) == _X_AT)
        case FigureKind.MONEY:
            return _money(value, key)
        case FigureKind.DIGITS | FigureKind.MOBILE | FigureKind.BANK_CARD:
            fits = True
    return value + key if fits else value


def deleted(value: str) -> str:
    """Take the last character back."""
    return value[:-1]


def shown(kind: FigureKind, value: str) -> str:
    """Return the value as the glass shows it: a mobile number 3-4-4, a card in fours, an identity number 6-4-4-4."""
    groups = []
    rest = value
    for length in _GROUPS.get(kind, ()):
        groups.append(rest[:length])
        rest = rest[length:]
    return " ".join(part for part in (*groups, rest) if part)


def _money(value: str, key: str) -> str:
    whole, point, cents = value.partition(".")
    if key == ".":
        return value if point else f"{whole or '0'}."
    if point:
        return value + key if len(cents) < _CENTS else value
    if whole == "0":
        return key
    return value + key if len(whole) < _WHOLE_YUAN else value
