"""From a frame to a flat paper, and every reason not to take it."""

import io
import itertools

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from drivers import document
from drivers.document import JPEG_BYTES_MAX, as_jpeg, look, may_be_taken, paper_from_file, picture_in_photo, picture_of
from drivers.pictures import FileRefusal
from peripherals.document_camera import PaperHint, Picture
from peripherals.virtual import desk
from tests.drivers.camera_bench import frame_of, paper, scene

HINT_OF_FAULT = {
    "black": {PaperHint.TOO_DARK},
    "blurred": {PaperHint.BLURRED},
    "over_exposed": {PaperHint.TOO_BRIGHT},
    "glare": {PaperHint.GLARE},
    "corner_hidden": {PaperHint.CORNER_HIDDEN},
    "blocked": {PaperHint.NO_PAPER},
    "too_dark": {PaperHint.TOO_DARK},
    "too_far": {PaperHint.TOO_SMALL},
}


def placed(sheet: Image.Image, random: np.random.Generator) -> desk.Quad:
    """Somewhere under the camera, turned by up to ten degrees, each corner pulled a little its own way."""
    scale = min(1200 * 0.8 / sheet.height, 1600 * 0.6 / sheet.width)
    turn = np.deg2rad(random.uniform(-10, 10))
    corners = []
    for right, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = right * sheet.width * scale / 2 * random.uniform(0.95, 1.02), down * sheet.height * scale / 2 * random.uniform(0.95, 1.0)
        corners.append((float(800 + x * np.cos(turn) - y * np.sin(turn)), float(600 + x * np.sin(turn) + y * np.cos(turn))))
    return (corners[0], corners[1], corners[2], corners[3])


def felt(colour: tuple[int, int, int]) -> Image.Image:
    grain = np.random.default_rng(5).normal(0, 5, (desk.HEIGHT_PX, desk.WIDTH_PX, 1))
    return Image.fromarray((np.array(colour) + grain).clip(0, 255).astype(np.uint8))


def laid(under: Image.Image, name: str, seed: int) -> tuple[Image.Image, desk.Quad]:
    corners = placed(paper(name), np.random.default_rng(seed))
    return desk.lay(under, paper(name), corners), corners


def seen(image: Image.Image) -> npt.NDArray[np.uint8]:
    return frame_of(desk.exposed(desk.lit(image), "none"))


def corner_error_px(frame: npt.NDArray[np.uint8], corners: desk.Quad) -> float:
    view, outline = look(frame)
    assert view.hint is PaperHint.GOOD, view.hint
    assert outline is not None
    # A drawing counts its pixels from their edges, a frame from their centres.
    return float(np.abs(outline.corners - (np.array(corners) - 0.5)).max())


def hand(image: Image.Image, at: tuple[float, float], towards: tuple[float, float], width: int) -> Image.Image:
    skin = (205, 160, 135)
    pen = ImageDraw.Draw(image)
    pen.line((*at, *towards), skin, width)
    pen.ellipse((at[0] - width / 2, at[1] - width / 2, at[0] + width / 2, at[1] + width / 2), skin)
    return image


@pytest.mark.parametrize(
    ("name", "page"), [("tenancy-contract", 1), ("tenancy-contract", 2), ("household-book", 1), ("disability-card", 1), ("bank-card", 1)]
)
def test_each_paper_on_the_desk_is_good_and_found_to_the_pixel(name: str, page: int) -> None:
    lying = scene(name, page=page)
    assert lying.corners is not None
    assert corner_error_px(frame_of(lying.image), lying.corners) < 2


@pytest.mark.parametrize("fault", desk.FAULTS)
def test_each_trouble_has_its_own_hint_and_gives_no_picture(fault: str) -> None:
    frame = frame_of(scene("tenancy-contract", fault).image)
    view, outline = look(frame)
    assert view.hint in HINT_OF_FAULT[fault]
    assert picture_of(frame, view, outline) == Picture(view)


