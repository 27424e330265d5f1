"""Letters on thermal paper: which font has which character, what may be printed at all, and where a line ends."""

import struct
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

from PIL import ImageFont

from peripherals.values import dataclass
from sync.contract.words import Language

NO_BREAK = "\u00a0"
"""A space at which no line ends."""

UNKNOWN = "□"
"""Stands for what has no shape of its own or none in any font."""

_SPACES = frozenset("\t\n\r\v\f\u2028\u2029")
_NEVER_FIRST = frozenset("，。、；：？！）》」』”’…—·,.;:?!)%]}")
_NEVER_LAST = frozenset("（《「『“‘([{")
_FAMILIES = {
    Language.ZH: ("NotoSansSC", "NotoSansKR"),
    Language.EN: ("NotoSansSC", "NotoSansKR"),
    Language.KO: ("NotoSansKR", "NotoSansSC"),
}
_RARE = ("HanaMinA.ttf", "HanaMinB.ttf")
_RARE_PLAIN, _RARE_BOLD = 0.016, 0.025  # of the size: its hairlines would vanish


def printable(text: str, limit: int) -> str:
    """Return `text` with nothing in it that commands, hides or turns around what follows, at most `limit` characters of it."""
    whole = "".join(_printable(character) for character in unicodedata.normalize("NFC", text[: 2 * limit]))
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"


def _printable(character: str) -> str:
    if character == NO_BREAK:
        return character
    if character in _SPACES or unicodedata.category(character) == "Zs":
        return " "
    if 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:
        return ""  # a choice among shapes of the same character
    if _is_ideograph(character):
        return character  # also one that is younger than Python's table
    return UNKNOWN if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} else character


def _is_ideograph(character: str) -> bool:
    return 0x20000 <= ord(character) <= 0x323AF


def _standing_in(character: str) -> str:
    """Return what stands for a character that is in no font: a Han character is named by its number, so that nobody takes it for lost."""
    return f"[U+{ord(character):X}]" if _is_ideograph(character) else UNKNOWN


class Coverage:
    """The characters that a font has, read from its own table of them (`cmap`, format 12)."""

    def __init__(self, path: Path) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in _ranges(path):
            if self._lasts and first == self._lasts[-1] + 1:
                self._lasts[-1] = last
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, character: str) -> bool:
        place = bisect_right(self._firsts, ord(character)) - 1
        return place >= 0 and ord(character) <= self._lasts[place]


def _ranges(path: Path) -> list[tuple[int, int]]:
    """Return the ranges of characters of an OpenType font, in order.

    Raises:
        ValueError: the file is no such font, or one that stops at the first 65,536 characters.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] not in {b"\0\1\0\0", b"OTTO"}:
            raise ValueError(f"{path.name} is no font")
        (tables,) = struct.unpack(">4xH6x", head)
        offsets = {tag: offset for tag, _, offset, _ in struct.iter_unpack(">4s3I", file.read(16 * tables))}
        if b"cmap" not in offsets:
            raise ValueError(f"{path.name} has no table of characters")
        file.seek(offsets[b"cmap"])
        (subtables,) = struct.unpack(">2xH", file.read(4))
        records = list(struct.iter_unpack(">HHI", file.read(8 * subtables)))
        for platform, encoding, offset in records:
            file.seek(offsets[b"cmap"] + offset)
            if (platform, encoding) in {(3, 10), (0, 4), (0, 6)} and file.read(2) == b"\0\x0c":
                (groups,) = struct.unpack(">10xI", file.read(14))
                return [(first, last) for first, last, _ in struct.iter_unpack(">3I", file.read(12 * groups))]
    raise ValueError(f"{path.name} has no table of the rarer characters")


@dataclass(frozen=True, slots=True)
class Style:
    """How letters look."""

    size_dots: int
    is_bold: bool = False
    language: Language = Language.ZH


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one font. `stroke_dots` thickens a font that is too thin for thermal paper."""

    text: str
    font: ImageFont.FreeTypeFont
    stroke_dots: float


