from pathlib import Path

from kiosk.screens.glyphs import Face
from sync.contract.icons import ITEM_ICONS

FONT = Path(__file__).parents[3] / "assets" / "fonts" / "MaterialSymbolsRounded_500Medium.ttf"


def test_the_terminal_s_font_has_every_icon_that_an_item_may_show() -> None:
    face = Face(FONT)
    assert [name for name in sorted(ITEM_ICONS) if not face.has_icon(name)] == []
    assert not face.has_icon("ladder_of_gold")
