"""What a read paper may offer, and what it must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.paper_offers import SURE_FROM, OfferKind, is_same, offers, read_off
from peripherals.paper_reader import PrintedLine
from peripherals.secret import Secret
from sync.contract.item import Control


def lines(*texts: str, confidence: float = 0.99) -> list[PrintedLine]:
    return [PrintedLine(Secret(text), confidence, 0.5, row / 10) for row, text in enumerate(texts)]


def offered(*texts: str) -> list[tuple[OfferKind, str]]:
    return [(offer.kind, offer.value.reveal()) for offer in offers(lines(*texts))]


def test_values_with_a_check_of_their_own_are_offered_once() -> None:
    assert offered("号码 532801195001010031，", "再写一遍532801195001010031") == [(OfferKind.ID_NUMBER, "532801195001010031")]
    assert offered("２０２６年９月１日起至2027.08.31") == [(OfferKind.DATE, "2026-09-01"), (OfferKind.DATE, "2027-08-31")]
    assert offered("电话138 0000 0000", "手机13800000000") == [(OfferKind.MOBILE, "13800000000")]
    assert offered("6222 0000 0000 0000 006") == [], "a wrong Luhn sum"
    assert offered("6222 0000 0000 0000 004") == [(OfferKind.BANK_CARD, "6222000000000000004")]


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


CONTRACT = (
    "出租方（甲方）：王样例",
    "身份证号：110101199003078670",
    "承租方（乙方）:李样例",
    "月租金　¥1,200.00 元",
    "签订日期：2026 年 8 月 25 日",
)


@pytest.mark.parametrize(
    ("control", "labels", "form", "value"),
    [
        (Control.TEXT, ("出租方(甲方)",), "person-name", "王样例"),
        (Control.TEXT, ("房主", "承租方（乙方）"), None, "李样例"),
        (Control.ID_NUMBER, ("身份证号",), None, "110101199003078670"),
        (Control.ID_NUMBER, (), None, "110101199003078670"),
        (Control.MONEY, ("月租金",), "money", "1200.00"),
        (Control.DATE, ("签订日期",), "past-date", "2026-08-25"),
        (Control.DATE, ("交房日期",), "past-date", None),
        (Control.TEXT, ("甲方",), None, None),  # part of another label
        (Control.DIGITS, (), "mobile", None),
        (Control.YES_NO, ("出租方（甲方）",), None, None),
    ],
)
def test_what_stands_behind_a_label_is_read_off(control: Control, labels: tuple[str, ...], form: str | None, value: str | None) -> None:
    assert read_off(lines(*CONTRACT), control, labels, form) == value


def test_in_a_table_the_value_stands_beside_its_label() -> None:
    def at(text: str, x: float, y: float, confidence: float = 0.99) -> PrintedLine:
        return PrintedLine(Secret(text), confidence, x, y)

    row = [at("姓　名", 0.2, 0.3), at("赵样例", 0.5, 0.302)]
    assert read_off(row, Control.TEXT, ("姓名",)) == "赵样例"
    assert read_off([row[0], at("赵样例", 0.5, 0.36)], Control.TEXT, ("姓名",)) is None, "it stands in another row"
    assert read_off([row[0], at("赵样例", 0.5, 0.302, SURE_FROM - 0.01)], Control.TEXT, ("姓名",)) is None


def test_a_paper_that_says_two_things_says_nothing() -> None:
    assert read_off(lines("电话：13800000000", "电话：13900000000"), Control.DIGITS, ("电话",), "mobile") is None
    assert read_off(lines("电话：13800000000", "电话：13800000000"), Control.DIGITS, ("电话",), "mobile") == "13800000000"
    assert read_off(lines("13800000000", "13900000000"), Control.DIGITS, (), "mobile") is None
    assert read_off(lines("13800000000", "又 13800000000"), Control.DIGITS, (), "mobile") == "13800000000"


def test_words_end_where_the_next_label_begins() -> None:
    line = "姓名：测试员　公民身份号码：110101199003078670"
    assert read_off(lines(line), Control.TEXT, ("姓名",), "person-name") == "测试员"
    assert read_off(lines("单位名称:示例制衣厂 电话:02400000000"), Control.TEXT, ("单位名称",)) == "示例制衣厂"
    assert read_off(lines("单位名称:电话:02400000000"), Control.TEXT, ("单位名称",)) is None


def test_blanks_and_width_make_no_difference() -> None:
    assert is_same("样例路１８号", "样例路 18 号")
    assert not is_same("样例路16号", "样例路18号")
    assert not is_same(None, "样例路18号")


@given(st.lists(st.text(max_size=60), max_size=6), st.sampled_from(Control), st.lists(st.text(min_size=1, max_size=6), max_size=3))
def test_any_print_comes_to_declared_offers_and_to_at_most_one_value(texts: list[str], control: Control, labels: list[str]) -> None:
    assert all(kind in OfferKind for kind, _ in offered(*texts))
    found = read_off(lines(*texts), control, labels)
    assert found is None or found.strip() == found != ""
