"""The pane draws only what changed, and nobody can tell from what is on the glass."""

from collections.abc import Iterator

import pytest

from tests.kiosk.screens.desk import FONTS, ROOT  # sets Kivy up before its window is made

from kivy.uix.widget import Widget  # isort: skip

from kiosk.flow.display import Display  # isort: skip
from kiosk.flow.state import Kiosk  # isort: skip
from kiosk.screens.components.press import Pressable, walk  # isort: skip
from kiosk.screens.gallery import items_in, states  # isort: skip
from kiosk.screens.gallery_entry import TAPS  # isort: skip
from kiosk.screens.page import Page  # isort: skip
from kiosk.screens.pane import Box, Pane, keeps_frames  # isort: skip
from kiosk.screens.register import page_for  # isort: skip
from kiosk.screens.stage import Stage  # isort: skip
from kiosk.screens.theme import Theme  # isort: skip
from kiosk.screens.tokens import REFERENCE  # isort: skip
from kiosk.screens.window import configure  # isort: skip

WIDTH, HEIGHT = REFERENCE.width_px, REFERENCE.height_px
STATES = ("02-home", "03-guide", "05-form", "06-form-pinyin", "06-form-words", "07-form-writing", "12-review")


@pytest.mark.parametrize(
    ("renderer", "environment", "keeps"),
    [
        (b"llvmpipe (LLVM 19.1.7, 128 bits)", {"DISPLAY": ":0"}, True),
        (b"llvmpipe (LLVM 19.1.7, 128 bits)", {"SDL_VIDEODRIVER": "kmsdrm"}, False),
        (b"llvmpipe (LLVM 19.1.7, 128 bits)", {}, False),
        (b"llvmpipe (LLVM 19.1.7, 128 bits)", {"DISPLAY": ":0", "SDL_VIDEODRIVER": "kmsdrm"}, False),
        (b"Mesa Intel(R) UHD Graphics", {"DISPLAY": ":0"}, False),
    ],
)
def test_only_a_window_that_software_draws_keeps_its_last_frame(renderer: bytes, environment: dict[str, str], keeps: bool) -> None:
    assert keeps_frames(renderer, environment) is keeps


class Glass:
    """A pane in the window, with a page on it."""

    def __init__(self) -> None:
        configure(REFERENCE, fullscreen=False)
        from kivy.core.window import Window

        self.window = Window
        self.theme = Theme(REFERENCE, FONTS)
        self.stage = Stage(self.theme, lambda _: None, lambda: None, lambda: None)
        self.pane = Pane(WIDTH, HEIGHT, keeps_frame=True)
        Window.add_widget(self.pane)
        self.page: Page | None = None

    def show(self, state: Kiosk) -> Page:
        if self.page is not None:
            self.page.leave()
            self.pane.remove_widget(self.page)
        self.theme.apply(state.display)
        self.page = page_for(state.view)(self.stage)
        self.page.show(state)
        self.pane.add_widget(self.page)
        return self.page

    def draw(self) -> Box | None:
        framed = self.pane.settle()
        self.window.dispatch("on_draw")
        return framed

    def picture(self) -> bytes:
        return bytes(self.pane._picture.pixels)

    def drawn_whole(self) -> bytes:
        """Forget what was drawn, and draw everything."""
        self.pane._drawn.clear()
        self.pane.canvas.ask_update()
        self.pane._picture.ask_update()
        assert self.draw() == Box(0, 0, WIDTH, HEIGHT)
        return self.picture()

    def close(self) -> None:
        if self.page is not None:
            self.page.leave()
        self.window.remove_widget(self.pane)


@pytest.fixture(scope="module")
def glass() -> Iterator[Glass]:
    made = Glass()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shown() -> dict[str, Kiosk]:
    return {name: state for name, state in states(items_in(ROOT / "city" / "items"), Display(), FONTS) if name in STATES}


def part(page: Widget, name: str) -> Pressable:
    return next(part for part in walk(page) if part.test_id == name)


@pytest.mark.parametrize("name", STATES)
def test_what_is_drawn_piece_by_piece_is_what_would_be_drawn_whole(glass: Glass, shown: dict[str, Kiosk], name: str) -> None:
    page = glass.show(shown[name])
    glass.draw()
    for test_id in TAPS.get(name, ()):
        part(page, test_id).press()
        glass.draw()
    for pressed in list(walk(page))[:6]:
        pressed._show_down(down=True)
        glass.draw()
        held = glass.picture()
        assert held == glass.drawn_whole(), pressed.test_id
        pressed._show_down(down=False)
        glass.draw()
    assert glass.picture() == glass.drawn_whole()


def test_a_press_changes_little_more_than_what_is_pressed(glass: Glass, shown: dict[str, Kiosk]) -> None:
    page = glass.show(shown["05-form"])
    glass.draw()
    pressed = part(page, "next")
    pressed._show_down(down=True)
    framed = glass.draw()
    assert framed is not None
    assert (framed.right - framed.left) * (framed.top - framed.bottom) < 0.25 * WIDTH * HEIGHT
    assert framed.left <= pressed.x
    assert framed.top >= pressed.top


def test_nothing_changed_is_nothing_drawn(glass: Glass, shown: dict[str, Kiosk]) -> None:
    glass.show(shown["02-home"])
    assert glass.draw() == Box(0, 0, WIDTH, HEIGHT)
    assert glass.draw() is None


def test_a_page_that_goes_is_drawn_over(glass: Glass, shown: dict[str, Kiosk]) -> None:
    glass.show(shown["02-home"])
    glass.draw()
    glass.show(shown["12-review"])
    glass.draw()
    assert glass.picture() == glass.drawn_whole()
