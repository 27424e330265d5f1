"""The records of a social security card, each checked before any of it is believed.

A record that cannot be true makes the whole card refused; the refusal names the record and the reason, never what stood there. A
record that is missing, or was never written (all 00 or all FF), is None.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import IntEnum

from drivers.sam.fields import FieldTrouble
from drivers.sam.numbers import trouble_with_citizen_number
from peripherals.card_reader import SocialSecurityCard
from peripherals.id_card_reader import Sex
from peripherals.secret import Secret


class Tag(IntEnum):
    """The records that are read. A card holds more; those are nobody's business here."""

    IDENTIFICATION = 0x01
    SPEC_VERSION = 0x03
    ISSUE_DATE = 0x05
    VALID_UNTIL = 0x06
    CARD_NUMBER = 0x07
    ID_NUMBER = 0x08
    NAME = 0x09
    NAME_CONTINUED = 0x4E
    SEX = 0x0A
    BIRTH_DATE = 0x0D


_SEXES = {b"0": Sex.UNKNOWN, b"1": Sex.MALE, b"2": Sex.FEMALE, b"9": Sex.NOT_STATED}
_CITIZEN = re.compile(r"[0-9]{17}[0-9X]")
_FOREIGNER = re.compile(r"[A-Z]{3}[0-9A-Z]{1,15}")  # a country, then what the region made of a passport
_CARD_NUMBER = re.compile(r"[0-9A-Z]{1,32}")
_VERSION = re.compile(r"[0-9.]{1,4}")
_REGION_BYTES = 3
_NAME_LIMIT_BYTES = 64
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class _RefusedError(Exception):
    """Carries a FieldTrouble out of the readers below; it never leaves this module."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__()
        self.trouble = FieldTrouble(name, reason)


def decode_card(records: Mapping[int, bytes]) -> SocialSecurityCard | FieldTrouble:
    """Return the card that the records describe, or the first one that cannot be true."""
    try:
        return _card(records)
    except _RefusedError as refused:
        return refused.trouble


def _card(records: Mapping[int, bytes]) -> SocialSecurityCard:
    birth = _day(records, Tag.BIRTH_DATE, "birth_date")
    issued = _day(records, Tag.ISSUE_DATE, "issue_date")
    until = _day(records, Tag.VALID_UNTIL, "valid_until")
    if issued is not None and until is not None and until < issued:
        raise _RefusedError("valid_until", "before issue_date")
    number = _words(records, Tag.CARD_NUMBER, "card_number", _CARD_NUMBER)
    return SocialSecurityCard(
        id_number=Secret(_id_number(records, birth)),
        name=Secret(_name(records)),
        sex=_sex(records),
        birth_date=None if birth is None else Secret(birth),
        card_number=None if number is None else Secret(number),
        issuing_region=_region(records),
        issue_date=issued,
        valid_until=until,
        spec_version=_spec_version(records),
    )


def _value(records: Mapping[int, bytes], tag: Tag) -> bytes | None:
    """Return what a record says, without the padding of text; None when it says nothing."""
    value = records.get(tag, b"")
    return None if not value.strip(b"\x00") or not value.strip(b"\xff") or not value.strip(b" ") else value


def _words(records: Mapping[int, bytes], tag: Tag, name: str, shape: re.Pattern[str]) -> str | None:
    value = _value(records, tag)
    if value is None:
        return None
    words = value.rstrip(b"\x00 \xff").decode("ascii", "replace")
    if not shape.fullmatch(words):
        raise _RefusedError(name, "not of the shape that it has on every card")
    return words


def _id_number(records: Mapping[int, bytes], birth: date | None) -> str:
    """Return the holder's number: a citizen's must carry the right check character and the birth date; a foreigner's has neither."""
    value = _value(records, Tag.ID_NUMBER)
    if value is None:
        raise _RefusedError("id_number", "empty")
    number = value.rstrip(b"\x00 \xff").decode("ascii", "replace")
    if _FOREIGNER.fullmatch(number):
        return number
    if not _CITIZEN.fullmatch(number):
        raise _RefusedError("id_number", "neither 17 digits and a digit or X, nor a foreigner's")
    born = birth or _calendar_day(number[6:14])
    trouble = "does not hold a day of birth" if born is None else trouble_with_citizen_number(number, born)
    if trouble is not None:
        raise _RefusedError("id_number", trouble)
    return number


def _name(records: Mapping[int, bytes]) -> str:
    """Return the name, exactly as written; a character may begin in one record and end in the next."""
    padding = b"\x00 \xff"
    raw = (_value(records, Tag.NAME) or b"").rstrip(padding) + (_value(records, Tag.NAME_CONTINUED) or b"").rstrip(padding)
    if len(raw) > _NAME_LIMIT_BYTES:
        raise _RefusedError("name", "too long")
    try:
        name = raw.decode("gb18030")  # what GBK holds means the same in it, and rare characters have a place
    except UnicodeDecodeError:
        raise _RefusedError("name", "not GBK") from None
    if not name.strip():
        raise _RefusedError("name", "empty")
    if any(unicodedata.category(character) in _INVISIBLE for character in name):
        raise _RefusedError("name", "holds a control character")
    return name


def _sex(records: Mapping[int, bytes]) -> Sex | None:
    value = _value(records, Tag.SEX)
    if value is None:
        return None
    if value not in _SEXES:
        raise _RefusedError("sex", "not a code of GB/T 2261.1")
    return _SEXES[value]


def _day(records: Mapping[int, bytes], tag: Tag, name: str) -> date | None:
    """Return a day of four bytes, two digits in each."""
    value = _value(records, tag)
    if value is None:
        return None
    if len(value) != 4:
        raise _RefusedError(name, f"{len(value)} bytes instead of 4")
    day = _calendar_day(value.hex())
    if day is None:
        raise _RefusedError(name, "not a day of the calendar")
    return day


def _calendar_day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:  # also for what is no digit
        return None


def _region(records: Mapping[int, bytes]) -> str | None:
    value = _value(records, Tag.IDENTIFICATION)
    if value is None:
        return None
    region = value[:_REGION_BYTES].hex()
    if len(region) != 2 * _REGION_BYTES or not region.isdecimal():
        raise _RefusedError("issuing_region", "not six digits")
    return region


def _spec_version(records: Mapping[int, bytes]) -> str | None:
    """Return the version as written. Cards exist that carry rubbish here, and nothing depends on it, so rubbish is None."""
    words = (_value(records, Tag.SPEC_VERSION) or b"").rstrip(b"\x00 \xff").decode("ascii", "replace")
    return words if _VERSION.fullmatch(words) else None
