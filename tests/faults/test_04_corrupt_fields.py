"""Fault 4: fields that cannot be true are refused by name; a rare name is kept to the byte."""

from pathlib import Path

import pytest

from peripherals.id_card_reader import CardReadStatus
from peripherals.virtual.cards import DEMO_CARDS, chip_card
from tests.drivers.reader_bench import reader_bench

GOOD = DEMO_CARDS["wang-xiaoli"]


def test_each_impossible_field_is_named_and_no_card_comes_of_it(tmp_path: Path) -> None:
    text = chip_card(GOOD).text
    spoilt = {
        "birth_date": {**GOOD, "birth_date": "19980230"},
        "valid_until": {**GOOD, "valid_until": "20181231"},
        "id_number": {**GOOD, "id_number": GOOD["id_number"][:-1] + "A"},
        "address": {**GOOD, "address": "样例\x1b[2J路"},
        "sex": {"text_hex": ("样" * 20).encode("utf-16-le").hex() + text[40:].hex()},  # the name has run over
        "name": {"text_hex": "00d8" + text[2:].hex()},  # half a surrogate pair
    }
    with reader_bench(tmp_path) as bench:
        for field, card in spoilt.items():
            bench.lay_anew(card)
            reading = bench.read()
            assert (reading.status, reading.card) == (CardReadStatus.CORRUPT, None)
            assert reading.detail is not None
            assert reading.detail.startswith(f"{field}: ")
        bench.lay_anew("wang-xiaoli")
        assert bench.read().status is CardReadStatus.READ


@pytest.mark.parametrize("fault", ["corrupt_date"])
def test_a_bench_can_make_a_date_impossible(tmp_path: Path, fault: str) -> None:
    with reader_bench(tmp_path) as bench:
        for card in ("expired", "foreigner-2017"):
            bench.lay_anew(card)
            bench.do("fault", fault=fault)
            reading = bench.read()
            assert (reading.status, reading.detail) == (CardReadStatus.CORRUPT, "birth_date: not a day of the calendar")


def test_a_rare_name_arrives_as_it_is_in_the_chip(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="rare-name")
        card = bench.read().card
        assert card is not None
        assert card.name.reveal() == "\U00020bb7样\U0002cc56"
