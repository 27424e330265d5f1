"""Draws, when an image is built, the pictures that say "out of order": one for each trouble, in three languages."""

import gzip
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kiosk.machine.trouble import Trouble
from kiosk.texts import say
from sync.contract.words import Language

WIDTH_PX, HEIGHT_PX = 720, 1280
_PAPER, _BAND, _INK, _SOFT, _GLAZE = "#F8F4EB", "#0B5748", "#1D2521", "#414B45", "#E7A534"
_MARGIN_PX = 56
_FACES = {Language.ZH: "NotoSansSC", Language.EN: "NotoSansSC", Language.KO: "NotoSansKR"}
_NEVER_FIRST = "，。、；：！？）,.;:!?)"


def draw_all(folder: Path, fonts: Path) -> tuple[Path, ...]:
    """Draw every picture into `folder` as gzipped PPM, which a few lines can read; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_save(drawn(trouble, fonts), folder / f"{trouble}.ppm.gz") for trouble in Trouble)


def drawn(trouble: Trouble, fonts: Path) -> Image.Image:
    """Return the picture of one trouble."""
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH_PX, 12), _BAND)
    pen.ellipse((WIDTH_PX // 2 - 44, 84, WIDTH_PX // 2 + 44, 172), _GLAZE)
    for left in (-16, 6):
        pen.rounded_rectangle((WIDTH_PX // 2 + left, 106, WIDTH_PX // 2 + left + 10, 150), 4, _PAPER)
    y = 212
    for language, size in ((Language.ZH, 54), (Language.EN, 36), (Language.KO, 36)):
        y = _write(pen, say("machine.resting", language), _font(fonts, language, 700, size), y, _INK) + 6
        y = _write(pen, say("machine.go", language), _font(fonts, language, 500, size * 2 // 3), y, _INK)
        y = _write(pen, say("machine.kept", language), _font(fonts, language, 400, size * 2 // 3), y, _SOFT) + 34
    pen.line((_MARGIN_PX, y, WIDTH_PX - _MARGIN_PX, y), _SOFT, 1)
    y += 22
    for language in Language:
        head = say("machine.staff", language) + (f" · {trouble.upper()}" if language is Language.ZH else "")
        y = _write(pen, head, _font(fonts, language, 700, 22), y, _BAND)
        y = _write(pen, say(f"machine.{trouble}", language), _font(fonts, language, 400, 22), y, _SOFT) + 12
    return image


def _font(fonts: Path, language: Language, weight: int, size: int) -> ImageFont.FreeTypeFont:
    name = {400: "400Regular", 500: "500Medium", 700: "700Bold"}[weight]
    return ImageFont.truetype(fonts / f"{_FACES[language]}_{name}.ttf", size)


def _write(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, y: int, ink: str) -> int:
    """Write a centred paragraph below `y`, and return where the next one begins."""
    for line in _lines(text, font, WIDTH_PX - 2 * _MARGIN_PX):
        pen.text(((WIDTH_PX - font.getlength(line)) / 2, y), line, ink, font)
        y += round(font.size * 1.45)
    return y


def _lines(text: str, font: ImageFont.FreeTypeFont, width_px: int) -> list[str]:
    """Break at spaces where there are any, and between Han otherwise, never before a stop."""
    pieces = [f"{word} " for word in text.split(" ")] if " " in text else list(text)
    lines = [""]
    for piece in pieces:
        if font.getlength((lines[-1] + piece).rstrip()) <= width_px or piece in _NEVER_FIRST:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.strip() for line in lines]


def _save(image: Image.Image, path: Path) -> Path:
    pixels = b"P6 %d %d 255\n" % image.size + image.tobytes()
    path.write_bytes(gzip.compress(pixels, mtime=0))
    return path
