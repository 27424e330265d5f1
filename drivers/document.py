"""What a frame of the document camera shows, and how a paper in it is made flat: pure functions from pixels to values."""

import cv2
import numpy as np
import numpy.typing as npt

from drivers.paper_edges import Frame, Outline, Points, find_outline
from drivers.pictures import FileRefusal, decode_file
from peripherals.document_camera import Corners, PaperHint, PaperView, Picture
from peripherals.plate import MM_PER_INCH, Plate
from peripherals.secret import Secret

COVERAGE_MIN = 0.10  # of the frame: a sheet that takes less has letters of a few pixels, and can be laid nearer
STRIP_PX = 50  # of a picture whose longer side was brought to the measuring copy's: narrower ones are no paper, and have nothing to measure
LONG_SIDE_MIN_PX = 560  # A4 at 48 dpi: headings and handwriting can just be read; 200 dpi is what a good camera gives
DARK_MAX = 95.0  # of the brightest twentieth of a paper, since a dark card is not a dark picture; below, noise eats the print
BRIGHT_MIN = 249.0  # white paper in good light is 200 to 240
WASHED_OUT_INK = 130.0  # where half the paper is clipped and even its darkest hundredth is this bright, print is gone
CLIPPED = 250  # grey from which nothing can be told apart
GLARE_MIN = 0.004  # of the paper in one clipped spot: about three by two centimetres of A4, a name or a number
GLARE_PAPER_MAX = 238.0  # a spot is glare only on a paper that is darker than it
BLURRED_MAX = 800.0  # measured: sharp print 4000 to 8000, just legible 1100 to 2700, guesswork below 800
INK_MIN = 25  # greys between a paper and its ink; with less there is no print whose sharpness could be judged
FRAME_DARK_MAX = 28.0  # mean grey of a frame without a paper: the lens is covered or the light is out
FRAME_BRIGHT_MIN = 245.0

MEASURE_LONG_SIDE_PX = 800  # every paper is measured at this size, so that a figure means the same on every camera
FLAT_LONG_SIDE_MAX_PX = 2480  # A4 at 212 dpi; more adds bytes and no words
JPEG_BYTES_MAX = 1_000_000
JPEG_QUALITIES = (88, 80, 72, 62, 50)  # the first that fits; at 50 print is still clean, the paper's grain is not

_KNOWN_RATIOS = (2**0.5, 85.6 / 53.98)  # A4 and its relatives, bank and identity cards
_RATIO_TOLERANCE = 0.03  # a perspective view is off by about this much

FINE_DPI = 150  # a small paper that a calibrated camera sees as finely as this need not be laid nearer
PAPER_SIDES_MM = (20.0, 450.0)  # sides beyond these are those of a paper under a camera that was moved after its calibration

_TAKEN_ALL_THE_SAME = frozenset({PaperHint.TOO_SMALL, PaperHint.TOO_DARK, PaperHint.BLURRED})


def look(frame: Frame, plate: Plate | None = None) -> tuple[PaperView, Outline | None]:
    """Say what is to be seen in a BGR frame, worst first, and where the paper lies in it; a calibrated plate knows how large it is."""
    outline = find_outline(frame)
    if outline is None:
        return PaperView(_hint_without_paper(frame)), None
    flat = _measuring_copy(frame, outline.corners)
    sharpness, exposure = sharpness_of(flat), float(flat.mean())
    height, width = frame.shape[:2]
    scaled = [(float(x) / width, float(y) / height) for x, y in outline.corners]
    corners: Corners = (scaled[0], scaled[1], scaled[2], scaled[3])
    is_fine = dpi_of(frame, outline, plate) >= FINE_DPI
    return PaperView(_hint(outline, flat, sharpness, exposure, is_fine=is_fine), corners, sharpness, exposure), outline


def _hint_without_paper(frame: Frame) -> PaperHint:
    mean = float(frame[::4, ::4].mean())
    if mean <= FRAME_DARK_MAX:
        return PaperHint.TOO_DARK
    return PaperHint.TOO_BRIGHT if mean >= FRAME_BRIGHT_MIN else PaperHint.NO_PAPER


def _hint(outline: Outline, flat: Frame, sharpness: float, exposure: float, *, is_fine: bool) -> PaperHint:
    if not all(outline.seen):
        return PaperHint.CORNER_HIDDEN
    if not is_fine and (outline.coverage < COVERAGE_MIN or max(_sides(outline.corners)) < LONG_SIDE_MIN_PX):
        return PaperHint.TOO_SMALL
    if _is_dark(flat):
        return PaperHint.TOO_DARK
    if _is_washed_out(flat, exposure):
        return PaperHint.TOO_BRIGHT
    if _has_glare(flat):
        return PaperHint.GLARE
    return PaperHint.BLURRED if _is_blurred(flat, sharpness) else PaperHint.GOOD


def _level(flat: Frame, share: float) -> int:
    """The grey that `share` of the pixels don't exceed; from the histogram, many times faster than sorting."""
    counts = np.cumsum(cv2.calcHist([flat], [0], None, [256], [0, 256]).ravel())
    return int(np.searchsorted(counts, share * counts[-1]))


