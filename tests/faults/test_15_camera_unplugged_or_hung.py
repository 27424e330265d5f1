"""Fault 15: the camera is unplugged, its process dies or hangs: said in time, and it comes back by itself."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint
from tests.drivers.camera_bench import CameraBench, camera_bench, soon, timed_hint


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[CameraBench]:
    with camera_bench(tmp_path, "--paper", "tenancy-contract") as made:
        assert made.opened() is PaperHint.GOOD
        yield made


def test_unplugged_it_is_absent_within_two_seconds_and_plugged_in_it_is_back(bench: CameraBench) -> None:
    for _ in range(3):
        assert bench.hint() is PaperHint.GOOD
        bench.do("unplug")
        hint, took_s = timed_hint(bench, seconds=10)
        assert (hint, took_s < 2) == (PaperHint.CAMERA_ABSENT, True)
        assert bench.camera.preview(Deadline.after(0.2)) is None
        assert bench.camera.open(Deadline.after(2)) is PaperHint.CAMERA_ABSENT
        bench.do("plug")
        assert soon(bench, PaperHint.GOOD)


def test_plugged_in_again_it_is_found_without_being_opened(bench: CameraBench) -> None:
    bench.do("unplug")
    assert bench.hint() is PaperHint.CAMERA_ABSENT
    bench.do("plug")
    deadline = Deadline.after(20)
    while bench.camera.preview(deadline.sooner(0.2)) is None:
        assert not deadline.is_past


def test_killed_mid_stream_it_is_absent(bench: CameraBench) -> None:
    assert bench.camera.preview(Deadline.after(20)) is not None
    bench.process.send_signal(signal.SIGKILL)
    bench.process.wait()
    hint, took_s = timed_hint(bench, seconds=10)
    assert (hint, took_s < 2) == (PaperHint.CAMERA_ABSENT, True)


def test_stopped_mid_stream_it_is_stalled_in_time_and_goes_on_afterwards(bench: CameraBench) -> None:
    bench.process.send_signal(signal.SIGSTOP)
    hint, took_s = timed_hint(bench, seconds=10)
    assert (hint, took_s < 5) == (PaperHint.CAMERA_STALLED, True)
    hint, took_s = timed_hint(bench, seconds=0.3)
    assert (hint, took_s < 1) == (PaperHint.CAMERA_STALLED, True)
    bench.process.send_signal(signal.SIGCONT)
    assert soon(bench, PaperHint.GOOD)
    assert bench.hint() is PaperHint.GOOD


def test_a_camera_that_hangs_does_not_hold_up_its_closing(bench: CameraBench) -> None:
    bench.process.send_signal(signal.SIGSTOP)
    deadline = Deadline.after(2)
    bench.camera.close()
    assert not deadline.is_past
