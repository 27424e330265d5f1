"""Where the edges of a paper lie in a frame: found on a small copy, then measured again on the full one.

A paper may be white on wood, blue on wood or half in a shadow, so several pictures of "not the desk" are tried, and the
quadrilateral whose sides lie on real edges wins.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from peripherals.values import dataclass

Frame = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]  # n x 2, pixels

SEARCH_WIDTH_PX = 560  # about; the sides of a page are still longer than 100 px here, and a search takes ten milliseconds
AREA_MIN = 0.03  # of the frame; anything smaller is a label or a shadow, not a paper that someone wants read
FILL_MIN = 0.80  # of the quadrilateral that the shape itself fills: a hand or a bundle of cables fills less
ANGLE_MAX_COS = 0.55  # corners between 57 and 123 degrees: steeper views are not documents under a camera
SUPPORT_MIN = 0.45  # of the outline that lies on an edge of the picture; half of a paper that lies half off the frame
GROWN_SUPPORT_MIN = 0.75  # of a side that is moved outward, and of what it adds to its neighbours
CANDIDATES_MAX = 4  # fitting the sides is what costs
SAME_PX = 4.0  # of the small copy: two outlines that are no further apart are one
CUT_AREA_MIN = 0.10  # of the frame, for a shape that the frame's border cuts: a corner of something is not a paper
SEARCH_REACH_PX = 5.0  # a mask's side is that near to the paper's own, on the small copy
CORNER_SUPPORT_MIN = 0.5  # of the outline next to a corner; a thumb takes it all away, a soft shadow hardly any
BORDER_PX = 12.0  # of the small copy: an opened mask ends that near to the frame's border
FRAME_MARGIN = 0.004  # of the frame: a corner this near to the border can't be told from one that is cut off


@dataclass(frozen=True, slots=True)
class Outline:
    """A paper's four corners (top left, top right, bottom right, bottom left, in pixels) and which of them can be seen."""

    corners: Points
    seen: tuple[bool, bool, bool, bool]
    coverage: float  # of the frame's area


def find_outline(frame: Frame) -> Outline | None:
    """Find the paper in a BGR frame; corners are exact to about a pixel of the frame."""
    small, scale = smaller(frame)
    edges = _edges(small)
    fitted = [(_fit_sides(small, quad, SEARCH_REACH_PX), fill) for quad, fill in _candidates(small, edges)]
    scored = [(_score(quad, fill, edges), quad) for quad, fill in fitted]
    best_score, best = max(scored, key=lambda one: one[0], default=(0.0, None))
    if best is None or best_score <= 0:
        return None
    return _measured(frame, small, edges, _grown(best, edges), scale)


def _candidates(small: Frame, edges: Frame) -> list[tuple[Points, float]]:
    """The most promising quadrilaterals and how full each is, before their sides are fitted; each only once."""
    found: list[tuple[float, Points, float]] = []
    for shape in _shapes(small, edges):
        quad = _quadrilateral(shape)
        if quad is not None:
            area = float(cv2.contourArea(quad))
            fill = min(1.0, float(cv2.contourArea(shape)) / area)
            found.append((_support_of(quad, edges) ** 2 * fill * area, quad, fill))
    found.sort(key=lambda one: one[0], reverse=True)
    kept: list[tuple[Points, float]] = []
    for promise, quad, fill in found:
        is_new = all(float(np.abs(quad - other).max()) > SAME_PX for other, _ in kept)
        if promise > 0 and is_new and len(kept) < CANDIDATES_MAX:
            kept.append((quad, fill))
    return kept


def smaller(frame: Frame) -> tuple[Frame, float]:
    """Shrink a frame to about the search width, by a whole number: five times faster than by a broken one."""
    divisor = max(1, round(frame.shape[1] / SEARCH_WIDTH_PX))
    if divisor == 1:
        return frame, 1.0
    height, width = frame.shape[0] // divisor, frame.shape[1] // divisor
    whole = frame[: height * divisor, : width * divisor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8), 1 / divisor


def _measured(frame: Frame, small: Frame, edges: Frame, quad: Points, scale: float) -> Outline:
    # Again on the small copy, now from near by; then on the frame itself, where a reach of two small pixels is enough.
    fitted = _fit_sides(small, quad, reach_px=SEARCH_REACH_PX)
    seen = _corners_seen(fitted, edges)
    if scale < 1:
        # The pixel centre of a shrunken picture is not at a multiple of the full one's.
        fitted = _fit_sides(frame, (fitted + 0.5) / scale - 0.5, reach_px=2.0 / scale)
    height, width = frame.shape[:2]
    return Outline(fitted, seen, float(cv2.contourArea(fitted)) / (width * height))


