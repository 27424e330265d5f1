"""Drawings that ship as pictures: the palace in the snow, and where the card goes. `drawing` made them."""

from functools import lru_cache
from pathlib import Path

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from PIL import Image

from kiosk.screens.components.part import Part
from kiosk.screens.marks import to_texture
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette

_LEAST = 240
"""Units of height below which a drawing that takes what is left says nothing any more."""

_FOLDER = Path(__file__).parent / "pictures"


@lru_cache(maxsize=4)
def _load(name: str) -> Texture:
    with Image.open(_FOLDER / f"{name}.png") as image:
        return to_texture(image)


class Picture(Part):
    """A drawing, as wide as its place and keeping its shape. The high-contrast palette leaves it out."""

    def __init__(self, stage: Stage, name: str, *, night: str | None = None, grows: bool = False, covers: bool = False) -> None:
        super().__init__(stage, grows=grows)
        self._name = name
        self._night = night
        self._covers = covers
        with self.canvas:
            self._colour = Color(1, 1, 1, 1)
            self._rectangle = Rectangle(size=(0, 0))

    def height_for(self, width: int) -> int:
        if self.grows:
            return self.stage.px(_LEAST)
        across, down = _load(self._name).size
        return 0 if self.stage.theme.palette.outline else round(width * down / across)

    def show(self, name: str) -> None:
        """Change the drawing in place."""
        self._name = name
        self.arrange()
        self.paint(self.stage.theme.palette)

    def arrange(self) -> None:
        across, down = _load(self._name).size
        fit = (max if self._covers else min)(self.width / across, self.height / down)
        size = (round(across * fit), round(down * fit))
        self._rectangle.size = size
        low = int(self.y) if self._covers else int(self.y) + (int(self.height) - size[1]) // 2
        self._rectangle.pos = (int(self.x) + (int(self.width) - size[0]) // 2, low)

    def paint(self, palette: Palette) -> None:
        dark = palette.name.value == "dark"
        self._colour.rgba = (1, 1, 1, 0) if palette.outline else (1, 1, 1, 1)
        self._rectangle.texture = _load(self._night if dark and self._night else self._name)
