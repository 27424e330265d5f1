"""Fault 19: a device that comes and goes a hundred times a minute is not hammered, works in the end, and is told of once a minute."""

from pathlib import Path

from drivers.health import Record
from drivers.id_card_reader import SamIdCardReader
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


def test_its_worker_tells_of_it_once_a_minute_and_looks_ever_less_often(tmp_path: Path) -> None:
    lines: list[str] = []
    with reader_bench(tmp_path) as bench:
        reader = SamIdCardReader(str(bench.port))
        now_s = 1.0
        record = Record("id_card_reader", tmp_path, tmp_path / "devices", clock=lambda: now_s, tell=lines.append)
        pauses_s = []
        for turn in range(24):  # two minutes of it, on a clock that the test turns
            bench.do("plug" if turn % 2 else "unplug")
            record.saw(reader.look(Deadline.after(5)))
            pauses_s.append(record.until_look_s)
            now_s += 5.0
        reader.close()
    assert pauses_s[0] < 1 < pauses_s[-1]
    assert 5 <= len(lines) <= 5 + 3
    assert lines[-1] in {"id_card_reader: absent (it comes and goes)", "id_card_reader: ready (it comes and goes)"}
