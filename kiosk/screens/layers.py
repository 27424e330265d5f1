"""What lies on the glass, one above the other: the page, what covers it, what is there for ears."""

from collections.abc import Callable

from kivy.uix.widget import Widget

from kiosk.flow.display import Display
from kiosk.flow.events import Event
from kiosk.flow.state import Kiosk
from kiosk.screens.audio_list import AudioList, Hands
from kiosk.screens.audio_strip import AudioStrip
from kiosk.screens.ears import AUDIO_KEYS, Ears
from kiosk.screens.overlays import Cover, cover_for, display_cover
from kiosk.screens.page import Page
from kiosk.screens.pane import Pane, display_keeps_frames
from kiosk.screens.register import page_for
from kiosk.screens.ring import Darkness, Ring
from kiosk.screens.stage import Stage
from kiosk.screens.sweeping import Sweeping
from kiosk.screens.theme import Theme
from kiosk.voice.engine import Voice
from peripherals.document_camera import Preview


def changes_page(before: Kiosk | None, state: Kiosk) -> bool:
    """Tell whether another page, or another cover, comes after what was shown before."""
    if before is None:
        return False
    return type(before.view) is not type(state.view) or type(before.overlay) is not type(state.overlay)


class Layers:
    """The widgets of the glass, from a state.

    Attributes:
        root: Everything that is on the glass.
        page: The page, when there is one.
        ears: The visit for ears, where there is a voice.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        send: Callable[[Event], None],
        press: Callable[[Event], None],
        press_key: Callable[[int], None],
        preview: Callable[[], Preview | None],
        voice: Voice | None,
        sweeping: Sweeping,
    ) -> None:
        self._sweeping = sweeping
        self._theme = theme
        self._panel = panel = theme.panel
        self.root = Pane(panel.width_px, panel.height_px, keeps_frame=display_keeps_frames())
        self._press_key = press_key
        self.ears = Ears(voice, self.top, send, self._ring_around, self._darken, self._list_page) if voice is not None else None
        self._stage = Stage(theme, press, preview, self._open_display, self.ears.read_aloud if self.ears else None)
        self._ring = Ring(self._stage)
        self._darkness = Darkness(self._stage)
        self._state: Kiosk | None = None
        self.page: Page | None = None
        self._cover: Cover | None = None
        self._display_cover: Cover | None = None
        self._audio_list: AudioList | AudioStrip | None = None
        self._kept: dict[type[Page], Page] = {}

    @property
    def stage(self) -> Stage:
        """What the pages stand on."""
        return self._stage

    def top(self) -> Widget:
        """Return what can be pressed now: the uppermost cover, or all."""
        return self._display_cover or self._cover or self.root

    def show(self, state: Kiosk) -> None:
        """Lay what this state shows."""
        before, self._state = self._state, state
        set_anew = self._theme.apply(state.display)
        if set_anew:
            self._forget_pages()
        if before is not None and before.visit is not None and state.visit is None:
            self._kept.clear()
            self._sweeping.resident_left()
        self._show_page(state)
        self._show_cover(before, state, set_anew=set_anew)

    def leave(self) -> None:
        """End what the page has under way."""
        if self.page is not None:
            self.page.leave()

    def _show_page(self, state: Kiosk) -> None:
        kind = page_for(state.view)
        page = self.page
        if page is None or type(page) is not kind:
            if page is not None:
                page.leave()
                self.root.remove_widget(page)
                self._sweeping.page_changed()
            page = self._kept.get(kind) or kind(self._stage)
            if kind.is_kept:
                self._kept[kind] = page
            page.place(0, 0, self._panel.width_px, self._panel.height_px)
            page.show(state)
            self.root.add_widget(page, index=len(self.root.children))
            self.page = page
        else:
            page.show(state)

    def _show_cover(self, before: Kiosk | None, state: Kiosk, *, set_anew: bool) -> None:
        same = before is not None and type(before.overlay) is type(state.overlay) and not set_anew
        if state.overlay is None or not same:
            self._cover = self._put_cover(self._cover, cover_for(self._stage, state.overlay, state) if state.overlay else None)
        if self._cover is not None:
            self._cover.show(state)
        leaves = before is None or type(before.view) is not type(state.view) or state.overlay is not None
        if self._display_cover is not None:
            if leaves:
                self._close_display()
            elif before is None or before.display != state.display:
                self._open_display()

    def _put_cover(self, old: Cover | None, new: Cover | None) -> Cover | None:
        if old is not None:
            self.root.remove_widget(old)
        if new is not None:
            new.place(0, 0, self._panel.width_px, self._panel.height_px)
            self.root.add_widget(new)
        return new

    def _open_display(self) -> None:
        display = self._state.display if self._state else Display()
        self._display_cover = self._put_cover(self._display_cover, display_cover(self._stage, display, self._close_display))

    def _close_display(self) -> None:
        self._display_cover = self._put_cover(self._display_cover, None)

    def _forget_pages(self) -> None:
        self._kept.clear()
        if self._audio_list is not None:  # it is set in another type or language from now on
            self.root.remove_widget(self._audio_list)
            self._audio_list = None
        if self.page is not None:
            self.page.leave()
            self.root.remove_widget(self.page)
            self.page = None

    def _list_page(self) -> None:
        """Show the page as a list while the visit is for ears, or the way back to it, above the page and all that covers it."""
        ears = self.ears
        kind = None if ears is None else AudioList if ears.has_list else AudioStrip if ears.offers_list else None
        made = self._audio_list
        if made is not None and type(made) is not kind:
            self.root.remove_widget(made)
            self._audio_list = made = None
        if ears is None or kind is None:
            return
        if made is None:
            self._audio_list = made = self._list_or_strip(ears)
        if isinstance(made, AudioList):
            made.show(ears.spots, ears.at, ears.caption)
        if made not in self.root.children[:2]:  # a cover came after it; above it is darkness only, or the ring
            self.root.remove_widget(made)
            self.root.add_widget(made)
            if self._darkness.parent is not None:
                self._darken(dark=True)

    def _list_or_strip(self, ears: Ears) -> AudioList | AudioStrip:
        width, height = self._panel.width_px, self._panel.height_px
        if ears.has_list:
            made: AudioList | AudioStrip = AudioList(self._stage, Hands(self._press_key, ears.touch), AUDIO_KEYS)
            made.place(0, 0, width, height)
        else:
            made = AudioStrip(self._stage, lambda: self._press_key(AUDIO_KEYS.page))
            high = made.height_for(width)
            made.place(0, height - high, width, high)
        return made

    def _ring_around(self, part: Widget | None) -> None:
        """Ring the part that keys have gone to, above everything; none, when there is no such part, or the list marks its line."""
        self.root.remove_widget(self._ring)
        if part is not None and not (self.ears is not None and self.ears.has_list):
            self._ring.around(part)
            self.root.add_widget(self._ring)

    def _darken(self, dark: bool) -> None:
        self.root.remove_widget(self._darkness)
        if dark:
            self._darkness.place(0, 0, self._panel.width_px, self._panel.height_px)
            self.root.add_widget(self._darkness)
