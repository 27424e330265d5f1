"""The audio mode's list: every kind of page has it, whole and large enough, and fingers and keys do the same with it."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from kivy.uix.widget import Widget

from kiosk.flow.display import Audio, Display, Scale
from kiosk.flow.state import Kiosk
from kiosk.flow.views import View
from kiosk.screens.tokens import REFERENCE, Panel
from kiosk.voice.engine import SpeechLog
from kiosk.voice.spot import Role, Spot
from sync.contract.words import Language
from tests.kiosk.screens.desk import FONTS, ROOT  # sets Kivy up before its window is made

from kiosk.screens.audio_list import AudioList, Hands  # isort: skip
from kiosk.screens.audio_strip import AudioStrip  # isort: skip
from kiosk.screens.components.press import walk  # isort: skip
from kiosk.screens.status import Status  # isort: skip
from kiosk.screens.components.reading import spots  # isort: skip
from kiosk.screens.ears import AUDIO_KEYS, Ears  # isort: skip
from kiosk.screens.gallery import items_in, states  # isort: skip
from kiosk.screens.register import page_for  # isort: skip
from kiosk.screens.stage import Stage  # isort: skip
from kiosk.screens.theme import Theme  # isort: skip
from kiosk.screens.window import configure  # isort: skip
from tests.kiosk.screens.fitting import faults, shown, texts  # isort: skip

SMALL = Panel(1280, 800, 0.17)
ITEMS = items_in(ROOT / "city" / "items")
TECHNICIANS = "4"


@pytest.fixture(scope="module")
def theme() -> Theme:
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    assert Window is not None
    return Theme(REFERENCE, FONTS)


def kinds(theme: Theme, display: Display) -> Iterator[tuple[str, Kiosk]]:
    """Yield one state of each kind of page that a resident may meet."""
    seen = set()
    for name, state in states(ITEMS, display, FONTS):
        if type(state.view) not in seen and state.overlay is None and not name.startswith(TECHNICIANS):
            seen.add(type(state.view))
            theme.apply(state.display)
            yield name, state


def listed(stage: Stage, things: list[Spot], at: int | None = 0, said: str = "") -> AudioList:
    made = AudioList(stage, Hands(lambda _: None, lambda _: None), AUDIO_KEYS)
    made.place(0, 0, stage.theme.panel.width_px, stage.theme.panel.height_px)
    made.show(things, at, said)
    return made


def wrong_with(theme: Theme, display: Display, name: str, page: Widget, *, nearer: bool) -> list[str]:
    """Go through every leaf of a page's list; the caption is what a title with its page says."""
    del display
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    things = [one.spot for one in spots(page)]
    said = "。".join(one.label for one in things[:2])
    made = listed(stage, things, said=said)
    found, places = [], 0
    while places < len(things):
        made.show(things, places, said)
        found += faults(theme, f"{name} from {places + 1}", made, nearer=nearer)
        assert made.here is not None
        places += len(made.lines)
    return found


def test_the_gallery_has_every_kind_of_page_that_a_resident_meets(theme: Theme) -> None:
    seen = {type(state.view) for _, state in states(ITEMS, Display(), FONTS)}
    assert {kind.__name__ for kind in _views(View)} - {kind.__name__ for kind in seen} == set()


def _views(union: Any) -> set[type]:  # noqa: ANN401 - a union is no type
    return {one for member in get_args(union) for one in (_views(member) if get_args(member) else {member})}


