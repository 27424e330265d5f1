"""What stands before the virtual camera: a wooden desk, the light on it, and a sheet lying a little askew."""

import io
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from peripherals.values import dataclass

WIDTH_PX, HEIGHT_PX = 1600, 1200
NOISE_SIGMA = 2.6  # grey levels of a cheap sensor in room light
VARIANTS = 6  # noisy versions of one scene, shown in turn: no two frames in a row are alike

Corner = tuple[float, float]
Quad = tuple[Corner, Corner, Corner, Corner]
Pixels = npt.NDArray[np.float32]

FAULTS = ("black", "blurred", "over_exposed", "glare", "corner_hidden", "blocked", "too_dark", "too_far")
"""What a scene can suffer from; what the line or the file suffers from is the camera's own business."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of the desk, and where the paper's corners are in it (clockwise from its top left), if there is one."""

    image: Image.Image
    corners: Quad | None


def scene(paper: Image.Image | None, fault: str = "none") -> Scene:
    """Lay a paper on the desk, light it, and let the fault happen to it."""
    desk = wood()
    corners = None
    if paper is not None:
        corners = _placed(paper, fault)
        desk = lay(desk, paper, corners)
    bright = lit(desk)
    if corners is not None and fault == "glare":
        bright = _dazzled(bright, corners)
    if fault == "blocked":
        bright = _blocked(bright)
    return Scene(exposed(bright, fault), corners)


@cache
def wood() -> Image.Image:
    """Draw the desk itself, three planks of it."""
    random = np.random.default_rng(20260901)
    rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    # Long waves bend the grain; rings and fine fibres run along it.
    bend = 26 * np.sin(columns / 610) + 9 * np.sin(columns / 173 + rows / 400)
    rings = np.sin((rows + bend) / 13.5) + 0.5 * np.sin((rows + 1.6 * bend) / 5.2 + 1.3)
    fibres = Image.fromarray(random.integers(0, 255, (HEIGHT_PX, WIDTH_PX // 40), dtype=np.uint8)).resize(
        (WIDTH_PX, HEIGHT_PX), Image.Resampling.BICUBIC
    )
    grain = rings * 4.5 + (np.asarray(fibres, np.float32) - 127) * 0.09
    plank = np.where((rows.astype(np.int32) // 400) % 2 == 0, 0.0, -7.0) - np.where(rows.astype(np.int32) % 400 < 3, 40.0, 0.0)
    base = np.array([142, 100, 66], np.float32)
    tint = np.array([1.0, 0.86, 0.66], np.float32)
    return Image.fromarray((base + (grain + plank)[:, :, None] * tint).clip(0, 255).astype(np.uint8))


def _placed(paper: Image.Image, fault: str) -> Quad:
    """Where the corners come to lie: filling most of the frame, turned by two degrees, seen slightly from below."""
    fill = 0.30 if fault == "too_far" else 0.885
    scale = min(HEIGHT_PX * fill / paper.height, WIDTH_PX * min(fill, 0.62) / paper.width)
    half_width, half_height = paper.width * scale / 2, paper.height * scale / 2
    turn = np.deg2rad(2.1)
    centre = np.array([WIDTH_PX * 0.505, HEIGHT_PX * 0.5])
    if fault == "corner_hidden":
        centre = np.array([half_width * 0.86, half_height * 0.90])
    placed = []
    for right, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = right * half_width, down * half_height
        if down < 0:
            x *= 0.95  # the far edge looks a little shorter
        placed.append((float(centre[0] + x * np.cos(turn) - y * np.sin(turn)), float(centre[1] + x * np.sin(turn) + y * np.cos(turn))))
    return (placed[0], placed[1], placed[2], placed[3])


def lay(desk: Image.Image, paper: Image.Image, corners: Quad) -> Image.Image:
    """Lay a paper on a desk so that its corners come to be at `corners`, with the shadow that it casts."""
    # The shadow falls to the lower right: a wide soft one and a narrow one where the sheet touches the wood.
    for shift, blur, depth in ((14, 16, 0.40), (4, 3, 0.35)):
        shadow = Image.new("L", desk.size, 0)
        ImageDraw.Draw(shadow).polygon([(x + shift, y + shift) for x, y in corners], fill=int(255 * depth))
        desk = Image.composite(Image.new("RGB", desk.size, (28, 18, 12)), desk, shadow.filter(ImageFilter.GaussianBlur(blur)))
    # Drawn at twice the frame's size and shrunk, so that the small print and the edges are smooth.
    big = (WIDTH_PX * 2, HEIGHT_PX * 2)
    twice = _coefficients(_scaled(corners, 2), paper.size)
    sheet = paper.transform(big, Image.Transform.PERSPECTIVE, twice, Image.Resampling.BILINEAR).resize(desk.size, Image.Resampling.BOX)
    whole = Image.new("L", paper.size, 255)
    mask = whole.transform(big, Image.Transform.PERSPECTIVE, twice, Image.Resampling.NEAREST).resize(desk.size, Image.Resampling.BOX)
    # At the rim the transform mixes the sheet with black: divide that out again.
    share = np.asarray(mask, np.float32)[:, :, None] / 255
    colours = np.asarray(sheet, np.float32) / np.maximum(share, 0.02)
    mixed = np.asarray(desk, np.float32) * (1 - share) + colours.clip(0, 255) * share
    return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))


def _scaled(corners: Quad, factor: float) -> Quad:
    moved = [(x * factor, y * factor) for x, y in corners]
    return (moved[0], moved[1], moved[2], moved[3])


def _coefficients(corners: Quad, size: tuple[int, int]) -> tuple[float, ...]:
    """The eight numbers by which Pillow finds, for each pixel of the frame, the place on the paper."""
    width, height = size
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows, np.float64), np.array(values, np.float64))
    return tuple(float(value) for value in solved)


