"""Invented ID cards for the virtual reader, and how a card's text lies in its chip.

Nobody here exists. The numbers carry right check characters, as the driver refuses others, and sequence numbers that look
invented; every address and authority says 样例 (sample). What is written here is written from the chip's side on purpose,
sharing nothing with the driver that reads it.
"""

from dataclasses import field
from typing import Any

from peripherals.values import dataclass

TEXT_BYTES = 256
PHOTO = bytes((7 * place + 3) % 256 for place in range(1024))  # a stand-in: no decoder makes a face of it
FINGERPRINT = bytes((11 * place + 5) % 256 for place in range(1024))
NEWEST_ADDRESS_BYTES = 70

# Name of the field, where it begins, how many bytes it has.
_CITIZEN = (
    ("name", 0, 30),
    ("sex", 30, 2),
    ("ethnic_code", 32, 4),
    ("birth_date", 36, 16),
    ("address", 52, 70),
    ("id_number", 122, 36),
    ("issuer", 158, 30),
    ("valid_from", 188, 16),
    ("valid_until", 204, 16),
)
_LETTER = ("letter", 248, 2)
_LAYOUTS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "resident": _CITIZEN,
    "hk_macao_taiwan": (*_CITIZEN, ("travel_permit_number", 220, 18), ("times_issued", 238, 4), _LETTER),
    "foreigner_2017": (
        ("name_latin", 0, 120),
        ("sex", 120, 2),
        ("id_number", 122, 30),
        ("nationality", 152, 6),
        ("name", 158, 30),
        ("valid_from", 188, 16),
        ("valid_until", 204, 16),
        ("birth_date", 220, 16),
        ("card_version", 236, 4),
        ("authority_code", 240, 8),
        _LETTER,
    ),
    "foreigner_2023": (
        ("name", 0, 30),
        ("sex", 30, 2),
        ("times_issued", 32, 4),
        ("birth_date", 36, 16),
        ("name_latin", 52, 70),
        ("id_number", 122, 36),
        ("valid_from", 188, 16),
        ("valid_until", 204, 16),
        ("name_latin_more", 220, 22),
        ("nationality", 242, 6),
        _LETTER,
        ("earlier_number", 250, 6),
    ),
}
_LETTERS = {"hk_macao_taiwan": "J", "foreigner_2017": "I", "foreigner_2023": "Y"}


class BadCardError(ValueError):
    """A card that cannot be written: an unknown kind or field, or a value too long for its place."""


@dataclass(frozen=True, slots=True)
class ChipCard:
    """What lies on the plate: 256 bytes of text, perhaps a photo, fingerprints and an address written later."""

    text: bytes = field(repr=False)
    photo: bytes = field(default=PHOTO, repr=False)
    fingerprint: bytes = field(default=b"", repr=False)
    newest_address: bytes | None = field(default=None, repr=False)

    @property
    def birth_date_at(self) -> int:
        """Where the birth date begins, which the fault `corrupt_date` spoils."""
        return 220 if self.text[248:250] == b"I\0" else 36


