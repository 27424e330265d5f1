"""Reading a font's own tables."""

from pathlib import Path

import pytest

from kiosk.screens.glyphs import Face, UnreadableFontError
from tests.kiosk.screens.desk import FONTS


def test_icons_are_known_by_name() -> None:
    face = Face(FONTS / "MaterialSymbolsRounded_500Medium.ttf")
    assert face.covers(face.icon("elderly"))
    assert not face.has_icon("no_such_icon")
    with pytest.raises(KeyError):
        face.icon("no_such_icon")


def test_a_text_font_has_no_icons_to_name() -> None:
    with pytest.raises(UnreadableFontError, match="NotoSansSC"):
        Face(FONTS / "NotoSansSC_400Regular.ttf").icon("elderly")


def test_widths_are_those_of_the_design() -> None:
    face = Face(FONTS / "NotoSansSC_400Regular.ttf")
    assert face.advance("沈") == 1.0
    assert face.advance("8") == pytest.approx(0.555)
    assert face.ascent + face.descent == pytest.approx(1.448)


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(bytes(4) + (0).to_bytes(2) + bytes(6))
    with pytest.raises(UnreadableFontError, match=r"broken\.ttf"):
        Face(path)
