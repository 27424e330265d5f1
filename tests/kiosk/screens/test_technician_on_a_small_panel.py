"""Technicians' pages on the smallest panel: what stands in the body lies on no bar, no key, and on nothing that turns the leaf."""

import pytest
from kivy.uix.widget import Widget

from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kiosk.flow.display import Display  # isort: skip
from kiosk.screens.components.cards import Card
from kiosk.screens.components.text import Text
from kiosk.screens.gallery import PANELS
from kiosk.screens.page import Page
from kiosk.screens.picture import Picture
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE
from kiosk.screens.window import configure
from tests.kiosk.screens.fitting import shown, too_full


def sunk(name: str, root: Widget) -> list[str]:
    """Return what of a page's body lies below it, on the bars or the keys."""
    body = root.body if isinstance(root, Page) else None
    if body is None:
        return []
    return [
        f"{name}: {type(part).__name__} {getattr(part, 'plain', '')} reaches {body.y - part.y:.0f} px into what stands below"
        for part in body.walk(restrict=True)
        if isinstance(part, Text | Picture | Card) and part.height and part.y < body.y - 1
    ]


@pytest.mark.parametrize("pages", ["40-sign-in", "44-proxy", "45-first-boot-words", "47-paper"])
def test_nothing_lies_on_the_bars(pages: str) -> None:
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    assert Window is not None
    theme = Theme(PANELS["P4"], FONTS)
    looked_at = [(name, sunk(name, page) + too_full(theme, name, page)) for name, page in shown(theme, Display(), pages)]
    assert len(looked_at) > 2
    assert not [fault for _, faults in looked_at for fault in faults]
