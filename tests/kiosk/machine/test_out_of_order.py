"""The picture that says "out of order": drawn at the depot, shown with the standard library alone."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk import assets
from kiosk.machine.out_of_order import Layout, Picture, fitted, read_picture
from kiosk.machine.picture import HEIGHT_PX, WIDTH_PX, draw_all, drawn
from kiosk.machine.trouble import Trouble

PROJECT = Path(__file__).resolve().parents[3]


def test_every_trouble_has_its_picture_the_same_each_time(tmp_path: Path) -> None:
    first = draw_all(tmp_path / "first", assets.fonts())
    second = draw_all(tmp_path / "second", assets.fonts())
    assert [path.name for path in first] == [f"{trouble}.ppm.gz" for trouble in Trouble]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert len({path.read_bytes() for path in first}) == len(Trouble)


@pytest.mark.parametrize("trouble", Trouble)
def test_the_words_end_above_the_pictures_edge(trouble: Trouble) -> None:
    image = drawn(trouble, assets.fonts())
    below = image.crop((0, HEIGHT_PX - 16, WIDTH_PX, HEIGHT_PX))
    assert below.getcolors() == [(16 * WIDTH_PX, (0xF8, 0xF4, 0xEB))]


@pytest.mark.parametrize(
    ("degrees", "turn"), [(90, Image.Transpose.ROTATE_90), (180, Image.Transpose.ROTATE_180), (270, Image.Transpose.ROTATE_270)]
)
@given(st.integers(1, 9), st.integers(1, 9))
def test_it_is_turned_as_the_screen_is(degrees: int, turn: Image.Transpose, width: int, height: int) -> None:
    pixels = bytes(number % 251 for number in range(3 * width * height))
    wanted = Image.frombytes("RGB", (width, height), pixels).transpose(turn)
    assert Picture(width, height, pixels).turned(degrees) == Picture(*wanted.size, wanted.tobytes())


@given(st.integers(1, 64), st.integers(1, 64), st.integers(0, 5))
def test_it_fills_any_display_exactly(width: int, height: int, padding: int) -> None:
    picture = Picture(3, 5, bytes(range(45)))
    layout = Layout(width, height, 4 * width + 4 * padding)
    rows = list(fitted(picture, layout))
    assert len(rows) == height
    assert {len(row) for row in rows} == {layout.line_bytes}


def test_colours_stand_in_the_displays_order() -> None:
    picture = Picture(2, 1, bytes((255, 0, 0, 0, 0, 255)))
    assert list(fitted(picture, Layout(2, 1, 8))) == [bytes((0, 0, 255, 0, 255, 0, 0, 0))]


def test_a_wide_display_has_it_in_the_middle() -> None:
    picture = Picture(1, 1, b"\x01\x02\x03")
    (row,) = fitted(picture, Layout(3, 1, 12))
    assert row == b"\x03\x02\x01\x00" * 3


@pytest.mark.parametrize("content", [b"P5 1 1 255\n\0", b"P6 2 2 255\n\0\0\0", b"nothing", b""])
def test_a_damaged_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "app.ppm.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match="no picture of this kind"):
        read_picture(path)


def test_showing_needs_nothing_but_the_standard_library() -> None:
    imported = (
        "import sys, kiosk.machine.out_of_order; print({name.partition('.')[0] for name in sys.modules} & {'kivy', 'PIL', 'msgspec'})"
    )
    done = subprocess.run([sys.executable, "-S", "-c", imported], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_with_no_display_it_says_so_and_waits(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "kiosk.machine.out_of_order", "/nonexistent"], cwd=PROJECT, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert "cannot be shown" in process.stderr.readline()
            assert process.poll() is None
        finally:
            process.terminate()
