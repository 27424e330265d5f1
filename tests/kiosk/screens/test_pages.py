"""Every state of every page: nothing is cut, everything that can be pressed is large enough, inside the glass, and free."""

import pytest

from tests.kiosk.screens.desk import FONTS, NOW  # sets Kivy up before its window is made

from kiosk.flow.display import Display, Scale  # isort: skip
from kiosk.flow.state import Kiosk, Place
from kiosk.screens.components.cards import Card
from kiosk.screens.components.part import Column, Gap, Part
from kiosk.screens.components.press import walk
from kiosk.screens.components.spinner import Ring
from kiosk.screens.components.text import Text
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE, Panel
from kiosk.screens.window import configure
from kiosk.texts import say
from sync.contract.words import Language
from tests.kiosk.screens.fitting import ITEMS, KEYS, faults, shown, texts, too_full

LANDSCAPE = Panel(1920, 1080, 0.248)
COUNTER, SMALL = Panel(1920, 1080, 0.18), Panel(1280, 800, 0.17)
NOT_FOR_ELDERS = ("01-", "4")  # nobody is there yet, and the technicians


@pytest.fixture(scope="module")
def theme() -> Theme:
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    assert Window is not None
    return Theme(REFERENCE, FONTS)


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


@pytest.mark.parametrize("only", ["01-", "02-home", "02-drawer", "10-capture-camera", "26-matters", "27-next", "40-", "45-first-boot"])
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


@pytest.mark.parametrize("language", [Language.EN, Language.KO])
def test_on_the_lowest_panel_no_face_of_a_key_or_tab_stands_over_its_edge(theme: Theme, language: Language) -> None:
    """Longer words than the Chinese ones: "Community" broke in two, and five tabs lay on each other."""
    del theme  # the window is made
    low = Theme(SMALL, FONTS)
    found = []
    for prefix in ("05-form-figures", "06-form", "07-form", "09-address"):
        for name, page in shown(low, Display(language), prefix):
            if name == "display":
                continue
            found += faults(low, name, page, nearer=True)
            found += [
                f"{name}: {part.test_id} {part.label!r} stands over"
                for part in walk(page)
                for text in texts(part)
                if text.plain and (text.x < part.x - 2 or text.right > part.right + 2)
            ]
    assert found == []


@pytest.mark.parametrize("only", ["01-", "03-whose", "04-lay-card", "08-household-row", "17-", "22-report-kind"])
def test_on_the_smallest_panel_english_keeps_off_the_bars(theme: Theme, only: str) -> None:
    """Choices once lay under them, the drawing of the card on "More", and "Stop and clear" off the glass."""
    del theme  # the window is made
    small = Theme(SMALL, FONTS)
    pages = list(shown(small, Display(Language.EN), only))
    assert len(pages) > 1
    assert [fault for name, page in pages for fault in faults(small, name, page, nearer=True) + too_full(small, name, page)] == []


@pytest.mark.parametrize("language", Language)
def test_beside_a_signature_no_word_breaks_on_the_counter_s_panel(theme: Theme, language: Language) -> None:
    """The name "Signature" once stood there letter under letter."""
    del theme  # the window is made
    low = Theme(COUNTER, FONTS)
    pages = list(shown(low, Display(language=language), "12-review-family"))
    assert pages
    assert [fault for name, page in pages for fault in faults(low, name, page, nearer=True)] == []


@pytest.mark.parametrize("language", Language)
def test_the_idle_page_invites_once_in_each_language(theme: Theme, language: Language) -> None:
    """In English it once said "Touch to start" twice, and nothing in Chinese."""
    for name, page in shown(theme, Display(language), "01-idle"):
        said = [text.plain for text in texts(page)]
        assert name == "display" or [said.count(say("home.start", one)) for one in Language] == [1, 1, 1], name


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


def test_words_on_words_over_their_card_out_of_their_leaf_or_on_a_ring_are_found(theme: Theme) -> None:
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    root, one, other = Part(stage), Text(stage, "上面的字"), Text(stage, "下面的字")
    root.add_widget(one)
    root.add_widget(other)
    one.place(100, 100, 400, 60)
    other.place(100, 120, 400, 60)
    assert too_full(theme, "here", root) == ["here: 下面的字 lies on 上面的字"]
    card = Card(stage, Text(stage, "这张卡片太矮了，放不下这么多的字", "h1"))
    card.place(100, 100, 400, 150)
    assert too_full(theme, "here", card) == ["here: 这张卡片太矮了，放不下这么多的字 stands over its Card"]
    dial, ring, words = Part(stage), Ring(stage, 300), Text(stage, "圆环里放不下的字", "h1", centred=True)
    dial.add_widget(ring)
    dial.add_widget(words)
    ring.place(100, 100, 300, 300)
    words.place(0, 200, 600, 100)
    assert too_full(theme, "here", dial) == ["here: 圆环里放不下的字 lies on its ring"]


def test_a_leaf_that_is_too_full_is_found(theme: Theme) -> None:
    """The card that asks to wait once lay on the bar of a small panel."""

    class Full(Page):
        def sheet(self, kiosk: Kiosk) -> Sheet:
            return Sheet([Card(self.stage, Column(self.stage, [Gap(self.stage, 3000), Text(self.stage, "看不见的字")]))])

    page = Full(Stage(theme, lambda _: None, lambda: None, lambda: None))
    page.show(Kiosk(Place("SY-0001", "晴岚社区", "12345", "1 号窗口"), NOW))
    found = too_full(theme, "here", page)
    assert "here: a Card stands out of its leaf" in found
    assert "here: 看不见的字 stands out of its leaf" in found


def test_what_is_off_the_glass_or_has_no_letter_in_any_font_is_found(theme: Theme) -> None:
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    text = Text(stage, "ok ሀ")  # Ethiopic: in no font of ours, and not rare Chinese
    text.place(-20, 0, 400, 100)
    assert too_full(theme, "here", text) == ["here: off the glass: ok ሀ"]
    assert faults(theme, "here", text) == ["here: boxes for ሀ"]
    text.say("好𫟷")  # rare: its number is drawn where no face has it
    text.place(0, 0, 400, 100)
    assert faults(theme, "here", text) == []
