"""The slip as dots: it can be scanned, it keeps to its paper, and every character has a shape."""

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from kiosk.receipt import SlipKind, drawn
from kiosk.receipt.letters import Coverage, Style, letters_in, printable
from sync.contract.words import Language, Words
from tests.kiosk.receipt.slips import FONTS, image_of, slip

PLAIN = Style(30)


def black_box(image: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.invert(image.convert("L")).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("width_dots", [384, 512, 576])
@pytest.mark.parametrize("kind", SlipKind)
@pytest.mark.parametrize("language", Language)
def test_the_code_on_the_paper_can_be_scanned(width_dots: int, kind: SlipKind, language: Language) -> None:
    whole = slip(kind, language=language)
    found = zxingcpp.read_barcodes(image_of(drawn(whole, width_dots, FONTS)).convert("L"))
    assert [code.text for code in found] == [whole.qr_payload]


@pytest.mark.parametrize("width_dots", [384, 512, 576])
def test_nothing_touches_the_edge(width_dots: int) -> None:
    long = Words("特别长的事项名称" * 8 + "WithOneWordThatNobodyCanBreakAnywhereAtAll" * 3)
    raster = drawn(slip(SlipKind.DELIVERED, item=long, terminal_name="名字很长的社区" * 6), width_dots, FONTS)
    left, top, right, bottom = black_box(image_of(raster))
    assert left >= 8
    assert top >= 8
    assert right <= width_dots - 8
    assert bottom <= raster.height_dots - 8


def test_it_is_black_and_white_and_the_same_each_time() -> None:
    assert drawn(slip(), 576, FONTS) == drawn(slip(), 576, FONTS)


def test_the_receipt_number_is_large() -> None:
    """What must be copied by hand stands 6 mm high at least."""
    other = slip(number="7F3K29QE")
    left, right = image_of(drawn(slip(), 576, FONTS)), image_of(drawn(other, 576, FONTS))
    difference = ImageChops.difference(left.convert("L"), right.convert("L")).crop((288, 0, 576, 600)).getbbox()
    assert difference is not None
    assert difference[3] - difference[1] > 40


@pytest.mark.parametrize("name", ["𠮷测𬎆", "㐂测𪚥", "𫖮测龘"])
def test_rare_characters_have_their_own_shape(name: str) -> None:
    letters = letters_in(FONTS)
    shapes = set()
    for character in name[0] + name[2]:
        (run,) = letters.runs(character, Style(30, is_bold=True))
        assert run.text == character
        shapes.add(bytes(run.font.getmask(character)))
    assert len(shapes) == 2


def test_what_no_font_has_becomes_a_box() -> None:
    (run,) = letters_in(FONTS).runs("\U0001f9ff", PLAIN)
    assert run.text == "□"


def test_a_han_character_that_no_font_has_is_named_by_its_number() -> None:
    assert printable("王\U00031350", 10) == "王\U00031350"
    assert "".join(run.text for run in letters_in(FONTS).runs("王\U00031350", PLAIN)) == "王[U+31350]"


@given(st.text(max_size=300))
def test_nothing_unprintable_is_printed(text: str) -> None:
    shown = printable(text, 100)
    assert len(shown) <= 100
    younger = range(0x20000, 0x323B0)  # Han characters that Python's own table may not know yet
    assert all(character.isprintable() or character == "\u00a0" or ord(character) in younger for character in shown)


def test_control_characters_are_shown_not_obeyed() -> None:
    assert printable("甲\x1b@乙\u202e丙\u200b丁\n戊\x10\x14", 50) == "甲□@乙□丙□丁 戊□□"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="登记（）、，。 abc12:-，」「中文\uac00\ub098", max_size=60), st.integers(120, 500))
def test_lines_fit_lose_nothing_and_begin_with_no_stop(text: str, width_dots: int) -> None:
    letters = letters_in(FONTS)
    lines = letters.wrapped(text, PLAIN, width_dots)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(letters.width(line, PLAIN) <= width_dots for line in lines)


def test_a_line_never_begins_with_a_stop_nor_ends_with_an_opening() -> None:
    letters = letters_in(FONTS)
    for width_dots in range(90, 300, 7):
        lines = letters.wrapped("请把材料（原件）放好，门关上。12:30 再来", PLAIN, width_dots)
        assert not [line for line in lines[1:] if line[0] in "，。）:"]
        assert not [line for line in lines if line.endswith("（")]
        assert any("12:30" in line for line in lines)


def test_a_number_in_groups_is_not_torn_apart() -> None:
    for width_dots in range(180, 400, 11):
        lines = letters_in(FONTS).wrapped("Receipt number 7F3K\u00a029QD", PLAIN, width_dots)
        assert lines[-1].endswith("7F3K\u00a029QD")


def test_a_font_s_own_table_says_what_it_has() -> None:
    common, rare = Coverage(FONTS / "NotoSansSC_500Medium.ttf"), Coverage(FONTS / "HanaMinB.ttf")
    assert "周" in common
    assert "𠮷" not in common
    assert "𠮷" in rare
    assert "한" not in rare


def test_a_file_that_is_no_font_is_refused() -> None:
    with pytest.raises(ValueError, match="is no font"):
        Coverage(FONTS.parent.parent / "pyproject.toml")
