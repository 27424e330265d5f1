"""The 256-byte text block of a card, field by field, each checked before any of it is believed.

The layout of a block follows from the letter at its end. A field that cannot be true makes the whole block refused, and the
refusal names the field and the reason, never what stood there.
"""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

from drivers.sam.data import TEXT_BYTES
from drivers.sam.ethnic_groups import ETHNIC_GROUPS
from drivers.sam.numbers import (
    trouble_with_citizen_number,
    trouble_with_foreigner_2017_number,
    trouble_with_foreigner_2023_number,
    trouble_with_hk_macao_taiwan_number,
)
from peripherals.id_card_reader import CardKind, IdCard, Sex
from peripherals.secret import Secret
from peripherals.values import dataclass

NEWEST_ADDRESS_BYTES = 70
_LETTER_OFFSET = 248
_LONG_TERM = "长期"
_SEXES = {"0": Sex.UNKNOWN, "1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.NOT_STATED}
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class FieldTrouble:
    """Why a block is refused: the field's name and what is impossible about it, without its content."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


class _RefusedError(Exception):
    """Carries a FieldTrouble out of the readers below; it never leaves this module."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__()
        self.trouble = FieldTrouble(name, reason)


def decode_card(text: bytes, *, has_photo: bool) -> IdCard | FieldTrouble:
    """Return the card that a text block describes, or the first field that cannot be true."""
    if len(text) != TEXT_BYTES:
        return FieldTrouble("text", f"{len(text)} bytes instead of {TEXT_BYTES}")
    block = _Block(text)
    read = _LAYOUTS.get(text[_LETTER_OFFSET : _LETTER_OFFSET + 2].decode("utf-16-le", "replace"), _resident)
    try:
        return read(block, has_photo)
    except _RefusedError as refused:
        return refused.trouble


def decode_newest_address(data: bytes) -> str | FieldTrouble | None:
    """Return the address that was written later than the card, None when the field is blank, or why it is refused."""
    if not data or len(data) % 2 or len(data) > NEWEST_ADDRESS_BYTES:
        return FieldTrouble("newest_address", f"{len(data)} bytes instead of {NEWEST_ADDRESS_BYTES}")
    try:
        return _Block(data).words("newest_address", 0, len(data)) or None
    except _RefusedError as refused:
        return refused.trouble


class _Block:
    """A text block and the checks that all layouts share."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def raw(self, name: str, offset: int, size: int) -> str:
        """Return the field with its padding."""
        try:
            value = self._text[offset : offset + size].decode("utf-16-le")
        except UnicodeDecodeError:
            raise _RefusedError(name, "not UTF-16") from None
        if any(map(_is_invisible, value)):
            raise _RefusedError(name, "holds a control character")
        return value

    def words(self, name: str, offset: int, size: int) -> str:
        """Return the field without its padding, otherwise exactly as written: rare and private-use characters stay."""
        return self.raw(name, offset, size).rstrip(" ")

    def required(self, name: str, offset: int, size: int) -> str:
        """Return a field that every card of the kind has."""
        value = self.words(name, offset, size)
        if not value.strip():
            raise _RefusedError(name, "empty")
        return value

    def sex(self, offset: int) -> Sex:
        """Return the sex."""
        sex = _SEXES.get(self.words("sex", offset, 2))
        if sex is None:
            raise _RefusedError("sex", "not a code of GB/T 2261.1")
        return sex

    def ethnic_code(self, offset: int) -> str:
        """Return two digits, known or not."""
        value = self.words("ethnic_code", offset, 4)
        if len(value) != 2 or not _DIGITS.issuperset(value):
            raise _RefusedError("ethnic_code", "not two digits")
        return value

    def day(self, name: str, offset: int) -> date:
        """Return a date of eight digits."""
        value = self.words(name, offset, 16)
        if len(value) != 8 or not _DIGITS.issuperset(value):
            raise _RefusedError(name, "not eight digits")
        try:
            return datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            raise _RefusedError(name, "not a day of the calendar") from None

    def count(self, name: str, offset: int) -> int | None:
        """Return a count of up to two digits, None when blank."""
        value = self.words(name, offset, 4)
        if not value:
            return None
        if not _DIGITS.issuperset(value):
            raise _RefusedError(name, "not digits")
        return int(value)

    def until(self, offset: int, begin: date) -> date | Literal["long_term"]:
        """Return the last day of validity."""
        if self.words("valid_until", offset, 16) == _LONG_TERM:
            return "long_term"
        end = self.day("valid_until", offset)
        if end < begin:
            raise _RefusedError("valid_until", "before valid_from")
        return end

    def nationality(self, offset: int) -> str:
        """Return three letters."""
        value = self.words("nationality", offset, 6)
        if len(value) != 3 or not _LETTERS.issuperset(value):
            raise _RefusedError("nationality", "not three letters")
        return value

    def begin(self, birth: date) -> date:
        """Return the first day of validity, which lies at the same place in every layout."""
        begin = self.day("valid_from", 188)
        if begin < birth:
            raise _RefusedError("valid_from", "before birth_date")
        return begin


def _is_invisible(character: str) -> bool:
    """Whether a character has no place in a field: controls, direction marks, half surrogates, separators, noncharacters.

    Private-use characters are none of these: cards of earlier years spell rare names with them. Nor are unassigned ones, which
    a newer Unicode than this Python's may well have assigned to a rare Han character.
    """
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return is_noncharacter or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _refuse(name: str, trouble: str | None) -> None:
    if trouble is not None:
        raise _RefusedError(name, trouble)


def _secret(value: str) -> Secret[str] | None:
    return Secret(value) if value else None


def _resident(block: _Block, has_photo: bool) -> IdCard:
    return _citizen(block, has_photo, CardKind.RESIDENT, trouble_with_citizen_number)


def _hk_macao_taiwan(block: _Block, has_photo: bool) -> IdCard:
    return _citizen(
        block,
        has_photo,
        CardKind.HK_MACAO_TAIWAN,
        trouble_with_hk_macao_taiwan_number,
        travel_permit_number=_secret(block.words("travel_permit_number", 220, 18)),
        times_issued=block.count("times_issued", 238),
    )


def _citizen(
    block: _Block,
    has_photo: bool,
    kind: CardKind,
    trouble_with_number: Callable[[str, date], str | None],
    *,
    travel_permit_number: Secret[str] | None = None,
    times_issued: int | None = None,
) -> IdCard:
    """Read the layout that the resident card and the residence permit share."""
    name = block.required("name", 0, 30)
    sex = block.sex(30)
    ethnic_code = block.ethnic_code(32) if kind is CardKind.RESIDENT else None
    birth = block.day("birth_date", 36)
    number = block.words("id_number", 122, 36)
    _refuse("id_number", trouble_with_number(number, birth))
    begin = block.begin(birth)
    return IdCard(
        kind=kind,
        name=Secret(name),
        name_latin=None,
        sex=sex,
        ethnic_code=ethnic_code,
        ethnic_group=None if ethnic_code is None else ETHNIC_GROUPS.get(ethnic_code),
        birth_date=Secret(birth),
        address=Secret(block.required("address", 52, 70)),
        newest_address=None,
        id_number=Secret(number),
        issuer=block.required("issuer", 158, 30),
        valid_from=begin,
        valid_until=block.until(204, begin),
        nationality=None,
        travel_permit_number=travel_permit_number,
        times_issued=times_issued,
        earlier_number=None,
        has_photo=has_photo,
    )


def _foreigner_2017(block: _Block, has_photo: bool) -> IdCard:
    birth = block.day("birth_date", 220)
    number = block.words("id_number", 122, 30)
    _refuse("id_number", trouble_with_foreigner_2017_number(number))
    return _foreigner(
        block,
        has_photo,
        name=block.words("name", 158, 30),
        name_latin=block.required("name_latin", 0, 120),
        sex=block.sex(120),
        birth=birth,
        number=number,
        nationality=block.nationality(152),
    )


def _foreigner_2023(block: _Block, has_photo: bool) -> IdCard:
    birth = block.day("birth_date", 36)
    number = block.words("id_number", 122, 36)
    _refuse("id_number", trouble_with_foreigner_2023_number(number, birth))
    # The Latin name runs on in a second place; a space between two of its words may lie exactly at the seam.
    name_latin = (block.raw("name_latin", 52, 70) + block.raw("name_latin", 220, 22)).rstrip(" ")
    if not name_latin:
        raise _RefusedError("name_latin", "empty")
    return _foreigner(
        block,
        has_photo,
        name=block.words("name", 0, 30),
        name_latin=name_latin,
        sex=block.sex(30),
        birth=birth,
        number=number,
        nationality=block.nationality(242),
        times_issued=block.count("times_issued", 32),
        earlier_number=_secret(block.words("earlier_number", 250, 6)),
    )


def _foreigner(  # noqa: PLR0913 - what the two layouts do not share
    block: _Block,
    has_photo: bool,
    *,
    name: str,
    name_latin: str,
    sex: Sex,
    birth: date,
    number: str,
    nationality: str,
    times_issued: int | None = None,
    earlier_number: Secret[str] | None = None,
) -> IdCard:
    begin = block.begin(birth)
    return IdCard(
        kind=CardKind.FOREIGNER,
        name=Secret(name),
        name_latin=Secret(name_latin),
        sex=sex,
        ethnic_code=None,
        ethnic_group=None,
        birth_date=Secret(birth),
        address=None,
        newest_address=None,
        id_number=Secret(number),
        issuer=None,
        valid_from=begin,
        valid_until=block.until(204, begin),
        nationality=nationality,
        travel_permit_number=None,
        times_issued=times_issued,
        earlier_number=earlier_number,
        has_photo=has_photo,
    )


_LAYOUTS: dict[str, Callable[[_Block, bool], IdCard]] = {
    "I": _foreigner_2017,
    "J": _hk_macao_taiwan,
    "Y": _foreigner_2023,
}
