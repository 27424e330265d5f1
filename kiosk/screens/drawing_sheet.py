"""The sheet that the pictures are drawn on: shapes in units, drawn large and made small."""

from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw

_SCALE = 1.5


_FINE = 3


Point = tuple[float, float]


def curve(*points: Point, steps: int = 24) -> list[Point]:
    """Return points on the Bezier curve of three or four control points."""
    found = []
    for step in range(steps + 1):
        t = step / steps
        weights: tuple[float, ...]
        if len(points) == 3:
            weights = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
        else:
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        found.append(
            (sum(w * p[0] for w, p in zip(weights, points, strict=True)), sum(w * p[1] for w, p in zip(weights, points, strict=True)))
        )
    return found


class Sheet:
    """A drawing of some units, on nothing."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._zoom = _SCALE * _FINE
        self.image = Image.new("RGBA", (round(width * self._zoom), round(height * self._zoom)), (0, 0, 0, 0))

    def polygon(self, points: Sequence[Point], fill: str, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self._over(lambda draw: draw.polygon([(x * self._zoom, y * self._zoom) for x, y in points], fill=_colour(fill, alpha)), alpha)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0, alpha: float = 1.0) -> None:
        """Fill a rectangle, with round corners."""
        box = tuple(part * self._zoom for part in (x, y, x + width, y + height))
        self._over(lambda draw: draw.rounded_rectangle(box, radius=radius * self._zoom, fill=_colour(fill, alpha)), alpha)

    def disc(self, x: float, y: float, radius: float, fill: str, alpha: float = 1.0, *, flat: float = 1.0) -> None:
        """Fill a circle, or an ellipse that is `flat` times as high."""
        box = tuple(part * self._zoom for part in (x - radius, y - radius * flat, x + radius, y + radius * flat))
        self._over(lambda draw: draw.ellipse(box, fill=_colour(fill, alpha)), alpha)

    def line(self, points: Sequence[Point], fill: str, width: float, alpha: float = 1.0) -> None:
        """Draw a line with round ends."""
        at = [(x * self._zoom, y * self._zoom) for x, y in points]
        half = width * self._zoom / 2

        def stroke(draw: ImageDraw.ImageDraw) -> None:
            draw.line(at, fill=_colour(fill, alpha), width=round(2 * half), joint="curve")
            for x, y in (at[0], at[-1]):
                draw.ellipse((x - half, y - half, x + half, y + half), fill=_colour(fill, alpha))

        self._over(stroke, alpha)

    def gradient(self, top: str, bottom: str, *, until: float) -> None:
        """Fill the whole sheet from one colour to another, which is reached at `until`."""
        one, other = _colour(top, 1), _colour(bottom, 1)
        column = Image.new("RGBA", (1, self.image.height))
        for y in range(self.image.height):
            t = min(1.0, y / (until * self._zoom))
            column.putpixel((0, y), tuple(round(a + (b - a) * t) for a, b in zip(one, other, strict=True)))
        self.image = column.resize(self.image.size)

    def fade_out(self, start: float) -> None:
        """Let the lower edge vanish."""
        alpha = self.image.getchannel("A")
        ramp = Image.new("L", (1, self.image.height), 255)
        first = round(start * self._zoom)
        for y in range(first, self.image.height):
            ramp.putpixel((0, y), round(255 * (1 - (y - first) / max(1, self.image.height - first))))
        mask = ramp.resize(self.image.size)
        self.image.putalpha(ImageChops.multiply(alpha, mask))

    def paste(self, other: "Sheet", x: float, y: float, *, turned: float = 0.0) -> None:
        """Lay another drawing on this one, turned by some degrees about its middle, which comes to (x, y)."""
        image = other.image.rotate(turned, resample=Image.Resampling.BICUBIC, expand=True) if turned else other.image
        self.image.alpha_composite(image, (round(x * self._zoom - image.width / 2), round(y * self._zoom - image.height / 2)))

    def finished(self) -> Image.Image:
        """Return the drawing at the size it is shown."""
        return self.image.resize((round(self.width * _SCALE), round(self.height * _SCALE)), Image.Resampling.LANCZOS)

    def _over(self, stroke: "Callable[[ImageDraw.ImageDraw], object]", alpha: float) -> None:
        if alpha >= 1.0:
            stroke(ImageDraw.Draw(self.image))
            return
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        stroke(ImageDraw.Draw(layer))
        self.image.alpha_composite(layer)


def _colour(hexadecimal: str, alpha: float) -> tuple[int, int, int, int]:
    red, green, blue = (int(hexadecimal[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, round(255 * alpha)
