"""Calibration by the chart: what it measures in a frame, why it refuses one, and what a known plate changes for the papers."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.chart import board, moved, read_chart
from drivers.document import FINE_DPI, look, picture_of
from drivers.document_camera import OpencvDocumentCamera
from drivers.paper_edges import Frame
from drivers.plate_file import FILE, keep_plate, kept_plate
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint
from peripherals.plate import CELL_MM, CELLS, CHART_DOTS_PER_MM, CHART_FILE, MARGIN_MM, SHEET_MM, ChartOutcome, Plate
from peripherals.virtual import desk
from tests.drivers.camera_bench import CameraBench, camera_bench, frame_of, paper, scene
from tests.drivers.chart_sheet import drawn

CHART = "calibration-chart"
SIDES = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def chart_frame(fault: str = "none", page: int = 1) -> Frame:
    return frame_of(scene(CHART, fault, page).image)


def measured() -> Plate:
    plate = read_chart(chart_frame()).plate
    assert plate is not None
    return plate


def test_the_chart_that_is_printed_is_the_one_that_is_looked_for() -> None:
    with Image.open(CHART_FILE) as kept:
        assert kept.tobytes() == drawn().tobytes(), "run: python -m tests.drivers.chart_sheet peripherals/chart-a4.png"
        assert kept.size == tuple(round(side * CHART_DOTS_PER_MM) for side in SHEET_MM)
    cell = round(CELL_MM * CHART_DOTS_PER_MM)
    corners = np.asarray(board().getChessboardCorners())[:, :2] * CHART_DOTS_PER_MM + np.array(MARGIN_MM) * CHART_DOTS_PER_MM
    sheet = np.asarray(drawn().convert("L"))
    for x, y in corners.round().astype(int):
        across = {int(sheet[y + down * cell // 20, x + right * cell // 20]) for right, down in SIDES}
        assert across == {0, 255}, "two cells of each colour meet in a corner"
    assert len(corners) == (CELLS[0] - 1) * (CELLS[1] - 1)


def test_the_plate_is_where_the_sheet_lies_and_a_millimetre_is_one() -> None:
    reading = read_chart(chart_frame())
    assert reading.outcome is ChartOutcome.MEASURED
    plate = reading.plate
    assert plate is not None
    corners = scene(CHART).corners
    assert corners is not None
    to_mm = np.array(plate.to_mm).reshape(3, 3)
    found = moved(np.array(corners, np.float32) - 0.5, to_mm)  # a drawing counts pixels from their edges, a frame from their centres
    left, top = -MARGIN_MM[0], -MARGIN_MM[1]
    sheet = np.array([[left, top], [left + 210, top], [left + 210, top + 297], [left, top + 297]])
    assert np.abs(found - sheet).max() < 0.3, "a third of a millimetre, which is one pixel"
    assert plate.mm_per_px == pytest.approx(np.sqrt(210 * 297 / cv2.contourArea(np.array(corners, np.float32))), rel=0.003)
    assert plate.missed_mm < 0.1


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_the_chart_may_lie_any_way_round(turn: int) -> None:
    turned = np.ascontiguousarray(np.rot90(chart_frame(), turn))
    assert read_chart(turned).outcome is ChartOutcome.MEASURED


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("black", ChartOutcome.TOO_DARK),
        ("too_dark", ChartOutcome.TOO_DARK),
        ("over_exposed", ChartOutcome.TOO_BRIGHT),
        ("glare", ChartOutcome.TOO_BRIGHT),
        ("blurred", ChartOutcome.BLURRED),
        ("too_far", ChartOutcome.TOO_FAR),
        ("corner_hidden", ChartOutcome.CUT_OFF),
        ("blocked", ChartOutcome.NO_CHART),
    ],
)
def test_a_chart_that_cannot_be_measured_by_is_refused_with_its_reason(fault: str, outcome: ChartOutcome) -> None:
    assert read_chart(chart_frame(fault)).outcome is outcome


@pytest.mark.parametrize("sigma", [1.6, 2.5, 4.0])
def test_a_lens_that_is_a_little_out_of_focus_is_called_that(sigma: float) -> None:
    assert read_chart(np.asarray(cv2.GaussianBlur(chart_frame(), (0, 0), sigma), np.uint8)).outcome is ChartOutcome.BLURRED


def test_a_chart_fitted_to_the_page_and_one_that_is_curled_give_no_millimetres() -> None:
    assert read_chart(chart_frame(page=2)).outcome is ChartOutcome.WRONG_SIZE
    curled = read_chart(chart_frame(page=3))
    assert curled.outcome is ChartOutcome.NOT_FLAT
    assert curled.plate is not None
    assert curled.plate.missed_mm > 1


@pytest.mark.parametrize("name", [None, "tenancy-contract", "bank-card"])
def test_another_paper_is_no_chart(name: str | None) -> None:
    assert read_chart(frame_of(scene(name).image)).outcome is ChartOutcome.NO_CHART


def seen_askew(sheet: Image.Image, corners: desk.Quad) -> Frame:
    return frame_of(desk.exposed(desk.lit(desk.lay(desk.wood(), sheet, corners)), "none"))


def test_a_paper_gets_its_true_shape_and_its_scale() -> None:
    """Under a camera that stands beside its plate: what is further away looks shorter, and low."""
    chart = seen_askew(paper(CHART), ((560.0, 300.0), (1040.0, 300.0), (1160.0, 1060.0), (440.0, 1060.0)))
    plate = read_chart(chart).plate
    assert plate is not None
    to_frame = np.linalg.inv(np.array(plate.to_mm).reshape(3, 3))
    at_mm = np.array([[-5, 60], [175, 60], [175, 210], [-5, 210]], np.float32)  # 180 by 150: no known format
    places = [(float(x), float(y)) for x, y in moved(at_mm, to_frame) + 0.5]
    sheet = Image.new("RGB", (1800, 1500), (238, 238, 232))
    sheet.paste(paper("tenancy-contract").resize((1600, 1300)), (100, 100))
    frame = seen_askew(sheet, (places[0], places[1], places[2], places[3]))
    view, outline = look(frame, plate)
    flat, guessed = picture_of(frame, view, outline, plate, insist=True), picture_of(frame, view, outline, insist=True)
    assert flat.width / flat.height == pytest.approx(1.2, rel=0.015)
    assert guessed.width / guessed.height != pytest.approx(1.2, rel=0.03), "a guess by the sides alone is off"
    assert flat.jpeg is not None
    assert guessed.jpeg is not None
    dpi = Image.open(io.BytesIO(flat.jpeg.reveal())).info["dpi"]
    assert dpi[0] == dpi[1] == pytest.approx(flat.width / 180 * 25.4, rel=0.015)
    assert "dpi" not in Image.open(io.BytesIO(guessed.jpeg.reveal())).info


def test_a_small_card_under_a_fine_camera_need_not_be_laid_nearer() -> None:
    card = paper("bank-card")
    small = desk.scene(card, "too_far")
    frame = frame_of(small.image)
    assert look(frame)[0].hint is PaperHint.TOO_SMALL
    plate = measured()
    finer = plate.mm_per_px * FINE_DPI / 25.4  # of such a camera that a pixel is a hundred and fiftieth of an inch
    numbers = np.array(plate.to_mm).reshape(3, 3)
    numbers[:2] /= finer * 1.05
    a, b, c, d, e, f, g, h, i = (float(one) for one in numbers.ravel())
    fine = replace(plate, to_mm=(a, b, c, d, e, f, g, h, i), mm_per_px=plate.mm_per_px / finer)
    assert look(frame, fine)[0].hint is not PaperHint.TOO_SMALL
    assert look(frame, plate)[0].hint is PaperHint.TOO_SMALL, "at 90 dpi its print is a smear"


def test_a_plate_of_other_frames_or_of_an_absurd_size_changes_nothing() -> None:
    frame = frame_of(scene("tenancy-contract").image)
    view, outline = look(frame)
    plate = measured()
    numbers = np.diag([0.001, 0.001, 1.0]) @ np.array(plate.to_mm).reshape(3, 3)
    a, b, c, d, e, f, g, h, i = (float(one) for one in numbers.ravel())
    for strange in (replace(plate, frame_width_px=1280), replace(plate, to_mm=(a, b, c, d, e, f, g, h, i))):
        assert look(frame, strange)[0] == view
        assert picture_of(frame, view, outline, strange) == picture_of(frame, view, outline)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"mm_per_px": 0.2}'])
def test_a_damaged_plate_is_none(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / FILE
    assert kept_plate(path) is None
    assert keep_plate(path, measured())
    assert kept_plate(path) == measured()
    path.write_bytes(damage)
    assert kept_plate(path) is None


def test_a_disk_that_takes_nothing_keeps_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "devices").write_text("no folder")
    assert not keep_plate(tmp_path / "devices" / FILE, measured())
    assert kept_plate(tmp_path / "devices" / FILE) is None


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraBench]:
    with camera_bench(tmp_path_factory.mktemp("chart")) as made:
        yield made


def test_over_the_cameras_own_stream_it_is_measured_kept_and_used_after_a_restart(bench: CameraBench, tmp_path: Path) -> None:
    path = tmp_path / "devices" / FILE
    camera = OpencvDocumentCamera(bench.url, path)
    try:
        assert camera.open(Deadline.after(20)) is PaperHint.GOOD
        bench.do("lay", paper="tenancy-contract")
        assert camera.preview(Deadline.after(20)) is not None
        assert camera.calibrate(Deadline.after(20)).outcome is ChartOutcome.NO_CHART
        assert not path.exists(), "a refusal leaves what was"
        bench.do("lay", paper=CHART)
        assert camera.preview(Deadline.after(20)) is not None
        reading = camera.calibrate(Deadline.after(20))
        assert reading.outcome is ChartOutcome.MEASURED
        assert kept_plate(path) == reading.plate
    finally:
        camera.close()
    bench.do("lay", paper="tenancy-contract")
    again = OpencvDocumentCamera(bench.url, path)
    try:
        assert again.open(Deadline.after(20)) is PaperHint.GOOD
        picture = again.capture(Deadline.after(20))
    finally:
        again.close()
    assert picture.jpeg is not None
    assert Image.open(io.BytesIO(picture.jpeg.reveal())).info["dpi"][0] > 80


def test_a_camera_that_is_away_or_has_nowhere_to_keep_it_says_so(bench: CameraBench, tmp_path: Path) -> None:
    bench.do("lay", paper=CHART)
    camera = OpencvDocumentCamera(bench.url)
    try:
        assert camera.open(Deadline.after(20)) is PaperHint.GOOD
        assert camera.preview(Deadline.after(20)) is not None
        assert camera.calibrate(Deadline.after(20)).outcome is ChartOutcome.NOT_KEPT
    finally:
        camera.close()
    absent = OpencvDocumentCamera("/dev/no-such-camera", tmp_path / FILE)
    assert absent.calibrate(Deadline.after(1)).outcome is ChartOutcome.CAMERA_ABSENT