def _edges(small: Frame) -> Frame:
    blurred = cv2.GaussianBlur(small, (5, 5), 0)
    # Each colour for itself: a blue card on brown wood may have the wood's grey.
    found = [cv2.Canny(blurred[:, :, channel], 40, 110) for channel in range(3)]
    merged = cv2.bitwise_or(cv2.bitwise_or(found[0], found[1]), found[2])
    return np.asarray(cv2.dilate(merged, np.ones((3, 3), np.uint8)), np.uint8)


def _shapes(small: Frame, edges: Frame) -> Iterator[npt.NDArray[np.int32]]:
    least = AREA_MIN * small.shape[0] * small.shape[1]
    for mask in _masks(small, edges):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:4]:
            if cv2.contourArea(contour) >= least:
                yield np.asarray(contour, np.int32)


def _masks(small: Frame, edges: Frame) -> Iterator[Frame]:
    """Pictures in which the paper is white: brighter than the desk, paler than it, of another colour, or enclosed by edges."""
    enclosed = cv2.bitwise_not(edges)
    enclosed[[0, -1], :] = 0
    enclosed[:, [0, -1]] = 0
    yield np.asarray(enclosed, np.uint8)
    yield np.asarray(cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.uint8)
    soft = np.asarray(cv2.medianBlur(small, 5), np.uint8)
    for measure in (_brightness, _paleness, _unlike_desk):
        _, mask = cv2.threshold(measure(soft), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        # Opening cuts off a thin finger or cable, closing heals the print.
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        yield np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((15, 15), np.uint8)), np.uint8)


def _brightness(soft: Frame) -> Frame:
    return np.asarray(cv2.min(cv2.min(soft[:, :, 0], soft[:, :, 1]), soft[:, :, 2]), np.uint8)


def _paleness(soft: Frame) -> Frame:
    return np.asarray(255 - cv2.cvtColor(soft, cv2.COLOR_BGR2HSV)[:, :, 1], np.uint8)


def _unlike_desk(soft: Frame) -> Frame:
    """How much each pixel differs from the rim of the frame, where the desk is most likely to be."""
    lab = cv2.cvtColor(soft, cv2.COLOR_BGR2LAB)
    rim = np.concatenate([lab[:6].reshape(-1, 3), lab[-6:].reshape(-1, 3), lab[:, :6].reshape(-1, 3), lab[:, -6:].reshape(-1, 3)])
    desk = np.median(rim, axis=0)
    light, green_red, blue_yellow = cv2.split(cv2.absdiff(lab, np.broadcast_to(desk.astype(np.uint8), lab.shape)))
    return np.asarray(cv2.add(cv2.add(light, green_red), blue_yellow), np.uint8)


def _quadrilateral(shape: npt.NDArray[np.int32]) -> Points | None:
    """The four-sided figure around a shape; a cut-off corner is completed by prolonging its neighbours."""
    hull = cv2.convexHull(shape)
    polygon = cv2.approxPolyDP(hull, 0.008 * cv2.arcLength(hull, closed=True), closed=True).reshape(-1, 2).astype(np.float32)
    while len(polygon) > 4:
        reduced = _without_shortest_side(polygon)
        if reduced is None:
            return None
        polygon = reduced
    if len(polygon) != 4:
        return None
    quad = in_order(polygon)
    area = cv2.contourArea(quad)
    if area <= 0 or cv2.contourArea(shape) < FILL_MIN * area or _worst_cosine(quad) > ANGLE_MAX_COS:
        return None
    return quad


def _without_shortest_side(polygon: Points) -> Points | None:
    onward = np.roll(polygon, -1, axis=0) - polygon
    lengths = [float(length) for length in np.linalg.norm(onward, axis=1)]
    count = len(polygon)
    for at in sorted(range(count), key=lengths.__getitem__)[: count - 3]:
        before, start, end, after = (polygon[(at + step) % count] for step in (-1, 0, 1, 2))
        corner = _crossing(before, start, after, end)
        if corner is None:
            continue
        # Prolonged for more than the neighbours' own length, the corner would be a guess.
        furthest = (1.2 * max(1.0, lengths[at - 1]), 1.2 * max(1.0, lengths[(at + 1) % count]))
        if np.linalg.norm(corner - start) <= furthest[0] and np.linalg.norm(corner - end) <= furthest[1]:
            rolled = np.roll(polygon, -at, axis=0)  # start and end come first
            return np.vstack([corner[None, :], rolled[2:]]).astype(np.float32)
    return None


