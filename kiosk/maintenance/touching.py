"""Calibration of the touch panel: a matrix that puts a finger where it is, found from five crosses. Pure.

Points are shares of the glass, from its lower left corner: (0.5, 0.5) is the middle whatever the panel is.
"""

from collections.abc import Sequence
from math import hypot
from typing import Final

from peripherals.values import dataclass

Point = tuple[float, float]

TARGETS: Final[tuple[Point, ...]] = ((0.1, 0.9), (0.9, 0.9), (0.5, 0.5), (0.1, 0.1), (0.9, 0.1))
"""Where the crosses stand, in the order in which they are touched."""

RESIDUAL_MAX_MM: Final = 4.0
"""Beyond this somebody did not touch the crosses, or the panel is bent: no matrix mends that (a sample)."""

_SCALE_MIN, _SCALE_MAX, _TURN_MAX, _SHIFT_MAX = 0.7, 1.4, 0.3, 0.4
"""A panel that is off by more is wired wrongly, which is no matter of calibration."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """x becomes a·x + b·y + c, y becomes d·x + e·y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0

    def of(self, at: Point) -> Point:
        """Return where a finger is that the panel says is at `at`."""
        x, y = at
        return self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f

    @property
    def is_sane(self) -> bool:
        """Whether a panel that hangs as it should can be off so."""
        return (
            all(_SCALE_MIN <= one <= _SCALE_MAX for one in (self.a, self.e))
            and all(abs(one) <= _TURN_MAX for one in (self.b, self.d))
            and all(abs(one) <= _SHIFT_MAX for one in (self.c, self.f))
        )


STRAIGHT: Final = Matrix()


def fitted(touched: Sequence[Point], targets: Sequence[Point] = TARGETS) -> Matrix | None:
    """Return the matrix that brings what was touched nearest to the crosses (least squares); None where no sane one does."""
    rows = [(x, y, 1.0) for x, y in touched]
    normal = [[sum(row[i] * row[j] for row in rows) for j in range(3)] for i in range(3)]
    across = _solved(normal, [sum(row[i] * at[0] for row, at in zip(rows, targets, strict=True)) for i in range(3)])
    up = _solved(normal, [sum(row[i] * at[1] for row, at in zip(rows, targets, strict=True)) for i in range(3)])
    if across is None or up is None:
        return None
    matrix = Matrix(*across, *up)
    return matrix if matrix.is_sane else None


def residual_mm(matrix: Matrix, touched: Sequence[Point], width_mm: float, height_mm: float, targets: Sequence[Point] = TARGETS) -> float:
    """Return how far the worst cross is still missed."""
    missed: list[float] = []
    for at, target in zip(touched, targets, strict=True):
        x, y = matrix.of(at)
        missed.append(hypot((x - target[0]) * width_mm, (y - target[1]) * height_mm))
    return max(missed)


def _solved(normal: Sequence[Sequence[float]], right: Sequence[float]) -> tuple[float, float, float] | None:
    """Solve three equations (Cramer); None where the points lie in a line."""

    def determinant(m: Sequence[Sequence[float]]) -> float:
        (a, b, c), (d, e, f), (g, h, i) = m
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    whole = determinant(normal)
    if abs(whole) < 1e-9:
        return None
    found = []
    for column in range(3):
        put_in = [[right[i] if j == column else normal[i][j] for j in range(3)] for i in range(3)]
        found.append(determinant(put_in) / whole)
    return found[0], found[1], found[2]