def _is_blurred(flat: Frame, sharpness: float) -> bool:
    rows, columns = flat.shape[0] // 20, flat.shape[1] // 20
    inner = flat[rows:-rows, columns:-columns]
    # An empty sheet is not out of focus: the light falls off across it, but nothing stands out anywhere.
    relief = np.asarray(cv2.absdiff(inner, cv2.blur(inner, (61, 61))), np.uint8)
    return sharpness <= BLURRED_MAX and _level(relief, 0.995) >= INK_MIN


def _is_dark(flat: Frame) -> bool:
    return _level(flat, 0.95) <= DARK_MAX


def _is_washed_out(flat: Frame, exposure: float) -> bool:
    if exposure >= BRIGHT_MIN:
        return True
    return _level(flat, 0.5) >= CLIPPED and _level(flat, 0.01) >= WASHED_OUT_INK


def _has_glare(flat: Frame) -> bool:
    if _level(flat, 0.5) > GLARE_PAPER_MAX:
        return False
    _, clipped = cv2.threshold(flat, CLIPPED - 1, 255, cv2.THRESH_BINARY)
    least = GLARE_MIN * flat.size
    if cv2.countNonZero(clipped) < least:
        return False
    # A glossy line or a white figure on a card is thin; a reflection of a lamp is not.
    spots = cv2.morphologyEx(clipped, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(spots)
    largest = int(stats[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0
    return largest >= least


def sharpness_of(flat: Frame) -> float:
    """The variance of the Laplacian in the busiest of a grey paper's eighty fields, its contrast spread and its noise smoothed.

    A whole page would do for prose, but a form with one line on it is mostly white, and white has no edges, however sharp.
    """
    low, high = _level(flat, 0.002), _level(flat, 0.95)  # one line of print is less than a hundredth of a page
    greys = np.clip((np.arange(256) - low) * (200.0 / max(high - low, 60)), 0, 255).astype(np.uint8)
    spread = cv2.LUT(flat, greys)
    laplacian = np.asarray(cv2.Laplacian(cv2.GaussianBlur(spread, (5, 5), 1.0), cv2.CV_16S, ksize=3), np.float32)
    height, width = flat.shape
    inner = laplacian[height // 25 : -(height // 25), width // 25 : -(width // 25)]  # the paper's own edge is always an edge
    rows, columns = inner.shape[0] // 10, inner.shape[1] // 8
    tiles = inner[: rows * 10, : columns * 8].reshape(10, rows, 8, columns)
    return float(np.percentile(tiles.var(axis=(1, 3)), 96))


def _measuring_copy(frame: Frame, corners: Points) -> Frame:
    width, height = _flat_size(corners, MEASURE_LONG_SIDE_PX)
    grow = MEASURE_LONG_SIDE_PX / max(width, height)
    flat = _warp(frame, corners, round(width * grow), round(height * grow))
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), np.uint8)


def _sides(corners: Points) -> tuple[float, float]:
    lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return float(max(lengths[0], lengths[2])), float(max(lengths[1], lengths[3]))


def _sides_mm(frame: Frame, corners: Points, plate: Plate | None) -> tuple[float, float] | None:
    """How wide and high the paper is; None where no plate is known, or not of such frames, or what comes out is no paper's size."""
    if plate is None or frame.shape[:2] != (plate.frame_height_px, plate.frame_width_px):
        return None
    to_mm = np.array(plate.to_mm, np.float64).reshape(3, 3)
    moved = cv2.perspectiveTransform(corners.reshape(-1, 1, 2).astype(np.float32), to_mm)
    sides = _sides(np.asarray(moved, np.float32).reshape(-1, 2))
    least, most = PAPER_SIDES_MM
    return sides if all(least <= side <= most for side in sides) else None


def dpi_of(frame: Frame, outline: Outline, plate: Plate | None) -> int:
    """Return how finely the paper is seen, in pixels to the inch; 0 where that is not known."""
    sides_mm = _sides_mm(frame, outline.corners, plate)
    return 0 if sides_mm is None else round(MM_PER_INCH * max(_sides(outline.corners)) / max(sides_mm))


def _flat_size(corners: Points, long_side_max_px: int, sides_mm: tuple[float, float] | None = None) -> tuple[int, int]:
    """Width and height of the flat paper: its own sides, brought to a known format when they nearly have one.

    What is further away looks shorter, so that the shape in the frame is off by a few hundredths; a plate knows the true one.
    """
    width, height = _sides(corners)
    if sides_mm is not None:
        longest = max(width, height)
        width, height = (side * longest / max(sides_mm) for side in sides_mm)
    ratio = max(width, height) / max(1.0, min(width, height))
    for known in _KNOWN_RATIOS:
        if abs(ratio / known - 1) <= _RATIO_TOLERANCE:
            width, height = (width, width / known) if width > height else (height / known, height)
    shrink = min(1.0, long_side_max_px / max(width, height))
    return max(8, round(width * shrink)), max(8, round(height * shrink))


def _warp(frame: Frame, corners: Points, width: int, height: int) -> Frame:
    # The outermost pixel of a paper is half desk: it is cut off.
    left, top, right, bottom = -1.5, -1.5, width + 0.5, height + 0.5
    target = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return np.asarray(cv2.warpPerspective(frame, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def flatten(frame: Frame, outline: Outline, plate: Plate | None = None) -> Frame:
    """Cut the paper out of a frame, straight and as large as it was seen."""
    sides_mm = _sides_mm(frame, outline.corners, plate)
    return _warp(frame, outline.corners, *_flat_size(outline.corners, FLAT_LONG_SIDE_MAX_PX, sides_mm))


def as_jpeg(flat: Frame, dpi: int = 0) -> bytes:
    """Encode a flat paper in under a megabyte where that is possible without hurting print.

    It carries no metadata but its scale where that is known, so that whoever prints it gets the paper's own size.
    """
    data = b""
    for quality in JPEG_QUALITIES:
        done, encoded = cv2.imencode(".jpg", flat, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if not done:
            raise ValueError(f"a picture of {flat.shape} could not be encoded")
        data = encoded.tobytes()
        if len(data) <= JPEG_BYTES_MAX:
            break
    return _scaled(data, dpi) if dpi else data


def _scaled(jpeg: bytes, dpi: int) -> bytes:
    """Write the scale into the JFIF head, which is always the first segment of what OpenCV encodes: unit, then twice the density."""
    return jpeg[:13] + bytes((1,)) + dpi.to_bytes(2, "big") * 2 + jpeg[18:] if jpeg[6:11] == b"JFIF\0" else jpeg


def picture_of(frame: Frame, view: PaperView, outline: Outline | None, plate: Plate | None = None, *, insist: bool = False) -> Picture:
    """Take the paper out of a frame that was looked at, or say why not."""
    if outline is None or not may_be_taken(view.hint, insist=insist):
        return Picture(view)
    flat = flatten(frame, outline, plate)
    sides_mm = _sides_mm(frame, outline.corners, plate)
    dpi = 0 if sides_mm is None else round(MM_PER_INCH * max(flat.shape[:2]) / max(sides_mm))
    return Picture(view, Secret(as_jpeg(flat, dpi)), flat.shape[1], flat.shape[0])


def may_be_taken(hint: PaperHint, *, insist: bool) -> bool:
    """Whether a picture of this may be handed in; nobody can insist on a paper that is hidden, dazzled or not there."""
    return hint is PaperHint.GOOD or (insist and hint in _TAKEN_ALL_THE_SAME)


def paper_from_file(data: bytes) -> Picture | FileRefusal:
    """Take a JPEG or PNG file as the picture of a paper.

    A file is a scan or a photo that someone chose and looked at: it is taken whole and judged mildly, and its view says what it is
    like. Decoding and encoding it again leaves behind whatever else was in the file: place, time, device, thumbnails.
    """
    frame = decode_file(data)
    if isinstance(frame, FileRefusal):
        return frame
    height, width = frame.shape[:2]
    shrink = min(1.0, FLAT_LONG_SIDE_MAX_PX / max(width, height))
    if shrink < 1:
        size = (max(8, round(width * shrink)), max(8, round(height * shrink)))
        frame = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    if _is_blank(frame):
        return FileRefusal.BLANK
    whole = np.array([[-0.5, -0.5], [1, -0.5], [1, 1], [-0.5, 1]], np.float32)
    whole[1:3, 0] = frame.shape[1] - 0.5
    whole[2:4, 1] = frame.shape[0] - 0.5
    flat = _measuring_copy(frame, whole)
    if min(flat.shape) < STRIP_PX:
        return FileRefusal.TOO_SMALL
    sharpness, exposure = sharpness_of(flat), float(flat.mean())
    view = PaperView(_file_hint(flat, sharpness, max(frame.shape)), ((0, 0), (1, 0), (1, 1), (0, 1)), sharpness, exposure)
    return Picture(view, Secret(as_jpeg(frame)), frame.shape[1], frame.shape[0])


def _file_hint(flat: Frame, sharpness: float, long_side_px: int) -> PaperHint:
    if long_side_px < LONG_SIDE_MIN_PX:
        return PaperHint.TOO_SMALL
    if _is_dark(flat):
        return PaperHint.TOO_DARK
    return PaperHint.BLURRED if _is_blurred(flat, sharpness) else PaperHint.GOOD


def _is_blank(frame: Frame) -> bool:
    grey: npt.NDArray[np.floating] = frame[::2, ::2].astype(np.float32).mean(axis=2)
    return float(grey.max() - grey.min()) < 12.0


def picture_in_photo(data: bytes, *, insist: bool = False) -> Picture | FileRefusal:
    """Find the paper in a photo of a desk, just as in a frame of the camera."""
    frame = decode_file(data)
    if isinstance(frame, FileRefusal):
        return frame
    view, outline = look(frame)
    return picture_of(frame, view, outline, insist=insist)
