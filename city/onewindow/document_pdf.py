"""A paper of a case drawn on A4, with the fonts in it: black print is enough, nothing that matters is a tint."""

import io
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import segno
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid
from reportlab.platypus.flowables import Flowable

from city.onewindow.documents import Sheet, Table
from sync.contract.names import CaseNumber

REGULAR, BOLD, RARE, RARE_B = "paper", "paper-bold", "paper-rare", "paper-rare-b"
_FILES = {REGULAR: "NotoSansSC_400Regular.ttf", BOLD: "NotoSansSC_700Bold.ttf", RARE: "HanaMinA.ttf", RARE_B: "HanaMinB.ttf"}
_RED = colors.HexColor("#B3261E")
_MARGIN = 20 * mm
_WIDE = A4[0] - 2 * _MARGIN


class FontsMissingError(RuntimeError):
    """The fonts that papers are set in are not there."""


def drawn(sheet: Sheet, code: str, address: str, fonts: Path) -> bytes:
    """Return the paper as PDF.

    Args:
        sheet: What stands on it.
        code: Its verification code.
        address: Where the code is checked, as it is printed.
        fonts: The folder of the fonts.

    Raises:
        FontsMissingError: The fonts are not there.
    """
    letters = _letters(fonts)
    file = io.BytesIO()
    frame = SimpleDocTemplate(
        file, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=36 * mm, bottomMargin=30 * mm,
        title=sheet.title, author=sheet.office, invariant=1,
    )  # fmt: skip

    def around(canvas: Canvas, _document: object) -> None:
        _frame(canvas, sheet, code)

    frame.build(_story(sheet, code, address, letters), onFirstPage=around, onLaterPages=around)
    return file.getvalue()


class _Letters:
    """Sets text so that a character that the house's face has not is taken from one that has it."""

    def __init__(self, known: dict[str, frozenset[int]]) -> None:
        self._known = known

    def set(self, text: str) -> str:
        """Return the text as markup, each run in a face that has its characters."""
        return "".join(self._one(letter) for letter in text)

    def _one(self, letter: str) -> str:
        face = next((name for name, known in self._known.items() if ord(letter) in known), REGULAR)
        return escape(letter) if face == REGULAR else f'<font name="{face}">{escape(letter)}</font>'


@lru_cache(maxsize=2)
def _letters(fonts: Path) -> _Letters:
    known: dict[str, frozenset[int]] = {}
    for name, file in _FILES.items():
        path = fonts / file
        if not path.is_file():
            if name in (REGULAR, BOLD):
                raise FontsMissingError(f"{path} is not there; run: ./set-up.sh")
            continue
        face = TTFont(name, str(path))
        pdfmetrics.registerFont(face)
        if name != BOLD:
            known[name] = frozenset(face.face.charToGlyph)
    return _Letters(known)


def _style(size: float, leading: float, *, bold: bool = False, **more: object) -> ParagraphStyle:
    return ParagraphStyle("one", fontName=BOLD if bold else REGULAR, fontSize=size, leading=leading, wordWrap="CJK", **more)


_TITLE, _TEXT = _style(26, 38, bold=True, alignment=1), _style(12.5, 22, firstLineIndent=25)
_NAME, _SMALL, _CELL = _style(12.5, 22, bold=True), _style(10, 15), _style(10.5, 15)
_HEAD, _LABEL, _VALUE = _style(10.5, 15, bold=True), _style(10, 14), _style(17, 25, bold=True)


