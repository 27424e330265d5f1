"""Draws a page into a picture of its own, beside the glass: what is on the glass stays, and does not come into the picture."""

from pathlib import Path

from kivy.graphics import ClearBuffers, ClearColor, Fbo
from PIL import Image

from kiosk.flow.state import Kiosk
from kiosk.screens.announcement import AnnouncementPage, Strip
from kiosk.screens.components.part import Part
from kiosk.screens.gallery_entry import seen_in
from kiosk.screens.page import Page
from kiosk.screens.register import page_for
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import Panel


class Darkroom:
    """One for one film. Everything is for the thread that draws; nothing in here can be pressed or sends anything."""

    def __init__(self, panel: Panel, fonts: Path) -> None:
        self._panel = panel
        self._state: Kiosk | None = None
        self._theme = Theme(panel, fonts)
        self._stage = Stage(self._theme, lambda _: None, lambda: seen_in(self._state, fonts), lambda: None)

    def announcement(self, state: Kiosk) -> Image.Image:
        """Return the film's first picture."""
        return self._picture(AnnouncementPage, state)

    def draw(self, state: Kiosk) -> Image.Image:
        """Return what the glass would show of this state, with the strip below it."""
        return self._picture(page_for(state.view), state)

    def _picture(self, kind: type[Page], state: Kiosk) -> Image.Image:
        self._state = state
        self._theme.apply(state.display)
        width, height = self._panel.width_px, self._panel.height_px
        page, strip = kind(self._stage), Strip(self._stage)
        page.place(0, 0, width, height)
        page.show(state)
        strip_height = strip.height_for(width)
        strip.place(0, 0, width, strip_height)
        picture = Image.new("RGB", (width, height + strip_height))
        picture.paste(_drawn(page, width, height), (0, 0))
        picture.paste(_drawn(strip, width, strip_height), (0, height))
        page.leave()
        return picture


def _drawn(part: Part, width: int, height: int) -> Image.Image:
    fbo = Fbo(size=(width, height), with_stencilbuffer=True)
    with fbo:
        ClearColor(0, 0, 0, 1)
        ClearBuffers(clear_stencil=True)
    fbo.add(part.canvas)
    fbo.draw()
    picture = Image.frombytes("RGBA", (width, height), fbo.pixels)
    fbo.remove(part.canvas)
    return picture.convert("RGB").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
