"""The plate under a document camera, as it is known after a calibration, and the chart that it is calibrated by.

The chart is `chart-a4.png` beside this module: a ChArUco board of black and white cells, a marker in each white one, on a sheet of A4.
It is drawn by `tests/drivers/chart_sheet.py`, which a test compares it with.
"""

from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint
from peripherals.values import dataclass

CHART_FILE: Final = Path(__file__).with_name("chart-a4.png")
CHART_DOTS_PER_MM: Final = 10
CELLS: Final = (7, 10)  # across, down
CELL_MM: Final = 25.0
MARKER_MM: Final = 18.0
SHEET_MM: Final = (210.0, 297.0)
MARGIN_MM: Final = (17.5, 20.0)  # from the sheet's top left corner to the board's
MM_PER_INCH: Final = 25.4

EDGE_MAX_MM: Final = 0.9
"""Over so much of the paper black turns to white at the most: the strokes of small print are half a millimetre (a sample)."""

MISSED_MAX_MM: Final = 1.0
"""By so much a corner of a cell may stand off its place in a flat sheet (a sample): a curled one is off by several."""

MM_PER_PX_MAX: Final = 0.5
"""A4 at 51 dpi: headings and handwriting can just be read (a sample); from further away nothing can."""

SIZE_TOLERANCE: Final = 0.015
"""By so much the sheet's edges may disagree with its cells: a printer that fits a page to its margins is off by 3 to 6 %."""


class ChartOutcome(StrEnum):
    """What became of a calibration; each but MEASURED has one sentence that says what to do."""

    CAMERA_ABSENT = "camera_absent"
    CAMERA_STALLED = "camera_stalled"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    NO_CHART = "no_chart"
    TOO_FAR = "too_far"
    CUT_OFF = "cut_off"  # a part of the sheet is hidden, or out of the picture
    BLURRED = "blurred"
    NOT_FLAT = "not_flat"
    WRONG_SIZE = "wrong_size"  # the cells are not as large as they should be: printed to fit the page
    NOT_KEPT = "not_kept"  # measured, and the disk did not take it
    MEASURED = "measured"


Homography = tuple[float, float, float, float, float, float, float, float, float]
"""Row by row: from pixels of the whole frame to millimetres on the plate, from the chart's first corner."""


@dataclass(frozen=True, slots=True)
class Plate:
    """How a camera sees its plate; true for frames of this size alone, and until somebody moves the camera."""

    frame_width_px: int
    frame_height_px: int
    to_mm: Homography
    mm_per_px: float  # at the chart's place, on average
    edge_mm: float  # over which black turns to white
    paper_grey: float  # white paper under this light, 0 to 255
    missed_mm: float  # the worst corner of a cell

    @property
    def dpi(self) -> int:
        """Pixels to the inch."""
        return round(MM_PER_INCH / self.mm_per_px)


@dataclass(frozen=True, slots=True)
class ChartReading:
    """What a calibration found; `plate` is there when it was measured, and where it was measured and found wanting."""

    outcome: ChartOutcome
    plate: Plate | None = None


class PlateCamera(Protocol):
    """A document camera that can be calibrated."""

    def open(self, deadline: Deadline) -> PaperHint:
        """See DocumentCamera.open."""

    def calibrate(self, deadline: Deadline) -> ChartReading:
        """Look at the chart, and once it is good, keep the plate and use it from the next picture on."""

    def close(self) -> None:
        """See DocumentCamera.close."""