class Letters:
    """The fonts of a folder, opened when first needed and kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fonts: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}
        self._coverages: dict[str, Coverage] = {}
        self._chosen: dict[tuple[str, bool, Language], str | None] = {}
        self._advances: dict[tuple[int, str], float] = {}

    def runs(self, text: str, style: Style) -> list[Run]:
        """Return `text` in runs of letters that one font has."""
        names: list[tuple[str, str]] = []
        for character in text:
            name = self._font_for(character, style)
            if name is None:
                character, name = _standing_in(character), self._plain(style)[0]  # noqa: PLW2901 - from here on it is another one
            if names and names[-1][0] == name:
                names[-1] = (name, names[-1][1] + character)
            else:
                names.append((name, character))
        return [Run(part, self._font(name, style.size_dots), self._stroke_dots(name, style)) for name, part in names]

    def width(self, text: str, style: Style) -> float:
        """Return how wide `text` is on one line."""
        return sum(self._advance(run.font, character) for run in self.runs(text, style) for character in run.text)

    def _advance(self, font: ImageFont.FreeTypeFont, character: str) -> float:
        """Return the width of one character; the basic engine only ever adds them up."""
        asked = (id(font), character)
        if asked not in self._advances:
            self._advances[asked] = font.getlength(character)
        return self._advances[asked]

    def wrapped(self, text: str, style: Style, width_dots: int) -> list[str]:
        """Break `text` into lines: Chinese between any two characters that may part, other scripts between words where they fit."""
        lines = [""]
        for piece in self._pieces(text, style, width_dots):
            if lines[-1] and self.width((lines[-1] + piece).rstrip(), style) > width_dots:
                lines[-1] = lines[-1].rstrip()
                lines.append(piece.lstrip())
            else:
                lines[-1] += piece
        return [line for line in (line.rstrip() for line in lines) if line] or [""]

    def _pieces(self, text: str, style: Style, width_dots: int) -> list[str]:
        """Return what must stay together; a piece that is wider than the paper falls apart into characters."""
        pieces: list[str] = []
        for character in text:
            if pieces and _stays_with(pieces[-1], character):
                pieces[-1] += character
            else:
                pieces.append(character)
        fitting: list[str] = []
        for piece in pieces:
            fitting += [piece] if self.width(piece.rstrip(), style) <= width_dots else list(piece)
        return fitting

    def _plain(self, style: Style) -> tuple[str, ...]:
        weight = "700Bold" if style.is_bold else "500Medium"
        return tuple(f"{family}_{weight}.ttf" for family in _FAMILIES[style.language])

    def _font_for(self, character: str, style: Style) -> str | None:
        asked = (character, style.is_bold, style.language)
        if asked not in self._chosen:
            self._chosen[asked] = next((name for name in (*self._plain(style), *_RARE) if character in self._coverage(name)), None)
        return self._chosen[asked]

    def _stroke_dots(self, name: str, style: Style) -> float:
        if name not in _RARE:
            return 0
        return style.size_dots * (_RARE_BOLD if style.is_bold else _RARE_PLAIN)

    def _coverage(self, name: str) -> Coverage:
        if name not in self._coverages:
            self._coverages[name] = Coverage(self._folder / name)
        return self._coverages[name]

    def _font(self, name: str, size_dots: int) -> ImageFont.FreeTypeFont:
        if (name, size_dots) not in self._fonts:
            # The basic engine: no shaping is needed here, and nothing in a text can ask for any.
            self._fonts[name, size_dots] = ImageFont.truetype(self._folder / name, size_dots, layout_engine=ImageFont.Layout.BASIC)
        return self._fonts[name, size_dots]


def _stays_with(piece: str, character: str) -> bool:
    last = piece[-1]
    if character in _NEVER_FIRST or last in _NEVER_LAST or character in {" ", NO_BREAK} or last == NO_BREAK:
        return True
    return last != " " and not _is_han(last) and not _is_han(character)


def _is_han(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"} and not "\uac00" <= character <= "\ud7a3"


@cache
def letters_in(folder: Path) -> Letters:
    """Return the letters of a folder, the same ones each time."""
    return Letters(folder)
