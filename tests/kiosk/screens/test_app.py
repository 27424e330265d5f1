"""The glass with fingers on it: what is sent, and what is never changed under one."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.kiosk.screens.desk import FONTS, ROOT, _Touch  # sets Kivy up before its window is made

from kiosk.flow.events.choosing import CategoryOpened, ItemChosen  # isort: skip
from kiosk.flow.events import Event  # isort: skip
from kiosk.flow.events.glass import GlassTouched, NextPressed, StillHerePressed  # isort: skip
from kiosk.flow.events.applying import Rated  # isort: skip
from kiosk.flow.community import NOTHING_PUBLISHED
from kiosk.flow.display import DarkHours, Display
from kiosk.flow.display import Theme as ThemeName
from kiosk.flow.views import Done, Home, Idle, LayCard, Paper, Review, StillThere
from kiosk.flow.visit import HandedIn
from kiosk.receipt.content import QR_FORMAT
from kiosk.screens.app import Screens
from kiosk.screens.code import payload
from kiosk.screens.components.text import Text
from kiosk.screens.gallery import NOW, base, items_in, visit_of
from kiosk.screens.rest import OFF_AFTER_S
from kiosk.screens.services import listed
from kiosk.screens.tokens import REFERENCE
from sync.contract.item import Category
from sync.contract.names import ApplicationId, ReceiptNumber

ITEMS = items_in(ROOT / "city" / "items")


class Glass:
    """Screens that are not run: the test moves time and fingers."""

    def __init__(self) -> None:
        self.sent: list[Event] = []
        self.screens = Screens(REFERENCE, FONTS, fullscreen=False, send=self.sent.append, preview=lambda: None)
        self.home = base(ITEMS, Display())
        self.touches = 0

    def show(self, **changes: object) -> None:
        self.screens.show(replace(self.home, **changes))  # type: ignore[arg-type]

    def down(self, x: float, y_from_top: float) -> _Touch:
        self.touches += 1
        touch = _Touch(self.touches, x, REFERENCE.height_px - y_from_top)
        self.screens._on_finger_down(None, touch)
        self.screens.root.dispatch("on_touch_down", touch)
        return touch

    def up(self, touch: _Touch) -> None:
        from kivy.clock import Clock

        self.screens._on_finger_up(None, touch)
        self.screens.root.dispatch("on_touch_up", touch)
        for held in list(touch.grab_list):
            touch.grab_current = held()
            touch.grab_current.dispatch("on_touch_up", touch)
        Clock.tick()

    def acts(self) -> list[Event]:
        return [event for event in self.sent if not isinstance(event, GlassTouched)]

    def centre(self, test_id: str) -> tuple[int, int]:
        target = self.screens.find(test_id)
        assert target is not None
        return target.centre


@pytest.fixture
def glass() -> Iterator[Glass]:
    made = Glass()
    yield made
    made.screens._window.remove_widget(made.screens.root)


def test_a_control_acts_when_the_finger_goes_up_inside_it(glass: Glass) -> None:
    glass.show()
    touch = glass.down(*glass.centre("category-residence"))
    assert glass.acts() == []
    glass.up(touch)
    assert glass.acts() == [CategoryOpened(Category.RESIDENCE)]


def test_a_finger_that_slides_off_presses_nothing(glass: Glass) -> None:
    glass.show()
    touch = glass.down(*glass.centre("category-residence"))
    touch.pos = touch.x, touch.y = 5.0, 5.0
    glass.up(touch)
    assert glass.acts() == []


def test_a_trembling_hand_presses_once(glass: Glass) -> None:
    glass.show()
    for _ in range(2):
        glass.up(glass.down(*glass.centre("category-residence")))
    assert len(glass.acts()) == 1


def test_a_touch_of_nothing_says_that_somebody_is_there_and_not_more_than_once_a_second(glass: Glass) -> None:
    glass.show()
    for _ in range(3):
        glass.up(glass.down(540, 130))
    assert glass.sent == [GlassTouched()]


class Lamp:
    """A display that can be switched, or cannot."""

    def __init__(self, *, fails: bool = False) -> None:
        self.said: list[bool] = []
        self._fails = fails

    def __call__(self, *, on: bool) -> None:
        self.said.append(on)
        if self._fails:
            raise PermissionError


NIGHT = DarkHours(NOW.time(), NOW.replace(hour=NOW.hour + 1).time())


def at_night(glass: Glass, lamp: Lamp, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle screen in hours in which nobody is awaited, touched long ago."""
    glass.screens._rest._switch = lamp
    glass.home = replace(glass.home, place=replace(glass.home.place, off=NIGHT), view=Idle())
    glass.show()
    began = time.monotonic()
    monkeypatch.setattr("kiosk.screens.rest.time.monotonic", lambda: began + OFF_AFTER_S + 1)


