"""Fault 7: a card that has run out, or of another kind, is read as what it is; the item decides what to do with it."""

from datetime import date
from pathlib import Path

import pytest

from drivers.id_card_reader import SamIdCardReader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardKind, CardReadStatus
from tests.drivers.other_module import OtherModule
from tests.drivers.reader_bench import reader_bench
from tests.drivers.sam import vectors


@pytest.mark.parametrize(
    ("card", "kind", "until"),
    [
        ("expired", CardKind.RESIDENT, date(2020, 1, 1)),
        ("zhou-guilan", CardKind.RESIDENT, "long_term"),
        ("hong-kong", CardKind.HK_MACAO_TAIWAN, date(2027, 7, 1)),
        ("foreigner-2017", CardKind.FOREIGNER, date(2028, 5, 1)),
        ("foreigner-2023", CardKind.FOREIGNER, date(2033, 12, 1)),
    ],
)
def test_each_kind_is_shown_as_such(tmp_path: Path, card: str, kind: CardKind, until: object) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card=card)
        read = bench.read().card
        assert read is not None
        assert (read.kind, read.valid_until) == (kind, until)


def test_a_card_that_is_no_id_card_is_unsupported() -> None:
    with OtherModule({"2001": [vectors.FIND_OK], "2002": [vectors.reply(0x40)]}) as module:
        reader = SamIdCardReader(module.port)
        reading = reader.read(Deadline.after(5))
        reader.close()
    assert (reading.status, reading.card) == (CardReadStatus.UNSUPPORTED_CARD, None)


def test_a_card_that_is_not_genuine_says_so(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="zhou-guilan")
        bench.do("fault", fault="not_genuine")
        reading = bench.read()
        assert (reading.status, reading.card) == (CardReadStatus.NOT_GENUINE, None)
