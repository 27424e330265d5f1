"""Looks for the calibration chart in a frame and measures the plate by it: pure functions from pixels to values."""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from drivers import document
from drivers.paper_edges import Frame, find_outline
from peripherals.document_camera import PaperHint
from peripherals.plate import (
    CELL_MM,
    CELLS,
    EDGE_MAX_MM,
    MARGIN_MM,
    MARKER_MM,
    MISSED_MAX_MM,
    MM_PER_PX_MAX,
    SHEET_MM,
    SIZE_TOLERANCE,
    ChartOutcome,
    ChartReading,
    Homography,
    Plate,
)

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float32]

CORNERS_MIN = 12  # fewer are a part of a chart, or something that looks like one
CORNERS = (CELLS[0] - 1) * (CELLS[1] - 1)
PAPER_DARK_MAX = 105.0  # grey of the chart's white; below, noise eats the print
PAPER_BRIGHT_MIN = 250.0
_LOOKED_AT_DOTS_PER_MM = 10
_PROFILE_MM = 3.0  # to both sides of an edge; a marker begins 3.5 mm from it
_RISE = 0.8  # of the step from black to white: from a tenth to nine tenths
_IN_STEP = 0.1  # what differs by more from A4 was no outline of this sheet
_SAME_AS = {
    PaperHint.TOO_DARK: ChartOutcome.TOO_DARK,
    PaperHint.TOO_BRIGHT: ChartOutcome.TOO_BRIGHT,
    PaperHint.GLARE: ChartOutcome.TOO_BRIGHT,
    PaperHint.BLURRED: ChartOutcome.BLURRED,
}


@cache
def board() -> cv2.aruco.CharucoBoard:
    """Return the board that the chart shows."""
    markers = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return cv2.aruco.CharucoBoard(CELLS, CELL_MM, MARKER_MM, markers)


def read_chart(frame: Frame) -> ChartReading:
    """Measure the plate by the chart in a BGR frame, or say the one thing that is wrong, worst first."""
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    seen, places = _corners(grey)
    if len(seen) < CORNERS_MIN:
        view, _ = document.look(frame)
        return ChartReading(_SAME_AS.get(view.hint, ChartOutcome.NO_CHART))
    to_mm, missed_mm = _fitted(seen, places)
    if to_mm is None:
        return ChartReading(ChartOutcome.NO_CHART)
    plate = _plate(grey, to_mm, missed_mm)
    return ChartReading(_judged(frame, plate, len(seen)), plate)


def _corners(grey: Frame) -> tuple[Points, Points]:
    """Where corners of cells are seen, in pixels, and where they are on the board, in millimetres."""
    corners, ids, _, _ = cv2.aruco.CharucoDetector(board()).detectBoard(grey)
    if corners is None or ids is None:
        return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    places = np.asarray(board().getChessboardCorners(), np.float32)[ids.ravel(), :2]
    return np.asarray(corners, np.float32).reshape(-1, 2), places


def _fitted(seen: Points, places: Points) -> tuple[Matrix | None, float]:
    """Fit all corners at once (least squares), and return how far the worst is off; a flat sheet is seen in perspective and no else."""
    found, _ = cv2.findHomography(seen, places, 0)
    if found is None:
        return None, 0.0
    to_mm = np.asarray(found, np.float64)
    return to_mm, float(np.linalg.norm(moved(seen, to_mm) - places, axis=1).max())


def moved(points: Points, by: Matrix) -> Points:
    """Return points as a homography moves them."""
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float32), by), np.float32).reshape(-1, 2)


def _sheet_in_frame(to_mm: Matrix) -> Points:
    left, top = -MARGIN_MM[0], -MARGIN_MM[1]
    right, bottom = left + SHEET_MM[0], top + SHEET_MM[1]
    sheet = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return moved(sheet, np.asarray(np.linalg.inv(to_mm), np.float64))


def _plate(grey: Frame, to_mm: Matrix, missed_mm: float) -> Plate:
    sheet_px = float(cv2.contourArea(_sheet_in_frame(to_mm)))
    flat = _flat_board(grey, to_mm)
    edge_mm, paper = _edge_mm(flat), float(np.percentile(flat, 90))
    numbers = [float(one) for one in to_mm.ravel()]
    a, b, c, d, e, f, g, h, i = numbers
    straight: Homography = (a, b, c, d, e, f, g, h, i)
    mm_per_px = float(np.sqrt(SHEET_MM[0] * SHEET_MM[1] / max(1.0, sheet_px)))
    return Plate(grey.shape[1], grey.shape[0], straight, mm_per_px, edge_mm, paper, missed_mm)


