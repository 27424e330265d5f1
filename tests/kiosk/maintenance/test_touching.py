"""Calibration of the panel: what a matrix mends, what none does, and what is kept of it."""

import pytest

from kiosk.maintenance.touch_file import FILE, keep_touch, kept_touch
from kiosk.maintenance.touching import RESIDUAL_MAX_MM, STRAIGHT, TARGETS, Matrix, Point, fitted, residual_mm

OFF = Matrix(a=1.06, b=0.02, c=-0.03, d=-0.015, e=0.94, f=0.04)
GLASS_MM = (268.0, 476.0)


def panel_says(matrix: Matrix, at: Point) -> Point:
    """Return what a panel that is off says of a finger at `at`: what `matrix` would put right."""
    x, y = at[0] - matrix.c, at[1] - matrix.f
    whole = matrix.a * matrix.e - matrix.b * matrix.d
    return (matrix.e * x - matrix.b * y) / whole, (matrix.a * y - matrix.d * x) / whole


def test_a_panel_that_is_shifted_scaled_and_turned_is_put_right_everywhere() -> None:
    touched = [panel_says(OFF, target) for target in TARGETS]
    matrix = fitted(touched)
    assert matrix is not None
    assert residual_mm(matrix, touched, *GLASS_MM) < 0.01
    for at in ((0.0, 0.0), (0.33, 0.71), (1.0, 1.0)):
        assert matrix.of(panel_says(OFF, at)) == pytest.approx(at)


def test_a_straight_panel_needs_nothing() -> None:
    matrix = fitted(TARGETS)
    assert matrix is not None
    assert matrix.of((0.2, 0.8)) == pytest.approx((0.2, 0.8))


def test_one_cross_that_was_missed_is_found_by_what_is_left() -> None:
    touched = list(TARGETS)
    touched[2] = (0.56, 0.5)
    matrix = fitted(touched)
    assert matrix is not None
    assert residual_mm(matrix, touched, *GLASS_MM) > RESIDUAL_MAX_MM


@pytest.mark.parametrize(
    "touched",
    [
        [(0.5, 0.5)] * 5,
        [(0.1, 0.1), (0.2, 0.2), (0.5, 0.5), (0.7, 0.7), (0.9, 0.9)],
        [(1 - x, y) for x, y in TARGETS],
        [(y, x) for x, y in TARGETS],
        [(x / 3, y) for x, y in TARGETS],
    ],
)
def test_what_no_panel_is_off_by_gives_no_matrix(touched: list[Point]) -> None:
    assert fitted(touched) is None


def test_a_matrix_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("touch") / "maintenance"
    assert kept_touch(folder) == STRAIGHT
    keep_touch(folder, OFF)
    assert kept_touch(folder) == OFF


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": "x"}', b'{"a": -1.0}', b'{"c": 40.0}'])
def test_a_damaged_or_wild_one_is_as_good_as_none(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("touch")
    (folder / FILE).write_bytes(content)
    assert kept_touch(folder) == STRAIGHT
