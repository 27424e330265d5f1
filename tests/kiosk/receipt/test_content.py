"""What a slip may say, and what it may not."""

import dataclasses
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.receipt import SlipKind, masked
from kiosk.receipt.content import day_and_time, day_with_weekday, grouped
from kiosk.receipt.sheet import Bar, Block, Box, Code, Line, Row, sheet_of
from peripherals.secret import Secret
from sync.contract.names import CaseNumber
from sync.contract.words import Language
from tests.kiosk.receipt.slips import AT, slip


def words_on(blocks: tuple[Block, ...]) -> str:
    said: list[str] = []
    for block in blocks:
        match block:
            case Line(text) | Bar(text):
                said.append(text)
            case Row(name, value):
                said.append(f"{name}：{value}")
            case Box(lines):
                said.append(words_on(lines))
            case Code(_, heading, text):
                said += [heading, text]
    return "\n".join(said).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("周测兰", "周*兰"),
        ("周测", "周*"),
        ("周", "*"),
        ("欧阳测试", "欧**试"),
        ("古丽·虚构·巴依", "古**依"),
        ("𠮷测𬎆", "𠮷*𬎆"),
        ("ANNA MARIA EXAMPLE", "A** M**"),
        ("", None),
        ("  ", None),
    ],
)
def test_a_name_is_masked(name: str, shown: str | None) -> None:
    assert masked(Secret(name)) == shown


@given(st.text(min_size=2, max_size=40))
def test_a_masked_name_never_holds_the_whole_one(name: str) -> None:
    shown = masked(Secret(name))
    assert shown is None or ("".join(name.split()) not in shown.replace("*", ""))


@given(st.text(alphabet="周测兰", min_size=4, max_size=30))
def test_a_masked_name_does_not_tell_how_long_it_is(name: str) -> None:
    shown = masked(Secret(name))
    assert shown is not None
    assert len(shown) == 4


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("7F3K29QD", "7F3K 29QD"),
        ("2101112300482", "2101 1123 00482"),
        ("123456789012", "1234 5678 9012"),
        ("1234567890", "1234 5678 90"),
        ("A-7", "A-7"),
    ],
)
def test_numbers_are_grouped_for_reading_aloud(number: str, said: str) -> None:
    assert grouped(number) == said


def test_before_the_city_has_it_the_slip_says_so_and_promises_nothing() -> None:
    said = words_on(sheet_of(slip(SlipKind.RECEIVED)))
    assert "已收件，待上传" in said
    assert "市里还没有收到" in said
    assert "还不是受理凭证" in said
    assert "已受理" not in said
    assert "市里编号" not in said


@pytest.mark.parametrize("kind", list(SlipKind))
def test_a_reprint_says_so_and_a_first_print_does_not(kind: SlipKind) -> None:
    once = slip(kind)
    assert "补打" not in words_on(sheet_of(once))
    assert "补打，第 2 次打印" in words_on(sheet_of(replace(once, time=2)))


def test_with_the_city_s_receipt_it_is_received_there_but_not_accepted() -> None:
    said = words_on(sheet_of(slip(SlipKind.DELIVERED)))
    assert "市里已经收到，等受理" in said
    assert "2101 1123 00482" in said
    assert "还不是受理凭证" in said
    assert "待上传" not in said
    assert "已受理" not in said
    assert "最晚" not in said  # a date before acceptance would be a guess


def test_accepted_has_the_last_day_with_its_weekday() -> None:
    said = words_on(sheet_of(slip(SlipKind.ACCEPTED)))
    assert "已受理" in said
    assert "12月9日 周三" in said
    assert "不是受理凭证" not in said


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (SlipKind.RECEIVED, {"case_number": CaseNumber("2101112300482")}),
        (SlipKind.DELIVERED, {"case_number": None}),
        (SlipKind.ACCEPTED, {"accepted_at": None}),
        (SlipKind.DELIVERED, {"accepted_at": AT}),
    ],
)
def test_a_slip_that_says_more_than_is_known_cannot_be_made(kind: SlipKind, facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a slip that says"):
        slip(kind, **facts)


@pytest.mark.parametrize("kind", SlipKind)
@pytest.mark.parametrize("language", [Language.EN, Language.KO])
def test_other_languages_stand_under_the_chinese(kind: SlipKind, language: Language) -> None:
    chinese = words_on(sheet_of(slip(kind)))
    said = words_on(sheet_of(slip(kind, language=language)))
    assert all(line in said for line in chinese.splitlines())
    assert ("Receipt number 7F3K 29QD" if language is Language.EN else "접수 번호 7F3K 29QD") in said
    assert day_and_time(AT, language) in said


@pytest.mark.parametrize("kind", SlipKind)
def test_no_slip_holds_a_whole_name(kind: SlipKind) -> None:
    for language in Language:
        whole = slip(kind, "周测试兰", language=language)
        assert "测试" not in words_on(sheet_of(whole)) + whole.qr_payload + repr(dataclasses.asdict(whole))


def test_the_code_names_the_application_and_nobody() -> None:
    assert slip().qr_payload == "BM1:7F3K29QD:0199AA11-2B3C-7D4E-8F50-123456789ABC"


def test_nothing_given_is_no_line_of_nothing() -> None:
    said = words_on(sheet_of(slip(papers=0, signatures=0, applicant=None, working_days=None)))
    assert "材料：" not in said
    assert "申请人" not in said
    assert "工作日" not in said


def test_an_item_decided_on_the_spot_has_no_days() -> None:
    assert "受理后当场办好" in words_on(sheet_of(slip(working_days=0)))


def test_a_clock_that_may_be_wrong_says_so() -> None:
    assert "时间以市里为准" in words_on(sheet_of(slip(time_is_sure=False)))


def test_days_are_written_as_each_language_writes_them() -> None:
    moments = [day_and_time(AT, language) for language in Language]
    assert moments == ["2026年11月23日 9:52", "23 November 2026, 9:52", "2026년 11월 23일 9:52"]
    day = date(2026, 12, 9)
    assert [day_with_weekday(day, language) for language in Language] == ["12月9日 周三", "Wednesday, 9 December", "12월 9일(수)"]
