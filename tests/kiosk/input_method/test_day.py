"""Choosing a day by three columns."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.input_method.day import DayPart, choice, turned
from sync.contract.formats import formats_on

TODAY = date(2026, 11, 23)


def test_it_begins_with_today() -> None:
    assert choice({}, TODAY).day == TODAY


def test_it_begins_with_the_answer_that_is_there() -> None:
    assert choice({}, TODAY, "2025-02-28").day == date(2025, 2, 28)


@pytest.mark.parametrize("value", ["2025-02-30", "yesterday", ""])
def test_an_answer_that_is_no_day_begins_with_today(value: str) -> None:
    assert choice({}, TODAY, value).day == TODAY


def test_a_month_without_that_day_has_its_last_one() -> None:
    assert turned(choice({}, TODAY, "2026-01-31"), DayPart.MONTH, 1).day == date(2026, 2, 28)
    assert turned(choice({}, TODAY, "2024-02-29"), DayPart.YEAR, 1).day == date(2025, 2, 28)


def test_months_and_days_go_round() -> None:
    assert turned(choice({}, TODAY, "2025-12-31"), DayPart.MONTH, 1).day == date(2025, 1, 31)
    assert turned(choice({}, TODAY, "2025-12-31"), DayPart.DAY, 1).day == date(2025, 12, 1)
    assert turned(choice({}, TODAY, "2025-12-01"), DayPart.DAY, -1).day == date(2025, 12, 31)


def test_a_day_in_the_past_is_never_tomorrow() -> None:
    assert turned(choice({"format": "past-date"}, TODAY), DayPart.DAY, 1).day == TODAY


def test_a_day_to_come_is_never_yesterday() -> None:
    assert turned(choice({"format": "future-date"}, TODAY), DayPart.YEAR, -10).day == TODAY


@given(
    form=st.sampled_from(["date", "past-date", "future-date"]),
    start=st.dates(date(1900, 1, 1), date(2076, 12, 31)),
    turns=st.lists(st.tuples(st.sampled_from(DayPart), st.sampled_from([-10, -1, 1, 10])), max_size=40),
)
def test_whatever_is_turned_the_day_fits_the_field(form: str, start: date, turns: list[tuple[DayPart, int]]) -> None:
    shown = choice({"format": form}, TODAY, start.isoformat())
    for part, by in turns:
        shown = turned(shown, part, by)
        assert formats_on(TODAY)[form](shown.day.isoformat())
