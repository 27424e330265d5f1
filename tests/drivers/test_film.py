"""A film of still pictures: that it plays as what was put in, and what becomes of what cannot be one."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.film import EACH_S, HIGHEST_PX, FilmError, make_film

COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]


def still(colour: tuple[int, int, int], size: tuple[int, int] = (541, 959)) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", size, colour).save(packed, "PNG")
    return packed.getvalue()


def frames(film: bytes, place: Path) -> list[np.ndarray]:
    (place / "seen.webm").write_bytes(film)
    player = cv2.VideoCapture(str(place / "seen.webm"))
    found = []
    while (read := player.read())[0]:
        found.append(read[1])
    return found


def test_each_picture_stays_for_its_seconds_in_its_order(tmp_path: Path) -> None:
    film = make_film([still(colour) for colour in COLOURS])
    assert film[:4] == b"\x1a\x45\xdf\xa3", "an EBML file, as WebM is"
    assert b"V_VP8" in film
    seen = frames(film, tmp_path)
    assert len(seen) == EACH_S * len(COLOURS)
    assert seen[0].shape[:2] == (958, 540), "VP8 takes even sides"
    for place, frame in enumerate(seen):
        blue, green, red = frame.mean(axis=(0, 1))
        assert max(abs(one - other) for one, other in zip((red, green, blue), COLOURS[place // EACH_S], strict=True)) < 12


def test_a_large_glass_is_made_smaller(tmp_path: Path) -> None:
    assert frames(make_film([still(COLOURS[0], (1080, 1920))]), tmp_path)[0].shape[:2] == (HIGHEST_PX, 720)


@pytest.mark.parametrize("pictures", [[], [b"no picture"], [still(COLOURS[0]), b""]], ids=["none", "no picture", "one is empty"])
def test_what_is_no_picture_makes_no_film(pictures: list[bytes]) -> None:
    with pytest.raises(FilmError, match="ended with 1"):
        make_film(pictures)


def test_without_its_program_it_says_so() -> None:
    with pytest.raises(FilmError, match="FileNotFoundError"):
        make_film([still(COLOURS[0])], python="/nonexistent/python3")
