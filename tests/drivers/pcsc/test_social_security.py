"""The social security card: read by any chip's way of asking, whole or not at all, and never with a PIN."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pcsc.social_security import read_social_security
from peripherals.card_reader import ChipReading, ChipReadStatus, SocialSecurityCard
from peripherals.id_card_reader import Sex
from peripherals.secret import Secret
from peripherals.virtual.chip_cards import CARD_FAULTS, DEMO_CHIP_CARDS, chip_card
from peripherals.virtual.control import FaultTable
from tests.drivers.pcsc.chip import EF05, EF06, EF06_OF_1_0, Chip, with_record, without

THE_PUBLISHED_CARD = SocialSecurityCard(
    id_number=Secret("110101199003078670"),
    name=Secret("测试员"),
    sex=Sex.FEMALE,
    birth_date=Secret(date(1990, 3, 7)),
    card_number=Secret("A12345678"),
    issuing_region="110000",
    issue_date=date(2018, 5, 1),
    valid_until=date(2038, 5, 1),
    spec_version="2.00",
)


def read(chip: Chip) -> ChipReading:
    reading = read_social_security(chip)
    assert reading is not None
    return reading


def card(chip: Chip) -> SocialSecurityCard:
    reading = read(chip)
    assert reading.status is ChipReadStatus.READ, reading
    assert isinstance(reading.card, SocialSecurityCard)
    return reading.card


def refusal(chip: Chip) -> str | None:
    reading = read(chip)
    assert (reading.status, reading.card) == (ChipReadStatus.CORRUPT, None)
    return reading.detail


@pytest.mark.parametrize("records", [EF06, EF06_OF_1_0, EF06[::-1]], ids=["2.0", "1.0", "backwards"])
@pytest.mark.parametrize("way", ["tag", "number", "short"])
def test_every_order_of_records_is_the_same_card_whichever_way_the_chip_understands(way: str, records: tuple[bytes, ...]) -> None:
    assert card(Chip(ef06=records, knows=frozenset({way}))) == THE_PUBLISHED_CARD


@pytest.mark.parametrize(
    "chip",
    [
        Chip(select_way=0x00),
        Chip(select_way=0x05),  # files only by their short names
        Chip(hands_over_pieces=True),
        Chip(counts_exactly=True),
    ],
    ids=["selects by 00", "selects nothing", "hands over in pieces", "counts exactly"],
)
def test_chips_differ_and_the_card_does_not(chip: Chip) -> None:
    assert card(chip) == THE_PUBLISHED_CARD


@pytest.mark.parametrize("way", ["tag", "number", "short"])
@pytest.mark.parametrize("habit", [{"counts_exactly": True}, {"says_behind_a_record": b"\x62\x82"}], ids=["counts exactly", "says no more"])
def test_a_chip_with_habits_is_read_whichever_way_it_understands(way: str, habit: dict[str, Any]) -> None:
    assert card(Chip(knows=frozenset({way}), **habit)) == THE_PUBLISHED_CARD


def test_a_chip_that_has_no_more_and_nothing_is_corrupt() -> None:
    reading = read_social_security(lambda command: b"\x62\x82" if command[1] == 0xB2 else b"\x90\x00")
    assert reading is not None
    assert (reading.status, reading.card) == (ChipReadStatus.CORRUPT, None)


def test_only_what_is_wanted_is_asked_for_and_no_pin_is_sent() -> None:
    chip = Chip()
    card(chip)
    assert {command[1] for command in chip.asked} == {0xA4, 0xB2}
    assert [command[2] for command in chip.asked if command[1] == 0xB2] == [1, 3, 5, 6, 7, 8, 9, 0x4E, 0x0A, 0x0D]


@pytest.mark.parametrize("tags", [{8}, {9}, {0x4E}, {0x0A}, {1}, {8, 9, 0x0A, 0x0D}])
@pytest.mark.parametrize("way", ["tag", "number", "short"])
def test_a_region_that_wants_a_pin_gets_none_and_gives_nothing(tags: set[int], way: str) -> None:
    reading = read(Chip(pin_for=frozenset(tags), knows=frozenset({way})))
    assert (reading.status, reading.card) == (ChipReadStatus.NEEDS_PIN, None)


def test_another_card_is_none_of_these() -> None:
    assert read_social_security(Chip(application=b"other")) is None
    assert read_social_security(lambda _: b"\x6d\x00") is None


def test_a_name_that_runs_on_is_joined_even_within_a_character() -> None:
    name = "买买提A" + "样例" * 8
    raw = name.encode("gbk")
    records = with_record(with_record(EF06, 0x09, raw[:30]), 0x4E, raw[30:].ljust(20, b"\0"))
    assert card(Chip(ef06=records)).name.reveal() == name


def test_a_rare_character_is_kept() -> None:
    assert card(Chip(ef06=with_record(EF06, 0x09, "测𠮷".encode("gb18030").ljust(30, b"\0")))).name.reveal() == "测𠮷"


@pytest.mark.parametrize("blank", [b"\x00" * 4, b"\xff" * 4])
def test_what_was_never_written_is_none(blank: bytes) -> None:
    records = with_record(with_record(EF05, 0x05, blank), 0x06, blank)
    found = card(Chip(ef05=records, ef06=with_record(EF06, 0x0D, blank)))
    assert (found.issue_date, found.valid_until, found.birth_date) == (None, None, None)


@pytest.mark.parametrize(
    ("tag", "name"), [(1, "issuing_region"), (3, "spec_version"), (5, "issue_date"), (6, "valid_until"), (7, "card_number")]
)
def test_a_record_that_is_missing_is_none(tag: int, name: str) -> None:
    for way in ("tag", "number"):
        assert getattr(card(Chip(ef05=without(EF05, tag), knows=frozenset({way}))), name) is None


def test_a_foreigner_s_number_has_no_check_character() -> None:
    found = card(Chip(ef06=with_record(EF06, 0x08, b"DEU100000000000000")))
    assert found.id_number.reveal() == "DEU100000000000000"


@pytest.mark.parametrize(
    ("tag", "value", "reason"),
    [
        (0x08, b"110101199003078671", "id_number: check character wrong"),
        (0x08, b"110101199003088674", "id_number: check character wrong"),
        (0x08, b"123", "id_number: neither 17 digits and a digit or X, nor a foreigner's"),
        (0x08, b"\x00" * 18, "id_number: empty"),
        (0x09, b"\x00" * 30, "name: empty"),
        (0x09, b"\xb2\xe2\xff\xfe".ljust(30, b"\0"), "name: not GBK"),
        (0x09, b"\xb2\xe2\x1b@".ljust(30, b"\0"), "name: holds a control character"),
        (0x09, b"\xb2\xe2" * 60, "name: too long"),
        (0x0A, b"3", "sex: not a code of GB/T 2261.1"),
        (0x0A, b"12", "sex: not a code of GB/T 2261.1"),
        (0x0D, bytes.fromhex("19900230"), "birth_date: not a day of the calendar"),
        (0x0D, bytes.fromhex("1990ab07"), "birth_date: not a day of the calendar"),
        (0x0D, bytes.fromhex("199003"), "birth_date: 3 bytes instead of 4"),
        (0x0D, bytes.fromhex("19900308"), "id_number: does not carry the birth date"),
    ],
)
def test_a_holder_who_cannot_be_is_refused_by_the_field_s_name(tag: int, value: bytes, reason: str) -> None:
    assert refusal(Chip(ef06=with_record(EF06, tag, value))) == reason


@pytest.mark.parametrize(
    ("tag", "value", "reason"),
    [
        (0x01, b"\xab\xcd\xef" + bytes(13), "issuing_region: not six digits"),
        (0x05, bytes.fromhex("20181301"), "issue_date: not a day of the calendar"),
        (0x06, bytes.fromhex("20180430"), "valid_until: before issue_date"),
        (0x07, b"A1\x1b[2J   ", "card_number: not of the shape that it has on every card"),
    ],
)
def test_a_card_that_cannot_be_is_refused_by_the_field_s_name(tag: int, value: bytes, reason: str) -> None:
    assert refusal(Chip(ef05=with_record(EF05, tag, value))) == reason


def test_without_a_birth_date_the_number_is_still_checked() -> None:
    assert card(Chip(ef06=without(EF06, 0x0D))).birth_date is None
    bad = with_record(without(EF06, 0x0D), 0x08, b"110101199013078670")
    assert refusal(Chip(ef06=bad)) == "id_number: does not hold a day of birth"


@pytest.mark.parametrize("missing", [0x08, 0x09])
def test_a_card_without_its_holder_is_refused(missing: int) -> None:
    assert refusal(Chip(ef06=without(EF06, missing))) in {"id_number: empty", "name: empty"}


@pytest.mark.parametrize("spoilt", [b"\x08\x15" + EF06[0][2:], EF06[0][:9], b"", b"\x08"])
def test_a_record_of_a_wrong_length_is_refused(spoilt: bytes) -> None:
    reading = read(Spoilt(spoilt))
    assert (reading.status, reading.card) == (ChipReadStatus.CORRUPT, None)
    assert "EF06" in str(reading.detail)


class Spoilt(Chip):
    """Answers the question for the holder's number with something else."""

    def __init__(self, spoilt: bytes) -> None:
        super().__init__()
        self._spoilt = spoilt

    def __call__(self, command: bytes) -> bytes:
        return self._spoilt + b"\x90\x00" if command[1:4] == b"\xb2\x08\x00" else super().__call__(command)