def _story(sheet: Sheet, code: str, address: str, letters: _Letters) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(" ".join(sheet.title), _TITLE), Spacer(1, 5 * mm)]
    story.append(Paragraph(letters.set(f"编号：{grouped_number(sheet.number)}"), _SMALL))
    story += [Spacer(1, 3 * mm), Paragraph(letters.set(sheet.addressee), _NAME)]
    story += [Paragraph(letters.set(text), _TEXT) for text in sheet.text]
    story.append(Spacer(1, 4 * mm))
    for figure in sheet.figures:
        inside = [Paragraph(letters.set(figure.label), _LABEL), Paragraph(letters.set(figure.value), _VALUE)]
        inside += [Paragraph(letters.set(figure.small), _LABEL)] if figure.small else []
        box = Grid([[inside]], colWidths=[_WIDE])
        box.setStyle([("BOX", (0, 0), (-1, -1), 1, colors.black), ("PADDING", (0, 0), (-1, -1), 9)])
        story += [box, Spacer(1, 5 * mm)]
    for table in sheet.tables:
        story += [_grid(table, letters), Spacer(1, 5 * mm)]
    spaced = "-".join(code[at : at + 4] for at in range(0, len(code), 4))
    for name, text in (*sheet.notes, ("核真伪", f"打开 {address}，输入核验码 {spaced}，显示的编号、日期应与本纸一致。")):
        story.append(Paragraph(f'<font name="{BOLD}">{escape(name)}</font>　{letters.set(text)}', _SMALL))
    on = f"{sheet.on.year} 年 {sheet.on.month} 月 {sheet.on.day} 日"
    foot = Grid([[Paragraph(letters.set(sheet.hand), _CELL), Paragraph(on, _style(12.5, 20, alignment=2))]], colWidths=[_WIDE / 2] * 2)
    foot.setStyle([("VALIGN", (0, 0), (-1, -1), "BOTTOM"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return [*story, Spacer(1, 14 * mm), foot]


def _grid(table: Table, letters: _Letters) -> Grid:
    """Narrow columns for what is short; the rest shares the width by how much stands in it."""
    longest = [max([len(head), *(len(row[at]) for row in table.rows)]) for at, head in enumerate(table.heads)]
    shares = [min(max(length, 2), 24) + 2 for length in longest]
    widths = [_WIDE * share / sum(shares) for share in shares]
    rows = [[Paragraph(letters.set(head), _HEAD) for head in table.heads]]
    rows += [[Paragraph(letters.set(cell), _CELL) for cell in row] for row in table.rows]
    grid = Grid(rows, colWidths=widths, repeatRows=1)
    grid.setStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.HexColor("#444444")), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    return grid


def _frame(canvas: Canvas, sheet: Sheet, code: str) -> None:
    """The office's name over its rule, the code at the right, and what this paper is not."""
    width, height = A4
    canvas.setFillColor(_RED)
    canvas.setFont(BOLD, 15)
    canvas.drawString(_MARGIN, height - 27 * mm, sheet.office)
    canvas.setStrokeColor(_RED)
    canvas.setLineWidth(1.6)
    canvas.line(_MARGIN, height - 31 * mm, width - _MARGIN, height - 31 * mm)
    canvas.setFillColor(colors.black)
    _code(canvas, sheet.slip_code, width - _MARGIN - 19 * mm, height - 29.5 * mm, 19 * mm)
    canvas.setStrokeColor(colors.HexColor("#888888"))
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, 20 * mm, width - _MARGIN, 20 * mm)
    canvas.setFont(REGULAR, 9)
    canvas.drawString(_MARGIN, 15 * mm, sheet.foot)
    canvas.drawRightString(width - _MARGIN, 15 * mm, f"核验码 {code} · 第 {canvas.getPageNumber()} 页")


def _code(canvas: Canvas, payload: str, left: float, bottom: float, side: float) -> None:
    rows = [tuple(row) for row in segno.make(payload, error="m", boost_error=False, micro=False).matrix]
    dot = side / len(rows)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                canvas.rect(left + x * dot, bottom + side - (y + 1) * dot, dot, dot, stroke=0, fill=1)


def grouped_number(number: str) -> CaseNumber:
    """Return a case number in groups that can be read aloud."""
    return CaseNumber(f"{number[:4]}-{number[4:8]}-{number[8:]}") if len(number) > 9 else CaseNumber(number)
