"""What a read paper may offer, and what it must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.paper_offers import SURE_FROM, Agreement, OfferKind, agreement, offers
from peripherals.paper_reader import PrintedLine
from peripherals.secret import Secret


def lines(*texts: str, confidence: float = 0.99) -> list[PrintedLine]:
    return [PrintedLine(Secret(text), confidence, 0.5, row / 10) for row, text in enumerate(texts)]


def offered(*texts: str) -> list[tuple[OfferKind, str]]:
    return [(offer.kind, offer.value.reveal()) for offer in offers(lines(*texts))]


def test_values_with_a_check_of_their_own_are_offered_once() -> None:
    assert offered("号码 532801195001010031，", "再写一遍532801195001010031") == [(OfferKind.ID_NUMBER, "532801195001010031")]
    assert offered("２０２６年９月１日起至2027.08.31") == [(OfferKind.DATE, "2026-09-01"), (OfferKind.DATE, "2027-08-31")]
    assert offered("电话138 0000 0000", "手机13800000000") == [(OfferKind.MOBILE, "13800000000")]


@pytest.mark.parametrize(
    "text",
    [
        "110101199003078671",  # wrong check character
        "1101011990030786700",  # one digit too many
        "2026年2月30日",
        "12026-01-01",
        "12800000000",
        "138000000001",
        "合同编号 2026-0018",
        "",
    ],
)
def test_what_only_looks_like_a_value_is_not_offered(text: str) -> None:
    assert offered(text) == []


def test_a_line_that_the_reader_was_not_sure_of_offers_nothing() -> None:
    assert offers(lines("2026年9月1日", confidence=SURE_FROM - 0.01)) == ()


def test_an_entered_value_is_seen_whatever_stands_around_it() -> None:
    paper = lines("坐落：样例街道样例路 18 号", "姓名　测试员")
    assert agreement("样例路18号", paper) is Agreement.SAME
    assert agreement("测试员", paper) is Agreement.SAME
    assert agreement("样例路16号", paper) is Agreement.DIFFERS
    assert agreement("试验员", paper) is Agreement.NOT_SEEN, "too short to be called nearly the same"
    assert agreement("别的地方", paper) is Agreement.NOT_SEEN
    assert agreement(" ", paper) is Agreement.NOT_SEEN


@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=20))
def test_any_print_comes_to_offers_of_three_kinds_and_one_of_three_agreements(texts: list[str], entered: str) -> None:
    assert all(kind in OfferKind for kind, _ in offered(*texts))
    assert agreement(entered, lines(*texts)) in Agreement
