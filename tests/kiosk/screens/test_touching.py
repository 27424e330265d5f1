"""The panel's matrix on what the window is told: each finger once, on a turned picture too, and nothing while crosses are shown."""

from dataclasses import dataclass, replace

import pytest

from kiosk.flow.technician import Overview, TouchTargets, TouchTrial
from kiosk.maintenance.touching import Matrix
from kiosk.screens.touching import Corrector
from tests.kiosk.flow.walk import Walk

SHIFT = Matrix(c=0.1)


@dataclass
class Finger:
    """What Kivy hands over, as far as it is looked at."""

    uid: int
    sx: float
    sy: float

    @property
    def at(self) -> tuple[float, float]:
        return round(self.sx, 6), round(self.sy, 6)


def test_a_finger_is_put_right_once_however_often_it_is_told() -> None:
    corrector, finger = Corrector(0, SHIFT), Finger(1, 0.3, 0.5)
    corrector.process([("begin", finger), ("update", finger)])
    assert finger.at == (0.4, 0.5)
    corrector.process([("end", finger)])
    assert finger.at == (0.4, 0.5), "lifted where it was"
    again = Finger(1, 0.4, 0.5)
    corrector.process([("begin", again)])
    assert again.at == (0.5, 0.5), "the next one of the same number is another"


@pytest.mark.parametrize(("rotation", "to"), [(0, (0.4, 0.5)), (90, (0.3, 0.6)), (180, (0.2, 0.5)), (270, (0.3, 0.4))])
def test_on_a_turned_picture_it_is_the_picture_s_right_that_is_meant(rotation: int, to: tuple[float, float]) -> None:
    finger = Finger(1, 0.3, 0.5)
    Corrector(rotation, SHIFT).process([("begin", finger)])
    assert finger.at == to


def test_nobody_is_put_beside_the_glass() -> None:
    finger = Finger(1, 0.97, 0.5)
    Corrector(0, SHIFT).process([("begin", finger)])
    assert finger.at == (1.0, 0.5)


def test_crosses_are_measured_uncorrected_a_trial_is_tried_and_only_a_kept_one_stays() -> None:
    corrector, home = Corrector(0, SHIFT), Walk().at_home().state
    new = Matrix(c=-0.1)

    def put(view: object) -> tuple[float, float]:
        corrector.follow(replace(home, view=view))  # type: ignore[arg-type]
        finger = Finger(1, 0.5, 0.5)
        corrector.process([("begin", finger), ("end", finger)])
        return finger.at

    assert put(TouchTargets()) == (0.5, 0.5)
    assert put(TouchTrial(new, 1.0, 9)) == (0.4, 0.5)
    assert put(Overview()) == (0.6, 0.5), "undone"
    assert put(TouchTrial(new, 1.0, 9, is_kept=True)) == (0.4, 0.5)
    assert put(Overview()) == (0.4, 0.5)
