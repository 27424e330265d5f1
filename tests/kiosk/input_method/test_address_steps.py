"""Addresses outside the town: every county can be reached, and every name is found under its letter."""

from itertools import pairwise

import pytest

from drivers.regions import region_name
from kiosk.input_method.address_steps import choices, chosen_at, next_step, plain, steps_of
from kiosk.input_method.initials import in_order, initial, leaves
from kiosk.regions import country, shenyang

REGION = shenyang()


def test_every_region_of_today_can_be_reached_and_is_called_as_identity_numbers_are() -> None:
    reached = {
        name
        for province in country.provinces()
        for city in country.cities(province) or ("",)
        for county in country.counties(province, city) or ("",)
        for name in (province, province + city, province + city + county)
    }
    today = {region_name(code) for code in country._names()}
    assert len(country._names()) > 3000
    assert {name for name in today if name is not None} <= reached


def test_what_is_no_longer_there_is_not_offered() -> None:
    assert "旅大市" not in country.cities("辽宁省")
    assert country.cities("样例省") == ()
    assert country.counties("辽宁省", "样例市") == ()


@pytest.mark.parametrize(
    ("name", "letter"),
    [("重庆市", "c"), ("厦门市", "x"), ("六安市", "l"), ("亳州市", "b"), ("沈阳市", "s"), ("睢县", "s")],
)
def test_a_name_stands_under_the_letter_that_it_is_read_with(name: str, letter: str) -> None:
    assert initial(name) == letter


def test_every_name_has_a_letter_and_what_is_no_name_has_none() -> None:
    assert [name for name in country._names().values() if not initial(name)] == []
    assert initial("①") == ""


@pytest.mark.parametrize("most", [8, 10])
def test_leaves_hold_every_name_once_in_order_and_say_their_letters(most: int) -> None:
    for province in country.provinces():
        names = in_order(country.cities(province))
        split = leaves(names, most)
        assert tuple(name for _, leaf in split for name in leaf) == names
        assert all(0 < len(leaf) <= most for _, leaf in split)
        assert all(initial(one[-1]) <= initial(other[0]) for (_, one), (_, other) in pairwise(split))
    assert leaves(in_order(country.provinces()), 10)[0][0] == "A–G"


def test_another_province_takes_back_what_depends_on_it_and_another_kind_of_address_all() -> None:
    far = {"province": "辽宁省", "city": "大连市", "county": "中山区", "line": "样例路 8 号"}
    assert chosen_at(REGION, far, "province", "辽宁省") == far
    assert chosen_at(REGION, far, "city", "鞍山市") == {"province": "辽宁省", "city": "鞍山市"}
    assert chosen_at(REGION, far, "line", "") == {"province": "辽宁省", "city": "大连市", "county": "中山区"}
    assert chosen_at(REGION, far, "district", "和平区") == {"district": "和平区"}
    assert plain({**far, "smuggled": "x"}) == far
    assert next_step(REGION, {"province": "辽宁省"}) == "city"


def test_steps_for_which_there_is_nothing_to_choose_are_left_out() -> None:
    assert steps_of(REGION, {"province": "香港特别行政区"}) == ("province", "line")
    assert steps_of(REGION, {"province": "湖北省", "city": "仙桃市"}) == ("province", "city", "line")
    assert steps_of(REGION, {}, is_far=True) == ("province", "city", "county", "line")
    assert choices(REGION, {"province": "湖北省", "city": "仙桃市"}, "line") == ()
