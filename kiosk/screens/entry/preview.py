"""What the camera sees, live, with the corners that were found; and the picture that was taken."""

from collections.abc import Callable
from io import BytesIO

from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, RoundedRectangle, SmoothLine
from kivy.graphics.texture import Texture
from PIL import Image

from kiosk.screens.components.cards import Badge, Tint
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Look, Shape
from kiosk.screens.pixels import texture_of
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, rgba
from peripherals.document_camera import Corners, PaperHint, Preview
from peripherals.secret import Secret

FRAMES_A_SECOND = 15
_GOOD = rgba("#6EE0B4")
_SEEN = rgba("#F0BC5A")
_BRACKET = rgba("#FFFFFF")
_RADIUS = 32


class Viewfinder(Part):
    """A dark box. While it runs it asks for the newest frame fifteen times a second, and draws only one that is new."""

    def __init__(self, stage: Stage, *, ticked: Callable[[], None]) -> None:
        super().__init__(stage, grows=True)
        self._ticked = ticked
        self._number = -1
        self._corners: Corners | None = None
        self._is_good = False
        self._picture: Secret[bytes] | None = None
        self._texture: Texture | None = None
        self._clock: object = None
        self._shape = Shape(self.canvas.before, stage.theme, _RADIUS)
        with self.canvas:
            self._image_colour = Color(1, 1, 1, 0)
            self._image = RoundedRectangle(size=(0, 0))
        self._overlay = InstructionGroup()
        self.canvas.add(self._overlay)
        self._found = Badge(stage, stage.say("capture.found"), Tint.OK, icon="crop_free")

    def run(self) -> None:
        """Show what the camera sees."""
        if self._picture is not None:
            self._picture = self._texture = None
            self._number = -1
        if self._clock is None:
            self._clock = Clock.schedule_interval(self._tick, 1 / FRAMES_A_SECOND)
            self._tick(0)

    def stop(self) -> None:
        """Ask for no more frames."""
        if self._clock is not None:
            Clock.unschedule(self._clock)
            self._clock = None

    def hold(self, picture: Secret[bytes]) -> None:
        """Show the picture that was taken."""
        self.stop()
        if picture != self._picture:
            self._picture = picture
            self._texture = texture_of(picture, max(self.stage.theme.panel.width_px, self.stage.theme.panel.height_px) // 2)
            self._corners, self._is_good = None, False
        self._draw()

    def forget(self) -> None:
        """Drop every picture."""
        self.stop()
        self._picture = self._texture = None
        self._corners, self._is_good = None, False
        self._draw()

    def height_for(self, width: int) -> int:
        del width
        return self.stage.px(300)

    def arrange(self) -> None:
        self._shape.place(int(self.x), int(self.y), int(self.width), int(self.height))
        self._draw()

    def paint(self, palette: Palette) -> None:
        self._shape.paint(
            palette, Look("ink" if palette.name.value == "light" else "bed", "line" if palette.outline else None, 4, outlined=False)
        )
        self._draw()

    def _tick(self, _: float) -> None:
        self._ticked()
        frame = self.stage.preview()
        if frame is None or frame.number == self._number:
            return
        self._number = frame.number
        self._take(frame)
        self._draw()

    def _take(self, frame: Preview) -> None:
        with Image.open(BytesIO(frame.jpeg.reveal())) as image:
            pixels = image.convert("RGB")
        if self._texture is None or self._texture.size != pixels.size:
            self._texture = Texture.create(size=pixels.size, colorfmt="rgb")
            self._texture.flip_vertical()
        self._texture.blit_buffer(pixels.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        self._corners = frame.view.corners
        self._is_good = frame.view.hint is PaperHint.GOOD

    def _box(self) -> tuple[float, float, float, float]:
        """Return where the picture lies: as large as fits, in the middle."""
        if self._texture is None or not self.width:
            return 0, 0, 0, 0
        across, down = self._texture.size
        air = self.stage.px(24) if self._picture is not None else 0
        fit = min((self.width - 2 * air) / across, (self.height - 2 * air) / down)
        width, height = round(across * fit), round(down * fit)
        return int(self.x) + (int(self.width) - width) // 2, int(self.y) + (int(self.height) - height) // 2, width, height

    def _draw(self) -> None:
        x, y, width, height = self._box()
        self._image_colour.rgba = (1, 1, 1, 1 if self._texture is not None else 0)
        self._image.texture = self._texture
        self._image.pos, self._image.size = (x, y), (width, height)
        fills = width >= self.width - 2 or height >= self.height - 2
        self._image.radius = [self.stage.px(_RADIUS if fills else 4)]
        self._overlay.clear()
        if self._corners is not None:
            self._frame([(x + across * width, y + height - down * height) for across, down in self._corners])
        self._badge(shown=self._is_good)

    def _frame(self, points: list[tuple[float, float]]) -> None:
        """Draw the edges that were found, and a bracket at each corner."""
        self._overlay.add(Color(*(_GOOD if self._is_good else _SEEN)))
        flat = [part for point in points for part in point]
        self._overlay.add(SmoothLine(points=flat, close=True, width=self.stage.px(3)))
        self._overlay.add(Color(*_BRACKET))
        for place, (x, y) in enumerate(points):
            arms = [_towards((x, y), points[place - 1], 0.14), (x, y), _towards((x, y), points[(place + 1) % 4], 0.14)]
            self._overlay.add(
                SmoothLine(points=[part for arm in arms for part in arm], width=self.stage.px(6), joint="miter", cap="square")
            )

    def _badge(self, *, shown: bool) -> None:
        if shown and self._found.parent is None:
            self.add_widget(self._found)
        elif not shown and self._found.parent is not None:
            self.remove_widget(self._found)
        if shown and self.width:
            width = self._found.width_wanted()
            self._found.place(int(self.x) + self.stage.px(28), int(self.y) + self.stage.px(26), width, self._found.height_for(width))


def _towards(start: tuple[float, float], end: tuple[float, float], share: float) -> tuple[float, float]:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
