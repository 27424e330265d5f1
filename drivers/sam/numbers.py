"""Card numbers: their shapes and check characters."""

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_FOREIGNER_2017 = re.compile(r"[A-Z]{3}[0-9]{12}", re.ASCII)
_HK_MACAO_TAIWAN_REGIONS = ("810000", "820000", "830000")


def check_character(first_17: str) -> str:
    """Return the eighteenth character by GB 11643."""
    return _CHECK_CHARACTERS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def trouble_with_citizen_number(number: str, birth: date) -> str | None:
    """Say what is impossible about an 18-character number, or None.

    The seventeenth digit is odd for men and even for women, but it is not compared with the sex on the card: genuine cards exist
    on which the two differ, and their holders must be served.
    """
    if not _EIGHTEEN.fullmatch(number):
        return "not 17 digits and a digit or X"
    if check_character(number[:17]) != number[17]:
        return "check character wrong"
    if number[6:14] != f"{birth:%Y%m%d}":
        return "does not carry the birth date"
    return None


def trouble_with_hk_macao_taiwan_number(number: str, birth: date) -> str | None:
    """Say what is impossible about the number of a residence permit, or None."""
    if (trouble := trouble_with_citizen_number(number, birth)) is not None:
        return trouble
    return None if number.startswith(_HK_MACAO_TAIWAN_REGIONS) else "region is not Hong Kong, Macao or Taiwan"


def trouble_with_foreigner_2023_number(number: str, birth: date) -> str | None:
    """Say what is impossible about the number of a foreigner's card of 2023, or None."""
    if (trouble := trouble_with_citizen_number(number, birth)) is not None:
        return trouble
    return None if number.startswith("9") else "does not begin with 9"


def trouble_with_foreigner_2017_number(number: str) -> str | None:
    """Say what is impossible about the number of a foreigner's card of 2017, or None."""
    if not _FOREIGNER_2017.fullmatch(number):
        return "not three letters and twelve digits"
    if passport_check_digit(number[:14]) != number[14]:
        return "check digit wrong"
    return None


def passport_check_digit(characters: str) -> str:
    """Return the check digit that passports use: weights 7, 3, 1 over values 0-9 and A-Z as 10-35."""
    return str(sum((7, 3, 1)[place % 3] * int(character, 36) for place, character in enumerate(characters)) % 10)
