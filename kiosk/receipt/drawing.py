"""A slip as black and white dots, for a printer of any width; the whole ticket is one picture, so every character prints."""

from pathlib import Path
from typing import assert_never

import segno
from PIL import Image, ImageDraw

from kiosk.receipt.content import Slip
from kiosk.receipt.letters import Letters, Style, letters_in, printable
from kiosk.receipt.sheet import HEADING, TEXT, TITLE, Bar, Block, Box, Code, Line, Row, Rule, sheet_of
from peripherals.receipt_printer import Raster

_WHITE, _BLACK = 255, 0
_HALF = 128  # greys at the edge of a letter turn black or white here
_LEADING = 1.45
_BASELINE = 1.06  # below the top of a line, in sizes
_NARROW_DOTS = 480  # narrower paper puts words under the code, not beside it
_MODULE_DOTS = 7
_QUIET_DOTS = 4 * _MODULE_DOTS  # the white that a scanner needs around a code
_TALLEST_DOTS = 8000  # a metre of paper; no slip comes near
_TEXT_LIMIT = 400


def drawn(slip: Slip, width_dots: int, fonts: Path) -> Raster:
    """Return the slip as it will stand on paper of `width_dots` (576 for 80 mm, 384 for 58 mm); `fonts` is the folder of the fonts."""
    return drawn_blocks(sheet_of(slip), width_dots, fonts)


def drawn_blocks(blocks: tuple[Block, ...], width_dots: int, fonts: Path) -> Raster:
    """Return any sheet as dots."""
    pen = _Pen(width_dots, letters_in(fonts))
    for block in blocks:
        pen.draw(block)
    return pen.raster()


