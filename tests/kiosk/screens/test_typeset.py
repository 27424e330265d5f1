"""Setting text: who draws which character, and where lines end."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Fonts, Line, Setter, Span, spans_of, width_em
from sync.contract.words import Language
from tests.kiosk.screens.desk import FONTS

MARKS = "，。：；？！、）》”"


@cache
def fonts() -> Fonts:
    return Fonts(FONTS)


def lines(text: str, measure_em: float | None, language: Language = Language.ZH) -> list[str]:
    return [said(line) for line in Setter(fonts(), language, Weight.REGULAR).set([Span(text)], measure_em)]


def said(line: Line) -> str:
    return "".join(run.text for run in line)


@given(text=st.text(alphabet="沈阳市和平区，。（）12 ab한국", min_size=1, max_size=80), measure=st.floats(4, 40))
@settings(max_examples=150, deadline=None)
def test_no_character_is_lost_and_no_line_is_wider_than_its_measure(text: str, measure: float) -> None:
    found = Setter(fonts(), Language.ZH, Weight.REGULAR).set([Span(text)], measure)
    assert "".join(said(line) for line in found).replace(" ", "") == text.replace(" ", "")
    assert all(width_em(line) <= measure + 0.001 or len(said(line)) == 1 for line in found)


@given(words=st.lists(st.sampled_from(["办", "理", "居住", "登，", "记。", "（沈）"]), min_size=1, max_size=40), measure=st.integers(6, 20))
@settings(max_examples=150, deadline=None)
def test_no_line_begins_with_a_mark(words: list[str], measure: int) -> None:
    assert all(line[0] not in MARKS for line in lines("".join(words), measure))


def test_marks_alone_are_cut_where_they_must_be() -> None:
    assert lines("。。。。。。。。", 5) == ["。。。。。", "。。。"]


@pytest.mark.parametrize("measure", range(5, 12))
def test_a_figure_stays_with_its_unit(measure: int) -> None:
    assert any("12 个" in line for line in lines("受理后 12 个工作日以内办好", measure))


def test_a_word_is_not_cut() -> None:
    assert lines("please touch here", 6, Language.EN) == ["please touch", "here"]


def test_the_last_line_never_holds_a_single_character() -> None:
    assert lines("放平不要拿起来就好了", 9) == ["放平不要拿起来就", "好了"]


def test_korean_breaks_at_spaces_only() -> None:
    assert all(not line.startswith("세요") for line in lines("신분증을 놓으세요 다시 시작하세요", 6, Language.KO))


@pytest.mark.parametrize(
    ("char", "file"),
    [("沈", "NotoSansSC_400Regular.ttf"), ("한", "NotoSansKR_400Regular.ttf"), ("𠀁", "HanaMinB.ttf"), ("A", "NotoSansSC_400Regular.ttf")],
)
def test_each_character_is_drawn_by_a_face_that_has_it(char: str, file: str) -> None:
    face = fonts().face_for(char, Language.ZH, Weight.REGULAR)
    assert face.path.name == file
    assert face.covers(char)


def test_a_chinese_name_keeps_its_chinese_shape_on_a_korean_page() -> None:
    assert fonts().face_for("骨", Language.KO, Weight.BOLD).path.name == "NotoSansSC_700Bold.ttf"


def test_a_rare_character_splits_its_line_into_runs() -> None:
    (line,) = Setter(fonts(), Language.ZH, Weight.MEDIUM).set([Span("李𠀁明")], None)
    assert [run.text for run in line] == ["李", "𠀁", "明"]


def test_stars_mark_what_is_strong_and_are_not_shown() -> None:
    assert spans_of("市里**还没有**收到") == (Span("市里"), Span("还没有", strong=True), Span("收到"))


def test_an_unassigned_character_is_known_to_have_no_glyph() -> None:
    assert not fonts().covers("\U000e0fff")
