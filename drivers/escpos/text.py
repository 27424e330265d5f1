"""A slip as a Chinese printer's own letters: faster than a picture and smaller on a slow line, where its font has every character.

`FS &` switches to two-byte characters, `FS .` back, `ESC E` bold, `GS ! 11` both sizes doubled, `ESC a` the side, `GS ( k` a QR code.
Source: manuals of SPRT and Birch printers for FS, of Epson's TM series for the rest.
"""

from collections.abc import Iterator

from peripherals.receipt_printer import Charset, PlainLine, PlainSlip

BEGIN = b"\x1c\x26"
_END_OF_HANZI = b"\x1c\x2e"
_BOLD, _LARGE, _CENTRED = b"\x1b\x45", b"\x1d\x21", b"\x1b\x61"
_EXTENSION_A = range(0x3400, 0x4DB6)  # the one part of four-byte GB18030 that printers' fonts were bound to have
_TWO_BYTES = 2
_QR_MODULE_DOTS = 6


def missing_glyphs(slip: PlainSlip) -> int:
    """Return how many characters the printer's font cannot be expected to have; a slip with any is to be drawn instead."""
    return sum(not _has(character, slip.charset) for line in slip.lines for character in _safe(line.text))


def text_commands(slip: PlainSlip) -> Iterator[bytes]:
    """Yield the slip line by line, and its code; no cut. Characters that are missing become a question mark."""
    yield BEGIN
    for line in slip.lines:
        yield _line(line, slip.charset)
    if slip.code is not None:
        yield _END_OF_HANZI + _CENTRED + b"\x01" + _code(slip.code.encode()) + b"\n" + _CENTRED + b"\x00" + BEGIN


def _line(line: PlainLine, charset: Charset) -> bytes:
    letters = b"".join(_encoded(character, charset) for character in _safe(line.text))
    style = _CENTRED + bytes((line.is_centred,)) + _LARGE + (b"\x11" if line.is_large else b"\x00") + _BOLD + bytes((line.is_bold,))
    return style + letters + b"\n"


def _safe(text: str) -> str:
    """Control characters would be commands, and invisible ones would be something on the paper: both become blanks."""
    return "".join(character if character.isprintable() else " " for character in text)


def _has(character: str, charset: Charset) -> bool:
    try:
        coded = character.encode(charset)
    except UnicodeEncodeError:
        return False
    return len(coded) <= _TWO_BYTES or ord(character) in _EXTENSION_A


def _encoded(character: str, charset: Charset) -> bytes:
    return character.encode(charset) if _has(character, charset) else b"?"


def _code(payload: bytes) -> bytes:
    """Model 2, six dots a module, level M, stored and printed."""

    def function(*parameters: int, data: bytes = b"") -> bytes:
        body = bytes((0x31, *parameters)) + data
        return b"\x1d\x28\x6b" + len(body).to_bytes(2, "little") + body

    return (
        function(0x41, 0x32, 0x00)
        + function(0x43, _QR_MODULE_DOTS)
        + function(0x45, 0x31)
        + function(0x50, 0x30, data=payload)
        + function(0x51, 0x30)
    )
