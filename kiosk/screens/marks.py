"""Small drawings that no icon font has: the mark of the service, drawn once at the size it is shown."""

from functools import lru_cache

from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw

_FINE = 6


@lru_cache(maxsize=8)
def mark(side: int, ground: str, roof: str, eave: str) -> Texture:
    """Return the roof on its ground: a rounded square."""
    big = side * _FINE
    image = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, big - 1, big - 1), radius=big * 0.22, fill=ground)
    draw.polygon([(x * big, y * big) for x, y in _roof()], fill=roof)
    draw.rounded_rectangle((0.13 * big, 0.545 * big, 0.87 * big, 0.60 * big), radius=0.03 * big, fill=eave)
    draw.rounded_rectangle((0.25 * big, 0.675 * big, 0.75 * big, 0.80 * big), radius=0.06 * big, fill=eave)
    return to_texture(image.resize((side, side), Image.Resampling.LANCZOS))


def _roof() -> list[tuple[float, float]]:
    """The swung roof line, left half mirrored."""
    left = [(0.13, 0.545)]
    for step in range(21):
        along = step / 20
        left.append((0.13 + 0.30 * along, 0.545 - 0.265 * along**1.7))
    return left + [(1 - x, y) for x, y in reversed(left)]


def to_texture(image: Image.Image) -> Texture:
    """Return a picture as a texture, right way up."""
    rgba = image.convert("RGBA")
    texture = Texture.create(size=rgba.size, colorfmt="rgba")
    texture.blit_buffer(rgba.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture
