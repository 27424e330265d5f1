"""Every state of every page: nothing is cut, everything that can be pressed is large enough, inside the glass, and free."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from kivy.uix.widget import Widget

from tests.kiosk.screens.desk import FONTS, ROOT  # sets Kivy up before its window is made

from kiosk.flow.state import Display, Scale  # isort: skip
from kiosk.screens.components.press import Pressable, walk
from kiosk.screens.components.text import Text
from kiosk.screens.gallery import items_in, states
from kiosk.screens.overlays import cover_for, display_cover
from kiosk.screens.register import page_for
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE, Panel
from kiosk.screens.window import configure
from sync.contract.words import Language

LANDSCAPE = Panel(1920, 1080, 0.248)
COUNTER, SMALL = Panel(1920, 1080, 0.18), Panel(1280, 800, 0.17)
NOT_FOR_ELDERS = ("01-", "4")  # nobody is there yet, and the technicians
ITEMS = items_in(ROOT / "city" / "items")
KEYS = (
    "key-", "candidate-", "digit-", "tab-", "clear-", "writing-", "word-", "place-", "spot-", "day-", "address-",
    "scale-", "theme-", "language-",
)  # fmt: skip
KEYBOARD = ("key-", "candidate-", "digit-")  # 15 mm are enough for a key


@pytest.fixture(scope="module")
def theme() -> Theme:
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    assert Window is not None
    return Theme(REFERENCE, FONTS)


def shown(theme: Theme, display: Display, only: str = "") -> Iterator[tuple[str, Widget]]:
    """Yield every leaf of every state, and what lies over pages."""
    theme.apply(display)
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    for name, state in states(ITEMS, display, FONTS):
        if not name.startswith(only):
            continue
        theme.apply(state.display)
        if state.overlay is not None:
            cover = cover_for(stage, state.overlay, state)
            cover.place(0, 0, theme.panel.width_px, theme.panel.height_px)
            cover.show(state)
            yield f"{name} cover", cover
            continue
        page = page_for(state.view)(stage)
        page.show(state)
        for leaf in range(page.body.leaves if page.body is not None else 1):
            if leaf and page.body is not None:
                page.body.turn(leaf)
            yield f"{name} leaf {leaf + 1}", page
        page.leave()
    theme.apply(display)
    cover = display_cover(stage, display, lambda: None)
    cover.place(0, 0, theme.panel.width_px, theme.panel.height_px)
    yield "display", cover


def texts(root: Widget) -> Iterator[Text]:
    if isinstance(root, Text):
        yield root
    for child in root.children:
        yield from texts(child)


def faults(theme: Theme, name: str, root: Widget, *, nearer: bool = False) -> list[str]:
    panel = theme.panel
    found = [f"{name}: cut: {text.plain}" for text in texts(root) if text.plain and text.is_cut()]
    found += [f"{name}: a word is cut: {text.plain}" for text in texts(root) if text.plain and text.cuts_words()]
    parts = list(walk(root))
    for part in parts:
        smaller = panel.mm(min(part.width, part.height))
        is_key = part.test_id.startswith(KEYBOARD)
        least = (9.5 if is_key or part.test_id.startswith(KEYS) else 13) if nearer else 15 if is_key else 20
        if smaller < least - 0.2:
            found.append(f"{name}: {part.test_id} is {smaller:.1f} mm")
        if part.x < 0 or part.y < 0 or part.right > panel.width_px or part.top > panel.height_px:
            found.append(f"{name}: {part.test_id} is partly off the glass")
        if part.test_id == "next" and panel.mm(min(part.width, part.height)) < (20 if nearer else 25):
            found.append(f"{name}: the primary is {panel.mm(part.height):.1f} mm")
    return found + [f"{name}: {one.test_id} lies on {other.test_id}" for one, other in combinations(parts, 2) if overlap(one, other)]


def overlap(one: Pressable, other: Pressable) -> bool:
    if "clear-" in one.test_id + other.test_id:
        return False  # the cross lies in its field
    return bool(one.x < other.right - 1 and other.x < one.right - 1 and one.y < other.top - 1 and other.y < one.top - 1)


@pytest.mark.parametrize("language", Language)
def test_at_normal_size_every_page_fits_in_every_language(theme: Theme, language: Language) -> None:
    found = [fault for name, page in shown(theme, Display(language)) for fault in faults(theme, name, page)]
    assert found == []


@pytest.mark.parametrize("scale", [Scale.LARGE, Scale.LARGEST])
def test_in_large_type_every_page_fits_on_its_leaves(theme: Theme, scale: Scale) -> None:
    found = [fault for name, page in shown(theme, Display(scale=scale)) for fault in faults(theme, name, page)]
    assert found == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scale", [Scale.LARGE, Scale.LARGEST])
def test_in_large_type_every_page_fits_in_korean(theme: Theme, scale: Scale) -> None:
    found = [fault for name, page in shown(theme, Display(Language.KO, scale=scale)) for fault in faults(theme, name, page)]
    assert found == []


@pytest.mark.parametrize("only", ["01-", "02-home", "27-next", "40-", "45-first-boot"])
def test_english_words_stay_whole_in_the_largest_type(theme: Theme, only: str) -> None:
    found = [fault for name, page in shown(theme, Display(Language.EN, scale=Scale.LARGEST), only) for fault in faults(theme, name, page)]
    assert found == []


@pytest.mark.parametrize("language", Language)
def test_in_reach_mode_the_pad_of_places_leaves_its_field_free(theme: Theme, language: Language) -> None:
    seen = 0
    for name, page in shown(theme, Display(language, reach=True), "22-report-place"):
        assert faults(theme, name, page) == []
        seen += {"tab-map", "field-place"} <= {part.test_id for part in walk(page)}
    assert seen == 2, "the field and its pad stand on both pictures"


def test_in_the_elder_mode_every_page_fits_and_every_control_is_25_mm(theme: Theme) -> None:
    found = []
    for name, page in shown(theme, Display(scale=Scale.LARGEST, elder=True)):
        if name.startswith(NOT_FOR_ELDERS):
            continue
        found += faults(theme, name, page)
        found += [
            f"{name}: {part.test_id} is {theme.panel.mm(min(part.width, part.height)):.1f} mm"
            for part in walk(page)
            if not part.test_id.startswith(KEYS) and theme.panel.mm(min(part.width, part.height)) < 24.8
        ]
    assert found == []


@pytest.mark.parametrize("language", [Language.EN, Language.KO])
def test_the_elder_home_fits_in_every_language(theme: Theme, language: Language) -> None:
    found = []
    for prefix in ("02-home-elder", "02-elder"):
        for name, page in shown(theme, Display(language, scale=Scale.LARGEST, elder=True), prefix):
            found += faults(theme, name, page)
    assert found == []


@pytest.mark.parametrize("panel", [COUNTER, SMALL])
def test_on_low_panels_every_page_fits(theme: Theme, panel: Panel) -> None:
    """A low panel is nearer to the hand: 13 mm are enough there, 9.5 for a letter."""
    del theme  # the window is made
    low = Theme(panel, FONTS)
    found = [fault for name, page in shown(low, Display()) for fault in faults(low, name, page, nearer=True)]
    assert found == []


@pytest.mark.parametrize("language", Language)
def test_beside_a_signature_no_word_breaks_on_the_counter_s_panel(theme: Theme, language: Language) -> None:
    """The name "Signature" once stood there letter under letter."""
    del theme  # the window is made
    low = Theme(COUNTER, FONTS)
    pages = list(shown(low, Display(language=language), "12-review-family"))
    assert pages
    assert [fault for name, page in pages for fault in faults(low, name, page, nearer=True)] == []


def test_the_elder_home_has_five_choices_and_its_lists_never_more_than_four(theme: Theme) -> None:
    away = {"staff", "display", "elder", "read-aloud", "back", "leaf-on", "leaf-back"}  # not choices
    for name, page in shown(theme, Display(), "02-"):
        choices = [part.test_id for part in walk(page) if part.test_id not in away]
        if name.startswith("02-home-elder"):
            assert choices == ["errand-fitting", "shelf-allowances", "shelf-medical", "errand-progress", "shelf-other"]
        elif name.startswith("02-elder"):
            assert 1 <= len(choices) <= 4, name


def test_in_landscape_every_page_fits(theme: Theme) -> None:
    del theme  # the window is made
    landscape = Theme(LANDSCAPE, FONTS)
    found = [fault for name, page in shown(landscape, Display()) for fault in faults(landscape, name, page)]
    assert found == []


def test_reach_mode_keeps_every_control_low(theme: Theme) -> None:
    low = theme.px(1290)
    for name, page in shown(theme, Display(reach=True), "0"):
        assert [f"{name}: {part.test_id}" for part in walk(page) if part.top > low + 1] == []


def test_nothing_but_the_button_that_says_so_destroys_a_terminal(theme: Theme) -> None:
    """A key "that's all" above it would end a terminal for whoever only meant to be done with typing."""
    leaves = [page for name, page in shown(theme, Display(), "46-machine-end-typed") if name != "display"]
    assert leaves
    for leaf in leaves:
        names = [one.test_id for one in walk(leaf)]
        assert "next" in names
        assert "key-done" not in names


def test_every_control_has_a_name_and_words(theme: Theme) -> None:
    for name, page in shown(theme, Display()):
        parts = list(walk(page))
        assert all(part.test_id and part.label.strip() for part in parts), name
        assert len({part.test_id for part in parts}) == len(parts), name


def test_home_offers_every_item_and_only_what_exists(theme: Theme) -> None:
    offered = {part.test_id for _, page in shown(theme, Display(), "02-home") for part in walk(page) if part.test_id.startswith("item-")}
    assert offered == {f"item-{item.code}" for item in sorted(ITEMS, key=lambda item: -item.popularity)[:4]}


def test_a_text_that_is_too_long_is_found_to_be_cut(theme: Theme) -> None:
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    text = Text(stage, "这一句话放不进这么小的地方")
    text.place(0, 0, 100, 40)
    assert text.is_cut()
