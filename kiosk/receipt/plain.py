"""A slip in a printer's own letters, for terminals that are set to it: the same words in the same order, laid out in columns."""

import unicodedata
from collections.abc import Iterator
from typing import assert_never

from kiosk.receipt.sheet import HEADING, Bar, Block, Box, Code, Line, Row, Rule
from peripherals.receipt_printer import Charset, PlainLine, PlainSlip

_DOTS_A_COLUMN = 12
_DASH, _STROKE = "- ", "-"


def plain(blocks: tuple[Block, ...], width_dots: int, charset: Charset) -> PlainSlip:
    """Return a sheet as lines of text; 576 dots are 48 columns, of which a Chinese character takes two."""
    columns = width_dots // _DOTS_A_COLUMN
    lines = tuple(line for block in blocks for line in _lines(block, columns))
    code = next((block.payload for block in blocks if isinstance(block, Code)), None)
    return PlainSlip(lines, charset, code)


def _lines(block: Block, columns: int) -> Iterator[PlainLine]:
    match block:
        case Line():
            is_large = block.size_dots > HEADING
            for part in wrapped(block.mark + block.text, columns // 2 if is_large else columns):
                yield PlainLine(part, is_large=is_large, is_bold=block.is_bold, is_centred=block.is_centred)
        case Bar():
            for part in wrapped(block.text, columns // 2):
                yield PlainLine(part, is_large=True, is_bold=True, is_centred=True)
        case Rule():
            yield PlainLine(_DASH * (columns // 2) if block.is_dashed else _STROKE * columns)
        case Row():
            gap = columns - _width(block.name) - _width(block.value)
            if gap > 0:
                yield PlainLine(block.name + " " * gap + block.value)
            else:
                yield PlainLine(block.name)
                for part in wrapped(block.value, columns - 2):
                    yield PlainLine(f"  {part}")
        case Box():
            for line in block.lines:
                yield from _lines(line, columns)
        case Code():
            for text in (block.heading, block.text):
                for part in wrapped(text, columns):
                    yield PlainLine(part, is_centred=True)
        case _:
            assert_never(block)


def wrapped(text: str, columns: int) -> Iterator[str]:
    """Cut a text into lines of at most so many columns; an empty one is one empty line."""
    line, used = "", 0
    for character in text:
        wide = _width(character)
        if used + wide > columns:
            yield line
            line, used = "", 0
        line, used = line + character, used + wide
    yield line


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in {"W", "F", "A"} else 1 for character in text)
