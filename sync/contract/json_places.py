"""JSON as a person writes it: the values, and the line and column where each stands, so that a complaint can point at it.

Stricter than most readers: a name given twice, text after the end, and what is nested beyond all use are faults.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
"""The way to a value from the top: names and places."""

DEEPEST = 64
LONGEST_NUMBER = 40

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Place:
    """Counted from 1; a column counts characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A document, and where each of its values begins."""

    value: Any
    places: dict[Path, Place]

    def nearest(self, path: Path) -> Place:
        """Return where `path` stands, or the nearest thing around it that is there."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


class JsonFaultError(ValueError):
    """The text is not JSON; the message says what is wrong, `place` where."""

    def __init__(self, what: str, place: Place) -> None:
        super().__init__(what)
        self.place = place


def read(source: bytes) -> Placed:
    """Read a whole document.

    Raises:
        JsonFaultError: It is not UTF-8, not JSON, names something twice or nests too deeply.
    """
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError as error:
        before = source[: error.start].decode("utf-8")
        raise JsonFaultError("a byte that is not UTF-8; save the file as UTF-8", _place(before, len(before))) from error
    reader = _Reader(text)
    value, end = reader.value(reader.skip(0), ())
    if end != len(text):
        raise reader.fault("something follows the end of the document", end)
    return Placed(value, reader.places)


def _place(text: str, at: int) -> Place:
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


class _Reader:
    """Walks the text once; every method takes a position and returns the one behind what it read and the space after it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line, self._line_start, self._counted = 1, 0, 0
        self.places: dict[Path, Place] = {}

    def fault(self, what: str, at: int) -> JsonFaultError:
        return JsonFaultError(what, _place(self._text, at))

    def skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, path: Path) -> tuple[Any, int]:
        if len(path) > DEEPEST:
            raise self.fault(f"nested more than {DEEPEST} deep", at)
        self.places[path] = self._place_of(at)
        match self._text[at : at + 1]:
            case "{":
                return self._object(at, path)
            case "[":
                return self._array(at, path)
            case '"':
                return self._string(at)
            case "":
                raise self.fault("the document ends too early", at)
            case _:
                return self._bare(at)

    def _place_of(self, at: int) -> Place:
        """As `_place`, but counting on from the last one: values are met in order."""
        self._line += self._text.count("\n", self._counted, at)
        newline = self._text.rfind("\n", self._counted, at)
        if newline >= 0:
            self._line_start = newline + 1
        self._counted = at
        return Place(self._line, at - self._line_start + 1)

    def _object(self, at: int, path: Path) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self.skip(at + 1)
        if self._text.startswith("}", at):
            return found, self.skip(at + 1)
        while True:
            if not self._text.startswith('"', at):
                raise self.fault('a name in "quotation marks" should stand here', at)
            named_at = at
            name, at = self._string(at)
            if name in found:
                raise self.fault(f"{name!r} is there twice; which one is meant?", named_at)
            if not self._text.startswith(":", at):
                raise self.fault(f"a colon is missing after {name!r}", at)
            found[name], at = self.value(self.skip(at + 1), (*path, name))
            at, goes_on = self._next(at, "}")
            if not goes_on:
                return found, at

    def _array(self, at: int, path: Path) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self.skip(at + 1)
        if self._text.startswith("]", at):
            return found, self.skip(at + 1)
        while True:
            item, at = self.value(at, (*path, len(found)))
            found.append(item)
            at, goes_on = self._next(at, "]")
            if not goes_on:
                return found, at

    def _next(self, at: int, closing: str) -> tuple[int, bool]:
        if self._text.startswith(closing, at):
            return self.skip(at + 1), False
        if not self._text.startswith(",", at):
            raise self.fault(f"a comma or {closing} is missing before this", at)
        behind = self.skip(at + 1)
        if self._text.startswith(closing, behind):
            raise self.fault(f"the comma before {closing} is one too many", at)
        return behind, True

    def _string(self, at: int) -> tuple[str, int]:
        found = _STRING.match(self._text, at)
        if found is None:
            raise self.fault('this text is not closed by " on its line, or has a backslash that means nothing', at)
        text: str = json.loads(found.group())
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise self.fault("half a character (a lone surrogate) in this text", at)
        return text, self.skip(found.end())

    def _bare(self, at: int) -> tuple[Any, int]:
        for word, value in _WORDS.items():
            if self._text.startswith(word, at):
                return value, self.skip(at + len(word))
        found = _NUMBER.match(self._text, at)
        if found is None:
            raise self.fault("here should stand a value: text, number, true, false, null, a list or an object", at)
        if len(found.group()) > LONGEST_NUMBER:
            raise self.fault(f"a number of more than {LONGEST_NUMBER} characters", at)
        return json.loads(found.group()), self.skip(found.end())
