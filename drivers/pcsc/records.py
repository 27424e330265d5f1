"""A record of a card's file: one byte that says what it is, one that says how long, and the value."""

from dataclasses import field

from peripherals.values import dataclass

_LONGEST = 0x7F
_PADDING = (b"\x00", b"\xff")


@dataclass(frozen=True, slots=True)
class Record:
    """A record that is whole."""

    tag: int
    value: bytes = field(repr=False)


def record(data: bytes) -> Record | str:
    """Return the record that `data` holds, or why it holds none. After the value nothing may stand but a file's own padding."""
    if len(data) < 2:
        return f"{len(data)} bytes instead of a tag and a length"
    tag, length = data[0], data[1]
    value, rest = data[2 : 2 + length], data[2 + length :]
    if length > _LONGEST or len(value) != length:
        return f"a length of {length}, and {len(data) - 2} bytes after it"
    if rest.strip(_PADDING[0]) and rest.strip(_PADDING[1]):
        return f"{len(rest)} bytes more than its length of {length}"
    return Record(tag, value)
