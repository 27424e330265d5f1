"""Another language, size or colour is chosen on any page, and nothing of what was entered is lost."""

from dataclasses import replace

import pytest

from tests.kiosk.screens.desk import FONTS

from kiosk.flow import advance  # isort: skip
from kiosk.flow.display import Display, Scale, Theme
from kiosk.flow.events.glass import LanguageChosen, ScaleChosen, ThemeChosen
from kiosk.flow.state import Kiosk
from kiosk.screens.gallery import states
from sync.contract.words import Language
from tests.kiosk.screens.fitting import ITEMS

CHOICES = [
    (LanguageChosen(Language.KO), {"language": Language.KO}),
    (LanguageChosen(Language.EN), {"language": Language.EN}),
    (ScaleChosen(Scale.LARGEST), {"scale": Scale.LARGEST}),
    (ThemeChosen(Theme.CONTRAST), {"theme": Theme.CONTRAST}),
]


def pages() -> list[tuple[str, Kiosk]]:
    """Return every state of every page of a visit; what lies over a page offers no such choice."""
    return [(name, state) for name, state in states(ITEMS, Display(), FONTS) if state.visit is not None and state.overlay is None]


def test_the_gallery_has_every_page_of_a_visit() -> None:
    assert {"03", "05", "06", "08", "10", "11", "12", "13", "15", "20", "24"} <= {name[:2] for name, _ in pages()}


@pytest.mark.parametrize(("chosen", "then"), CHOICES, ids=str)
def test_on_every_page_it_is_changed_and_what_was_entered_stays(chosen: object, then: dict[str, object]) -> None:
    lost = []
    for name, state in pages():
        after, _ = advance(state, chosen)
        if (after.view, after.visit, after.display) != (state.view, state.visit, replace(state.display, **then)):
            lost.append(name)
    assert lost == []
