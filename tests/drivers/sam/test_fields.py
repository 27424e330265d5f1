"""Fields: a card is read whole and byte-true, or refused with the field that cannot be true."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.sam.ethnic_groups import ETHNIC_GROUPS
from drivers.sam.fields import FieldTrouble, decode_card, decode_newest_address
from drivers.sam.numbers import check_character, passport_check_digit
from peripherals.id_card_reader import CardKind, IdCard, Sex
from peripherals.virtual.cards import DEMO_CARDS, chip_card, text_block
from tests.drivers.sam import vectors


def read(text: bytes) -> IdCard:
    card = decode_card(text, has_photo=True)
    assert isinstance(card, IdCard), card
    return card


def refusal(text: bytes) -> tuple[str, str]:
    trouble = decode_card(text, has_photo=True)
    assert isinstance(trouble, FieldTrouble)
    return trouble.field, trouble.reason


def resident(**changed: str) -> bytes:
    sizes = {
        "name": 0,
        "sex": 1,
        "ethnic_code": 2,
        "birth_date": 3,
        "address": 4,
        "id_number": 5,
        "issuer": 6,
        "valid_from": 7,
        "valid_until": 8,
    }
    rows = list(vectors.RESIDENT)
    for name, value in changed.items():
        rows[sizes[name]] = (value, rows[sizes[name]][1])
    return vectors.fields(*rows)


def test_the_published_block_is_the_published_person() -> None:
    assert vectors.fields(*vectors.RESIDENT) == vectors.RESIDENT_TEXT
    card = read(vectors.RESIDENT_TEXT)
    assert card.kind is CardKind.RESIDENT
    assert card.name.reveal() == "测试员"
    assert card.name_latin is None
    assert card.sex is Sex.FEMALE
    assert (card.ethnic_code, card.ethnic_group) == ("01", "汉")
    assert card.birth_date.reveal() == date(1990, 3, 7)
    assert card.address is not None
    assert card.address.reveal() == "北京市东城区样例胡同12号院3单元402室"
    assert card.id_number.reveal() == "110101199003078670"
    assert card.issuer == "北京市公安局东城分局"
    assert (card.valid_from, card.valid_until) == (date(2020, 1, 1), date(2040, 1, 1))
    assert card.has_photo


def test_a_long_term_card_says_so() -> None:
    card = read(vectors.fields(*vectors.LONG_TERM))
    assert card.valid_until == "long_term"
    assert card.ethnic_group == "基诺"


def test_a_permit_of_hong_kong_carries_its_permit_number_and_no_ethnic_group() -> None:
    card = read(chip_card(DEMO_CARDS["hong-kong"]).text)
    assert card.kind is CardKind.HK_MACAO_TAIWAN
    assert card.travel_permit_number is not None
    assert card.travel_permit_number.reveal() == "H00000001"
    assert (card.times_issued, card.ethnic_code, card.ethnic_group) == (1, None, None)


def test_a_foreigner_of_2017_has_latin_name_nationality_and_fifteen_characters() -> None:
    card = read(chip_card(DEMO_CARDS["foreigner-2017"]).text)
    assert card.kind is CardKind.FOREIGNER
    assert card.name_latin is not None
    assert card.name_latin.reveal() == "SAMPLE, ADA TESTPERSON"
    assert card.name.reveal() == "艾样例"
    assert card.nationality == "GBR"
    assert len(card.id_number.reveal()) == 15
    assert (card.address, card.issuer) == (None, None)


@pytest.mark.parametrize("latin", ["SAMPLE, BARTHOLOMEW MAXIMILIAN TEST PERSON", "A" * 34 + " " + "B" * 11, "A" * 35 + " B", "SHORT"])
def test_a_latin_name_of_2023_is_joined_across_its_seam(latin: str) -> None:
    card = read(chip_card({**DEMO_CARDS["foreigner-2023"], "name_latin": latin}).text)
    assert card.name_latin is not None
    assert card.name_latin.reveal() == latin
    assert card.name.reveal() == ""
    assert (card.nationality, card.times_issued) == ("DEU", 2)
    assert card.earlier_number is not None
    assert card.earlier_number.reveal() == "123"


@pytest.mark.parametrize("name", DEMO_CARDS)
def test_every_demo_person_can_be_read(name: str) -> None:
    assert read(chip_card(DEMO_CARDS[name]).text).id_number


@pytest.mark.parametrize("name", ["𠮷样𬱖", "\U00030000样", "\U000323af样", "测\ue863", "〇样例", "阿样·例", "样" * 15, "𠮷" * 7])
def test_rare_names_stay_true_to_the_byte(name: str) -> None:
    assert read(resident(name=name)).name.reveal() == name


def test_spaces_inside_and_before_a_name_stay() -> None:
    assert read(resident(name=" 样 例")).name.reveal() == " 样 例"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "empty"),
        ("name", "样\x1b@例", "holds a control character"),
        ("name", "样\u202e例", "holds a control character"),
        ("name", "样\ufffe", "holds a control character"),
        ("sex", "3", "not a code of GB/T 2261.1"),
        ("sex", "", "not a code of GB/T 2261.1"),
        ("ethnic_code", "x1", "not two digits"),
        ("ethnic_code", "", "not two digits"),
        ("birth_date", "19900230", "not a day of the calendar"),
        ("birth_date", "19901340", "not a day of the calendar"),
        ("birth_date", "1990030", "not eight digits"),
        ("birth_date", "１９９００３０７", "not eight digits"),
        ("birth_date", "长期", "not eight digits"),
        ("address", "", "empty"),
        ("id_number", "110101199003078671", "check character wrong"),
        ("id_number", "11010119900307867x", "not 17 digits and a digit or X"),
        ("id_number", "11010119900307867", "not 17 digits and a digit or X"),
        ("id_number", "110101900307867", "not 17 digits and a digit or X"),
        ("id_number", "11010119900308867" + check_character("11010119900308867"), "does not carry the birth date"),
        ("issuer", "", "empty"),
        ("valid_from", "00000000", "not a day of the calendar"),
        ("valid_from", "19890101", "before birth_date"),
        ("valid_until", "20191231", "before valid_from"),
        ("valid_until", "长", "not eight digits"),
        ("valid_until", "", "not eight digits"),
    ],
)
def test_an_impossible_field_is_refused_by_name(field: str, value: str, reason: str) -> None:
    assert refusal(resident(**{field: value})) == (field, reason)


def test_a_name_that_runs_over_its_place_is_refused_where_it_lands() -> None:
    overlong = "样" * 16
    text = overlong.encode("utf-16-le") + vectors.RESIDENT_TEXT[32:]
    assert refusal(text) == ("sex", "not a code of GB/T 2261.1")


def test_half_a_character_is_refused() -> None:
    text = b"\x42\xd8" + vectors.RESIDENT_TEXT[2:]
    assert refusal(text) == ("name", "not UTF-16")


def test_a_permit_must_be_of_one_of_the_three_regions() -> None:
    wrong = "11000019880615001"
    assert refusal(chip_card({**DEMO_CARDS["hong-kong"], "id_number": wrong + check_character(wrong)}).text) == (
        "id_number",
        "region is not Hong Kong, Macao or Taiwan",
    )


def test_the_numbers_of_foreigners_are_checked_too() -> None:
    of_2017 = DEMO_CARDS["foreigner-2017"]["id_number"]
    spoilt = of_2017[:-1] + str((int(of_2017[-1]) + 1) % 10)
    assert refusal(chip_card({**DEMO_CARDS["foreigner-2017"], "id_number": spoilt}).text) == ("id_number", "check digit wrong")
    assert refusal(chip_card({**DEMO_CARDS["foreigner-2017"], "id_number": "12" + of_2017[2:]}).text)[0] == "id_number"
    wrong = "12127619791231001"
    assert refusal(chip_card({**DEMO_CARDS["foreigner-2023"], "id_number": wrong + check_character(wrong)}).text) == (
        "id_number",
        "does not begin with 9",
    )
    assert refusal(chip_card({**DEMO_CARDS["foreigner-2023"], "nationality": "de1"}).text) == ("nationality", "not three letters")
    assert refusal(chip_card({**DEMO_CARDS["foreigner-2023"], "times_issued": "?"}).text) == ("times_issued", "not digits")
    assert refusal(chip_card({**DEMO_CARDS["foreigner-2017"], "name_latin": ""}).text) == ("name_latin", "empty")


def test_the_passport_digit_is_the_one_of_the_icao_example() -> None:
    assert passport_check_digit("L898902C3") == "6"


def test_an_unknown_letter_is_a_resident_and_an_unknown_group_has_no_name() -> None:
    assert read(vectors.RESIDENT_TEXT[:248] + b"Z\0" + vectors.RESIDENT_TEXT[250:]).kind is CardKind.RESIDENT
    card = read(resident(ethnic_code="57"))
    assert (card.ethnic_code, card.ethnic_group) == ("57", None)


def test_the_ethnic_groups_are_the_fifty_six_and_two() -> None:
    assert len(ETHNIC_GROUPS) == 58
    assert [ETHNIC_GROUPS[code] for code in ("01", "10", "11", "36", "46", "56", "97")] == [
        "汉",
        "朝鲜",
        "满",
        "毛南",
        "德昂",
        "基诺",
        "其他",
    ]


def test_a_block_of_another_size_is_refused() -> None:
    assert refusal(vectors.RESIDENT_TEXT[:-2]) == ("text", "254 bytes instead of 256")


def test_the_newest_address_is_read_or_refused() -> None:
    assert decode_newest_address(vectors.ADDRESS_OK[10:-1]) == "上海市黄浦区样例新村8号101室"
    assert decode_newest_address(b"\x20\x00" * 35) is None
    assert isinstance(decode_newest_address(b"\x20\x00\x20"), FieldTrouble)
    assert isinstance(decode_newest_address(b"\x20\x00" * 36), FieldTrouble)
    assert isinstance(decode_newest_address(b"\x1b\x00" * 35), FieldTrouble)


def test_no_refusal_shows_what_stood_there() -> None:
    trouble = decode_card(resident(id_number="110101199003078671"), has_photo=True)
    assert "110101" not in f"{trouble} {trouble!r}"


@given(st.binary(min_size=256, max_size=256))
def test_any_block_is_a_card_or_a_trouble(text: bytes) -> None:
    assert isinstance(decode_card(text, has_photo=False), (IdCard, FieldTrouble))


@given(st.sampled_from(sorted(DEMO_CARDS)), st.integers(0, 255), st.binary(min_size=1, max_size=8))
@example("expired", 36, b"0\x000\x000\x001\x00")
def test_a_spoilt_card_is_a_card_or_a_trouble(name: str, place: int, spoilt: bytes) -> None:
    text = bytearray(chip_card(DEMO_CARDS[name]).text)
    text[place : place + len(spoilt)] = spoilt
    assert isinstance(decode_card(bytes(text[:256]), has_photo=False), (IdCard, FieldTrouble))


@given(st.binary(max_size=80))
def test_any_newest_address_is_text_or_a_trouble_or_none(data: bytes) -> None:
    address = decode_newest_address(data)
    assert address is None or isinstance(address, (str, FieldTrouble))


HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.characters(min_codepoint=0x20000, max_codepoint=0x323AF)


@given(st.text(HAN, min_size=1, max_size=7), st.dates(date(1900, 1, 1), date(2010, 1, 1)), st.integers(0, 999))
def test_what_is_written_is_read(name: str, birth: date, sequence: int) -> None:
    first = f"210102{birth:%Y%m%d}{sequence:03d}"
    text = text_block(
        "resident",
        {
            "name": name,
            "sex": "1",
            "ethnic_code": "11",
            "birth_date": f"{birth:%Y%m%d}",
            "address": name,
            "id_number": first + check_character(first),
            "issuer": name,
            "valid_from": "20150101",
            "valid_until": "长期",
        },
    )
    card = read(text)
    assert (card.name.reveal(), card.birth_date.reveal(), card.issuer) == (name, birth, name)
