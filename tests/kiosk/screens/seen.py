"""Looks at a page as it is drawn: what contrast its words have, as pixels, with what is really behind them.

A page is drawn twice, with its words and without. Where the two differ there is a letter, and the second one shows what it stands on.
"""

from collections.abc import Iterator

import numpy as np
from kivy.graphics import ClearBuffers, ClearColor, Fbo
from kivy.uix.widget import Widget
from numpy.typing import NDArray

from kiosk.screens.components.text import Icon, Text
from kiosk.screens.tokens import Panel

Pixels = NDArray[np.uint8]
Sign = Text | Icon
_IS_LETTER = 24  # of 255: what differs less is the rim of a letter


class Drawer:
    """Draws pages of one panel into memory."""

    def __init__(self, panel: Panel) -> None:
        self._size = (panel.width_px, panel.height_px)
        self._fbo = Fbo(size=self._size)

    def draw(self, root: Widget) -> Pixels:
        """Return the rows of a page, the lowest first, as Kivy counts."""
        self._fbo.clear()
        with self._fbo:
            ClearColor(0, 0, 0, 1)
            ClearBuffers()
        self._fbo.add(root.canvas)
        self._fbo.draw()
        width, height = self._size
        drawn = np.frombuffer(self._fbo.pixels, np.uint8).reshape(height, width, 4)[:, :, :3]
        self._fbo.remove(root.canvas)
        return drawn


def signs(root: Widget) -> Iterator[Sign]:
    """Yield every text and every icon that is drawn below; a chip hides its icon where its words need the room."""
    if root.opacity and (isinstance(root, Icon) or (isinstance(root, Text) and root.plain.strip())):
        yield root
    for child in root.children:
        yield from signs(child)


def contrasts(drawer: Drawer, root: Widget) -> Iterator[tuple[Sign, float]]:
    """Yield each text and icon with its least contrast; 1.0 for what cannot be seen at all."""
    there = list(signs(root))
    with_words = drawer.draw(root)
    for sign in there:
        sign.opacity = 0
    without = drawer.draw(root)
    for sign in there:
        sign.opacity = 1
    for sign in there:
        yield sign, contrast_in(_part(with_words, sign), _part(without, sign))


def contrast_in(with_words: Pixels, without: Pixels) -> float:
    """Return the contrast of the ink, where it covers best, with the ground under any piece of a letter that it has least with."""
    differs = np.abs(with_words.astype(np.int16) - without.astype(np.int16)).max(axis=2) > _IS_LETTER
    if not differs.any():
        return 1.0
    inked, ground = luminance(with_words[differs]), luminance(without[differs])
    ink = inked[np.argmax(ratio(inked, ground))]
    return float(ratio(ink, ground).min())


def ratio(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the contrast of WCAG between luminances."""
    result: NDArray[np.float64] = (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
    return result


def luminance(pixels: Pixels) -> NDArray[np.float64]:
    """Return the relative luminance of pixels."""
    shares = pixels / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    result: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return result


def _part(picture: Pixels, sign: Sign) -> Pixels:
    left, bottom = max(0, int(sign.x)), max(0, int(sign.y))
    return picture[bottom : int(sign.top), left : int(sign.right)]
