"""The code on the glass: the same content as the one on the slip, for a resident who takes a picture of it."""

import segno
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture

from kiosk.flow.visit import HandedIn
from kiosk.screens.components.part import Part
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette


def payload(handed_in: HandedIn) -> str:
    """Return what the code says; a test holds it equal to the slip's."""
    return f"BM1:{handed_in.number}:{handed_in.application_id}".upper()


class Code(Part):
    """A QR code of level M with its quiet zone, always dark on white."""

    def __init__(self, stage: Stage, content: str, units: float = 236) -> None:
        super().__init__(stage)
        self._side = stage.px(units)
        modules = [[0 if dark else 255 for dark in row] for row in segno.make_qr(content, error="m").matrix_iter(border=2)]
        side = len(modules)
        texture = Texture.create(size=(side, side), colorfmt="luminance")
        texture.mag_filter = texture.min_filter = "nearest"
        texture.blit_buffer(bytes(value for row in reversed(modules) for value in row), colorfmt="luminance", bufferfmt="ubyte")
        self._drawn = max(1, self._side // side) * side if self._side >= side else side  # whole pixels a module
        with self.canvas:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(texture=texture, size=(self._drawn, self._drawn))

    def width_wanted(self) -> int:
        return self._drawn

    def height_for(self, width: int) -> int:
        del width
        return self._drawn

    def arrange(self) -> None:
        self._rectangle.pos = (int(self.x), int(self.y) + (int(self.height) - self._drawn) // 2)

    def paint(self, palette: Palette) -> None:
        """A code is read by cameras: it keeps its colours in every palette."""
