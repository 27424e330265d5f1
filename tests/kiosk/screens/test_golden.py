"""The main screens look as they did when somebody last looked at them."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.kiosk.screens.golden_pictures import GOLDEN, SHOTS, difference, draw, is_same, small


@pytest.mark.parametrize(("panel", "theme"), list(SHOTS))
def test_the_main_screens_look_as_they_did(panel: str, theme: str, tmp_path: Path) -> None:
    draw(panel, theme, tmp_path)
    apart = {}
    for name in SHOTS[panel, theme]:
        today, kept = small(tmp_path / f"{name}.png"), small(GOLDEN / f"{panel}-{theme}-{name}.png")
        if not is_same(today, kept):
            apart[name] = round(difference(today, kept), 4)
    assert apart == {}, "if the change is meant: python -m tests.kiosk.screens.golden_pictures, and look at what it made"


def test_what_an_eye_would_see_is_found() -> None:
    form = small(GOLDEN / "P1-light-05-form.png")
    assert is_same(form, form.copy())
    moved = ImageChops.offset(form, 0, 6)
    assert not is_same(form, moved)
    assert not is_same(form, small(GOLDEN / "P1-contrast-05-form.png"))
    missing = form.copy()
    missing.paste((255, 255, 255), (100, 380, 260, 450))  # the filled button is gone
    assert not is_same(form, missing)
    assert not is_same(form, Image.new("RGB", (10, 10)))