def test_an_empty_desk_is_no_paper() -> None:
    view, outline = look(frame_of(scene(None).image))
    assert (view.hint, view.corners, view.sharpness, view.exposure, outline) == (PaperHint.NO_PAPER, None, None, None, None)


@pytest.mark.parametrize("fault", ["none", "black", "over_exposed", "blurred"])
def test_plain_colours_and_noise_are_no_paper_either(fault: str) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    for frame in (noise, np.full((480, 640, 3), 127, np.uint8), frame_of(scene(None, fault).image)):
        assert look(frame)[0].hint in (PaperHint.NO_PAPER, PaperHint.TOO_DARK, PaperHint.TOO_BRIGHT)


DESKS = {"wood": None, "dark": (40, 44, 48), "grey": (150, 150, 150), "pale": (205, 198, 185)}


@pytest.mark.parametrize(("under", "name"), list(itertools.product(DESKS, ["tenancy-contract", "household-book"])))
def test_corners_are_within_two_pixels_on_any_desk(under: str, name: str) -> None:
    colour = DESKS[under]
    for seed in (1, 2):
        image, corners = laid(felt(colour) if colour else desk.wood(), name, seed)
        assert corner_error_px(seen(image), corners) <= 2


def test_a_shadow_across_the_paper_changes_nothing() -> None:
    image, corners = laid(desk.wood(), "tenancy-contract", 4)
    shadow = Image.new("L", image.size, 0)
    ImageDraw.Draw(shadow).polygon(((700, -10), (1700, -10), (1700, 1300), (950, 1300)), 110)
    image = Image.composite(Image.new("RGB", image.size), image, shadow.filter(ImageFilter.GaussianBlur(12)))
    assert corner_error_px(seen(image), corners) <= 2


def test_a_hand_that_holds_the_edge_does_not_bend_the_outline() -> None:
    image, corners = laid(desk.wood(), "tenancy-contract", 5)
    x, y = (corners[1][0] + corners[2][0]) / 2, (corners[1][1] + corners[2][1]) / 2
    assert corner_error_px(seen(hand(image, (x - 30, y), (1650, y + 200), 90)), corners) <= 2


@pytest.mark.parametrize("corner", range(4))
def test_a_thumb_on_a_corner_is_told(corner: int) -> None:
    image, corners = laid(desk.wood(), "tenancy-contract", 6)
    (x, y), (far_x, far_y) = corners[corner], corners[(corner + 2) % 4]
    away = ((x + (x - far_x)), (y + (y - far_y)))
    frame = seen(hand(image, (x + (far_x - x) * 0.03, y + (far_y - y) * 0.03), away, 120))
    assert look(frame)[0].hint is PaperHint.CORNER_HIDDEN


def test_the_flat_picture_is_the_paper_and_nothing_else() -> None:
    lying = scene("tenancy-contract")
    frame = frame_of(lying.image)
    view, outline = look(frame)
    picture = picture_of(frame, view, outline)
    assert picture.jpeg is not None
    flat = np.asarray(Image.open(io.BytesIO(picture.jpeg.reveal())).convert("L"), np.float32)
    assert flat.shape == (picture.height, picture.width)
    assert picture.height / picture.width == pytest.approx(2**0.5, abs=0.005)
    original = np.asarray(paper("tenancy-contract").convert("L").resize((picture.width, picture.height), Image.Resampling.BOX), np.float32)
    strokes = flat - np.asarray(cv2.blur(flat, (31, 31)), np.float32)
    printed = original - np.asarray(cv2.blur(original, (31, 31)), np.float32)
    likeness = {
        (right, down): float(np.corrcoef(np.roll(strokes, (down, right), (0, 1)).ravel(), printed.ravel())[0, 1])
        for right, down in itertools.product((-2, 0, 2), repeat=2)
    }
    assert max(likeness, key=lambda shift: likeness[shift]) == (0, 0)
    assert likeness[0, 0] > 0.7
    assert flat[:2].min() > 120, "a rim of the desk was left on"


