"""Finding an item: by initials, whole pinyin, both mixed, words, in three languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.input_method.finding import found, spells
from tests.city.items.test_items import FOLDERS, package_in

ITEMS = sorted((package_in(folder) for folder in FOLDERS), key=lambda item: (-item.popularity, item.code))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("gljt", "elder-allowance"),
        ("gaolingjintie", "elder-allowance"),
        ("gaoljt", "elder-allowance"),
        ("jintie", "elder-allowance"),
        ("GLJT", "elder-allowance"),
        ("高龄", "elder-allowance"),
        ("allowance", "elder-allowance"),
        ("고령수당", "elder-allowance"),
        ("cjrz", "disability-card"),
        ("shebaoka", "social-card"),
        ("hunyin", "marriage-appointment"),
        ("gong zu fang", "public-rental-housing"),
    ],
)
def test_what_is_typed_finds_its_item(typed: str, code: str) -> None:
    offered = [item.code for item in found(ITEMS, typed)]
    expected = {"shebaoka": {"insurance-record", "social-card"}}.get(typed, {code})
    assert expected & set(offered), offered


@pytest.mark.parametrize("typed", ["", "   ", "飞机票", "zzzz", "gljx"])
def test_what_fits_nothing_finds_nothing(typed: str) -> None:
    assert found(ITEMS, typed) == ()


def test_names_come_before_descriptions_and_the_most_used_first() -> None:
    offered = found(ITEMS, "残疾")
    named = ["残疾" in item.name.zh for item in offered]
    assert named == sorted(named, reverse=True)
    first = [item.popularity for item in offered if "残疾" in item.name.zh]
    assert first == sorted(first, reverse=True)


def test_letters_spell_from_any_character_on_the_last_in_part() -> None:
    assert spells("高龄津贴申请", "lingj")
    assert spells("高龄津贴申请", "jintiesh")
    assert not spells("高龄津贴申请", "gaolt")


@given(st.text(max_size=30))
def test_nothing_that_is_typed_upsets_it(typed: str) -> None:
    assert set(found(ITEMS, typed)) <= set(ITEMS)
