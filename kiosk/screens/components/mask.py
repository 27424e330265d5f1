"""Corners and shadows as small textures that are stretched to any size.

Kivy draws rounded rectangles and shadows with shaders of their own. Where no graphics processor helps, compiling those costs more than
everything else of the first frame, and running them half of every frame after it. A texture of a few thousand pixels looks the same.
"""

from functools import cache

from kivy.graphics import BorderImage, Color
from kivy.graphics.instructions import InstructionGroup
from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw, ImageFilter

from kiosk.screens.tokens import Rgba

_FINER = 4  # the mask is drawn so much larger and reduced, for its edge
_CLEAR: Rgba = (0, 0, 0, 0)


class Rounded:
    """One tinted rectangle with round corners, or with soft ones for a shadow."""

    def __init__(self) -> None:
        self._colour = Color(*_CLEAR)
        self._image = BorderImage(size=(0, 0))
        self._mask: tuple[int, int] | None = None
        # A group of its own: Kivy's insert puts a picture before the texture that it needs.
        self._group = InstructionGroup()
        self._group.add(self._colour)
        self._group.add(self._image)

    def add_to(self, group: InstructionGroup, place: int | None = None) -> None:
        """Draw in a group, at a place among what is there or above it all."""
        group.insert(len(group.children) if place is None else place, self._group)

    def hide(self) -> None:
        """Draw nothing."""
        self._colour.a = 0

    def fit(self, x: int, y: int, width: int, height: int, radius: int, colour: Rgba, *, blur: int = 0) -> None:
        """Cover this box; with `blur` the edge fades over that many pixels to both sides of it."""
        self._colour.rgba = colour
        corner = max(1, min(radius, width // 2, height // 2))
        if (corner, blur) != self._mask:
            self._mask = corner, blur
            self._image.texture = _mask(corner, blur)
            edge = corner + 2 * blur
            self._image.border = (edge,) * 4
        self._image.pos = (x - blur, y - blur)
        self._image.size = (max(0, width) + 2 * blur, max(0, height) + 2 * blur)


@cache
def _mask(radius: int, blur: int) -> Texture:
    """Return the mask of a rectangle with these corners: twice the corner, and two pixels between that are stretched."""
    inner = 2 * (radius + blur) + 2
    side = inner + 2 * blur
    finer = 1 if blur else _FINER
    shape = Image.new("L", (side * finer, side * finer), 0)
    first, last = blur * finer, (blur + inner) * finer - 1
    ImageDraw.Draw(shape).rounded_rectangle((first, first, last, last), radius * finer, fill=255)
    mask = shape.filter(ImageFilter.GaussianBlur(blur / 2)) if blur else shape.reduce(finer)
    white = Image.new("L", mask.size, 255)
    texture = Texture.create(size=mask.size, colorfmt="rgba")
    texture.mag_filter = texture.min_filter = "nearest"  # pixels fall on pixels
    texture.blit_buffer(Image.merge("RGBA", (white, white, white, mask)).tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    return texture
