"""Fault 8: the card service dies or restarts. The reader finds it again, and says the same things as before."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from drivers.chip_card_reader import PcscChipCardReader
from kiosk.commands import card
from peripherals.card_reader import ChipReading, ChipReadStatus, SlotStatus
from peripherals.deadline import Deadline
from tests.drivers.card_bench import CardBench, card_bench
from tests.drivers.reader_bench import soon


def test_dead_it_is_absent_within_two_seconds_and_back_it_reads(tmp_path: Path) -> None:
    with card_bench(tmp_path) as bench:
        bench.do("insert", card="zhou-guilan")
        assert bench.read().status is ChipReadStatus.READ
        bench.end_service(kill=True)
        assert bench.reader.slot(Deadline.after(5)) is SlotStatus.ABSENT
        began = time.monotonic()
        reading = bench.read(20)
        assert (reading.status, reading.card) == (ChipReadStatus.ABSENT, None)
        assert time.monotonic() - began < 2
        bench.start_service()
        assert bench.read().status is ChipReadStatus.READ  # the card has been in its slot all the time


def test_restarted_while_nobody_reads_the_next_card_is_read_although_it_has_the_number_of_the_last(tmp_path: Path) -> None:
    with card_bench(tmp_path) as bench:
        bench.do("insert", card="zhou-guilan")
        assert bench.read().status is ChipReadStatus.READ
        bench.end_service(kill=True)
        assert bench.reader.slot(Deadline.after(5)) is SlotStatus.ABSENT
        bench.do("remove")
        bench.start_service()
        assert bench.reader.slot(Deadline.after(5)) is SlotStatus.EMPTY
        bench.do("insert", card="wang-xiaoli")
        assert bench.read().status is ChipReadStatus.READ
        assert bench.read(1).status is ChipReadStatus.NO_CARD  # and it is not read twice


@pytest.mark.parametrize("kill", [True, False])
def test_restarted_while_a_card_is_waited_for_nobody_notices(tmp_path: Path, kill: bool) -> None:
    with card_bench(tmp_path) as bench:
        waiting, readings = _wait_for_card(bench)
        bench.end_service(kill=kill)
        bench.start_service()
        bench.do("insert", card="zhou-guilan")
        waiting.join(20)
        assert [reading.status for reading in readings] == [ChipReadStatus.READ]


def test_dead_while_a_card_is_waited_for_is_absent_within_two_seconds(tmp_path: Path) -> None:
    with card_bench(tmp_path) as bench:
        waiting, readings = _wait_for_card(bench)
        began = time.monotonic()
        bench.end_service(kill=True)
        waiting.join(20)
        assert time.monotonic() - began < 2
        assert [reading.status for reading in readings] == [ChipReadStatus.ABSENT]


def test_dead_while_a_card_is_read_it_is_read_when_the_service_is_back(tmp_path: Path) -> None:
    with card_bench(tmp_path) as bench:
        bench.do("insert", card="zhou-guilan")
        bench.do("fault", fault="mute")  # holds the reading in its middle
        found = threading.Event()
        readings: list[ChipReading] = []
        reading = threading.Thread(target=lambda: readings.append(bench.read(20, on_card=found.set)))
        reading.start()
        assert found.wait(5)
        assert soon(lambda: not bench.do("state")["faults"])  # used up: the card has fallen silent
        bench.end_service(kill=True)
        bench.start_service()
        reading.join(20)
        assert [reading.status for reading in readings] == [ChipReadStatus.READ]


def test_ten_restarts_leave_no_open_files_behind(tmp_path: Path) -> None:
    with card_bench(tmp_path) as bench:
        assert bench.reader.slot(Deadline.after(5)) is SlotStatus.EMPTY
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count, and the folder is no folder
        for _ in range(10):
            bench.end_service(kill=True)
            assert bench.reader.slot(Deadline.after(5)) is SlotStatus.ABSENT
            bench.start_service()
            assert bench.reader.slot(Deadline.after(5)) is SlotStatus.EMPTY
        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_service_that_hangs_is_silent_for_a_script(tmp_path: Path) -> None:
    with card_bench(tmp_path) as bench:
        os.kill(bench.service_pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            reading = card.bounded(PcscChipCardReader(), 0.3)
            assert (reading.status, reading.card) == (ChipReadStatus.SILENT, None)
            assert time.monotonic() - began < 4
        finally:
            os.kill(bench.service_pid, signal.SIGCONT)


def _wait_for_card(bench: CardBench) -> tuple[threading.Thread, list[ChipReading]]:
    readings: list[ChipReading] = []
    bench.slot()
    waiting = threading.Thread(target=lambda: readings.append(bench.read(20)))
    waiting.start()
    assert soon(lambda: bench.reader._service._context is not None)
    return waiting, readings
