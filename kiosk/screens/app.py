"""The glass as the rest of the program sees it: show a state, take what the resident did."""

import time
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.input.motionevent import MotionEvent
from kivy.uix.widget import Widget
from PIL import Image

from kiosk.flow.events import Event
from kiosk.flow.events.glass import GlassTouched, StaffWanted, StillHerePressed
from kiosk.flow.events.technician import CornerTouched
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Corner
from kiosk.flow.views import StillThere
from kiosk.maintenance.touching import STRAIGHT, Matrix
from kiosk.screens import sweeping
from kiosk.screens.components.press import Pressable, walk
from kiosk.screens.ears import KEY_OF_BUTTON
from kiosk.screens.entry.ink import InkSheet
from kiosk.screens.fingers import listen
from kiosk.screens.layers import Layers, changes_page
from kiosk.screens.page import Page
from kiosk.screens.register import bring_in
from kiosk.screens.rest import Rest, Switch
from kiosk.screens.ring import Darkness
from kiosk.screens.sweeping import Sweeping
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import Panel
from kiosk.screens.touching import Corrector
from kiosk.screens.waking import Waker
from kiosk.screens.window import FULL_SPEED, IDLE_SPEED, configure
from kiosk.staying import staying
from kiosk.voice.engine import Voice
from peripherals.document_camera import Preview
from peripherals.fittings import Contact
from peripherals.values import dataclass

