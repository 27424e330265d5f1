"""A rare character by its number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.input_method import code_points
from kiosk.input_method import composition as composing
from kiosk.input_method.code_points import CodePoints, code_of
from kiosk.input_method.composition import Composition
from sync.contract.formats import is_person_name


@pytest.mark.parametrize(("code", "character"), [("20BB7", "𠮷"), ("5803", "堃"), ("2CE93", "𬺓"), ("31350", "\U00031350")])
def test_a_number_names_its_character(code: str, character: str) -> None:
    (candidate,) = CodePoints().candidates(code)
    assert candidate.text == character
    assert candidate.letters == len(code)
    assert code_of(character) == f"U+{code}"


@pytest.mark.parametrize("code", ["", "58", "580", "0041", "AC00", "E000", "D800", "110000", "20BB7F", "XYZ1"])
def test_no_other_number_offers_anything(code: str) -> None:
    assert CodePoints().candidates(code) == ()


@given(st.text(alphabet=code_points.FIGURES, max_size=6))
def test_what_is_offered_may_stand_in_a_name(code: str) -> None:
    for candidate in CodePoints().candidates(code):
        assert is_person_name("王" + candidate.text)


def test_figures_are_composed_and_only_figures() -> None:
    engine, composition = CodePoints(), Composition("王")
    for figure in "20BB7":
        composition = composing.typed(composition, figure, engine, code_points.FIGURES)
    assert composing.typed(composition, "G", engine, code_points.FIGURES) == composition
    assert composing.settled(composition, engine, 30).text == "王𠮷"
    half = composing.typed(Composition("王"), "2", engine, code_points.FIGURES)
    assert composing.settled(half, engine, 30).text == "王"
