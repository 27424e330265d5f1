"""Figures: what keys do, and that what the glass shows is the value and nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.input_method.editing import FigureKind, deleted, figure_kind, longest, pressed, shown
from sync.contract.formats import formats_on
from sync.contract.item import Control


def press_all(kind: FigureKind, keys: str) -> str:
    value = ""
    for key in keys:
        value = pressed(kind, value, key, longest(kind, {}))
    return value


@pytest.mark.parametrize(
    ("kind", "value", "on_glass"),
    [
        (FigureKind.MOBILE, "13800245718", "138 0024 5718"),
        (FigureKind.MOBILE, "138", "138"),
        (FigureKind.MOBILE, "1380", "138 0"),
        (FigureKind.MOBILE, "", ""),
        (FigureKind.BANK_CARD, "6222021234567890123", "6222 0212 3456 7890 123"),
        (FigureKind.ID_NUMBER, "21010219440312002X", "210102 1944 0312 002X"),
        (FigureKind.DISABILITY, "21010219440312002X43B1", "210102 1944 0312 002X 43 B1"),
        (FigureKind.DIGITS, "0242345678", "0242345678"),
        (FigureKind.MONEY, "1200.50", "1200.50"),
    ],
)
def test_figures_stand_in_groups(kind: FigureKind, value: str, on_glass: str) -> None:
    assert shown(kind, value) == on_glass


@pytest.mark.parametrize(
    ("kind", "keys", "value"),
    [
        (FigureKind.MOBILE, "138002457189", "13800245718"),
        (FigureKind.MOBILE, "138X.", "138"),
        (FigureKind.ID_NUMBER, "X2101021944031200X1", "21010219440312001"),
        (FigureKind.ID_NUMBER, "21010219440312002XX9", "21010219440312002X"),
        (FigureKind.DISABILITY, "XB21010219440312002XB43B1B2", "21010219440312002X43B1"),
        (FigureKind.DISABILITY, "21010219440312002143X1", "21010219440312002143"),
        (FigureKind.DISABILITY, "210102194403120021439", "21010219440312002143"),
        (FigureKind.MONEY, "..5", "0.5"),
        (FigureKind.MONEY, "007", "7"),
        (FigureKind.MONEY, "12.3456", "12.34"),
        (FigureKind.MONEY, "123456789.1", "12345678.1"),
        (FigureKind.DIGITS, "ab1 2-3", "123"),
    ],
)
def test_a_key_that_cannot_follow_changes_nothing(kind: FigureKind, keys: str, value: str) -> None:
    assert press_all(kind, keys) == value


@pytest.mark.parametrize(
    ("control", "schema", "kind"),
    [
        (Control.DIGITS, {"format": "mobile"}, FigureKind.MOBILE),
        (Control.DIGITS, {"format": "bank-card"}, FigureKind.BANK_CARD),
        (Control.DIGITS, {"format": "disability-number"}, FigureKind.DISABILITY),
        (Control.DIGITS, {}, FigureKind.DIGITS),
        (Control.ID_NUMBER, {}, FigureKind.ID_NUMBER),
        (Control.MONEY, {"format": "money"}, FigureKind.MONEY),
    ],
)
def test_the_item_says_what_figures_a_field_takes(control: Control, schema: dict[str, str], kind: FigureKind) -> None:
    assert figure_kind(control, schema) is kind


def test_the_item_may_allow_fewer_figures() -> None:
    assert longest(FigureKind.DIGITS, {"maxLength": 6}) == 6


@given(kind=st.sampled_from(FigureKind), keys=st.text(alphabet="0123456789X.-a ", max_size=40))
def test_the_value_is_what_the_glass_shows_without_its_spaces(kind: FigureKind, keys: str) -> None:
    value = press_all(kind, keys)
    assert shown(kind, value).replace(" ", "") == value
    assert len(value) <= longest(kind, {})
    assert deleted(value) == value[:-1]


@given(keys=st.text(alphabet="0123456789.", min_size=1, max_size=20))
def test_money_is_always_money_once_it_does_not_end_in_a_point(keys: str) -> None:
    value = press_all(FigureKind.MONEY, keys)
    assert formats_on(date(2026, 11, 23))["money"](value.removesuffix("."))


@given(number=st.from_regex(r"\A[0-9]{17}[0-9X]\Z"))
def test_every_identity_number_can_be_typed(number: str) -> None:
    assert press_all(FigureKind.ID_NUMBER, number) == number
