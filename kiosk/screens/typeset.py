"""Setting text: which face draws which character, and where a line may end.

Pure: a text goes in with a measure in em, lines of runs come out; a run is drawn by one face. Chinese breaks between any two
characters but keeps marks with their word and a figure with its unit; Korean and Latin break at spaces; no line starts with a mark,
and no last line is left with a single character.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path

from kiosk.screens.glyphs import Face
from kiosk.screens.tokens import Weight
from peripherals.values import dataclass
from sync.contract.words import Language

_NOT_AT_START = frozenset("，。：；？！、）》」』”’…·%％℃°.,:;?!)]}>/-—～")
_NOT_AT_END = frozenset("（《「『“‘([{<第￥¥")
_CHINESE_MARKS = frozenset("，。：；？！、（）《》「」『』“”‘’…—·～￥")

_FILES = {
    ("SC", Weight.REGULAR): "NotoSansSC_400Regular.ttf",
    ("SC", Weight.MEDIUM): "NotoSansSC_500Medium.ttf",
    ("SC", Weight.BOLD): "NotoSansSC_700Bold.ttf",
    ("KR", Weight.REGULAR): "NotoSansKR_400Regular.ttf",
    ("KR", Weight.MEDIUM): "NotoSansKR_500Medium.ttf",
    ("KR", Weight.BOLD): "NotoSansKR_700Bold.ttf",
}
_RARE_FILES = ("HanaMinA.ttf", "HanaMinB.ttf")
_ICON_FILE = "MaterialSymbolsRounded_500Medium.ttf"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text; `strong` is drawn bold."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one line that one face draws."""

    face: Face
    text: str
    width_em: float


Line = tuple[Run, ...]


class Fonts:
    """The faces in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._faces: dict[str, Face] = {}
        self._chosen: dict[tuple[str, Language, Weight], Face] = {}

    @cached_property
    def icons(self) -> Face:
        """The icon face."""
        return Face(self._folder / _ICON_FILE)

    def face_for(self, char: str, language: Language, weight: Weight) -> Face:
        """Return the face that draws `char`: the language's own for letters, the Chinese one for Chinese characters, rare ones last."""
        key = (char, language, weight)
        face = self._chosen.get(key)
        if face is None:
            face = self._chosen[key] = self._choose(char, language, weight)
        return face

    def covers(self, char: str) -> bool:
        """Tell whether any face draws `char`."""
        return char in "\n " or self.face_for(char, Language.ZH, Weight.REGULAR).covers(char)

    def missing(self, text: str) -> tuple[str, ...]:
        """Return the characters of a text that no face draws, each once."""
        return tuple(dict.fromkeys(char for char in text if not self.covers(char)))

    def _choose(self, char: str, language: Language, weight: Weight) -> Face:
        own, other = ("SC", "KR") if language is Language.ZH or _is_chinese(char) else ("KR", "SC")
        for script in (own, other):
            face = self._named(_FILES[script, weight])
            if face.covers(char):
                return face
        for name in _RARE_FILES:
            face = self._named(name)
            if face.covers(char):
                return face
        return self._named(_FILES[own, weight])

    def _named(self, name: str) -> Face:
        face = self._faces.get(name)
        if face is None:
            face = self._faces[name] = Face(self._folder / name)
        return face


def spans_of(text: str) -> tuple[Span, ...]:
    """Return the spans of a fixed text, in which **two stars** stand around what is strong."""
    return tuple(Span(part, strong=place % 2 == 1) for place, part in enumerate(text.split("**")) if part)


@dataclass(frozen=True, slots=True)
class _Glyph:
    char: str
    face: Face
    width_em: float


class Setter:
    """Sets texts in one language and weight."""

    def __init__(self, fonts: Fonts, language: Language, weight: Weight) -> None:
        self._fonts = fonts
        self._language = language
        self._weight = weight

    def set(self, spans: Sequence[Span], measure_em: float | None) -> tuple[Line, ...]:
        """Return the lines of a text no wider than the measure; None keeps every paragraph on one line."""
        lines: list[Line] = []
        for paragraph in self._paragraphs(spans):
            atoms = _atoms(paragraph)
            broken = [paragraph] if measure_em is None else _without_orphan(atoms, measure_em)
            lines += [_runs(line) for line in broken]
        return tuple(lines)

    def _paragraphs(self, spans: Iterable[Span]) -> list[list[_Glyph]]:
        paragraphs: list[list[_Glyph]] = [[]]
        for span in spans:
            weight = Weight.BOLD if span.strong else self._weight
            for char in span.text:
                if char == "\n":
                    paragraphs.append([])
                else:
                    paragraphs[-1] += self._glyphs(char, weight)
        return paragraphs

    def _glyphs(self, char: str, weight: Weight) -> list[_Glyph]:
        """Return what draws a character: itself, or its number where no face has it. A box would say that the value is wrong."""
        drawn = char if self._fonts.covers(char) or not is_rare(char) else f"[U+{ord(char):X}]"
        faces = ((one, self._fonts.face_for(one, self._language, weight)) for one in drawn)
        return [_Glyph(one, face, face.advance(one)) for one, face in faces]


