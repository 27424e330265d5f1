"""A page on the glass with the real flow behind it: what is pressed becomes events, and what the flow answers is shown at once."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ.setdefault("KIVY_HOME", tempfile.mkdtemp(prefix="kivy-test-"))
os.environ.setdefault("KIVY_NO_ARGS", "1")
os.environ.setdefault("KIVY_NO_CONSOLELOG", "1")
os.environ.setdefault("KIVY_NO_FILELOG", "1")

from kivy.input.motionevent import MotionEvent

from kiosk.flow import advance
from kiosk.flow.display import Display, Scale
from kiosk.flow.events import Event
from kiosk.flow.state import Kiosk, Place
from kiosk.flow.views import Form, View
from kiosk.flow.visit import Visit
from kiosk.screens.components.press import Pressable, walk
from kiosk.screens.page import Page
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE, Panel
from kiosk.screens.window import configure
from peripherals.document_camera import Preview
from peripherals.secret import Secret
from sync.contract.application import Applicant
from sync.contract.checking import check_source
from sync.contract.item import ItemPackage
from sync.contract.words import Language

ROOT = Path(__file__).parents[3]
FONTS = ROOT / "assets" / "fonts"
NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
APPLICANT = Applicant(
    "resident", name="宋𬱖禾", sex="female", ethnic_group="汉", birth_date=datetime(1990, 1, 1, tzinfo=NOW.tzinfo).date(),
    address="示例省示例市晴岚路 8 号", id_number="110101199001010010",
)  # fmt: skip


@cache
def item(code: str) -> ItemPackage:
    package = check_source(ROOT / "city" / "items" / code / "item.json").package
    assert package is not None
    return package


@cache
def _theme(panel: Panel) -> Theme:
    return Theme(panel, FONTS)  # reading the fonts once is enough for all tests


class _Touch(MotionEvent):  # type: ignore[misc]  # Kivy has no types
    def __init__(self, number: int, x: float, y: float) -> None:
        super().__init__("test", number, {"x": x, "y": y}, is_touch=True, type_id="touch")
        self.pos = (x, y)

    def depack(self, args: dict[str, float]) -> None:
        self.profile = ["pos"]
        super().depack(args)


class Desk:
    """Holds the terminal's state; `press` presses by name, `touch` puts a finger on the glass."""

    def __init__(
        self,
        page: Callable[[Stage], Page],
        view: View,
        *,
        code: str = "residence-registration",
        answers: dict[str, Any] | None = None,
        scale: Scale = Scale.NORMAL,
        language: Language = Language.ZH,
        panel: Panel = REFERENCE,
        preview: Callable[[], Preview | None] = lambda: None,
    ) -> None:
        configure(panel, fullscreen=False)
        from kivy.core.window import Window

        display = Display(language, scale=scale)
        theme = _theme(panel)
        theme.apply(display)
        visit = Visit(1, item(code), agreed_at=NOW, card=Secret(APPLICANT), answers=MappingProxyType(dict(answers or {})))
        self.events: list[Event] = []
        self.state = Kiosk(Place("SY-0001", "晴岚社区", "12345", "1 号窗口"), NOW, (item(code),), view=view, visit=visit, display=display)
        self.stage = Stage(theme, self._send, preview, lambda: None)
        self.page = page(self.stage)
        self._window = Window
        self._fingers = 0
        Window.add_widget(self.page)
        self.page.show(self.state)

    def close(self) -> None:
        self.page.leave()
        self._window.remove_widget(self.page)

    def _send(self, event: Event) -> None:
        self.events.append(event)
        self.state, _ = advance(self.state, event)
        if type(self.state.view) is type(self.page.kiosk.view):  # type: ignore[union-attr]
            self.page.show(self.state)

    def show(self, **changes: Any) -> None:  # noqa: ANN401  what the state takes
        self.state = replace(self.state, **changes)
        self.page.show(self.state)

    @property
    def names(self) -> list[str]:
        return [part.test_id for part in walk(self.page)]

    def part(self, name: str) -> Pressable:
        found = next((part for part in walk(self.page) if part.test_id == name), None)
        assert found is not None, f"{name} is not on the glass: {self.names}"
        return found

    def said(self, field: str) -> str:
        """Return the message under a field."""
        question = self.part(field).parent
        return str(question._said) if question is not None else ""

    def press(self, *names: str) -> None:
        for name in names:
            part = self.part(name)
            part._acted_at = -1.0  # a person is slower than a test
            part.press()

    def type(self, letters: str) -> None:
        self.press(*(f"key-{letter}" for letter in letters))

    def figures(self, figures: str) -> None:
        self.press(*(f"digit-{figure}" for figure in figures))

    def touch(self, *points: tuple[float, float]) -> None:
        """Put a finger down at the first point, draw it along the others, and lift it at the last."""
        self._fingers += 1
        touch = _Touch(self._fingers, *points[0])
        self.page.dispatch("on_touch_down", touch)
        for point in points[1:]:
            touch.pos = touch.x, touch.y = point
            for held in list(touch.grab_list):
                touch.grab_current = held()
                held().dispatch("on_touch_move", touch)
            time.sleep(0.002)
        for held in list(touch.grab_list):
            touch.grab_current = held()
            held().dispatch("on_touch_up", touch)

    @property
    def form(self) -> Form:
        assert isinstance(self.state.view, Form)
        return self.state.view

    @property
    def answers(self) -> dict[str, Any]:
        assert self.state.visit is not None
        return dict(self.state.visit.answers)
