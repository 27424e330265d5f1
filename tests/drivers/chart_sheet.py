"""Draws the calibration chart that the kiosk prints: `python -m tests.drivers.chart_sheet OUT.png`. A test holds the kept one to it."""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from drivers.chart import board
from peripherals.plate import CELL_MM, CELLS, CHART_DOTS_PER_MM, MARGIN_MM, SHEET_MM
from peripherals.virtual.papers import Fonts

FONTS = Path(__file__).parents[2] / "assets" / "fonts"
_LINES = (
    "用 A4 纸按 100% 打印，不要“适合页面”；上面的线量出来应当是 100 毫米。",
    "Calibration chart. Print on A4 at 100 %, not fitted to the page: the line above is 100 mm.",
)


def drawn() -> Image.Image:
    """Return the sheet, black and white."""
    dots = CHART_DOTS_PER_MM
    page = Image.new("L", tuple(round(side * dots) for side in SHEET_MM), 255)
    size = tuple(round(cells * CELL_MM * dots) for cells in CELLS)
    left, top = (round(margin * dots) for margin in MARGIN_MM)
    page.paste(Image.fromarray(board().generateImage(size, None, 0, 1)), (left, top))
    pen, fonts, below = ImageDraw.Draw(page), Fonts.in_folder(FONTS), top + size[1]
    pen.text((left, below + 18), "摄像头标定图 A4", 0, font=ImageFont.truetype(str(fonts.bold), 52))
    for number, line in enumerate(_LINES):
        pen.text((left, below + 90 + 52 * number), line, 0, font=ImageFont.truetype(str(fonts.regular), 36))
    right, level = left + size[0], below + 54
    pen.line((right - 100 * dots, level, right, level), 0, 6)
    for at in range(0, 101, 10):
        x = right - at * dots
        pen.line((x, level - (30 if at % 50 == 0 else 18), x, level), 0, 6)
    return page.convert("1")


if __name__ == "__main__":
    drawn().save(sys.argv[1], optimize=True)
