"""What a hand scanner types on its line, cut into codes. No I/O: bytes and moments in, codes out.

Scanners are set up in many ways, and this takes them all without being told: CR, LF or both behind the code, STX before and ETX
behind it, or nothing but a pause, with a tab before it or none.
"""

from peripherals.code_scanner import LONGEST_TEXT_BYTES

IDLE_S = 0.15  # a scanner sends a code in one go; one that pauses this long is done with it
ROOM_FOR_FRAMING_BYTES = 64  # a prefix and an AIM identifier

_STX, _ETX = 0x02, 0x03
_TERMINATORS, _TAB = b"\r\n", b"\t"
_LONGEST_BYTES = LONGEST_TEXT_BYTES + ROOM_FOR_FRAMING_BYTES


class ScanParser:
    """Gathers bytes and gives back each code's bytes, or None for something that is longer than any code."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_framed = False  # STX stood before it: a line's end inside belongs to the code
        self._is_too_long = False
        self._last_s = 0.0

    @property
    def flush_at_s(self) -> float | None:
        """When what is held counts as whole although nothing ended it; None while nothing is held."""
        return self._last_s + IDLE_S if self._held or self._is_framed else None

    def feed(self, data: bytes, at_s: float) -> list[bytes | None]:
        """Take bytes that came at a moment and return what they complete."""
        whole = self.flush(at_s)
        self._last_s = at_s
        for byte in data:
            if byte == _STX and not self._held and not self._is_too_long:
                self._is_framed = True
            elif byte == _ETX if self._is_framed else byte in _TERMINATORS:
                whole += self._end()
            elif len(self._held) >= _LONGEST_BYTES:
                self._is_too_long = True
            else:
                self._held.append(byte)
        return whole

    def flush(self, now_s: float) -> list[bytes | None]:
        """Return what is whole because the scanner has paused."""
        due_s = self.flush_at_s
        return [] if due_s is None or now_s < due_s else self._end()

    def _end(self) -> list[bytes | None]:
        data, is_too_long = bytes(self._held), self._is_too_long
        # STX without ETX: the line's end was the terminator. A tab may stand within a code, but none ends with it.
        data = data.rstrip(_TERMINATORS if self._is_framed else _TAB)
        self._held.clear()
        self._is_framed = self._is_too_long = False
        if is_too_long:
            return [None]
        return [data] if data else []
