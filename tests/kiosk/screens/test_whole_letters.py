"""Every letter of a line is drawn whole, whatever was drawn before it."""

import numpy as np
import pytest

from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kivy.graphics.texture import Texture  # isort: skip

from kiosk.flow.display import Display  # isort: skip
from kiosk.screens.gallery import PANELS
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE
from kiosk.screens.window import configure
from tests.kiosk.screens.fitting import shown, texts


def ends_in_ink(texture: Texture) -> bool:
    """Whether a letter reaches the right edge of what it is drawn on, and may go on beyond it."""
    width, height = texture.size
    shares = np.frombuffer(texture.pixels, np.uint8).reshape(height, width, 4)[:, :, 3]
    return bool(shares[:, -1].max() > 64)


@pytest.mark.parametrize("form", ["P3", "P1"])
def test_no_letter_is_cut_at_the_end_of_its_line(form: str) -> None:
    """The library that sets letters may measure a line by other advances than it draws it by, once it has drawn others of that size."""
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    assert Window is not None
    drawn = [
        (f"{name}: {text.plain}", run.texture)
        for name, page in shown(Theme(PANELS[form], FONTS), Display(), "12-review-offline")
        for text in texts(page)
        for run, _, _ in text._runs
    ]
    assert len(drawn) > 20
    assert not [said for said, texture in drawn if ends_in_ink(texture)]