def width_em(line: Line) -> float:
    """Return the width of a line."""
    return sum(run.width_em for run in line)


def _is_chinese(char: str) -> bool:
    return char in _CHINESE_MARKS or (ord(char) > 0x2E7F and unicodedata.name(char, "").startswith(("CJK", "KANGXI", "IDEOGRAPHIC")))


def is_rare(char: str) -> bool:
    """Whether a character stands outside the usual ones of names; without a face for it, its number is drawn."""
    return 0x3400 <= ord(char) <= 0x4DBF or ord(char) >= 0x20000


def _stands_alone(char: str) -> bool:
    """Whether a line may be broken on both sides of this character."""
    return unicodedata.east_asian_width(char) in "WF" and not 0xAC00 <= ord(char) <= 0xD7A3


def _breaks_between(before: str, after: str, beyond: str) -> bool:
    if after in _NOT_AT_START or before in _NOT_AT_END or after == " ":
        return False
    if before == " ":
        # A figure stays with the unit behind it, and with the word before it: 第 3 步, 12 个.
        return not (beyond.isdigit() and _stands_alone(after))
    if before == "-":
        return beyond.isalpha() and after.isalpha()  # low-income, and never within a number
    return _stands_alone(before) or _stands_alone(after)


def _atoms(glyphs: list[_Glyph]) -> list[list[_Glyph]]:
    """Split a paragraph into what must stay together; spaces hang at an atom's end."""
    atoms: list[list[_Glyph]] = []
    for place, glyph in enumerate(glyphs):
        before = glyphs[place - 1].char if place else ""
        beyond = glyphs[place - 2].char if place > 1 else ""
        if not atoms or _breaks_between(before, glyph.char, beyond):
            atoms.append([])
        atoms[-1].append(glyph)
    return atoms


def _width(glyphs: Iterable[_Glyph]) -> float:
    return sum(glyph.width_em for glyph in glyphs)


def _without_tail(glyphs: list[_Glyph]) -> list[_Glyph]:
    end = len(glyphs)
    while end and glyphs[end - 1].char == " ":
        end -= 1
    return glyphs[:end]


def _fill(atoms: list[list[_Glyph]], measure_em: float) -> list[list[_Glyph]]:
    lines: list[list[_Glyph]] = [[]]
    for atom in atoms:
        for piece in _pieces(atom, measure_em):
            if lines[-1] and _width(lines[-1]) + _width(_without_tail(piece)) > measure_em:
                lines.append([])
            lines[-1] += piece
    return [_without_tail(line) for line in lines]


def _pieces(atom: list[_Glyph], measure_em: float) -> list[list[_Glyph]]:
    """Cut an atom that is wider than a whole line, such as an endless word."""
    if _width(_without_tail(atom)) <= measure_em:
        return [atom]
    pieces: list[list[_Glyph]] = [[]]
    for glyph in atom:
        if pieces[-1] and _width(pieces[-1]) + glyph.width_em > measure_em:
            pieces.append([])
        pieces[-1].append(glyph)
    return pieces


def _without_orphan(atoms: list[list[_Glyph]], measure_em: float) -> list[list[_Glyph]]:
    """Break greedily, then narrow the measure by an em at a time while the last line holds a single character."""
    lines = _fill(atoms, measure_em)
    narrower = measure_em - 1
    tried = lines
    while len(tried) == len(lines) > 1 and _is_orphan(tried[-1]) and narrower > measure_em / 2:
        tried = _fill(atoms, narrower)
        narrower -= 1
    return tried if len(tried) == len(lines) else lines


def _is_orphan(line: list[_Glyph]) -> bool:
    return sum(1 for glyph in line if glyph.char not in _NOT_AT_START and glyph.char != " ") < 2


def _runs(glyphs: list[_Glyph]) -> Line:
    runs = []
    for face, group in groupby(glyphs, key=lambda glyph: glyph.face):
        part = list(group)
        runs.append(Run(face, "".join(glyph.char for glyph in part), _width(part)))
    return tuple(runs)
