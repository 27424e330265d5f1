"""What strokes are taken for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.input_method.handwriting import OFFERED, usual_first
from kiosk.input_method.opening import open_recogniser
from kiosk.input_method.zinnia import Zinnia

LAN = ([(35, 15), (42, 28)], [(65, 12), (57, 28)], [(27, 40), (75, 37)], [(33, 60), (68, 57)], [(17, 85), (83, 80)])
SHI = ([(10, 50), (90, 50)], [(50, 10), (50, 90)])
KOU = ([(25, 30), (25, 75)], [(25, 30), (75, 30), (75, 75)], [(25, 75), (75, 75)])


@pytest.fixture
def zinnia() -> Iterator[Zinnia]:
    opened = Zinnia.open()
    assert opened is not None, "libzinnia0 and its model are in debian-packages.txt"
    yield opened
    opened.close()


@pytest.mark.parametrize(("strokes", "character"), [(LAN, "兰"), (SHI, "十"), (KOU, "口")])
def test_a_character_is_known_by_its_strokes(zinnia: Zinnia, strokes: list[list[tuple[float, float]]], character: str) -> None:
    offered = zinnia.characters(strokes, 100, 100)
    assert offered[0] == character
    assert len(offered) == OFFERED == len(set(offered))


def test_what_was_written_before_changes_nothing(zinnia: Zinnia) -> None:
    before = zinnia.characters(SHI, 100, 100)
    for _ in range(5):
        zinnia.characters(LAN, 100, 100)
    assert zinnia.characters(SHI, 100, 100) == before


def test_each_stroke_already_makes_an_offer(zinnia: Zinnia) -> None:
    for count in range(1, len(LAN) + 1):
        assert zinnia.characters(LAN[:count], 100, 100)


def test_nothing_and_a_scribble_are_no_character(zinnia: Zinnia) -> None:
    assert zinnia.characters([], 100, 100) == ()
    assert zinnia.characters([[]], 100, 100) == ()
    assert zinnia.characters([[(1.0, 1.0)] * 5000], 100, 100) == ()
    assert zinnia.characters(SHI, 0, 0) == ()


def test_a_closed_recogniser_refuses(zinnia: Zinnia) -> None:
    zinnia.close()
    with pytest.raises(ValueError, match="closed"):
        zinnia.characters(SHI, 100, 100)


def test_without_its_model_there_is_no_recogniser(tmp_path: Path) -> None:
    assert Zinnia.open(tmp_path / "none") is None
    broken = tmp_path / "broken"
    broken.write_bytes(b"not a model")
    assert Zinnia.open(broken) is None


def test_the_terminal_has_a_recogniser() -> None:
    recogniser = open_recogniser()
    assert recogniser is not None
    recogniser.close()


def test_a_rare_character_must_be_surer_than_a_usual_one() -> None:
    assert usual_first([("囗", 0.2), ("口", 0.1)]) == ("口", "囗")
    assert usual_first([("囗", 0.9), ("口", 0.1)]) == ("囗", "口")


POINT = st.tuples(st.floats(-10, 200, allow_nan=False), st.floats(-10, 200, allow_nan=False))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.lists(POINT, min_size=1, max_size=20), max_size=12))
def test_any_strokes_get_an_answer(zinnia: Zinnia, strokes: list[list[tuple[float, float]]]) -> None:
    assert len(zinnia.characters(strokes, 100, 100)) <= OFFERED