@pytest.mark.parametrize("language", Language)
def test_every_page_can_be_gone_through_by_keys_and_everything_on_it_is_said(theme: Theme, language: Language) -> None:
    for name, state in kinds(theme, Display(language, audio=Audio.HEADPHONES)):
        stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
        page = page_for(state.view)(stage)
        page.place(0, 0, theme.panel.width_px, theme.panel.height_px)
        page.show(state)
        voice, reached = SpeechLog(), []
        ears = Ears(voice, lambda page=page: page, lambda _: None, reached.append, lambda _: None)  # type: ignore[misc]
        ears.look(state)
        assert voice.said, f"{name} says nothing when it comes"
        for place in range(len(ears.spots)):
            before = len(voice.said)
            ears.press(274)
            assert voice.said[before].text.strip(), f"{name}: number {place + 1} is silent"
        missed = [part.test_id for part in walk(page) if part not in reached]
        assert missed == [], f"{name}: keys do not come to {missed}"
        page.leave()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_at_normal_size_every_page_s_list_is_whole(theme: Theme) -> None:
    display = Display()
    found = [
        fault
        for name, page in shown(theme, display)
        if not name.startswith(TECHNICIANS)
        for fault in wrong_with(theme, display, name, page, nearer=False)
    ]
    assert found == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("panel", "scale"), [(REFERENCE, Scale.LARGEST), (SMALL, Scale.NORMAL), (SMALL, Scale.LARGEST)])
def test_in_every_language_and_size_every_kind_of_page_has_a_whole_list(language: Language, panel: Panel, scale: Scale) -> None:
    theme = Theme(panel, FONTS)
    display = Display(language, scale=scale)
    theme.apply(display)
    found = []
    for name, state in kinds(theme, display):
        stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
        page = page_for(state.view)(stage)
        page.place(0, 0, panel.width_px, panel.height_px)
        page.show(state)
        found += wrong_with(theme, display, name, page, nearer=panel is SMALL)
        page.leave()
    assert found == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("panel", "scale"), [(REFERENCE, Scale.NORMAL), (REFERENCE, Scale.LARGEST), (SMALL, Scale.NORMAL), (SMALL, Scale.LARGEST)]
)
def test_the_way_back_to_the_list_is_whole_and_large_enough(language: Language, panel: Panel, scale: Scale) -> None:
    theme = Theme(panel, FONTS)
    theme.apply(Display(language, scale=scale))
    strip = AudioStrip(Stage(theme, lambda _: None, lambda: None, lambda: None), lambda: None)
    high = strip.height_for(panel.width_px)
    strip.place(0, panel.height_px - high, panel.width_px, high)
    assert faults(theme, "strip", strip, nearer=panel is SMALL) == []
    status = Status(strip.stage).height_for(panel.width_px)
    assert high <= status + theme.px(8), "it hides no more than the status, whose place it takes"


def test_a_secret_value_is_not_written_and_a_longer_one_is(theme: Theme) -> None:
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    things = [
        Spot("field-a", "证件号码", Role.FIELD, "110101199003078670", is_secret=True),
        Spot("field-b", "住址", Role.FIELD, "样例路 8 号"),
        Spot("text:", "说明"),
    ]
    said = "\n".join(text.plain for text in texts(listed(stage, things)))
    assert "110101199003078670" not in said
    assert "样例路 8 号" in said


def test_six_at_most_stand_on_a_leaf_and_the_one_that_is_heard_is_always_among_them(theme: Theme) -> None:
    theme.apply(Display())
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    things = [Spot(f"item-{number}", f"第 {number} 件", Role.BUTTON) for number in range(20)]
    made = listed(stage, things)
    for at in (0, 5, 6, 19, 3):
        made.show(things, at, "")
        assert len(made.lines) <= 6
        assert made.here is not None
        assert made.here.label == f"第 {at} 件"
    made.show(things, None, "")
    assert made.here is None


def test_what_is_said_is_shortened_only_where_it_has_no_room(theme: Theme) -> None:
    theme.apply(Display())
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    short = listed(stage, [Spot("a", "一")], said="只有一句。")
    assert any(text.plain == "只有一句。" for text in texts(short))
    long = listed(stage, [Spot("a", "一")], said="很长的一句话，" * 60)
    (ended,) = [text for text in texts(long) if text.plain.endswith("…")]
    assert not ended.is_cut()