def test_a_card_whose_bytes_were_read_shows_nobody_in_its_words() -> None:
    words = repr(card(Chip()))
    assert "测试员" not in words
    assert "19900307" not in words
    assert "A12345678" not in words


@given(st.binary(max_size=64), st.sampled_from([record[0] for record in (*EF05, *EF06)]))
def test_whatever_a_record_holds_there_is_a_card_or_a_reason(value: bytes, tag: int) -> None:
    reading = read(Chip(ef05=with_record(EF05, tag, value), ef06=with_record(EF06, tag, value)))
    assert reading.status in {ChipReadStatus.READ, ChipReadStatus.CORRUPT}
    assert (reading.card is not None) == (reading.status is ChipReadStatus.READ)


@given(st.lists(st.binary(max_size=40), max_size=60))
def test_whatever_a_chip_answers_there_is_an_outcome(answers: list[bytes]) -> None:
    left = iter(answers)
    reading = read_social_security(lambda _: next(left, b"\x6a\x83"))
    if reading is not None:
        assert reading.status in {ChipReadStatus.READ, ChipReadStatus.CORRUPT, ChipReadStatus.NEEDS_PIN}


@pytest.mark.parametrize("knows_tags", [True, False])
@pytest.mark.parametrize("spec", ["1.00", "2.00", "3.00"])
def test_the_virtual_cards_are_read_too(spec: str, knows_tags: bool) -> None:
    chip = chip_card(DEMO_CHIP_CARDS["zhou-guilan"] | {"spec_version": spec, "knows_tags": knows_tags}, FaultTable(CARD_FAULTS))
    reading = read_social_security(chip.answer)
    assert reading is not None
    assert isinstance(reading.card, SocialSecurityCard)
    assert (reading.card.name.reveal(), reading.card.spec_version) == ("周桂兰", spec)
