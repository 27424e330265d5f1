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


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (SPOILT, CardReadStatus.CORRUPT),
        (SHORT, CardReadStatus.CORRUPT),
        (LONG, CardReadStatus.SILENT),  # not to be told from one that was cut off
        (SILLY, CardReadStatus.CORRUPT),
    ],
    ids=["check", "short", "long", "silly"],
)
def test_a_card_in_a_damaged_frame_is_asked_for_again_and_never_shown(frame: bytes, status: CardReadStatus) -> None:
    good = {"2001": [vectors.FIND_OK], "2002": [vectors.SELECT_OK]}
    with OtherModule({**good, "3001": [frame, CARD]}) as module:
        reader = SamIdCardReader(module.port)
        assert reader.read(Deadline.after(10)).status is CardReadStatus.READ
        reader.close()
    with OtherModule({**good, "3001": [frame]}) as module:
        reader = SamIdCardReader(module.port)
        reading, took_s = timed(lambda: reader.read(Deadline.after(10)))
        reader.close()
    assert (reading.status, reading.card) == (status, None)
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


STRAY = bytes.fromhex("AAAAAA96690508")  # as the head of a long answer


@pytest.mark.parametrize("stray", [STRAY, STRAY + STRAY, STRAY + b"\x00" * 9], ids=["one", "two", "with noise"])
def test_a_stray_preamble_before_each_answer_does_not_swallow_it(stray: bytes) -> None:
    script = {"2001": [stray + vectors.FIND_OK], "2002": [stray + vectors.SELECT_OK], "3001": [stray + CARD]}
    with OtherModule(script) as module:
        reader = SamIdCardReader(module.port)
        assert reader.read(Deadline.after(20)).status is CardReadStatus.READ
        assert module.asked == ["2001", "2002", "3001"]
        reader.close()


def test_half_a_frame_behind_a_stray_preamble_is_no_answer() -> None:
    with OtherModule({"2001": [STRAY + vectors.FIND_OK[:-1]]}) as module:
        reader = SamIdCardReader(module.port)
        assert reader.read(Deadline.after(10)).status is CardReadStatus.SILENT
        reader.close()


def test_noise_is_told_from_a_dead_module() -> None:
    spoilt = vectors.FIND_OK[:-1] + bytes((vectors.FIND_OK[-1] ^ 1,))
    for said, status in (([spoilt], CardReadStatus.CORRUPT), ([b""], CardReadStatus.SILENT)):
        with OtherModule({"2001": said}) as module:
            reader = SamIdCardReader(module.port)
            assert reader.read(Deadline.after(10)).status is status
            reader.close()
