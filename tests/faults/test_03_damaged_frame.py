"""Fault 3: frames with a wrong check byte or length are dropped, and nothing of them is parsed any further."""

from pathlib import Path

import pytest

from drivers.id_card_reader import SamIdCardReader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus
from tests.drivers.other_module import OtherModule
from tests.drivers.reader_bench import reader_bench, timed
from tests.drivers.sam import vectors

CARD = vectors.read_reply(vectors.RESIDENT_TEXT)
SPOILT = CARD[:100] + bytes((CARD[100] ^ 1,)) + CARD[101:]
SHORT = CARD[:6] + bytes((CARD[6] - 1,)) + CARD[7:]
LONG = CARD[:6] + bytes((CARD[6] + 1,)) + CARD[7:]
SILLY = CARD[:5] + b"\xff\xff" + CARD[7:]


@pytest.mark.parametrize("frame", [SPOILT, SHORT, LONG, SILLY], ids=["check", "short", "long", "silly"])
def test_a_card_in_a_damaged_frame_is_asked_for_again_and_never_shown(frame: bytes) -> None:
    good = {"2001": [vectors.FIND_OK], "2002": [vectors.SELECT_OK]}
    with OtherModule({**good, "3001": [frame, CARD]}) as module:
        reader = SamIdCardReader(module.port)
        assert reader.read(Deadline.after(10)).status is CardReadStatus.READ
        reader.close()
    with OtherModule({**good, "3001": [frame]}) as module:
        reader = SamIdCardReader(module.port)
        reading, took_s = timed(lambda: reader.read(Deadline.after(10)))
        reader.close()
    assert (reading.status, reading.card) == (CardReadStatus.SILENT, None)
    assert took_s < 3


@pytest.mark.parametrize("fault", ["wrong_checksum", "wrong_length", "noise"])
@pytest.mark.parametrize("on", ["find", "select"])
def test_damage_once_is_passed_over(tmp_path: Path, fault: str, on: str) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="zhou-guilan")
        bench.do("fault", fault=fault, on=on)
        reading, took_s = timed(bench.read)
        assert reading.status is CardReadStatus.READ
        assert took_s < 2


def test_a_module_that_gives_a_card_only_once_has_it_laid_again(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="zhou-guilan")
        bench.do("fault", fault="wrong_checksum")
        reading = bench.read()
        assert (reading.status, reading.card) == (CardReadStatus.CARD_MOVED, None)
        bench.lay_anew("zhou-guilan")
        assert bench.read().status is CardReadStatus.READ
