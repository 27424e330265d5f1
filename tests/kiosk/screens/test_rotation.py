"""A display that stands on its side: what is drawn is turned, and fingers are felt where they see it."""

import json
import subprocess
import sys

import pytest

from kiosk.screens.tokens import Panel


@pytest.mark.parametrize(("rotation", "corner"), [(0, (50, 50)), (90, (50, 350)), (180, (350, 650)), (270, (650, 50))])
def test_the_picture_is_turned_and_touches_with_it(rotation: int, corner: tuple[int, int]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.kiosk.screens.turned", str(rotation)], capture_output=True, text=True, check=False, timeout=240
    )
    assert ended.returncode == 0, ended.stderr[-800:]
    said = json.loads(ended.stdout)
    assert said["middle"] == pytest.approx(corner, abs=6)
    assert said["upright"] == [255, 0, 0]
    assert said["felt"][0] == pytest.approx((50, 50), abs=8)


def test_the_display_has_the_sides_of_the_glass_changed_over() -> None:
    assert Panel(1080, 1920, 0.25, 90).display_px == (1920, 1080)
    assert Panel(1080, 1920, 0.25, 180).display_px == (1080, 1920)
