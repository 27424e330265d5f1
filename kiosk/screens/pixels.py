"""Pictures of papers on their way to the glass."""

from io import BytesIO

from kivy.graphics.texture import Texture
from PIL import Image

from kiosk.screens.marks import to_texture
from peripherals.secret import Secret


def texture_of(jpeg: Secret[bytes], longest_px: int) -> Texture:
    """Return a JPEG as a texture no longer than needed; decoding skips what would be thrown away."""
    with Image.open(BytesIO(jpeg.reveal())) as image:
        image.draft("RGB", (longest_px * 2, longest_px * 2))
        image.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
        return to_texture(image)
