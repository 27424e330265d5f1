"""The whole matrix: every state of every page on every form, in every language and size. Colours move nothing, so one theme.

`make matrix` gives each way a process of its own: what is kept of fifty ways is four gigabytes, and makes each slower than the last.
"""

from collections.abc import Iterator

import pytest

from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kiosk.flow.display import Display, Scale  # isort: skip
from kiosk.screens.gallery import PANELS
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE
from kiosk.screens.window import configure
from sync.contract.words import Language
from tests.kiosk.screens.fitting import faults, shown, too_full

FORMS = ("P1", "P2", "P3", "P4")


def ways() -> Iterator[tuple[str, Display]]:
    """Yield every form with every way of setting its pages."""
    for form in FORMS:
        for language in Language:
            for scale in Scale:
                yield form, Display(language, scale=scale)
            yield form, Display(language, scale=Scale.LARGEST, elder=True)
            if PANELS[form].is_upright:
                yield form, Display(language, reach=True)


def name_of(way: object) -> str:
    """Return a way's name as it stands in the report."""
    if not isinstance(way, Display):
        return str(way)
    mode = "-elder" if way.elder else "-reach" if way.reach else ""
    return f"{way.language}-{way.scale}{mode}"


@pytest.fixture(scope="module")
def window() -> object:
    """Kivy's window, which every page needs."""
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    return Window


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("window")
@pytest.mark.parametrize(("form", "display"), list(ways()), ids=name_of)
def test_everything_fits(form: str, display: Display) -> None:
    theme = Theme(PANELS[form], FONTS)
    found = [
        fault
        for name, page in shown(theme, display)
        for fault in faults(theme, name, page, nearer=theme.panel.is_short) + too_full(theme, name, page)
    ]
    assert not found, "\n".join([f"{len(found)} faults", *found])
