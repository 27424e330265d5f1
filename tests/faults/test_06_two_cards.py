"""Fault 6: two cards in turn. The second replaces the first wholly; never a mixture."""

import random
import threading
from pathlib import Path

import pytest

from peripherals.id_card_reader import CardReadStatus, IdCard
from peripherals.virtual.cards import DEMO_CARDS
from tests.drivers.reader_bench import reader_bench


def of_one_person(card: IdCard) -> bool:
    """Whether every field is of the person whose name it carries."""
    person = next(one for one in DEMO_CARDS.values() if one["name"] == card.name.reveal())
    newest = None if card.newest_address is None else card.newest_address.reveal()
    return (card.id_number.reveal(), newest) == (person["id_number"], person.get("newest_address"))


@pytest.mark.parametrize("looks", ["80", "81", "again"])
def test_the_second_card_replaces_the_first_wholly(tmp_path: Path, looks: str) -> None:
    with reader_bench(tmp_path, "--left-card", looks) as bench:
        names = []
        for card in ("zhou-guilan", "wang-xiaoli", "zhou-guilan"):
            bench.do("lay", card=card)
            read = bench.read(newest_address=True).card
            assert read is not None
            assert of_one_person(read)
            names.append(read.name.reveal())
        assert names == ["周桂兰", "王小礼", "周桂兰"]


def test_cards_swapped_at_any_moment_never_mix(tmp_path: Path) -> None:
    chance = random.Random(6)
    with reader_bench(tmp_path, "--left-card", "again") as bench:
        over = threading.Event()

        def swap() -> None:
            while not over.wait(chance.uniform(0.02, 0.3)):
                bench.do("lay", card=chance.choice(["zhou-guilan", "wang-xiaoli"]))

        swapping = threading.Thread(target=swap)
        swapping.start()
        outcomes = [bench.read(0.8, newest_address=True) for _ in range(10)]
        over.set()
        swapping.join()
    assert all(one.card is None or of_one_person(one.card) for one in outcomes)
    assert any(one.status is CardReadStatus.READ for one in outcomes)
    assert {one.status for one in outcomes} <= {CardReadStatus.READ, CardReadStatus.CARD_MOVED, CardReadStatus.NO_CARD}
