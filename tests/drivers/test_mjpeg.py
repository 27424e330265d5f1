"""Whole JPEGs come out of a stream, however it is cut and whatever stands between them."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.mjpeg import JpegStream

LONGEST = 100_000


def jpeg(seed: int, **options: object) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG", **options)
    return buffer.getvalue()


ONE, TWO = jpeg(1), jpeg(2, progressive=True)
RESTARTS = jpeg(3, restart_marker_blocks=2)
WITH_THUMBNAIL = ONE[:2] + b"\xff\xe1" + (len(TWO) + 8).to_bytes(2, "big") + b"Exif\0\0" + TWO + ONE[2:]


def fed(data: bytes, chunk: int = 1 << 20) -> list[bytes]:
    stream = JpegStream(LONGEST)
    return [picture for at in range(0, len(data), chunk) for picture in stream.feed(data[at : at + chunk])]


def part(picture: bytes, head: bytes = b"Content-Type: image/jpeg\r\n") -> bytes:
    return b"--frame\r\n" + head + b"\r\n" + picture + b"\r\n"


@pytest.mark.parametrize("chunk", [1, 7, 1000, 1 << 20])
@pytest.mark.parametrize("picture", [ONE, TWO, RESTARTS, WITH_THUMBNAIL])
def test_pictures_come_out_as_they_went_in(picture: bytes, chunk: int) -> None:
    assert fed(part(picture) + part(ONE), chunk) == [picture, ONE]


@pytest.mark.parametrize("head", [b"", b"Content-Length: 5\r\n", b"Content-Length: 99999999\r\n", b"X-Timestamp: \xff\xfe\r\n"])
def test_lengths_and_other_words_between_them_are_not_believed(head: bytes) -> None:
    assert fed(part(ONE, head) + part(TWO, head)) == [ONE, TWO]


def test_without_any_frame_they_come_out_too() -> None:
    assert fed(ONE + TWO + RESTARTS) == [ONE, TWO, RESTARTS]


def test_one_that_is_cut_off_is_left_out_and_the_next_is_whole() -> None:
    for length in (3, 20, 100, len(ONE) // 2, len(ONE) - 1):
        assert fed(part(ONE[:length]) + part(TWO) + part(RESTARTS))[-1] == RESTARTS
        assert ONE not in fed(part(ONE[:length]) + part(TWO))
    assert fed(part(ONE[: len(ONE) // 2]) + part(TWO)) == [TWO]


def test_one_without_end_is_given_up_and_memory_stays_small() -> None:
    stream = JpegStream(LONGEST)
    assert stream.feed(ONE[:-2]) == []
    for _ in range(100):
        assert stream.feed(bytes(10_000)) == []
        assert len(stream._held) <= LONGEST + 20_000
    assert stream.feed(part(TWO)) == [TWO]


PIECES = [ONE, TWO, ONE[:300], b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xda\x00\x02"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([ONE, TWO, ONE[:300], b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xda\x00\x02"])),
        max_size=12,
    ),
    st.integers(1, 5000),
)
def test_any_stream_in_any_chunks_gives_only_whole_pictures_and_always_the_same(pieces: list[bytes], chunk: int) -> None:
    data = b"".join(pieces)
    pictures = fed(data, chunk)
    assert pictures == fed(data)
    for picture in pictures:
        assert picture[:2] == b"\xff\xd8"
        assert picture[-2:] == b"\xff\xd9"