def test_blur_is_told_from_print_by_a_wide_margin() -> None:
    sharpness = []
    for sigma in (0.1, 1.5, 3.5, 5.0):
        view, _ = look(frame_of(scene("tenancy-contract").image.filter(ImageFilter.GaussianBlur(sigma))))
        assert view.sharpness is not None
        sharpness.append(view.sharpness)
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[1] > 1.5 * document.BLURRED_MAX
    assert sharpness[2] < document.BLURRED_MAX


def test_a_page_with_a_single_line_is_not_blurred() -> None:
    sheet = Image.new("RGB", (1654, 2339), (246, 246, 242))
    sheet.paste(paper("tenancy-contract").crop((0, 150, 1654, 300)), (0, 900))
    image = desk.lay(desk.wood(), sheet, placed(sheet, np.random.default_rng(8)))
    assert look(seen(image))[0].hint is PaperHint.GOOD


def test_an_empty_sheet_is_not_called_blurred() -> None:
    sheet = Image.new("RGB", (1654, 2339), (240, 240, 236))
    frame = seen(desk.lay(desk.wood(), sheet, placed(sheet, np.random.default_rng(9))))
    assert look(frame)[0].hint is PaperHint.GOOD


def test_insisting_helps_against_dark_small_and_soft_only() -> None:
    allowed = {hint for hint in PaperHint if may_be_taken(hint, insist=True)}
    assert allowed == {PaperHint.GOOD, PaperHint.TOO_SMALL, PaperHint.TOO_DARK, PaperHint.BLURRED}
    assert {hint for hint in PaperHint if may_be_taken(hint, insist=False)} == {PaperHint.GOOD}
    frame = frame_of(scene("tenancy-contract", "blurred").image)
    view, outline = look(frame)
    insisted = picture_of(frame, view, outline, insist=True)
    assert insisted.view.hint is PaperHint.BLURRED
    assert insisted.jpeg


def test_a_large_page_is_shrunk_and_stays_under_a_megabyte() -> None:
    busy = np.random.default_rng(2).integers(0, 255, (2400, 1700, 1), dtype=np.uint8).repeat(3, axis=2)
    text = np.asarray(cv2.GaussianBlur(busy, (0, 0), 1.2), np.uint8)
    data = as_jpeg(text)
    assert len(data) <= JPEG_BYTES_MAX
    assert data[:2] == b"\xff\xd8"


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_file_is_taken_whole(kind: str) -> None:
    picture = paper_from_file(encoded(paper("tenancy-contract"), kind))
    assert isinstance(picture, Picture)
    assert picture.view.hint is PaperHint.GOOD
    assert (picture.width, picture.height) == paper("tenancy-contract").size
    assert picture.jpeg


def test_a_file_loses_its_place_and_device_and_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    exif[0x010F] = "样例相机"
    exif[0x8825] = {1: "N", 2: (41.0, 48.0, 0.0)}
    sideways = paper("household-book").transpose(Image.Transpose.ROTATE_90)
    picture = paper_from_file(encoded(sideways, exif=exif))
    assert isinstance(picture, Picture)
    assert (picture.width, picture.height) == paper("household-book").size
    assert picture.jpeg is not None
    data = picture.jpeg.reveal()
    assert b"Exif" not in data
    assert "样例相机".encode() not in data


def test_a_photo_of_a_desk_is_treated_like_a_frame() -> None:
    picture = picture_in_photo(encoded(scene("household-book").image))
    assert isinstance(picture, Picture)
    assert picture.jpeg
    bare = picture_in_photo(encoded(scene(None).image))
    assert isinstance(bare, Picture)
    assert (bare.view.hint, bare.jpeg) == (PaperHint.NO_PAPER, None)
    assert picture_in_photo(b"no picture") is FileRefusal.NOT_AN_IMAGE


def test_a_file_with_nothing_on_it_is_refused() -> None:
    for colour in ("white", "black"):
        assert paper_from_file(encoded(Image.new("RGB", (800, 600), colour))) is FileRefusal.BLANK
