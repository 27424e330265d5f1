"""A reader is found within one look, however many mute or chattering ports stand before it."""

import contextlib
import os
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.roaming_reader import RoamingIdCardReader, find_reader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus
from tests.drivers.other_module import OtherModule
from tests.drivers.reader_bench import ReaderBench, reader_bench

A_LOOK_S = 1.5  # as the worker gives it
CHATTER = b"$GPGGA,,,,,,0,,,*66\r\n\xaa\xaa\xaa\x96"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ReaderBench]:
    with reader_bench(tmp_path) as running:
        yield running


@pytest.fixture
def mute() -> Iterator[list[str]]:
    with contextlib.ExitStack() as modules:
        yield [modules.enter_context(OtherModule({})).port for _ in range(6)]


@pytest.fixture
def chattering() -> Iterator[str]:
    """A port whose device sends all the time and never answers."""
    far, near = os.openpty()
    tty.setraw(near)
    os.set_blocking(far, False)
    over = threading.Event()

    def chatter() -> None:
        while not over.wait(0.005):
            with contextlib.suppress(BlockingIOError):
                os.write(far, CHATTER)

    thread = threading.Thread(target=chatter)
    thread.start()
    yield os.ttyname(near)
    over.set()
    thread.join()
    os.close(far)
    os.close(near)


def test_one_look_finds_a_reader_behind_many_mute_ports(bench: ReaderBench, mute: list[str]) -> None:
    reader = RoamingIdCardReader(lambda: [*mute, str(bench.port)])
    seen = reader.look(Deadline.after(A_LOOK_S))
    assert (seen.status, seen.is_fit) == ("ready", True)
    reader.close()


def test_a_port_that_chatters_takes_no_time_either(bench: ReaderBench, chattering: str, mute: list[str]) -> None:
    reader = find_reader([chattering, *mute, str(bench.port)], Deadline.after(A_LOOK_S))
    assert reader is not None
    assert reader.module(Deadline.after(10)).status is CardReadStatus.READ
    reader.close()
    assert find_reader([chattering, *mute], Deadline.after(A_LOOK_S)) is None


def test_a_module_that_is_not_fit_is_passed_over_for_one_that_is(bench: ReaderBench) -> None:
    refusal = bytes.fromhex("AAAAAA9669000400006064")  # self-test failed
    with OtherModule({"11ff": [refusal]}) as unfit:
        reader = find_reader([unfit.port, str(bench.port)], Deadline.after(10))
        assert reader is not None
        assert reader.module(Deadline.after(10)).status is CardReadStatus.READ
        reader.close()
        assert find_reader([unfit.port], Deadline.after(A_LOOK_S)) is None


def test_every_port_is_let_go_again_but_the_one_that_was_found(bench: ReaderBench, mute: list[str]) -> None:
    first = find_reader([*mute, str(bench.port)], Deadline.after(A_LOOK_S))
    assert first is not None
    assert find_reader([*mute, str(bench.port)], Deadline.after(A_LOOK_S)) is None  # it is held
    first.close()
    second = find_reader([*mute, str(bench.port)], Deadline.after(A_LOOK_S))
    assert second is not None
    second.close()


def test_with_no_time_nobody_is_asked() -> None:
    with OtherModule({}) as module:
        assert find_reader([module.port], Deadline.after(0)) is None
        assert module.asked == []
