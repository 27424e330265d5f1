"""Pictures from outside, decoded with care: how large one is gets known before memory is spent on it."""

import io
import struct
import zlib
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

PIXELS_MAX = 24_000_000  # a 20-megapixel camera and an A4 scan at 400 dpi pass; decoded it's 72 MB, which a 2 GB terminal has
BYTES_MAX = 20_000_000
SIDE_MIN_PX = 64  # below, it is an icon or a damaged header

_START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers that no length follows


class FileRefusal(StrEnum):
    """Why a file is not taken as a picture."""

    NOT_AN_IMAGE = "not_an_image"  # neither JPEG nor PNG
    TRUNCATED = "truncated"  # begins as a picture and doesn't end as one, or is damaged inside
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_SMALL = "too_small"
    BLANK = "blank"  # one colour all over: nothing was photographed

    @property
    def reason(self) -> str:
        """What to tell the person who chose the file."""
        return _REASONS[self]


_REASONS = {
    FileRefusal.NOT_AN_IMAGE: "this is neither a JPEG nor a PNG picture; save it as one of them",
    FileRefusal.TRUNCATED: "the picture is damaged or only half there; copy it again",
    FileRefusal.TOO_MANY_PIXELS: f"the picture has more than {PIXELS_MAX // 1_000_000} megapixels; make it smaller, 200 dpi are enough",
    FileRefusal.TOO_MANY_BYTES: f"the file has more than {BYTES_MAX // 1_000_000} MB; make it smaller",
    FileRefusal.TOO_SMALL: f"the picture is less than {SIDE_MIN_PX} pixels wide or high; nothing could be read on it",
    FileRefusal.BLANK: "the picture has one colour all over; photograph the paper again",
}


def jpeg_size(data: bytes) -> tuple[int, int, int] | None:
    """Return width, height and where the frame header begins, from the markers alone; None when there is no such header."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _START_OF_FRAME and at + 9 <= len(data):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return (width, height, at) if width and height else None
        elif marker == 0xDA:
            return None
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return None


def decode_frame(data: bytes) -> npt.NDArray[np.uint8] | None:
    """Decode one JPEG of a camera to BGR; None when it is cut off, damaged at its head or too large."""
    size = jpeg_size(data)
    # The decoder would fill up what is cut off with grey and say nothing.
    if size is None or len(data) > BYTES_MAX or b"\xff\xd9" not in data[-64:]:
        return None
    width, height, _ = size
    if width * height > PIXELS_MAX or min(width, height) < SIDE_MIN_PX:
        return None
    try:
        frame = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        return None
    return None if frame is None else np.asarray(frame, np.uint8)


def decode_file(data: bytes) -> npt.NDArray[np.uint8] | FileRefusal:
    """Decode a JPEG or PNG file to BGR, turned as its EXIF says; everything else in the file stays behind."""
    if len(data) > BYTES_MAX:
        return FileRefusal.TOO_MANY_BYTES
    # Asked of the bytes first: what the picture claims to be is enough to refuse it.
    refusal = _refusal_of_size(jpeg_size(data) or _png_size(data))
    if refusal is not None:
        return refusal
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            return _refusal_of_size(image.size) or _pixels(image)
    except UnidentifiedImageError:
        return FileRefusal.TRUNCATED if data[:2] == b"\xff\xd8" or data[:4] == b"\x89PNG" else FileRefusal.NOT_AN_IMAGE
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error):
        # Pillow's decoders raise all of these for damaged data.
        return FileRefusal.TRUNCATED


def _refusal_of_size(size: tuple[int, ...] | None) -> FileRefusal | None:
    if size is None:
        return None
    if size[0] * size[1] > PIXELS_MAX:
        return FileRefusal.TOO_MANY_PIXELS
    return FileRefusal.TOO_SMALL if min(size[:2]) < SIDE_MIN_PX else None


def _png_size(data: bytes) -> tuple[int, int] | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 24:
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return int(width), int(height)


def _pixels(image: Image.Image) -> npt.NDArray[np.uint8]:
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        # What is transparent was never photographed; on white it reads like paper.
        flat = Image.new("RGBA", upright.size, "white")
        flat.alpha_composite(upright.convert("RGBA"))
        upright = flat
    if upright.mode.startswith("I;16") or upright.mode in ("I", "F"):
        upright = Image.fromarray((np.asarray(upright, np.float64) / 257).clip(0, 255).astype(np.uint8))
    return np.ascontiguousarray(np.asarray(upright.convert("RGB"), np.uint8)[:, :, ::-1])
