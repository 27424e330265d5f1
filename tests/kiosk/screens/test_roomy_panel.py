"""The wide panel of 21.5 inches in Chinese: the home is one leaf, and the choice of size is on the glass with targets for fingers."""

import pytest

from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kiosk.flow.display import Display  # isort: skip
from kiosk.screens.components.press import walk
from kiosk.screens.gallery import PANELS
from kiosk.screens.page import Page
from kiosk.screens.services import categories
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE
from kiosk.screens.window import configure
from tests.kiosk.screens.fitting import ITEMS, faults, shown, too_full


@pytest.fixture(scope="module")
def theme() -> Theme:
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    assert Window is not None
    return Theme(PANELS["P2"], FONTS)


def test_all_that_can_be_chosen_is_on_the_first_leaf(theme: Theme) -> None:
    """With as few errands as a terminal alone has, and with all nine."""
    homes = {name: page for name, page in shown(theme, Display(), "02-home") if isinstance(page, Page) and "elder" not in name}
    assert {"02-home leaf 1", "02-home-all leaf 1"} <= set(homes)
    assert not [name for name in homes if not name.endswith("leaf 1")], "nothing is turned"
    for name, page in homes.items():
        names = [part.test_id for part in walk(page)]
        assert {f"category-{category}" for category, _ in categories(ITEMS)} < set(names), name
        assert sum(one.startswith("item-") for one in names) == 4, name
        assert sum(one.startswith("errand-") for one in names) == (9 if "all" in name else 7 if "community" in name else 4), name
        assert not faults(theme, name, page) + too_full(theme, name, page)


def test_sizes_and_languages_are_chosen_on_the_glass_with_a_finger(theme: Theme) -> None:
    covers = [(name, cover) for name, cover in shown(theme, Display(), "none of the pages") if name == "display"]
    assert len(covers) == 1
    assert not [fault for name, cover in covers for fault in faults(theme, name, cover) + too_full(theme, name, cover)]
