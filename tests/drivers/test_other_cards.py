"""Social security cards that are not ours, in the slot of the real card service: other ways of being asked, other paces, other endings."""

from pathlib import Path
from typing import Any

import pytest

from peripherals.card_reader import ChipReadStatus, SocialSecurityCard
from tests.drivers.card_bench import FRONT, CardBench, card_bench
from tests.drivers.other_card import OtherCard
from tests.drivers.pcsc.chip import EF06_OF_1_0, Chip

CHIPS: dict[str, Chip] = {
    "by number, 1.0": Chip(ef06=EF06_OF_1_0, knows=frozenset({"number"})),
    "by short file": Chip(knows=frozenset({"short"})),
    "hands over in pieces": Chip(hands_over_pieces=True),
    "counts exactly": Chip(counts_exactly=True, knows=frozenset({"tag"})),
    "selects by 00": Chip(select_way=0x00, knows=frozenset({"number"})),
}
OTHER_POWER_UP = bytes.fromhex("3b6d0000008000000000000000000000ff")
PACES: list[dict[str, Any]] = [{}, {"pause_s": 0.15}, {"one_by_one": True}, {"power_up": OTHER_POWER_UP}]


@pytest.fixture
def bench(tmp_path: Path) -> Any:  # noqa: ANN401 - a generator
    with card_bench(tmp_path) as made:
        yield made


def test_every_chip_at_every_pace_is_the_same_card(bench: CardBench) -> None:
    for name, chip in CHIPS.items():
        for pace in PACES:
            with OtherCard(bench.ports[FRONT], chip, **pace):
                reading = bench.read(30)
            assert reading.status is ChipReadStatus.READ, (name, pace, reading)
            card = reading.card
            assert isinstance(card, SocialSecurityCard)
            assert (card.name.reveal(), card.id_number.reveal()) == ("测试员", "110101199003078670"), (name, pace)


def test_a_region_that_wants_a_pin_is_told_and_gets_none(bench: CardBench) -> None:
    chip = Chip(pin_for=frozenset({0x08, 0x09}))
    with OtherCard(bench.ports[FRONT], chip):
        assert bench.read(20).status is ChipReadStatus.NEEDS_PIN
    assert not [command for command in chip.asked if command[1] == 0x20]  # VERIFY


def test_one_that_leaves_in_the_middle_has_moved(bench: CardBench) -> None:
    with OtherCard(bench.ports[FRONT], Chip(), leaves_after=4):
        reading = bench.read(20)
    assert (reading.status, reading.card) == (ChipReadStatus.CARD_MOVED, None)


@pytest.mark.parametrize("answer", [b"\x6d\x00", b"\x6a\x82", b"\x6e\x00", b"\x90\x00", b"\x00"])
def test_a_card_that_says_one_thing_to_everything_says_nothing_of_a_person(bench: CardBench, answer: bytes) -> None:
    with OtherCard(bench.ports[FRONT], lambda _command: answer):
        reading = bench.read(20)
    assert reading.card is None or not isinstance(reading.card, SocialSecurityCard)
    assert reading.status is not ChipReadStatus.READ
