"""Fault 17: black, blurred, over-exposed, dazzled, covered, too far: each is told by its name, and a good paper is taken after it."""

from collections.abc import Iterator

import pytest

from peripherals.document_camera import PaperHint
from tests.drivers.camera_bench import CameraBench, camera_bench

HINT_OF_FAULT = {
    "black": PaperHint.TOO_DARK,
    "blurred": PaperHint.BLURRED,
    "over_exposed": PaperHint.TOO_BRIGHT,
    "glare": PaperHint.GLARE,
    "corner_hidden": PaperHint.CORNER_HIDDEN,
    "blocked": PaperHint.NO_PAPER,
    "too_dark": PaperHint.TOO_DARK,
    "too_far": PaperHint.TOO_SMALL,
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraBench]:
    with camera_bench(tmp_path_factory.mktemp("camera"), "--paper", "tenancy-contract") as made:
        assert made.opened() is PaperHint.GOOD
        yield made


@pytest.mark.parametrize("fault", HINT_OF_FAULT)
def test_each_trouble_is_told_and_over_when_it_is_over(bench: CameraBench, fault: str) -> None:
    bench.show("fault", fault=fault)
    picture = bench.capture()
    assert (picture.view.hint, picture.jpeg) == (HINT_OF_FAULT[fault], None)
    bench.show("fault", fault="none")
    assert bench.capture().jpeg


@pytest.mark.parametrize("fault", ["blurred", "too_dark", "too_far"])
def test_whoever_insists_gets_a_soft_dark_or_small_picture_and_its_true_name(bench: CameraBench, fault: str) -> None:
    bench.show("fault", fault=fault)
    picture = bench.capture(insist=True)
    assert picture.jpeg
    assert picture.view.hint is HINT_OF_FAULT[fault]


@pytest.mark.parametrize("fault", ["black", "over_exposed", "glare", "corner_hidden", "blocked"])
def test_nobody_can_insist_on_what_is_not_to_be_seen(bench: CameraBench, fault: str) -> None:
    bench.show("fault", fault=fault)
    assert bench.capture(insist=True).jpeg is None
