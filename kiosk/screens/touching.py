"""Puts each finger where it is, before anybody hears of it: the panel's matrix, applied to what the window is told."""

from typing import Any

from kiosk.flow.state import Kiosk
from kiosk.flow.technician import TouchTargets, TouchTrial
from kiosk.maintenance.touching import STRAIGHT, Matrix, Point


class Corrector:
    """One of Kivy's post-processing modules. `rotation` is how far the picture is turned on the panel, in degrees."""

    def __init__(self, rotation: int, kept: Matrix = STRAIGHT) -> None:
        self._rotation = rotation
        self._kept = kept
        self._used = kept
        self._put: dict[int, Point] = {}  # where each finger was put last, so that none is put right twice

    def follow(self, state: Kiosk) -> None:
        """Use what belongs to this state: nothing at the crosses, the new matrix on trial, and after that what is kept."""
        match state.view:
            case TouchTargets():
                self._used = STRAIGHT
            case TouchTrial(matrix) as view:
                self._used = matrix
                self._kept = matrix if view.is_kept else self._kept
            case _:
                self._used = self._kept

    def process(self, events: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """Correct what the panel says; Kivy calls this for each picture."""
        for kind, event in events:
            at = (event.sx, event.sy)
            if self._used != STRAIGHT and self._put.get(event.uid) != at:
                event.sx, event.sy = self._corrected(at)
                self._put[event.uid] = (event.sx, event.sy)
            if kind == "end":
                self._put.pop(event.uid, None)
        return events

    def _corrected(self, at: Point) -> Point:
        x, y = self._used.of(_turned(at, self._rotation))
        return _turned((min(1.0, max(0.0, x)), min(1.0, max(0.0, y))), -self._rotation % 360)


def _turned(at: Point, rotation: int) -> Point:
    """Return a point of the panel as one of the picture that is turned on it, as Kivy does (`to_absolute_pos`)."""
    x, y = at
    return {0: (x, y), 90: (y, 1 - x), 180: (1 - x, 1 - y), 270: (1 - y, x)}[rotation]
