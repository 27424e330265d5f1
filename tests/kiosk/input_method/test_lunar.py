"""The lunar day beside a date, against days that are in every printed calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.input_method.lunar import FIRST, LAST, lunar_day


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 2, 17), "正月初一"),
        (date(2025, 1, 29), "正月初一"),
        (date(2024, 2, 10), "正月初一"),
        (date(2024, 9, 17), "八月十五"),
        (date(2025, 8, 1), "闰六月初八"),
        (date(2026, 2, 16), "腊月廿九"),
        (date(1949, 10, 1), "八月初十"),
    ],
)
def test_known_days(day: date, said: str) -> None:
    assert lunar_day(day) == said


@pytest.mark.parametrize("day", [date(1900, 1, 30), date(2101, 1, 1), date.min, date.max])
def test_what_the_table_does_not_reach_is_not_said(day: date) -> None:
    assert lunar_day(day) is None


@given(st.dates(FIRST, LAST))
def test_every_day_that_can_be_chosen_has_one(day: date) -> None:
    said = lunar_day(day)
    assert said is not None
    assert "月" in said