def _crossing(
    a: npt.NDArray[np.float32], b: npt.NDArray[np.float32], c: npt.NDArray[np.float32], d: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32] | None:
    """Where the line a-b, prolonged beyond b, meets the line c-d, prolonged beyond d."""
    one, two = b - a, d - c
    turn = float(one[0] * two[1] - one[1] * two[0])
    if abs(turn) < 1e-6:
        return None
    between = c - a
    along = float(between[0] * two[1] - between[1] * two[0]) / turn
    return np.asarray(a + along * one, np.float32) if along > 0 else None


def in_order(corners: Points) -> Points:
    """Bring four corners into the order top left, top right, bottom right, bottom left."""
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    around = corners[np.argsort(angles)]  # clockwise on the screen, from the left
    first = int(np.argmin(around.sum(axis=1)))
    return np.ascontiguousarray(np.roll(around, -first, axis=0), np.float32)


def _worst_cosine(quad: Points) -> float:
    onward = np.roll(quad, -1, axis=0) - quad
    back = np.roll(quad, 1, axis=0) - quad
    lengths = np.linalg.norm(onward, axis=1) * np.linalg.norm(back, axis=1)
    if float(lengths.min()) <= 0:
        return 1.0
    return float(np.abs((onward * back).sum(axis=1) / lengths).max())


def _score(quad: Points, fill: float, edges: Frame) -> float:
    support = _support_of(quad, edges)
    # Of two good ones the larger wins: a page and not the table on it.
    return support**2 * fill * float(cv2.contourArea(quad)) if support >= SUPPORT_MIN else 0.0


def _grown(quad: Points, edges: Frame) -> Points:
    """Push sides outward as far as the outline goes on: what was found may be a card below its coloured head."""
    for side in range(4):
        if not _goes_on(quad, side, 0.05, edges):
            continue
        for share in np.arange(0.6, 0.03, -0.01):
            # From far to near: the first that is all edge is the outermost.
            bigger = _pushed(quad, side, share)
            if _support(edges, bigger, side, 0.02, 0.98) >= GROWN_SUPPORT_MIN and _goes_on(quad, side, share, edges):
                quad = bigger
                break
    return quad


def _pushed(quad: Points, side: int, share: float) -> Points:
    """Move one side outward by a share of its neighbours' length, along them."""
    before, start, end, after = (quad[(side + step) % 4] for step in (-1, 0, 1, 2))
    bigger = quad.copy()
    bigger[side], bigger[(side + 1) % 4] = start + share * (start - before), end + share * (end - after)
    return bigger


def _goes_on(quad: Points, side: int, share: float, edges: Frame) -> bool:
    """Whether both neighbours of a side lie on edges beyond its ends, too."""
    bigger = _pushed(quad, side, share)
    ends = (np.vstack([quad[corner], bigger[corner]]) for corner in (side, (side + 1) % 4))
    return all(_support(edges, end, 0, 0.0, 0.98) >= GROWN_SUPPORT_MIN for end in ends)


def _support_of(quad: Points, edges: Frame) -> float:
    """How much of an outline lies on edges, from 0 to 1; sides along the frame's border are no evidence of anything."""
    inside = [side for side in range(4) if not _is_on_border(quad, side, edges)]
    if len(inside) < 4:
        # Half off the frame a paper still shows two sides that meet; one side, or two opposite ones, are a joint in the desk.
        is_joint = len(inside) < 2 or (len(inside) == 2 and inside[1] - inside[0] == 2)
        if is_joint or cv2.contourArea(quad) < CUT_AREA_MIN * edges.size:
            return 0.0
    return sum(_support(edges, quad, side, 0.0, 1.0) for side in inside) / 4


def _is_on_border(quad: Points, side: int, edges: Frame) -> bool:
    """Whether a side is merely where the frame ends."""
    height, width = edges.shape
    for axis, last in ((0, width - 1), (1, height - 1)):
        for border in (0, last):
            if abs(quad[side][axis] - border) <= BORDER_PX and abs(quad[(side + 1) % 4][axis] - border) <= BORDER_PX:
                return True
    return False


