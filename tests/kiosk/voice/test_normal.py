"""How written things are spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.voice.normal import name_spoken, spoken
from sync.contract.words import Language

ZH, EN, KO = Language.ZH, Language.EN, Language.KO


@pytest.mark.parametrize(
    ("written", "language", "said"),
    [
        ("138 0024 5718", ZH, "幺 三 八 零 零 二 四 五 七 幺 八"),
        ("13800245718", EN, "1 3 8 0 0 2 4 5 7 1 8"),
        ("编号 7F3K 29QD", ZH, "编号 七 F 三 K 二 九 Q D"),
        ("2101 02** **** **28", ZH, "，隐去，"),
        ("最晚 2026-12-09 办好", ZH, "最晚 二零二六年12月9日 办好"),
        ("2026-12-09", EN, "9 December 2026"),
        ("2026-12-09", KO, "2026년 12월 9일"),
        ("9:41 的情况", ZH, "9点41分 的情况"),
        ("每月 ￥1200", ZH, "每月 1200元"),
        ("18 号 3-5-1", ZH, "18 号 3杠5杠1"),
        ("**一次写一个字。**写完停一下", ZH, "一次写一个字。写完停一下"),
        ("第 3 步，共 6 步", ZH, "第 3 步，共 6 步"),
        ("Mobile number", EN, "Mobile number"),
    ],
)
def test_written_things_are_spoken_as_people_say_them(written: str, language: Language, said: str) -> None:
    assert spoken(written, language) == said


@pytest.mark.parametrize(
    ("name", "said"), [("单晓明", "善晓明"), ("解小米", "谢小米"), ("尉迟恭", "玉迟恭"), ("张单", "张单"), ("单", "单"), ("", "")]
)
def test_surnames_are_read_as_surnames(name: str, said: str) -> None:
    assert name_spoken(name) == said


@given(st.text(max_size=80), st.sampled_from(Language))
def test_anything_can_be_spoken(text: str, language: Language) -> None:
    said = spoken(text, language)
    assert "*" not in said or "*" in text
    assert "\n" not in said


@given(st.from_regex(r"[1-9]\d{16}[\dX]", fullmatch=True))
def test_an_identity_number_is_said_figure_by_figure(number: str) -> None:
    assert len(spoken(number, EN).split()) == 18
