"""Fault 5: the card is pulled out during reading. There is no part of a record, and it is to be laid again."""

from pathlib import Path

import pytest

from drivers.id_card_reader import SamIdCardReader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus
from tests.drivers.other_module import OtherModule
from tests.drivers.reader_bench import reader_bench
from tests.drivers.sam import vectors

CARD = vectors.read_reply(vectors.RESIDENT_TEXT)


def test_pulled_in_the_midst_it_is_to_be_laid_again_and_then_read(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="zhou-guilan")
        bench.do("fault", fault="card_moves")
        reading = bench.read()
        assert (reading.status, reading.card) == (CardReadStatus.CARD_MOVED, None)
        bench.do("lay", card="zhou-guilan")
        assert bench.read().status is CardReadStatus.READ


@pytest.mark.parametrize("sw3", [0x41, 0x47, 0x31, 0x80])
def test_pulled_before_the_newest_address_there_is_no_half_record(sw3: int) -> None:
    script = {"2001": [vectors.FIND_OK], "2002": [vectors.SELECT_OK], "3001": [CARD], "3003": [vectors.reply(sw3)]}
    with OtherModule(script) as module:
        reader = SamIdCardReader(module.port)
        reading = reader.read(Deadline.after(5), newest_address=True)
        reader.close()
    assert (reading.status, reading.card) == (CardReadStatus.CARD_MOVED, None)
