"""Fault 2: the reader answers half a frame, then falls silent."""

import signal
from pathlib import Path

import pytest

from drivers.id_card_reader import SamIdCardReader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus
from tests.drivers.other_module import OtherModule
from tests.drivers.reader_bench import reader_bench, timed
from tests.drivers.sam import vectors

CARD = vectors.read_reply(vectors.RESIDENT_TEXT)


@pytest.mark.parametrize("on", ["find", "select", "read"])
def test_half_a_frame_each_time_is_retried_once_then_silent(tmp_path: Path, on: str) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="zhou-guilan")
        bench.do("fault", fault="half_frame", on=on, times=2)
        reading, took_s = timed(lambda: bench.read(20))
        assert (reading.status, reading.card) == (CardReadStatus.SILENT, None)
        assert took_s < 5
        bench.do("clear")
        bench.lay_anew("zhou-guilan")
        assert bench.read().status is CardReadStatus.READ


def test_half_a_frame_and_then_nothing_ever_is_silent() -> None:
    with OtherModule({"2001": [vectors.FIND_OK], "2002": [vectors.SELECT_OK], "3001": [CARD[:600], b""]}) as module:
        reader = SamIdCardReader(module.port)
        reading, took_s = timed(lambda: reader.read(Deadline.after(20)))
        reader.close()
    assert (reading.status, reading.card) == (CardReadStatus.SILENT, None)
    assert module.asked == ["2001", "2002", "3001", "3001"]
    assert took_s < 5


def test_one_half_frame_costs_a_second_and_nothing_else() -> None:
    with OtherModule({"2001": [vectors.FIND_OK], "2002": [vectors.SELECT_OK], "3001": [vectors.TRUNCATED, CARD]}) as module:
        reader = SamIdCardReader(module.port)
        reading, took_s = timed(lambda: reader.read(Deadline.after(20)))
        reader.close()
    assert reading.status is CardReadStatus.READ
    assert took_s < 3


def test_the_deadline_is_kept_even_by_a_silent_reader() -> None:
    with OtherModule({"2001": [vectors.FIND_OK], "2002": [vectors.SELECT_OK], "3001": [CARD[:600], b""]}) as module:
        reader = SamIdCardReader(module.port)
        reading, took_s = timed(lambda: reader.read(Deadline.after(0.8)))
        reader.close()
    assert (reading.status, reading.card) == (CardReadStatus.SILENT, None)
    assert took_s < 2


def test_a_reader_that_hangs_is_silent_and_its_late_answers_are_not_taken_for_new_ones(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="zhou-guilan")
        bench.process.send_signal(signal.SIGSTOP)
        try:
            assert bench.read(20).status is CardReadStatus.SILENT
            assert bench.reader.module(Deadline.after(0.6)).status is CardReadStatus.SILENT
        finally:
            bench.process.send_signal(signal.SIGCONT)
        assert bench.reader.module(Deadline.after(5)).module_id == "05.03-20161212-0001234567-2345678901"
        assert bench.read().status is CardReadStatus.READ
