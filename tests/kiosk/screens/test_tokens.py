"""The look in figures: millimetres on every panel, and contrast that is computed, not believed."""

import pytest

from kiosk.screens.tokens import CONTRAST, DARK, LIGHT, REFERENCE, TYPE, UNIT_MM, Palette, Panel, contrast_ratio

PAIRS = [
    ("ink", "bg_top"), ("ink", "bg_bottom"), ("ink", "surface"), ("ink", "sunk"), ("ink2", "bg_bottom"), ("ink2", "surface"),
    ("ink2", "sunk"), ("onpri", "pri"), ("onpri", "pri_pressed"), ("onprisoft", "prisoft"), ("onglaze", "glazesoft"), ("ok", "oksoft"),
    ("warn", "warnsoft"), ("warn", "surface"), ("err", "errsoft"), ("err", "surface"), ("info", "infosoft"), ("clay", "claysoft"),
]  # fmt: skip


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_has_seven_to_one(palette: Palette, text: str, ground: str) -> None:
    assert contrast_ratio(getattr(palette, text), getattr(palette, ground)) >= 7


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_high_contrast_has_fifteen_to_one(text: str, ground: str) -> None:
    assert contrast_ratio(getattr(CONTRAST, text), getattr(CONTRAST, ground)) >= 15


@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=lambda palette: palette.name)
def test_what_is_no_text_has_three_to_one(palette: Palette) -> None:
    for mark, ground in (("ctl", "bg_bottom"), ("ctl", "surface"), ("focus", "bg_bottom"), ("focus", "surface"), ("onglaze_fill", "glaze")):
        assert contrast_ratio(getattr(palette, mark), getattr(palette, ground)) >= 3


def test_contrast_of_black_and_white_is_twenty_one_and_of_a_colour_with_itself_one() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#0B5748", "#0B5748") == pytest.approx(1)


@pytest.mark.parametrize(("pitch", "pixels"), [(0.248, 81), (0.180, 111), (0.170, 118)])
def test_twenty_millimetres_are_as_many_pixels_as_the_panel_needs(pitch: float, pixels: int) -> None:
    assert Panel(1080, 1920, pitch).px_of_mm(20) == pixels


def test_a_larger_panel_gets_larger_controls_and_never_smaller_ones() -> None:
    large = Panel(1080, 1920, 0.369)
    assert large.px(120) == 120
    assert large.mm(large.px(120)) > REFERENCE.mm(REFERENCE.px(120))


def test_nothing_on_glass_is_smaller_than_the_eye_of_an_elder_allows() -> None:
    assert all(role.mm >= 6.6 and role.compact_mm >= 6.6 for role in TYPE.values())


@pytest.mark.parametrize(("pitch", "height"), [(0.180, 1080), (0.170, 800)])
def test_a_low_panel_has_somewhat_smaller_units_so_that_a_page_holds_a_question_and_its_keys(pitch: float, height: int) -> None:
    low = Panel(height * 16 // 9, height, pitch)
    assert low.is_short
    assert 0.75 < low.unit_px / (UNIT_MM / pitch) < 1
    assert low.key_share < 1
    assert not Panel(1920, 1080, 0.248).is_short
