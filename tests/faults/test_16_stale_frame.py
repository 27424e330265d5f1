"""Fault 16: the camera says that all is well and sends an old picture: never shown, never taken."""

from collections.abc import Iterator

import pytest

from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint
from tests.drivers.camera_bench import CameraBench, camera_bench, soon


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraBench]:
    with camera_bench(tmp_path_factory.mktemp("camera"), "--paper", "tenancy-contract") as made:
        yield made


@pytest.mark.parametrize("fault", ["frozen", "silent", "truncated", "huge"])
def test_what_is_no_new_picture_is_not_taken(bench: CameraBench, fault: str) -> None:
    assert soon(bench, PaperHint.GOOD)
    assert bench.hint() is PaperHint.GOOD
    bench.do("fault", fault=fault)
    assert soon(bench, PaperHint.CAMERA_STALLED)
    picture = bench.capture()
    assert (picture.view.hint, picture.jpeg) == (PaperHint.CAMERA_STALLED, None)
    assert bench.camera.preview(Deadline.after(0.3)) is None
    bench.do("fault", fault="none")
    assert soon(bench, PaperHint.GOOD)
    assert bench.hint() is PaperHint.GOOD


@pytest.mark.parametrize("fault", ["frozen", "silent", "truncated", "huge"])
def test_a_camera_that_was_stuck_from_the_start_is_not_opened(bench: CameraBench, fault: str) -> None:
    bench.camera.close()
    bench.do("fault", fault=fault)
    assert bench.opened() is PaperHint.CAMERA_STALLED
    bench.do("fault", fault="none")
    assert soon(bench, PaperHint.GOOD)
