"""The formats that an item's schema may ask of an answer, beside those of JSON Schema itself."""

import re
from collections.abc import Callable
from datetime import date

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_TELEPHONE = re.compile(r"(0\d{2,3}-?)?\d{7,8}|1[3-9]\d{9}", re.ASCII)
_ID_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)
_MONEY = re.compile(r"\d{1,8}(\.\d{1,2})?", re.ASCII)
_BANK_CARD = re.compile(r"\d{16,19}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}", re.ASCII)
_DISABILITY = re.compile(r"(?P<id>\d{17}[\dX])[1-7][1-4](B\d)?", re.ASCII)
_MARRIAGE = re.compile(r"B?[JL]\d{6}-\d{4}-\d{6}", re.ASCII)
_CERTIFICATE = re.compile(r"[0-9A-Z]{8,20}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_COUNT = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)
_HAN = (
    (0x3400, 0x4DBF),  # extension A
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),  # extensions B to H
)


def is_date(text: str) -> bool:
    """YYYY-MM-DD, a day that exists."""
    return read_date(text) is not None


def read_date(text: str) -> date | None:
    """Return the day that `text` names, or None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_id_number(text: str) -> bool:
    """Eighteen characters of GB 11643-1999: a birth date that exists and the right check character (ISO 7064 MOD 11-2)."""
    if not _ID_NUMBER.fullmatch(text) or not is_date(f"{text[6:10]}-{text[10:12]}-{text[12:14]}"):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, text, strict=False))
    return ID_CHECKS[total % 11] == text[17]


def is_person_name(text: str) -> bool:
    """Two to thirty Han characters, rare ones included; single middle dots may part them."""
    parts = text.split("·")
    return 2 <= len(text) <= 30 and len(text) > len(parts) and all(part and all(map(_is_han, part)) for part in parts)


def is_disability_number(text: str) -> bool:
    """An identity number, the class 1 to 7, the grade 1 to 4, and after a re-issue B with a figure."""
    found = _DISABILITY.fullmatch(text)
    return found is not None and is_id_number(found["id"])


def is_bank_card(text: str) -> bool:
    """Sixteen to nineteen digits whose Luhn sum is right."""
    return _BANK_CARD.fullmatch(text) is not None and is_luhn(text)


def is_mobile(text: str) -> bool:
    """Eleven digits of a mobile telephone."""
    return _MOBILE.fullmatch(text) is not None


def is_luhn(text: str) -> bool:
    """Tell whether the Luhn sum of these digits is right: one wrong digit never passes, nor do most swapped neighbours."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(text))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def formats_on(today: date) -> dict[str, Callable[[str], bool]]:
    """Return every format by its name, those that look at the calendar as of `today`."""
    return {
        "mobile": is_mobile,
        "telephone": lambda text: bool(_TELEPHONE.fullmatch(text)),
        "id-number": is_id_number,
        "person-name": is_person_name,
        "money": lambda text: bool(_MONEY.fullmatch(text)),
        "bank-card": is_bank_card,
        "credit-code": lambda text: bool(_CREDIT_CODE.fullmatch(text)),
        "disability-number": is_disability_number,
        "marriage-number": lambda text: bool(_MARRIAGE.fullmatch(text)),
        "certificate": lambda text: bool(_CERTIFICATE.fullmatch(text)),
        "month": lambda text: bool(_MONTH.fullmatch(text)),
        "count": lambda text: bool(_COUNT.fullmatch(text)),
        "date": is_date,
        "past-date": lambda text: (day := read_date(text)) is not None and date(1900, 1, 1) <= day <= today,
        "future-date": lambda text: (day := read_date(text)) is not None and today <= day,
    }


def _is_han(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _HAN)
