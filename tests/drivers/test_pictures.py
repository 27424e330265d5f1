"""Pictures from outside: the good, the cut off, the absurd, and whatever bytes there are."""

import io
import resource
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.document import paper_from_file
from drivers.pictures import BYTES_MAX, FileRefusal, decode_file, decode_frame, jpeg_size
from peripherals.document_camera import Picture


def encoded(kind: str, mode: str = "RGB", size: tuple[int, int] = (160, 120), **options: object) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


JPEG, PNG, PROGRESSIVE = encoded("JPEG"), encoded("PNG"), encoded("JPEG", progressive=True)


def png_that_claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    body = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", len(body))
        + b"IDAT"
        + body
    )


@pytest.mark.parametrize(
    "data",
    [
        JPEG,
        PNG,
        encoded("JPEG", progressive=True),
        encoded("JPEG", "L"),
        encoded("JPEG", "CMYK"),
        encoded("PNG", "RGBA"),
        encoded("PNG", "P"),
        encoded("PNG", "1"),
        encoded("PNG", "I;16"),
    ],
)
def test_every_ordinary_kind_is_decoded(data: bytes) -> None:
    frame = decode_file(data)
    assert isinstance(frame, np.ndarray)
    assert frame.shape == (120, 160, 3)
    assert frame.dtype == np.uint8


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", FileRefusal.NOT_AN_IMAGE),
        (b"%PDF-1.7 sample", FileRefusal.NOT_AN_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", FileRefusal.NOT_AN_IMAGE),
        (encoded("BMP"), FileRefusal.NOT_AN_IMAGE),
        (encoded("GIF"), FileRefusal.NOT_AN_IMAGE),
        (JPEG[:20], FileRefusal.TRUNCATED),
        (JPEG[: len(JPEG) // 2], FileRefusal.TRUNCATED),
        (PNG[: len(PNG) // 2], FileRefusal.TRUNCATED),
        (encoded("PNG", size=(20, 900)), FileRefusal.TOO_SMALL),
        (png_that_claims(8000, 5000), FileRefusal.TOO_MANY_PIXELS),
        (png_that_claims(2**31 - 1, 2**31 - 1), FileRefusal.TOO_MANY_PIXELS),
        (JPEG + bytes(BYTES_MAX), FileRefusal.TOO_MANY_BYTES),
    ],
)
def test_every_other_is_refused_with_a_reason(data: bytes, refusal: FileRefusal) -> None:
    assert decode_file(data) is refusal
    assert len(refusal.reason) > 20


def test_forty_megapixels_are_refused_before_they_cost_anything() -> None:
    buffer = io.BytesIO()
    Image.new("L", (8000, 5000), 128).save(buffer, "JPEG", quality=10)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert decode_file(buffer.getvalue()) is FileRefusal.TOO_MANY_PIXELS
    assert decode_frame(buffer.getvalue()) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 20_000


def test_a_frame_that_is_cut_off_is_not_filled_up_with_grey() -> None:
    assert decode_frame(JPEG) is not None
    for length in (0, 2, 30, len(JPEG) // 2, len(JPEG) - 2):
        assert decode_frame(JPEG[:length]) is None


def test_a_jpegs_size_is_read_from_its_head() -> None:
    size = jpeg_size(JPEG)
    assert size is not None
    assert size[:2] == (160, 120)
    assert jpeg_size(PNG) is None
    assert jpeg_size(JPEG[:2]) is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", JPEG[:2], JPEG[:160], JPEG[:700], PNG[:8], PNG[:33], PNG[:60]]))
def test_no_bytes_give_anything_but_a_picture_or_a_refusal(noise: bytes, head: bytes) -> None:
    assert isinstance(paper_from_file(head + noise), Picture | FileRefusal)
    decode_frame(head + noise + b"\xff\xd9")


@pytest.mark.parametrize("size", [(2900, 70), (70, 2900)])
def test_a_strip_is_no_paper(size: tuple[int, int]) -> None:
    """A damaged header once made one of a whole page, and there was nothing to measure on it."""
    packed = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(packed, "PNG")
    assert paper_from_file(packed.getvalue()) is FileRefusal.TOO_SMALL


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2), st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 255)), min_size=1, max_size=12))
def test_neither_do_damaged_pictures(which: int, damage: list[tuple[int, int]]) -> None:
    data = bytearray((JPEG, PNG, PROGRESSIVE)[which])
    for at, value in damage:
        data[at % len(data)] = value
    assert isinstance(paper_from_file(bytes(data)), Picture | FileRefusal)
    frame = decode_frame(bytes(data))
    assert frame is None or frame.dtype == np.uint8
