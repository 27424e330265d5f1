"""Takes a stream of ESC/POS apart as a printer does: whatever program wrote it, and however it was cut into packets."""

from collections.abc import Iterator

from peripherals.values import dataclass

_ESC, _GS, _FS, _DLE, _LF, _CR, _FF = 0x1B, 0x1D, 0x1C, 0x10, 0x0A, 0x0D, 0x0C


@dataclass(frozen=True, slots=True)
class Dots:
    """Rows of a picture, `row_bytes` each. A strip that stands `in_line` ends with its line, as text does."""

    row_bytes: int
    rows: bytes
    in_line: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Characters of a line, as they were sent."""

    characters: bytes


@dataclass(frozen=True, slots=True)
class LineEnd:
    """The line is printed."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank paper."""

    dots: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The knife falls, after a feed to it."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Settings of power-up."""


@dataclass(frozen=True, slots=True)
class TurnAsked:
    """A queued question for the paper sensor: it is answered when its turn comes."""


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """Automatic status back is switched."""

    on: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """A command that leaves nothing on this printer's paper."""

    command: bytes


Doing = Dots | Text | LineEnd | Feed | Cut | Reset | TurnAsked | AutomaticStatus | Skipped

# How many parameter bytes follow the two bytes of a command, where the number is fixed. What is not listed has none.
_LENGTHS: dict[tuple[int, int], int] = {
    **{(_ESC, byte): 1 for byte in b" !%-=?GEJKMRTUVadert{u3A"},
    **{(_ESC, byte): 2 for byte in b"$\\cX"},
    (_ESC, ord("p")): 3,
    (_ESC, ord("W")): 8,
    **{(_GS, byte): 1 for byte in b"!/BEHTaIbfhrwd"},
    **{(_GS, byte): 2 for byte in b"$LPW\\"},
    (_GS, ord("^")): 3,
    (_GS, ord("z")): 3,
    (_GS, ord("g")): 4,
    **{(_FS, byte): 1 for byte in b"!-WC"},
    **{(_FS, byte): 2 for byte in b"Sp?"},
    (_FS, ord("2")): 74,
}
LINE_DOTS = 30
_CUTS_WITH_FEED = frozenset(b"ABabgh")


class StreamParser:
    """Fed with bytes, gives what they ask for; a command that has not come whole waits for its rest."""

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def is_idle(self) -> bool:
        """Whether no half command waits for its rest."""
        return not self._pending

    def clear(self) -> None:
        """Forget a half command."""
        self._pending.clear()

    def feed(self, data: bytes) -> Iterator[Doing]:
        """Yield everything that is whole now."""
        self._pending += data
        while self._pending:
            done = _first(self._pending)
            if done is None:
                return
            length, doing = done
            del self._pending[:length]
            yield doing


def _first(stream: bytearray) -> tuple[int, Doing] | None:
    """Return the length and meaning of the first command, or None while it is not whole."""
    lead = stream[0]
    if lead == _LF:
        return 1, LineEnd()
    if lead not in {_ESC, _GS, _FS, _DLE}:
        return _first_text(stream) if lead >= 0x20 else (1, Skipped(bytes(stream[:1])))
    if len(stream) < 2:
        return None
    length = _length(stream)
    if length is None or len(stream) < length:
        return None
    return length, _meaning(bytes(stream[:length]))


def _first_text(stream: bytearray) -> tuple[int, Text]:
    end = next((place for place, byte in enumerate(stream) if byte < 0x20), len(stream))
    return end, Text(bytes(stream[:end]))


def _length(stream: bytearray) -> int | None:
    """Return how long the first command is, or None while that cannot be known."""
    lead, name = stream[0], stream[1]

    def number(place: int, width: int = 2) -> int | None:
        return int.from_bytes(stream[place : place + width], "little") if len(stream) >= place + width else None

    def plus(fixed: int, more: int | None) -> int | None:
        return None if more is None else fixed + more

    def until_zero(place: int) -> int | None:
        end = stream.find(0, place)
        return None if end < 0 else end + 1

    match lead, chr(name):
        case (0x10, "\x04"):
            kind = number(2, 1)
            return None if kind is None else 4 if kind in {7, 8} else 3
        case (0x10, "\x05"):
            return 3
        case (0x10, "\x14"):
            return plus(3, {1: 2, 2: 2, 3: 5, 7: 1, 8: 7}.get(number(2, 1) or 0, 0)) if len(stream) > 2 else None
        case (0x1B | 0x1D | 0x1C, "("):
            return plus(5, number(3))
        case (0x1D, "8"):
            return plus(7, number(3, 4))
        case (0x1D, "v" | "Q"):
            width, height = number(4), number(6)
            return None if width is None or height is None else 8 + width * height
        case (0x1D, "V"):
            kind = number(2, 1)
            return None if kind is None else 4 if kind in _CUTS_WITH_FEED else 3
        case (0x1D, "k"):
            kind = number(2, 1)
            return None if kind is None else until_zero(3) if kind <= 6 else plus(4, number(3, 1))
        case (0x1D, "*"):
            width, height = number(2, 1), number(3, 1)
            return None if width is None or height is None else 4 + width * height * 8
        case (0x1B, "*"):
            mode, columns = number(2, 1), number(3)
            return None if mode is None or columns is None else 5 + columns * (3 if mode >= 32 else 1)
        case (0x1B, "D"):
            return until_zero(2)
        case _:
            return 2 + _LENGTHS.get((lead, name), 0)


def _meaning(command: bytes) -> Doing:
    match command[:2], command[2:]:
        case b"\x1dv", body:
            return Dots(int.from_bytes(body[2:4], "little"), body[6:])
        case b"\x1d(" | b"\x1d8", _:
            return _graphics(command)
        case b"\x1b*", body:
            return _columns(body[0], body[3:])
        case b"\x1dV", _:
            return Cut()
        case ((b"\x1bi" | b"\x1bm"), _):
            return Cut()
        case b"\x1b@", _:
            return Reset()
        case b"\x1dr", _:
            return TurnAsked()
        case b"\x1da", body:
            return AutomaticStatus(on=body != b"\0")
        case b"\x1bJ", body:
            return Feed(body[0])
        case b"\x1bd", body:
            return Feed(body[0] * LINE_DOTS)
        case _:
            return Skipped(command)


def _graphics(command: bytes) -> Doing:
    """`GS ( L` and `GS 8 L`, function 112: a picture to keep until it is printed; here it is printed at once."""
    body = command[5:] if command[1:2] == b"(" else command[7:]
    if command[2:3] != b"L" or body[1:2] != b"\x70" or len(body) < 10:
        return Skipped(command)
    width_dots = int.from_bytes(body[6:8], "little")
    return Dots((width_dots + 7) // 8, body[10:])


def _columns(mode: int, data: bytes) -> Dots:
    """`ESC *`: columns of 8 or 24 dots, the upper dot in the highest bit, turned into rows."""
    tall = 3 if mode >= 32 else 1
    columns = len(data) // tall
    row_bytes = (columns + 7) // 8
    rows = bytearray(row_bytes * tall * 8)
    for column in range(columns):
        for row in range(tall * 8):
            if data[column * tall + row // 8] & 0x80 >> row % 8:
                rows[row * row_bytes + column // 8] |= 0x80 >> column % 8
    return Dots(row_bytes, bytes(rows), in_line=True)
