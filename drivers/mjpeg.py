"""Whole JPEGs out of a stream of bytes, whatever stands between them.

Cameras frame their pictures in several ways: multipart with or without lengths, with wrong ones, or one JPEG after another. A JPEG
says itself where it ends, so only its own markers are believed.
"""

import re

_START = b"\xff\xd8\xff"
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # inside the coded data, FF 00 and the restarts are no markers


class JpegStream:
    """Gathers bytes and gives back each JPEG once it is whole. One that is cut off, or longer than `longest`, is left out."""

    def __init__(self, longest_bytes: int) -> None:
        self._longest = longest_bytes
        self._held = bytearray()
        self._at = 0  # where the next marker of the picture that begins at 0 is expected; 0: no beginning found yet
        self._is_coded = False  # between markers lies coded data, not a segment with a length

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes and return the pictures that they complete."""
        self._held += data
        whole = []
        while (picture := self._next()) is not None:
            whole.append(picture)
        return whole

    def _next(self) -> bytes | None:
        while self._at or self._find_start():
            step = self._in_coded_data() if self._is_coded else self._at_marker()
            if self._at > self._longest:
                self._restart(self._at)
                continue
            if step is None:
                return None
            if step:
                picture = bytes(self._held[: self._at])
                self._restart(self._at)
                return picture
        return None

    def _find_start(self) -> bool:
        found = self._held.find(_START)
        if found < 0:
            del self._held[: max(0, len(self._held) - 2)]  # a beginning may be cut in two
            return False
        del self._held[:found]
        self._at, self._is_coded = 2, False
        return True

    def _restart(self, after: int) -> None:
        del self._held[:after]
        self._at, self._is_coded = 0, False

    def _in_coded_data(self) -> bool | None:
        """Go on to the next marker; None when more bytes are needed."""
        match = _MARKER.search(self._held, self._at)
        if match is None:
            self._at = max(self._at, len(self._held) - 1)
            return None
        self._at, self._is_coded = match.start(), False
        return False

    def _at_marker(self) -> bool | None:
        """Step over one marker: True at the picture's end, None when more bytes are needed."""
        held, at = self._held, self._at
        if len(held) < at + 2:
            return None
        kind = held[at + 1]
        if held[at] != 0xFF or kind in (0x00, 0xD8):
            # Not a marker, or the next picture's beginning: this one was cut off.
            self._restart(at if held[at] == 0xFF and kind else 2)
            return False
        if kind in (0x01, 0xD9, 0xFF) or 0xD0 <= kind <= 0xD7:
            self._at = at + (1 if kind == 0xFF else 2)
            return kind == 0xD9
        return self._over_segment(kind)

    def _over_segment(self, kind: int) -> bool | None:
        length = int.from_bytes(self._held[self._at + 2 : self._at + 4], "big")
        if len(self._held) < self._at + max(4, 2 + length):
            return None
        if length < 2:
            self._restart(2)
        else:
            self._at, self._is_coded = self._at + 2 + length, kind == 0xDA
        return False
