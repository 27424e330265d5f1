"""Technicians' pages on wide panels, the smallest and the largest: what stands in a body lies on no bar, key or leaf button."""

import pytest
from kivy.uix.widget import Widget

from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kiosk.flow.display import Display  # isort: skip
from kiosk.screens.components.cards import Card
from kiosk.screens.components.press import walk
from kiosk.screens.components.text import Text
from kiosk.screens.gallery import PANELS
from kiosk.screens.page import Page
from kiosk.screens.picture import Picture
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE
from kiosk.screens.window import configure
from kiosk.texts import say
from sync.contract.words import Language
from tests.kiosk.screens.fitting import shown, texts, too_full


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


@pytest.fixture(scope="module", params=["P2", "P4"])
def theme(request: pytest.FixtureRequest) -> Theme:
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    assert Window is not None
    return Theme(PANELS[request.param], FONTS)


@pytest.mark.parametrize("pages", ["40-sign-in", "44-proxy", "45-first-boot-words", "46-machine-end", "47-paper"])
def test_nothing_lies_on_the_bars(theme: Theme, pages: str) -> None:
    looked_at = [(name, sunk(name, page) + too_full(theme, name, page)) for name, page in shown(theme, Display(), pages)]
    assert len(looked_at) >= 2
    assert not [fault for _, faults in looked_at for fault in faults]


def test_the_keys_of_a_code_stand_beside_what_was_wrong_with_it(theme: Theme) -> None:
    """A technician who mistyped reads that and types again, and turns no leaf for it."""
    wrong = [page for name, page in shown(theme, Display(), "40-sign-in-wrong") if name != "display"]
    assert len(wrong) == 1, "one leaf"
    assert {f"digit-{figure}" for figure in range(10)} < {part.test_id for part in walk(wrong[0])}
    assert say("upkeep.wrong", Language.ZH) in {text.plain for text in texts(wrong[0])}