def _flat_board(grey: Frame, to_mm: Matrix) -> Frame:
    """The board from above, its first corner at the picture's, so that a millimetre is ten dots."""
    dots = _LOOKED_AT_DOTS_PER_MM
    larger = np.diag([dots, dots, 1.0]) @ to_mm
    size = (round(CELLS[0] * CELL_MM * dots), round(CELLS[1] * CELL_MM * dots))
    return np.asarray(cv2.warpPerspective(grey, larger, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _edge_mm(flat: Frame) -> float:
    """Over how many millimetres black turns to white, where it does so worst but for a few edges; infinite where it does not."""
    widths = [width for width in map(_rise_mm, _profiles(flat)) if width is not None]
    return float(np.percentile(widths, 75)) if widths else float("inf")


def _profiles(flat: Frame) -> list[npt.NDArray[np.float64]]:
    """Greys across the middle of each edge between two cells, both ways; averaged along the edge, which noise does not survive."""
    dots, cell = _LOOKED_AT_DOTS_PER_MM, round(CELL_MM * _LOOKED_AT_DOTS_PER_MM)
    reach, along = round(_PROFILE_MM * dots), round(4 * dots)
    found = []
    for row in range(CELLS[1]):
        for column in range(1, CELLS[0]):
            x, y = column * cell, row * cell + cell // 2
            found.append(flat[y - along : y + along, x - reach : x + reach].astype(np.float64).mean(axis=0))
    for row in range(1, CELLS[1]):
        for column in range(CELLS[0]):
            x, y = column * cell + cell // 2, row * cell
            found.append(flat[y - reach : y + reach, x - along : x + along].astype(np.float64).mean(axis=1))
    return found


def _rise_mm(profile: npt.NDArray[np.float64]) -> float | None:
    """From a tenth to nine tenths of the step, as a slope as steep as the steepest place would take; None where there is no step."""
    step = float(profile.max() - profile.min())
    steepest = float(np.abs(np.gradient(profile)).max())
    return _RISE * step / steepest / _LOOKED_AT_DOTS_PER_MM if step >= 20 and steepest > 0 else None


def _judged(frame: Frame, plate: Plate, corners: int) -> ChartOutcome:
    to_mm = np.array(plate.to_mm, np.float64).reshape(3, 3)
    if plate.paper_grey <= PAPER_DARK_MAX:
        return ChartOutcome.TOO_DARK
    if plate.paper_grey >= PAPER_BRIGHT_MIN or _has_glare(frame):
        return ChartOutcome.TOO_BRIGHT
    if plate.mm_per_px > MM_PER_PX_MAX:
        return ChartOutcome.TOO_FAR
    if plate.edge_mm > EDGE_MAX_MM:
        return ChartOutcome.BLURRED
    if corners < CORNERS or not _is_inside(_sheet_in_frame(to_mm), plate):
        return ChartOutcome.CUT_OFF
    if plate.missed_mm > MISSED_MAX_MM:
        return ChartOutcome.NOT_FLAT
    return ChartOutcome.MEASURED if _is_true_to_size(frame, to_mm) else ChartOutcome.WRONG_SIZE


def _has_glare(frame: Frame) -> bool:
    view, _ = document.look(frame)
    return view.hint is PaperHint.GLARE


def _is_inside(sheet: Points, plate: Plate) -> bool:
    return bool((sheet >= 0).all() and (sheet[:, 0] < plate.frame_width_px).all() and (sheet[:, 1] < plate.frame_height_px).all())


def _is_true_to_size(frame: Frame, to_mm: Matrix) -> bool:
    """Whether the sheet's own edges are as far apart as its cells say; where they cannot be seen, the cells are believed."""
    outline = find_outline(frame)
    if outline is None or not all(outline.seen):
        return True
    corners = moved(outline.corners, to_mm)
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    short, long = sorted((float(sides[0] + sides[2]) / 2, float(sides[1] + sides[3]) / 2))
    off = [short / SHEET_MM[0] - 1, long / SHEET_MM[1] - 1]
    if max(abs(one) for one in off) > _IN_STEP:
        return True  # what was found is something else, such as the board without its margins
    return max(abs(one) for one in off) <= SIZE_TOLERANCE