def _support(edges: Frame, quad: Points, side: int, start: float, stop: float) -> float:
    """How much of a stretch of a side lies on an edge; what is outside the frame doesn't."""
    first, second = quad[side], quad[(side + 1) % len(quad)]
    steps = max(8, int(np.linalg.norm(second - first) * (stop - start)))
    points = first + np.linspace(start, stop, steps)[:, None] * (second - first)
    columns, rows = np.rint(points).astype(np.int32).T
    height, width = edges.shape
    inside = (columns >= 0) & (rows >= 0) & (columns < width) & (rows < height)
    return float(np.count_nonzero(edges[rows[inside], columns[inside]])) / steps


def _corners_seen(quad: Points, edges: Frame) -> tuple[bool, bool, bool, bool]:
    height, width = edges.shape
    margin = FRAME_MARGIN * width
    in_frame = (quad > margin).all(axis=1) & (quad[:, 0] < width - 1 - margin) & (quad[:, 1] < height - 1 - margin)
    seen = []
    for corner in range(4):
        leaving = _support(edges, quad, corner, 0.01, 0.09)
        arriving = _support(edges, quad, (corner + 3) % 4, 0.91, 0.99)
        seen.append(bool(in_frame[corner]) and (leaving + arriving) / 2 >= CORNER_SUPPORT_MIN)
    return (seen[0], seen[1], seen[2], seen[3])


def _fit_sides(frame: Frame, quad: Points, reach_px: float) -> Points:
    """Lay each side on the steepest change of brightness near it, and take the crossings as the corners."""
    lines = [_fit_side(frame, quad, side, reach_px) for side in range(4)]
    corners = quad.copy()
    for corner in range(4):
        (point, along), (other, other_along) = lines[corner - 1], lines[corner]
        turn = float(along[0] * other_along[1] - along[1] * other_along[0])
        if abs(turn) < 0.2:
            continue
        gap = other - point
        moved = point + along * float(gap[0] * other_along[1] - gap[1] * other_along[0]) / turn
        # A side that fell on something else (a ruler, a second sheet) must not carry the corner away.
        if float(np.linalg.norm(moved - quad[corner])) <= 3 * reach_px:
            corners[corner] = moved
    return corners


def _fit_side(frame: Frame, quad: Points, side: int, reach_px: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    first, second = quad[side].astype(np.float64), quad[(side + 1) % 4].astype(np.float64)
    along = (second - first) / max(float(np.linalg.norm(second - first)), 1e-6)
    normal = np.array([-along[1], along[0]])
    base = first + np.linspace(0.06, 0.94, 80)[:, None] * (second - first)
    offsets = np.linspace(-reach_px, reach_px, 2 * int(np.ceil(reach_px)) * 2 + 1)
    grid = base[:, None, :] + offsets[None, :, None] * normal
    columns, rows = grid[:, :, 0].astype(np.float32), grid[:, :, 1].astype(np.float32)
    seen = cv2.remap(frame, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profiles = np.asarray(
        cv2.GaussianBlur(seen.astype(np.float32), (3, 1), 0), np.float32
    )  # across the edge only, against the sensor's noise
    steepness = np.abs(profiles[:, 2:] - profiles[:, :-2]).sum(axis=2)
    at = steepness.argmax(axis=1)
    strength = steepness.max(axis=1)
    kept = strength >= 0.4 * np.median(strength)
    found = base + (offsets[1:-1][at] + _between_samples(steepness, at) * (offsets[1] - offsets[0]))[:, None] * normal
    return _line_through(found[kept], first, along)


def _between_samples(steepness: npt.NDArray[np.floating], at: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """The top of the parabola through the steepest sample and its neighbours, in samples."""
    rows = np.arange(len(at))
    middle = steepness[rows, at].astype(np.float64)
    left = steepness[rows, np.maximum(at - 1, 0)].astype(np.float64)
    right = steepness[rows, np.minimum(at + 1, steepness.shape[1] - 1)].astype(np.float64)
    bend = left - 2 * middle + right
    return np.where(np.abs(bend) > 1e-6, np.clip((left - right) / (2 * np.where(bend == 0, 1, bend)), -0.5, 0.5), 0.0)


def _line_through(
    points: npt.NDArray[np.float64], fallback: npt.NDArray[np.float64], along: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    for _ in range(3):
        if len(points) < 8:
            return fallback, along
        vx, vy, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().astype(np.float64)
        fallback, along = np.array([x, y]), np.array([vx, vy])
        away = np.abs((points - fallback) @ np.array([-vy, vx]))
        points = points[away <= max(0.75, 2.0 * float(np.median(away)))]
    return fallback, along
