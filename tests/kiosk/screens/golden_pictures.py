"""The main screens as small pictures that the screens of today are compared with.

python -m tests.kiosk.screens.golden_pictures     # after a change that is meant: look at the pictures, and keep them
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

GOLDEN = Path(__file__).with_name("golden")
SHOTS = {
    ("P1", "light"): ("01-idle", "02-home-elder", "03-guide", "04-lay-card", "05-form", "06-form-pinyin", "12-review", "13-done-received"),
    ("P1", "dark"): ("04-lay-card", "12-review"),
    ("P1", "contrast"): ("02-home-elder", "05-form"),
    ("P3", "light"): ("04-lay-card", "06-form-pinyin"),
    ("P4", "light"): ("02-home-elder", "05-form-figures", "13-done-received"),
}
_LONG_SIDE = 480
_SEEN = 48  # of 255: a difference that an eye sees
_SHARE = 0.012
"""So much of a picture may differ: another version of the drawing library sets letters by a hair elsewhere."""


def draw(panel: str, theme: str, folder: Path) -> None:
    """Draw the screens of one form as they are today.

    Raises:
        subprocess.CalledProcessError: The gallery failed.
    """
    names = SHOTS[panel, theme]
    quiet = {"SDL_VIDEODRIVER": "offscreen", "KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1"}
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(
            [
                sys.executable, "-m", "kiosk.screens.gallery", "--out", str(folder), "--panel", panel, "--theme", theme,
                "--only", ",".join(names),
            ],
            check=True, env={**os.environ, **quiet, "KIVY_HOME": home}, cwd=Path(__file__).parents[3],
        )  # fmt: skip


def small(file: Path) -> Image.Image:
    """Return a picture in the size in which it is kept."""
    with Image.open(file) as picture:
        factor = _LONG_SIDE / max(picture.size)
        return picture.convert("RGB").resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the share of pixels that an eye sees to differ; 1.0 for another size."""
    if one.size != other.size:
        return 1.0
    apart = np.abs(np.asarray(one, dtype=np.int16) - np.asarray(other, dtype=np.int16)).max(axis=2)
    return float((apart > _SEEN).mean())


def is_same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures show the same screen."""
    return difference(one, other) <= _SHARE


def main() -> None:
    """Draw all anew and keep them."""
    for (panel, theme), names in SHOTS.items():
        with tempfile.TemporaryDirectory() as folder:
            draw(panel, theme, Path(folder))
            for name in names:
                small(Path(folder) / f"{name}.png").quantize(128).save(GOLDEN / f"{panel}-{theme}-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
