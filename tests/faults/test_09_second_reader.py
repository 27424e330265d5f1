"""Fault 9: a second reader appears or goes, and the other one stays ready.

The virtual readers are named in the service's setting, so one comes or goes with a restart; the driver sees them come and go.
"""

import threading
from pathlib import Path

import pytest

from drivers.chip_card_reader import PcscChipCardReader
from peripherals.card_reader import ChipReading, ChipReadStatus, SlotStatus
from peripherals.deadline import Deadline
from tests.drivers.card_bench import BACK, FRONT, card_bench
from tests.drivers.reader_bench import soon


@pytest.mark.parametrize(("before", "after"), [((FRONT,), (FRONT, BACK)), ((BACK, FRONT), (FRONT,))])
def test_the_other_stays_ready_while_a_card_is_waited_for(tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with card_bench(tmp_path, *before) as bench:
        reader = PcscChipCardReader(FRONT)
        bench.slot(FRONT)
        readings: list[ChipReading] = []
        waiting = threading.Thread(target=lambda: readings.append(reader.read(Deadline.after(20))))
        waiting.start()
        assert soon(lambda: reader._service._context is not None)
        bench.end_service()
        bench.start_service(*after)
        bench.do("insert", card="zhou-guilan")
        waiting.join(20)
        reader.close()
        assert [reading.status for reading in readings] == [ChipReadStatus.READ]


def test_without_a_name_whichever_reader_has_the_card_is_read(tmp_path: Path) -> None:
    with card_bench(tmp_path, FRONT, BACK) as bench:
        bench.slot(BACK).do("insert", card="zhou-guilan")
        assert bench.read().status is ChipReadStatus.READ
        bench.do("insert", card="zhou-guilan-1")  # beside the one that was read and not taken out
        assert bench.read().status is ChipReadStatus.READ
        bench.slot(BACK).do("remove")
        assert bench.reader.slot(Deadline.after(2)) is SlotStatus.OCCUPIED


def test_the_one_that_is_wanted_gone_is_absent_though_another_is_there(tmp_path: Path) -> None:
    with card_bench(tmp_path, FRONT, BACK) as bench:
        reader = PcscChipCardReader(BACK)
        assert reader.slot(Deadline.after(5)) is SlotStatus.EMPTY
        bench.end_service()
        bench.start_service(FRONT)
        reading = reader.read(Deadline.after(20))
        reader.close()
        assert reading.status is ChipReadStatus.ABSENT
        assert FRONT in str(reading.detail)
        assert bench.reader.slot(Deadline.after(5)) is SlotStatus.EMPTY
