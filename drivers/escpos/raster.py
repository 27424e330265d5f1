"""A picture as ESC/POS: bands of `GS v 0`, then the cut."""

import re
from collections.abc import Iterator

from peripherals.receipt_printer import Raster

START = b"\x1d\x61\x00\x1b\x40"
"""No automatic status, which the last program may have left on; then back to the settings of power-up."""

CUT = b"\x1d\x56\x42\x00"
"""Feed to the knife and cut, leaving the strip that keeps the paper from falling."""

FORGET = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08" + b"\x10\x05\x02"
"""In real time: drop everything in the buffers, and what an error has stopped. So that half a receipt does not come out later."""

_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")


def bands(picture: Raster, rows_each: int) -> Iterator[bytes]:
    """Yield the picture as commands of at most `rows_each` rows, in order."""
    row_bytes = picture.width_dots // 8
    rows = without_real_time(picture.rows)
    for top in range(0, picture.height_dots, rows_each):
        count = min(rows_each, picture.height_dots - top)
        header = b"\x1d\x76\x30\x00" + row_bytes.to_bytes(2, "little") + count.to_bytes(2, "little")
        yield header + rows[top * row_bytes : (top + count) * row_bytes]


def without_real_time(rows: bytes) -> bytes:
    """Return the dots with no real-time command among them.

    A printer looks for `10 04 n`, `10 05 n` and `10 14 n` even inside a picture: they would ask, clear its buffers or open a drawer. One
    dot more, beside a black one, breaks each of them; nobody can see it.
    """
    return _REAL_TIME.sub(b"\x18", rows)
