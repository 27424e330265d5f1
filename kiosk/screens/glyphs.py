"""What a font file can draw, read straight from its tables: which characters, how wide, and its icons by name.

Only the few tables that answer these questions are read, on first use, so that a font of 30 megabytes costs milliseconds.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from struct import Struct

_TABLE = Struct(">4sIII")
_GROUP = Struct(">III")


class UnreadableFontError(ValueError):
    """A font file lacks a table that is needed; the message names both."""


class Face:
    """One font file. Measures are in em: fractions of the size of the type."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            head = file.read(12)
            count = int.from_bytes(head[4:6])
            self._tables = {
                name.decode("latin-1"): (offset, length) for name, _, offset, length in _TABLE.iter_unpack(file.read(16 * count))
            }
        self._units = int.from_bytes(self._read("head", 18, 2))
        line = self._read("hhea", 4, 4)
        self.ascent = int.from_bytes(line[:2], signed=True) / self._units
        self.descent = -int.from_bytes(line[2:], signed=True) / self._units

    def covers(self, char: str) -> bool:
        """Tell whether the face has a glyph of its own for `char`."""
        return self._glyph(ord(char)) != 0

    def advance(self, char: str) -> float:
        """Return how far `char` moves the pen."""
        glyph = self._glyph(ord(char))
        widths = self._widths
        at = 4 * min(glyph, len(widths) // 4 - 1)
        return int.from_bytes(widths[at : at + 2]) / self._units

    def icon(self, name: str) -> str:
        """Return the character of the icon that the font calls `name`.

        Raises:
            KeyError: The font has no such icon.
        """
        return self._icons[name]

    def has_icon(self, name: str) -> bool:
        """Tell whether the font has an icon of this name."""
        return name in self._icons

    def _glyph(self, code: int) -> int:
        starts, ends, glyphs = self._groups
        place = bisect_right(starts, code) - 1
        if place < 0 or code > ends[place]:
            return 0
        return glyphs[place] + code - starts[place]

    @cached_property
    def _groups(self) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
        """The character map in the form that covers all planes (format 12): first and last code, first glyph."""
        cmap = self._read("cmap")
        for place in range(int.from_bytes(cmap[2:4])):
            offset = int.from_bytes(cmap[8 + 8 * place : 12 + 8 * place])
            if int.from_bytes(cmap[offset : offset + 2]) == 12:
                count = int.from_bytes(cmap[offset + 12 : offset + 16])
                groups = list(_GROUP.iter_unpack(cmap[offset + 16 : offset + 16 + 12 * count]))
                return array("L", [g[0] for g in groups]), array("L", [g[1] for g in groups]), array("L", [g[2] for g in groups])
        raise UnreadableFontError(f"{self.path.name} has no character map of all planes")

    @cached_property
    def _widths(self) -> bytes:
        """The table as it stands, four bytes a glyph: to turn all of it into numbers would take longer than to ask for the few."""
        count = int.from_bytes(self._read("hhea", 34, 2))
        return self._read("hmtx", 0, 4 * count)

    @cached_property
    def _icons(self) -> dict[str, str]:
        """Icons are named in the table of PostScript names; each has one character in the private area or beyond."""
        names = self._glyph_names()
        starts, ends, glyphs = self._groups
        found: dict[str, str] = {}
        for start, end, glyph in zip(starts, ends, glyphs, strict=True):
            for code in range(start, end + 1):
                name = names[glyph + code - start]
                if code >= 0xE000 and name:
                    found.setdefault(name, chr(code))
        return found

    def _glyph_names(self) -> list[str]:
        post = self._read("post")
        if int.from_bytes(post[:4]) != 0x20000:
            raise UnreadableFontError(f"{self.path.name} does not name its glyphs")
        count = int.from_bytes(post[32:34])
        places = [int.from_bytes(post[34 + 2 * at : 36 + 2 * at]) for at in range(count)]
        own: list[str] = []
        at = 34 + 2 * count
        while at < len(post):
            own.append(post[at + 1 : at + 1 + post[at]].decode("latin-1"))
            at += 1 + post[at]
        standard = 258  # names below this are those of the first Macintosh, letters and marks: no icons
        return [own[place - standard] if place >= standard else "" for place in places]

    def _read(self, table: str, start: int = 0, length: int | None = None) -> bytes:
        if table not in self._tables:
            raise UnreadableFontError(f"{self.path.name} has no table {table}")
        offset, whole = self._tables[table]
        with self.path.open("rb") as file:
            file.seek(offset + start)
            return file.read(whole - start if length is None else length)