_TOUCH_TOLD_EVERY_S = 1.0
_CORNER_MM = 18.0
"""How far the two upper corners reach in which technicians knock."""
_SLOW_AFTER_S = 5.0
_BETWEEN_PAGES_S = 0.05


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be pressed now: its stable name, what it says, and its box from the top left, in pixels."""

    test_id: str
    label: str
    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        """Where to press."""
        return self.x + self.width // 2, self.y + self.height // 2


class Screens:
    """Kivy's window and what is in it. Everything but `call_soon` is for the thread that called `run`."""

    def __init__(
        self,
        panel: Panel,
        fonts_folder: Path,
        *,
        fullscreen: bool,
        send: Callable[[Event], None],
        preview: Callable[[], Preview | None],
        voice: Voice | None = None,
        touch: Matrix = STRAIGHT,
        switch: Switch | None = None,
    ) -> None:
        configure(panel, fullscreen=fullscreen)
        sweeping.spare()  # Kivy looks through all that there is while it makes its window
        from kivy.core.window import Window  # noqa: PLC0415 - importing it makes the window, which must be configured first

        listen(Window)
        self._window = Window
        self._panel = panel
        self._send = send
        self._state: Kiosk | None = None
        self._shown: Kiosk | None = None
        self._fingers = 0
        self._coming: Iterator[type[Page]] = iter(())
        self._told_at = -_TOUCH_TOLD_EVERY_S
        self._touched_at = time.monotonic()
        self.first_frame_at: float | None = None
        self.on_frame: Callable[[], None] = lambda: None  # called for each picture with a page on it that has reached the glass
        self.frames = 0
        Window.title = "便民终端"
        Window.clearcolor = (0, 0, 0, 1)
        self._corrector = Corrector(panel.rotation, touch)
        EventLoop.add_postproc_module(self._corrector)
        self._layers = Layers(
            Theme(panel, fonts_folder),
            send=send,
            press=self._on_event,
            press_key=self.press_key,
            preview=preview,
            voice=voice,
            sweeping=Sweeping(lambda: self._fingers > 0),
        )
        self._root = self._layers.root
        self._ears = self._layers.ears
        self._rest = Rest(Darkness(self._layers.stage), switch)
        Window.add_widget(self._root)
        Window.bind(on_touch_down=self._on_finger_down, on_touch_up=self._on_finger_up, on_key_down=self._on_key, on_flip=self._on_flip)
        Window.clear = lambda: None  # the pane covers the glass
        Window.bind(on_draw=lambda *_: self._settle())
        Window.bind(on_request_close=lambda *_, **__: fullscreen)

    # For the program

    def show(self, state: Kiosk) -> None:
        """Show this state; a page is not changed under a finger, but as soon as it is lifted.

        Not even set anew: the control under the finger would be gone, and its press with it.
        """
        self._state = state
        self._corrector.follow(state)
        self._wake()
        if self._shown is None:
            with staying():
                self._apply(state)
            return
        if self._fingers and (
            changes_page(self._shown, state) or (self._layers.page is not None and self._layers.page.is_changed_by(state))
        ):
            return
        self._apply(state)

    def call_soon(self, call: Callable[[], None]) -> None:
        """Run something on the screens' thread; may be called from any."""
        Clock.schedule_once(lambda _: call(), 0)

    def call_every(self, seconds: float, call: Callable[[], None]) -> None:
        """Run something on the screens' thread again and again."""
        Clock.schedule_interval(lambda _: call(), seconds)

    def draw_anew(self) -> None:
        """Draw the same picture once more."""
        self._window.canvas.ask_update()

    def run(self) -> None:
        """Show the window until `stop`."""
        from kivy.base import runTouchApp  # noqa: PLC0415 - it imports the window

        Clock.schedule_interval(self._on_second, 1.0)
        self._coming = bring_in()
        Waker().begin()
        runTouchApp()

    def stop(self) -> None:
        """End `run`."""
        from kivy.base import stopTouchApp  # noqa: PLC0415 - it imports the window

        self._layers.leave()
        stopTouchApp()

    # For demos, tests and ears

    def targets(self) -> list[Target]:
        """Return what can be pressed now, in the order of reading."""
        return [self._target(part) for part in walk(self._layers.top())]

    def find(self, test_id: str) -> Target | None:
        """Return what can be pressed under this name, turning the leaves of a page that has several."""
        for _ in range(8):
            parts = {part.test_id: part for part in walk(self._layers.top())}
            if test_id in parts:
                return self._target(parts[test_id])
            if not self.turn_leaf():
                return None
        return None

    def turn_leaf(self) -> bool:
        """Turn to the next leaf of the page; tells whether there was one."""
        turner = next((part for part in walk(self._layers.top()) if part.test_id == "leaf-on"), None)
        if turner is None or not callable(turner.act):
            return False
        turner.act()
        return True

    def tap(self, test_id: str) -> bool:
        """Press what has this name, as a finger would; tells whether there was such a thing."""
        if self.find(test_id) is None:
            return False
        next(part for part in walk(self._layers.top()) if part.test_id == test_id).press()
        return True

    def write(self, test_id: str, *strokes: Sequence[tuple[float, float]]) -> bool:
        """Write on the sheet of this name; tells whether there was one. Points are fractions of it, from its top left."""
        sheet = next((part for part in walk(self._layers.top()) if part.test_id == test_id), None)
        if not isinstance(sheet, InkSheet):
            return False
        sheet.write(*strokes)
        return True

    def picture(self) -> bytes:
        """Return what is on the glass as a JPEG."""
        file = BytesIO()
        self._drawn().save(file, "JPEG", quality=80)
        return file.getvalue()

    def screenshot(self, path: Path) -> None:
        """Save what is on the glass as a PNG."""
        self._drawn().save(path)

    def _drawn(self) -> Image.Image:
        from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels  # noqa: PLC0415 - needs the window's context

        self._window.dispatch("on_draw")
        width, height = self._panel.display_px
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        picture = Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        return picture.rotate(-self._panel.rotation, expand=True)

    @property
    def height_px(self) -> int:
        """The glass's height."""
        return self._panel.height_px

    @property
    def root(self) -> Widget:
        """What is on the glass, page and cover."""
        return self._root

    # Inside

    def _target(self, part: Pressable) -> Target:
        return Target(part.test_id, part.label, int(part.x), round(self._panel.height_px - part.top), int(part.width), int(part.height))

    def _on_event(self, event: Event) -> None:
        if self._state is not None and changes_page(self._shown, self._state):
            return  # the press was meant for a page that is already over
        self._send(event)

    def _apply(self, state: Kiosk) -> None:
        self._shown = state
        self._layers.show(state)
        self._rest.look(state, self._root)
        if self._ears is not None:
            self._ears.look(state)

    def _on_finger_down(self, _: object, touch: MotionEvent) -> bool:
        if not touch.is_mouse_scrolling:
            self._fingers += 1
            self._tell_corner(touch)
        if self._ears is not None and self._ears.is_on:
            self._ears.hush()
        self._tell_touched()
        return False

    def _on_finger_up(self, *_: object) -> bool:
        self._fingers = max(0, self._fingers - 1)
        if self._fingers == 0:
            self.call_soon(self._catch_up)  # after the control under the finger has acted
        return False

    def _catch_up(self) -> None:
        if self._state is not None and self._state is not self._shown and not self._fingers:
            self._apply(self._state)

    def _on_key(self, _: object, key: int, *__: Any) -> bool:  # noqa: ANN401 - Kivy's signature
        self._tell_touched()
        self.press_key(key)
        return True  # no key does anything else: there is no desktop behind this window

    def _tell_corner(self, touch: MotionEvent) -> None:
        """A corner means something only while nobody is served; what is under it is pressed all the same."""
        side = self._panel.px_of_mm(_CORNER_MM)
        if self._state is None or self._state.visit is not None or touch.y < self._panel.height_px - side:
            return
        if touch.x < side:
            self._send(CornerTouched(Corner.TOP_LEFT))
        elif touch.x >= self._panel.width_px - side:
            self._send(CornerTouched(Corner.TOP_RIGHT))

    def press_key(self, key: int) -> None:
        """Take a key of the keypad by its number in Kivy, as listed in `ears`; any key answers the question whether somebody is there."""
        if self._ears is None:
            return
        if self._state is not None and isinstance(self._state.overlay, StillThere):
            self._ears.hush()
            self._send(StillHerePressed())
            return
        self._ears.press(key)

    def press_button(self, button: Contact) -> None:
        """Take a button of the cabinet: the key of the keypad that it stands for. Where nothing speaks, help is a person."""
        self._tell_touched()
        if self._ears is None and button is Contact.HELP_BUTTON:
            self._send(StaffWanted())
        elif (key := KEY_OF_BUTTON.get(button)) is not None:
            self.press_key(key)

    def _tell_touched(self) -> None:
        self._touched_at = now = time.monotonic()
        self._rest.end(self._root)
        self._wake()
        if now - self._told_at >= _TOUCH_TOLD_EVERY_S:
            self._told_at = now
            self._send(GlassTouched())

    def _wake(self) -> None:
        Clock._max_fps = FULL_SPEED  # noqa: SLF001 - Kivy has no public way to change it while running
        self._touched_at = time.monotonic()

    def _on_second(self, _: float) -> None:
        if self._ears is not None and self._ears.is_on and self._ears.is_speaking:
            self._send(GlassTouched())  # whoever listens is there
        page = self._layers.page
        lively = page is not None and page.is_lively
        if not lively and time.monotonic() - self._touched_at > _SLOW_AFTER_S:
            Clock._max_fps = IDLE_SPEED  # noqa: SLF001
        if self._shown is not None:
            self._rest.look(self._shown, self._root)

    def _settle(self) -> None:
        self._root.settle()

    def _on_flip(self, *_: object) -> None:
        self.frames += 1
        if self._layers.page is None:
            return
        if self.first_frame_at is None:
            self.first_frame_at = time.monotonic()
            sweeping.spare()
            Clock.schedule_interval(self._bring_in, _BETWEEN_PAGES_S)
            Clock.schedule_once(lambda _: self.draw_anew(), 0)  # on the bare display (KMSDRM) the first one is black until another follows
            return
        Clock.schedule_once(lambda _: self.on_frame(), 0)  # Kivy asks first and flips afterwards: on a slow board seconds later

    def _bring_in(self, _: float) -> bool:
        """Bring in one more page, unless somebody is just touching something; tells Kivy whether to come again."""
        if self._fingers or time.monotonic() - self._touched_at < _BETWEEN_PAGES_S or next(self._coming, None) is not None:
            return True
        if self._state is not None and self._state.visit is not None:
            return True  # nothing of a resident may be spared
        sweeping.sweep()
        sweeping.spare()
        return False