def lit(desk: Image.Image) -> Pixels:
    """A lamp above the upper left, its light falling off towards the lower right and the frame's corners."""
    rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    away = ((columns / WIDTH_PX - 0.42) ** 2 + (rows / HEIGHT_PX - 0.38) ** 2) / 0.6
    light = 0.97 - 0.26 * away
    warm = np.array([1.0, 0.985, 0.955], np.float32)
    return np.asarray(np.asarray(desk, np.float32) * light[:, :, None] * warm, np.float32)


def _dazzled(lit: Pixels, corners: Quad) -> Pixels:
    """The lamp mirrored on the upper third of a glossy paper."""
    (left, top), (right, bottom) = corners[0], corners[2]
    x, y = left + (right - left) * 0.62, top + (bottom - top) * 0.30
    rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    spot = np.exp(-((((columns - x) / 95) ** 2 + ((rows - y) / 62) ** 2) ** 1.4))
    return np.asarray(lit + 300 * spot[:, :, None], np.float32)


def _blocked(lit: Pixels) -> Pixels:
    """A dark folder pushed under the camera, over most of everything."""
    folder = Image.new("L", (WIDTH_PX, HEIGHT_PX), 0)
    ImageDraw.Draw(folder).polygon(((180, -10), (WIDTH_PX + 10, -10), (WIDTH_PX + 10, HEIGHT_PX + 10), (60, HEIGHT_PX + 10)), fill=255)
    share = np.asarray(folder.filter(ImageFilter.GaussianBlur(5)), np.float32)[:, :, None] / 255
    return np.asarray(lit * (1 - share) + np.array([46, 52, 61], np.float32) * share, np.float32)


def exposed(lit: Pixels, fault: str) -> Image.Image:
    """Take the picture: what the lens and the shutter make of the light."""
    if fault == "black":
        lit = lit * 0.012
    elif fault == "too_dark":
        lit = lit * 0.24
    elif fault == "over_exposed":
        lit = lit * 1.9 + 62
    image = Image.fromarray(lit.clip(0, 255).astype(np.uint8))
    # A real lens is never as sharp as a drawing.
    return image.filter(ImageFilter.GaussianBlur(5.0 if fault == "blurred" else 0.55))


def noisy_jpegs(image: Image.Image, count: int = VARIANTS, quality: int = 86) -> list[bytes]:
    """The frames that a sensor would deliver of a still scene: the same, and never the same."""
    random = np.random.default_rng(7)
    grain = random.normal(0, NOISE_SIGMA, (HEIGHT_PX, WIDTH_PX)).round().astype(np.int16)
    quiet = np.asarray(image, np.int16)
    frames = []
    for at in range(count):
        moved = np.roll(grain, (at * 331 + 17, at * 577 + 29), axis=(0, 1))
        noisy = (quiet + moved[:, :, None]).clip(0, 255).astype(np.uint8)
        encoded = io.BytesIO()
        Image.fromarray(noisy).save(encoded, "JPEG", quality=quality)
        frames.append(encoded.getvalue())
    return frames