def written(value: str, size: int) -> bytes:
    """Return text as the chip holds it, padded with spaces."""
    raw = value.encode("utf-16-le")
    if len(raw) > size:
        raise BadCardError(f"{len(raw)} bytes do not fit into {size}")
    return raw + b"\x20\x00" * ((size - len(raw)) // 2)


def text_block(kind: str, fields: dict[str, str]) -> bytes:
    """Return the 256 bytes of a card of this kind.

    Raises:
        BadCardError: the kind or a field is unknown, or a value is too long.
    """
    if kind not in _LAYOUTS:
        raise BadCardError(f"no kind {kind!r}; known: {', '.join(_LAYOUTS)}")
    values = {**fields}
    if kind in _LETTERS:
        values.setdefault("letter", _LETTERS[kind])
    if kind == "foreigner_2023" and "name_latin_more" not in values:
        values["name_latin"], values["name_latin_more"] = values.get("name_latin", "")[:35], values.get("name_latin", "")[35:]
    block = bytearray(written("", TEXT_BYTES))
    for name, begin, size in _LAYOUTS[kind]:
        block[begin : begin + size] = written(values.pop(name, ""), size)
    if values:
        raise BadCardError(f"a {kind} card has no field {', '.join(sorted(values))}")
    return bytes(block)


def chip_card(description: dict[str, Any]) -> ChipCard:
    """Make a card from an order's JSON: `kind` and its fields, or `text_hex`; `photo`, `fingerprint_bytes`, `newest_address`.

    Raises:
        BadCardError: something in it cannot be written.
    """
    rest = dict(description)
    kind = rest.pop("kind", "resident")
    has_photo, fingerprint_bytes = rest.pop("photo", True), rest.pop("fingerprint_bytes", 1024)
    address, text_hex = rest.pop("newest_address", None), rest.pop("text_hex", None)
    if not all(isinstance(value, str) for value in rest.values()) or not isinstance(address, str | None):
        raise BadCardError("every field is a string")
    if fingerprint_bytes not in {0, 512, 1024}:
        raise BadCardError("a card holds 0, 512 or 1024 bytes of fingerprint")
    try:
        text = text_block(str(kind), rest) if text_hex is None else bytes.fromhex(text_hex)
    except (ValueError, TypeError) as error:
        raise BadCardError(str(error)) from error
    if len(text) != TEXT_BYTES:
        raise BadCardError(f"{len(text)} bytes of text instead of {TEXT_BYTES}")
    newest = None if address is None else written(address, NEWEST_ADDRESS_BYTES)
    return ChipCard(text, PHOTO if has_photo else b"", FINGERPRINT[:fingerprint_bytes], newest)


_PEOPLE: dict[str, dict[str, Any]] = {
    "zhou-guilan": {  # eighty years old, moved in with her daughter
        "kind": "resident",
        "name": "周桂兰",
        "sex": "2",
        "ethnic_code": "01",
        "birth_date": "19460512",
        "address": "辽宁省铁岭市银州区样例路18号2单元301室",
        "id_number": "21120219460512002?",
        "issuer": "铁岭市公安局样例分局",
        "valid_from": "20120301",
        "valid_until": "长期",
        "newest_address": "辽宁省沈阳市和平区样例街5号1单元102室",
    },
    "wang-xiaoli": {  # a young worker from the south
        "kind": "resident",
        "name": "王小礼",
        "sex": "1",
        "ethnic_code": "01",
        "birth_date": "19980820",
        "address": "四川省成都市武侯区样例巷7号",
        "id_number": "51010719980820001?",
        "issuer": "成都市公安局样例分局",
        "valid_from": "20190601",
        "valid_until": "20290601",
    },
    "jin-meihua": {  # of the Korean minority
        "kind": "resident",
        "name": "金美花",
        "sex": "2",
        "ethnic_code": "10",
        "birth_date": "19711103",
        "address": "吉林省延吉市样例街道22号4单元502室",
        "id_number": "22240119711103004?",
        "issuer": "延吉市公安局",
        "valid_from": "20150410",
        "valid_until": "20350410",
    },
    "rare-name": {  # 𠮷 is U+20BB7 and 𬱖 U+2CC56, both outside the basic plane
        "kind": "resident",
        "name": "𠮷样𬱖",
        "sex": "1",
        "ethnic_code": "11",
        "birth_date": "19850228",
        "address": "辽宁省沈阳市皇姑区样例路𠮷祥里3号",
        "id_number": "21010519850228003?",
        "issuer": "沈阳市公安局皇姑分局",
        "valid_from": "20180115",
        "valid_until": "20380115",
    },
    "expired": {
        "kind": "resident",
        "name": "郑样例",
        "sex": "1",
        "ethnic_code": "03",
        "birth_date": "19900307",
        "address": "北京市东城区样例胡同12号院3单元402室",
        "id_number": "11010119900307009?",
        "issuer": "北京市公安局东城分局",
        "valid_from": "20100101",
        "valid_until": "20200101",
    },
    "hong-kong": {
        "kind": "hk_macao_taiwan",
        "name": "陈样例",
        "sex": "1",
        "birth_date": "19880615",
        "address": "辽宁省沈阳市浑南区样例大道66号",
        "id_number": "81000019880615001?",
        "issuer": "沈阳市公安局",
        "valid_from": "20220701",
        "valid_until": "20270701",
        "travel_permit_number": "H00000001",
        "times_issued": "01",
    },
    "foreigner-2017": {
        "kind": "foreigner_2017",
        "name_latin": "SAMPLE, ADA TESTPERSON",
        "name": "艾样例",
        "sex": "2",
        "birth_date": "19920409",
        "id_number": "GBR21019204092?",
        "nationality": "GBR",
        "valid_from": "20180501",
        "valid_until": "20280501",
        "card_version": "01",
        "authority_code": "2101",
    },
    "foreigner-2023": {
        "kind": "foreigner_2023",
        "name": "",
        "name_latin": "SAMPLE, BARTHOLOMEW MAXIMILIAN TEST PERSON",
        "sex": "1",
        "birth_date": "19791231",
        "id_number": "92127619791231001?",
        "nationality": "DEU",
        "valid_from": "20231201",
        "valid_until": "20331201",
        "times_issued": "02",
        "earlier_number": "123",
    },
}


def _with_check(number: str) -> str:
    body = number[:-1]
    if len(body) == 17:
        total = sum(pow(2, 17 - place, 11) * int(digit) for place, digit in enumerate(body))
        return body + "10X98765432"[total % 11]
    values = [int(character) if character.isdigit() else ord(character) - ord("A") + 10 for character in body]
    return body + str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


DEMO_CARDS: dict[str, dict[str, Any]] = {
    name: {**person, "id_number": _with_check(person["id_number"])} for name, person in _PEOPLE.items()
}
"""By the name that the order `lay` takes."""
