"""Every screen in every form, theme and size, on one contact sheet per language.

    python -m kiosk.screens.contact_sheet --out build/screens [--language zh] [--panel P1] [--theme dark] [--scale 1.6] [--only 02-home]

Each combination is drawn by a `kiosk.screens.gallery` of its own, for a window keeps its size; the single pictures stay beside the sheet.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw

from peripherals.values import dataclass

FORMS = ("P1", "P3", "P4")
THEMES = ("light", "dark", "contrast")
SCALES = ("1.0", "1.3", "1.6")
LANGUAGES = ("zh", "en", "ko")
_HIGH, _NAME, _GAP = 180, 190, 4
_PAPER, _INK = "#5A5A5A", "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Combination:
    """One way of drawing all screens."""

    panel: str
    theme: str
    scale: str

    @property
    def folder(self) -> str:
        """Where its pictures lie."""
        return f"{self.panel}-{self.theme}-{self.scale}"


def draw(out: Path, language: str, combination: Combination, only: str) -> Path:
    """Draw every screen in one combination; returns the folder.

    Raises:
        subprocess.CalledProcessError: The gallery failed.
    """
    folder = out / language / combination.folder
    subprocess.run(
        [
            sys.executable, "-m", "kiosk.screens.gallery", "--out", str(folder), "--language", language, "--panel", combination.panel,
            "--theme", combination.theme, "--scale", combination.scale, "--only", only,
        ],
        check=True,
    )  # fmt: skip
    return folder


def put_together(folders: Sequence[Path]) -> Image.Image:
    """Return the sheet: a row for each screen, a column for each folder. Later leaves of a page are left to the single pictures."""
    names = sorted({file.stem for folder in folders for file in folder.glob("*.png") if "-leaf" not in file.stem})
    widths = [_width(folder) for folder in folders]
    sheet = Image.new("RGB", (_NAME + sum(widths) + _GAP * len(widths), _GAP + (len(names) + 1) * (_HIGH + _GAP)), _PAPER)
    pen = ImageDraw.Draw(sheet)
    left = _NAME
    for folder, width in zip(folders, widths, strict=True):
        pen.text((left, _HIGH // 2), folder.name, fill=_INK)
        for row, name in enumerate(names, start=1):
            file = folder / f"{name}.png"
            if file.exists():
                with Image.open(file) as picture:
                    sheet.paste(picture.convert("RGB").resize((width, _HIGH), Image.Resampling.BOX), (left, row * (_HIGH + _GAP)))
        left += width + _GAP
    for row, name in enumerate(names, start=1):
        pen.text((8, row * (_HIGH + _GAP) + _HIGH // 2), name, fill=_INK)
    return sheet


def _width(folder: Path) -> int:
    first = next(iter(sorted(folder.glob("*.png"))), None)
    if first is None:
        return 1
    with Image.open(first) as picture:
        return round(picture.width * _HIGH / picture.height)


def main() -> None:
    """Draw and put together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    parser.add_argument("--panel", choices=FORMS, action="append")
    parser.add_argument("--theme", choices=THEMES, action="append")
    parser.add_argument("--scale", choices=SCALES, action="append")
    parser.add_argument("--only", default="", help="parts of states' names, with commas between")
    options = parser.parse_args()
    for language in options.language or LANGUAGES:
        combinations = [Combination(*one) for one in product(options.panel or FORMS, options.theme or THEMES, options.scale or SCALES)]
        folders = [draw(options.out, language, combination, options.only) for combination in combinations]
        put_together(folders).save(options.out / f"{language}.png")


if __name__ == "__main__":
    main()
