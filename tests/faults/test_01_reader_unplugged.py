"""Fault 1: the ID reader is unplugged in the middle of a read, and comes back by itself."""

import threading
import time
from pathlib import Path

from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from tests.drivers.reader_bench import ReaderBench, reader_bench, soon, timed


def test_unplugged_mid_read_is_absent_at_once_and_plugged_in_again_it_reads(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="zhou-guilan")
        bench.do("fault", fault="unplug_mid_frame")
        reading, took_s = timed(lambda: bench.read(20))
        assert (reading.status, reading.card) == (CardReadStatus.ABSENT, None)
        assert took_s < 2
        assert bench.reader.plate(Deadline.after(5)) is PlateStatus.ABSENT
        bench.do("plug")
        assert bench.read(20).status is CardReadStatus.READ


def test_unplugged_while_waiting_for_a_card_is_absent_within_two_seconds(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        assert bench.reader.module(Deadline.after(5)).status is CardReadStatus.READ
        pulled_s = _pull_soon(bench)
        reading = bench.read(20)
        assert reading.status is CardReadStatus.ABSENT
        assert time.monotonic() - pulled_s[0] < 2


def test_unplugged_and_plugged_in_between_two_reads_nobody_notices(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        bench.do("lay", card="zhou-guilan")
        assert bench.read().status is CardReadStatus.READ
        bench.do("unplug")
        bench.do("plug")
        assert bench.read().status is CardReadStatus.READ  # a reader opened anew knows no card


def test_the_reader_s_program_killed_is_absent_too(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        assert bench.reader.module(Deadline.after(5)).status is CardReadStatus.READ
        bench.process.kill()
        bench.process.wait()
        reading, took_s = timed(lambda: bench.read(20))
        assert (reading.status, reading.card) == (CardReadStatus.ABSENT, None)
        assert took_s < 2


def _pull_soon(bench: ReaderBench) -> list[float]:
    pulled_s: list[float] = []

    already = bench.do("state")["requests"]

    def pull() -> None:
        if soon(lambda: bench.do("state")["requests"] > already):  # it is being asked for a card
            bench.do("unplug")
            pulled_s.append(time.monotonic())

    threading.Thread(target=pull).start()
    return pulled_s


def test_every_moment_of_the_read_may_be_the_one(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        seen: set[CardReadStatus] = set()
        for on in ("find", "select", "read", "address"):
            bench.do("plug")
            bench.do("lay", card="zhou-guilan")
            bench.do("fault", fault="unplug_mid_frame", on=on)
            reading: CardReading = bench.read(20, newest_address=True)
            assert reading.card is None
            seen.add(reading.status)
        assert seen == {CardReadStatus.ABSENT}
