"""Faults 19 and 20: a reader that flaps is not hammered, and one that changes its port's name is found by asking."""

from pathlib import Path

from drivers.id_card_reader import SamIdCardReader, find_reader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus
from tests.drivers.reader_bench import reader_bench, timed


def test_an_absent_port_is_tried_a_few_times_a_second_however_often_it_is_asked_for(tmp_path: Path) -> None:
    reader = SamIdCardReader(str(tmp_path / "reader"))
    _, took_s = timed(lambda: [reader.read(Deadline.after(5)) for _ in range(4)][-1])
    assert 0.7 < took_s < 2


def test_a_reader_that_flaps_says_absent_or_reads_and_works_in_the_end(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        seen = set()
        for _ in range(6):
            bench.do("unplug")
            seen.add(bench.read(1).status)
            bench.do("plug")
            bench.do("lay", card="expired")
            seen.add(bench.read(5).status)
        assert seen == {CardReadStatus.ABSENT, CardReadStatus.READ}


def test_a_reader_under_another_name_is_found(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        moved = tmp_path / "ttyUSB7"
        moved.symlink_to(bench.port.resolve())
        bench.port.unlink()
        assert bench.read(1).status is CardReadStatus.ABSENT
        reader = find_reader([str(bench.port), str(moved)], Deadline.after(5))
        assert reader is not None
        reader.close()