def brightest(glass: Glass) -> int:
    glass.screens._window.dispatch("on_draw")
    return max(highest for _, highest in glass.screens._drawn().getextrema())  # type: ignore[misc]


@pytest.mark.parametrize("fails", [False, True])
def test_in_its_hours_the_display_is_off_until_it_is_touched(glass: Glass, monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    lamp = Lamp(fails=fails)
    at_night(glass, lamp, monkeypatch)
    assert lamp.said == []
    glass.screens._on_second(0)
    glass.screens._on_second(0)
    assert lamp.said == [False]
    assert brightest(glass) == 0, "black, also where it cannot be switched"
    glass.up(glass.down(540, 130))
    assert lamp.said == [False, True]
    assert brightest(glass) > 0
    glass.screens._on_second(0)
    assert lamp.said == [False, True], "it stays on for a while"


def test_whoever_lays_a_card_has_light(glass: Glass, monkeypatch: pytest.MonkeyPatch) -> None:
    lamp = Lamp()
    at_night(glass, lamp, monkeypatch)
    glass.screens._on_second(0)
    glass.show(view=Home())
    assert lamp.said == [False, True]
    glass.screens._on_second(0)
    assert lamp.said == [False, True]


def test_by_day_it_stays_on(glass: Glass, monkeypatch: pytest.MonkeyPatch) -> None:
    lamp = Lamp()
    at_night(glass, lamp, monkeypatch)
    glass.show(now=NOW.replace(hour=NOW.hour + 1))
    glass.screens._on_second(0)
    assert lamp.said == []


def test_a_page_is_not_changed_under_a_finger_and_its_press_is_not_taken_for_the_new_one(glass: Glass) -> None:
    item = ITEMS[0]
    glass.show(view=Review(), visit=visit_of(item))
    x, y = glass.centre("next")
    touch = glass.down(x, y)
    glass.show(view=Home())
    assert glass.screens.find("category-residence") is None
    glass.up(touch)
    assert NextPressed() not in glass.sent
    assert glass.screens.find("category-residence") is not None


def test_a_line_that_goes_while_a_finger_is_on_a_button_does_not_take_its_press_away(glass: Glass) -> None:
    review = {"view": Review(), "visit": visit_of(ITEMS[0])}
    glass.show(**review, line_up=True)
    touch = glass.down(*glass.centre("next"))
    glass.show(**review, line_up=False)
    glass.up(touch)
    assert glass.acts() == [NextPressed()]
    assert glass.screens._shown is glass.screens._state, "the new state is shown once the finger is lifted"


@pytest.mark.parametrize("changed", [{"paper": Paper.NOT_PRINTED}, {"rating": None, "paper": Paper.PRINTED}])
def test_a_slip_that_comes_while_a_face_is_pressed_does_not_take_the_rating_away(glass: Glass, changed: dict[str, Any]) -> None:
    handed_in = HandedIn(ApplicationId("0193582a-7b3c-7d4e-8f50-123456789abc"), ReceiptNumber("7F3K29QD"), NOW)
    visit = replace(visit_of(ITEMS[0]), handed_in=handed_in)
    glass.show(view=Done(), visit=visit)
    touch = glass.down(*glass.centre("rate-4"))
    glass.show(view=Done(**changed), visit=visit)
    glass.up(touch)
    assert glass.acts() == [Rated(4)]


def test_beside_the_buttons_of_the_question_counts_as_still_here(glass: Glass) -> None:
    glass.show(view=LayCard(), visit=visit_of(ITEMS[0]), overlay=StillThere(12))
    glass.up(glass.down(540, 700))
    assert glass.acts() == [StillHerePressed()]


def test_what_lies_under_a_question_cannot_be_pressed(glass: Glass) -> None:
    glass.show(view=Review(), visit=visit_of(ITEMS[0]), overlay=StillThere(12))
    assert {target.test_id for target in glass.screens.targets()} == {"still-here", "leave-confirm"}


def test_the_robot_finds_consent_on_the_last_leaf(glass: Glass) -> None:
    from kiosk.flow.views import Guide

    glass.show(view=Guide(), visit=visit_of(ITEMS[0]))
    assert "consent" not in {target.test_id for target in glass.screens.targets()}
    assert glass.screens.tap("consent")
    assert not glass.screens.tap("no-such-thing")


def test_size_and_colours_lie_over_the_page_and_close_by_themselves_when_it_changes(glass: Glass) -> None:
    glass.show(view=LayCard(), visit=visit_of(ITEMS[0]))
    assert glass.screens.tap("display")
    assert {"scale-1.0", "theme-contrast", "language-ko", "display-close"} <= {target.test_id for target in glass.screens.targets()}
    glass.show(view=Home())
    assert glass.screens.find("display-close") is None


def test_a_change_of_colours_keeps_the_page(glass: Glass) -> None:
    glass.show()
    page = glass.screens._layers.page
    glass.screens.show(replace(glass.home, display=Display(theme=ThemeName.DARK), view=glass.home.view, visit=None))
    assert glass.screens._layers.page is page


def test_leaving_drops_every_page_of_the_visit(glass: Glass) -> None:
    glass.show(view=Review(), visit=visit_of(ITEMS[0]))
    glass.show(view=Idle())
    assert all(page.kiosk is None or page.kiosk.visit is None for page in glass.screens._layers._kept.values())


def test_a_picture_of_the_glass_is_saved_where_it_was_asked_for(glass: Glass, tmp_path: Path) -> None:
    glass.show()
    glass.screens.screenshot(tmp_path / "home.png")
    with Image.open(tmp_path / "home.png") as image:
        assert image.size == (1080, 1920)
        colours = image.convert("RGB").getcolors(1 << 21)
        assert colours is not None
        assert len(colours) > 100


def test_home_offers_the_items_by_their_codes(glass: Glass) -> None:
    glass.show()
    glass.up(glass.down(*glass.centre("item-residence-registration")))
    assert [event.code for event in glass.acts() if isinstance(event, ItemChosen)] == ["residence-registration"]


def test_the_code_on_the_glass_is_the_code_on_the_slip() -> None:
    handed_in = HandedIn(ApplicationId("0193582a-7b3c-7d4e-8f50-123456789abc"), ReceiptNumber("7F3K29QD"), NOW)
    assert payload(handed_in) == f"{QR_FORMAT}:7F3K29QD:0193582A-7B3C-7D4E-8F50-123456789ABC"


def said(glass: Glass) -> str:
    return " ".join(part.plain for part in glass.screens.root.walk() if isinstance(part, Text))


def test_how_many_items_there_are_is_said_when_they_are_read_and_not_before(glass: Glass) -> None:
    glass.show(view=Idle(), items=(), community=NOTHING_PUBLISHED)
    assert "触摸" in said(glass) or "开始" in said(glass)
    assert "项" not in said(glass)
    glass.show(view=Idle(), items=ITEMS, community=NOTHING_PUBLISHED)
    assert f"共 {len(listed(ITEMS))} 项" in said(glass)


def test_the_first_frame_is_told_to_nobody_and_asks_for_a_second(glass: Glass, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the bare display it is seen with the second one only; a terminal once said "ready" fifteen seconds before its glass was lit."""
    from kivy.clock import Clock

    glass.show()
    happened: list[str] = []
    monkeypatch.setattr(glass.screens, "first_frame_at", None)
    monkeypatch.setattr(glass.screens, "on_frame", lambda: happened.append("told"))
    monkeypatch.setattr(glass.screens, "draw_anew", lambda: happened.append("asked"))
    glass.screens._on_flip()
    Clock.tick()
    assert happened == ["asked"]
    glass.screens._on_flip()
    Clock.tick()
    assert happened == ["asked", "told"]


def test_a_picture_is_told_only_when_it_is_on_the_glass(glass: Glass, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ready, for systemd: on a slow board the flip takes seconds, and until then the glass is black."""
    from kivy.clock import Clock

    glass.show()
    monkeypatch.setattr(glass.screens, "first_frame_at", 0.0)
    window, happened = glass.screens._window, []
    flip = type(window).flip
    monkeypatch.setattr(type(window), "flip", lambda self: (happened.append("flipped"), flip(self)))
    monkeypatch.setattr(glass.screens, "on_frame", lambda: happened.append("told"))
    window.dispatch("on_flip")
    assert happened == ["flipped"]
    Clock.tick()
    assert happened[:2] == ["flipped", "told"]
