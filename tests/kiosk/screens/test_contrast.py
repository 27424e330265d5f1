"""Contrast as it is on the glass: every word and icon against the pixels that are really behind it, in every theme."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kivy.graphics import Color, Rectangle  # isort: skip
from kivy.uix.widget import Widget  # isort: skip

from kiosk.flow.display import Display  # isort: skip
from kiosk.flow.display import Theme as ThemeName
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.gallery import PANELS
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE, Panel, rgba
from kiosk.screens.typeset import Span
from kiosk.screens.window import configure
from tests.kiosk.screens.fitting import shown
from tests.kiosk.screens.seen import Drawer, contrast_in, contrasts

LEAST = {ThemeName.LIGHT: 4.5, ThemeName.DARK: 4.5, ThemeName.CONTRAST: 15.0}
LEAST_ICON = 3.0
SMALL = Panel(300, 200, 0.248)


@pytest.fixture(scope="module", autouse=True)
def window() -> object:
    """Kivy's window, which everything that is drawn needs."""
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    return Window


def faint(panel: Panel, only: str) -> Iterator[str]:
    """Yield what has too little contrast on the pages whose names begin so."""
    theme, drawer = Theme(panel, FONTS), Drawer(panel)
    for name, page in shown(theme, Display(), only):
        display = theme.display
        for look in ThemeName:
            theme.apply(replace(display, theme=look))
            for sign, contrast in contrasts(drawer, page):
                if contrast < (LEAST[look] if isinstance(sign, Text) else LEAST_ICON):
                    what = sign.plain if isinstance(sign, Text) else f"icon {sign.name}"
                    yield f"{name}, {look}: {what!r} has {contrast:.2f}"
        theme.apply(display)


@pytest.mark.parametrize("only", ["01-idle", "05-form-filling", "12-review-offline", "17-"])
def test_every_word_of_a_page_stands_out_from_what_is_behind_it(only: str) -> None:
    assert list(faint(REFERENCE, only)) == []


@pytest.mark.parametrize("form", ["P2", "P4"])
def test_on_a_small_map_the_pin_and_the_grids_stand_out_from_the_edges_between_them(form: str) -> None:
    assert list(faint(PANELS[form], "22-report-place")) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("form", ["P1", "P2", "P3", "P4"])
def test_every_word_of_every_page_stands_out_from_what_is_behind_it(form: str) -> None:
    assert list(faint(PANELS[form], "")) == []


def on_ground(*colours: str, ink: str = "ink") -> float:
    """Return the contrast of a word whose ground is of these colours, side by side."""
    theme = Theme(SMALL, FONTS)
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    page = Widget(size=(SMALL.width_px, SMALL.height_px))
    wide = SMALL.width_px // len(colours)
    with page.canvas:
        for place, colour in enumerate(colours):
            Color(*rgba(colour))
            Rectangle(pos=(place * wide, 0), size=(wide, SMALL.height_px))
    text = Text(stage, [Span("样例 sample")], "body", ink=ink)
    page.add_widget(text)
    text.place((SMALL.width_px - text.width_wanted()) // 2, 60, 200, 60)  # over the middle, where the ground changes
    ((found, contrast),) = contrasts(Drawer(SMALL), page)
    assert found is text
    return contrast


def test_a_word_is_measured_against_its_own_ground() -> None:
    assert 10 < on_ground("#FFFFFF") < 16, "thin strokes do not reach the whole ink: rather too little is measured than too much"
    assert on_ground("#1D2521") == 1.0, "nothing of it can be seen"
    assert on_ground("#FFFFFF", ink="line") < 2


def test_the_least_contrast_of_a_word_counts_where_its_ground_changes_under_it() -> None:
    assert on_ground("#FFFFFF", "#6B6B6B") < 4.5 < on_ground("#FFFFFF", "#C8C8C8")


def test_a_rim_is_not_taken_for_the_ink() -> None:
    ground = np.full((4, 4, 3), 255, np.uint8)
    with_words = ground.copy()
    with_words[0, 0], with_words[0, 1], with_words[3, 3] = 0, 128, 250
    assert contrast_in(with_words, ground) == pytest.approx(21, abs=0.1)


def test_an_icon_counts_too() -> None:
    theme = Theme(SMALL, FONTS)
    icon = Icon(Stage(theme, lambda _: None, lambda: None, lambda: None), "check", 80)
    icon.place(20, 20, 80, 80)
    ((found, contrast),) = contrasts(Drawer(SMALL), icon)
    assert found is icon
    assert contrast < LEAST_ICON, "dark on the black that is behind every page"