class _Pen:
    """Draws block under block. `y` is where the next one begins."""

    def __init__(self, width_dots: int, letters: Letters) -> None:
        self._letters = letters
        self._width = width_dots
        self._left = 24 if width_dots >= _NARROW_DOTS else 12
        self._right = width_dots - self._left
        self._image = Image.new("L", (width_dots, _TALLEST_DOTS), _WHITE)
        self._draw = ImageDraw.Draw(self._image)
        self._y = 20

    def raster(self) -> Raster:
        """Return what was drawn, cut below the last block."""
        height = self._y + 24
        page = self._image.crop((0, 0, self._width, height)).point(lambda grey: _WHITE if grey < _HALF else _BLACK, "1")
        return Raster(self._width, height, page.tobytes())  # the point above has made black the 1

    def draw(self, block: Block) -> None:
        match block:
            case Line():
                self._line(block, self._left, self._right)
            case Bar():
                self._bar(block)
            case Rule():
                self._rule(block)
            case Row():
                self._row(block)
            case Box():
                self._box(block)
            case Code():
                self._code(block)
            case _:
                assert_never(block)

    def _write(self, text: str, style: Style, x: float, *, ink: int = _BLACK) -> None:
        """Write one line at `x`, on the line of text that begins at `y`."""
        baseline = self._y + round(style.size_dots * _BASELINE)
        for run in self._letters.runs(text, style):
            self._draw.text((round(x), baseline), run.text, ink, run.font, "ls", stroke_width=run.stroke_dots)
            x += run.font.getlength(run.text)

    def _line(self, line: Line, left: int, right: int) -> None:
        text = printable(line.text, _TEXT_LIMIT)
        style = Style(line.size_dots, line.is_bold, line.language)
        if line.fit:
            style = self._fitting(text, style, right - left)
        if line.mark:
            self._write(line.mark, style, left)
            left += round(self._letters.width(line.mark, style))
        for part in self._letters.wrapped(text, style, right - left):
            spare = right - left - self._letters.width(part, style) if line.is_centred else 0
            self._write(part, style, left + spare / 2)
            self._y += round(style.size_dots * _LEADING)

    def _fitting(self, text: str, style: Style, width_dots: int) -> Style:
        """Return the largest style, not above the one given, in which `text` needs one line; never below the size of text."""
        size = style.size_dots
        while size > TEXT and self._letters.width(text, Style(size, style.is_bold, style.language)) > width_dots:
            size -= 2
        return Style(size, style.is_bold, style.language)

    def _bar(self, bar: Bar) -> None:
        self._y += 8
        height = round(TITLE * 1.6)
        self._draw.rounded_rectangle((self._left, self._y, self._right - 1, self._y + height - 1), 10, _BLACK)
        style = self._fitting(bar.text, Style(TITLE, is_bold=True), self._right - self._left - 24)
        top, self._y = self._y, self._y + round((height - style.size_dots * _LEADING) / 2)
        self._write(bar.text, style, (self._width - self._letters.width(bar.text, style)) / 2, ink=_WHITE)
        self._y = top + height + 16

    def _rule(self, rule: Rule) -> None:
        self._y += 12
        if rule.is_dashed:
            for x in range(self._left, self._right, 10):
                self._draw.rectangle((x, self._y, min(x + 6, self._right) - 1, self._y + 2), _BLACK)
        else:
            self._draw.rectangle((self._left, self._y, self._right - 1, self._y + 3), _BLACK)
        self._y += 18

    def _row(self, row: Row) -> None:
        """The name at the left, the value at the right; one that needs more lines begins them below each other."""
        name_style, value_style = Style(TEXT), Style(TEXT, is_bold=True)
        room = self._right - self._left - round(self._letters.width(row.name, name_style)) - TEXT
        self._write(row.name, name_style, self._left)
        parts = self._letters.wrapped(printable(row.value, _TEXT_LIMIT), value_style, room)
        for part in parts:
            at_right = self._right - self._letters.width(part, value_style)
            self._write(part, value_style, at_right if len(parts) == 1 else self._right - room)
            self._y += round(TEXT * _LEADING)

    def _box(self, box: Box) -> None:
        self._y += 4
        top, self._y = self._y, self._y + 18
        for line in box.lines:
            self._line(line, self._left + 22, self._right - 22)
        self._y += 14
        self._draw.rounded_rectangle((self._left, top, self._right - 1, self._y - 1), 14, outline=_BLACK, width=4)
        self._y += 18

    def _alone(self, payload: str) -> None:
        """As large as half the paper, in whole dots."""
        dots = max(_MODULE_DOTS, self._width // 2 // len(segno.make(payload, error="m", boost_error=False, micro=False).matrix))
        picture = _qr(payload, dots)
        self._y += 12
        self._image.paste(picture, ((self._width - picture.width) // 2, self._y))
        self._y += picture.height + 4 * dots

    def _code(self, code: Code) -> None:
        self._y += 20
        if code.is_alone:
            self._alone(code.payload)
            return
        picture = _qr(code.payload)
        top, words = self._y, (Line(code.heading, HEADING, is_bold=True, is_centred=False), Line(code.text, TEXT, is_centred=False))
        if self._width < _NARROW_DOTS:
            self._image.paste(picture, ((self._width - picture.width) // 2, top))
            self._y = top + picture.height + 20
            for line in words:
                self._line(line, self._left, self._right)
            return
        self._image.paste(picture, (self._left, top))
        left = self._left + picture.width + 36
        style = Style(TEXT)
        height = HEADING * _LEADING + len(self._letters.wrapped(code.text, style, self._right - left)) * TEXT * _LEADING
        self._y = top + max(0, round((picture.height - height) / 2))
        for line in words:
            self._line(line, left, self._right)
        self._y = max(self._y, top + picture.height) + _QUIET_DOTS - 12  # a rule begins 12 dots further down


def _qr(payload: str, module_dots: int = _MODULE_DOTS) -> Image.Image:
    """Return the code in whole dots; the white around it is the paper's."""
    rows = [bytes(row) for row in segno.make(payload, error="m", boost_error=False, micro=False).matrix]
    modules = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows)).point(lambda module: _BLACK if module else _WHITE)
    return modules.resize((modules.width * module_dots, modules.height * module_dots), Image.Resampling.NEAREST)
