"""Uploaded papers: a picture is looked into, not believed; what is kept is drawn anew, without whatever else stood in the file."""

import io
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 60_000_000
LEAST_EDGE = 200
LONGEST_EDGE = 3000
_QUALITY = 88
_FORMATS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}


class ScanProblem(StrEnum):
    """Why an upload is no paper."""

    TOO_LARGE = "too_large"
    NO_PICTURE = "no_picture"
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as it is kept: a JPEG."""

    jpeg: bytes


def looked_into(name: str, data: bytes) -> Scan | ScanProblem:
    """Return the page that an upload is, or why it is none."""
    if len(data) > MOST_BYTES:
        return ScanProblem.TOO_LARGE
    try:
        with Image.open(io.BytesIO(data), formats=tuple(_FORMATS)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return ScanProblem.TOO_LARGE
            if not name.lower().endswith(_FORMATS[str(picture.format)]):
                return ScanProblem.NOT_WHAT_IT_SAYS
            if min(picture.size) < LEAST_EDGE:
                return ScanProblem.TOO_SMALL
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError:
        return ScanProblem.TOO_LARGE
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return ScanProblem.NO_PICTURE
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    file = io.BytesIO()
    upright.save(file, "JPEG", quality=_QUALITY)
    return Scan(file.getvalue())
