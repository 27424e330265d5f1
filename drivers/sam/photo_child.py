"""The process in which a foreign decoder works on one photo; run as a file by `drivers.sam.photo`, with nothing of ours imported.

    photo_child.py LIMIT command PROGRAM ARGUMENT...    becomes that program
    photo_child.py LIMIT library PATH ENTRY             calls  int ENTRY(const unsigned char wlt[1024], unsigned char *out, int out_size)

The function returns more than 0 when it has succeeded. It may fill `out` with a whole BMP, or with bare pixels: 126 rows of 102, the
top row first, each pixel blue, green, red, with no filling between the rows.
"""

import ctypes
import os
import resource
import struct
import sys

_WLT_BYTES = 1024
_WIDTH_PX, _HEIGHT_PX = 102, 126
_ROW_BYTES = _WIDTH_PX * 3
_ROW_FILL = bytes(-_ROW_BYTES % 4)
_HEAD = struct.Struct("<2sI4xIIiiHHIIiiII")
_BMP_BYTES = _HEAD.size + (_ROW_BYTES + len(_ROW_FILL)) * _HEIGHT_PX
_OUT_BYTES = 1 << 16  # more than it should need, so that a small overrun shows as a wrong size and not as a crash
_MEMORY_BYTES = 1 << 30
_NOT_STARTED, _FAILED = 127, 1


def _confine(cpu_limit_s: int) -> None:
    """No core, which would hold the photo; no files; a bound on memory and time should the parent die first."""
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_limit_s),
    ):
        resource.setrlimit(limit, (value, value))


def _run_library(path: str, entry: str) -> int:
    # What the library prints must not get between the bytes of the picture.
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        unpack = ctypes.CDLL(path)[entry]
    except (OSError, AttributeError):
        return _NOT_STARTED
    unpack.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
    unpack.restype = ctypes.c_int
    out = ctypes.create_string_buffer(_OUT_BYTES)
    if unpack(sys.stdin.buffer.read(_WLT_BYTES), out, _OUT_BYTES) <= 0:
        return _FAILED
    with os.fdopen(answer, "wb") as stream:
        stream.write(_bmp_of(out.raw))
    return 0


def _bmp_of(out: bytes) -> bytes:
    if out.startswith(b"BM"):
        (size,) = struct.unpack_from("<I", out, 2)
        return out[: min(size, len(out))]
    rows = [out[at : at + _ROW_BYTES] + _ROW_FILL for at in range(0, _ROW_BYTES * _HEIGHT_PX, _ROW_BYTES)]
    # A height below zero says that the top row comes first.
    head = _HEAD.pack(b"BM", _BMP_BYTES, _HEAD.size, 40, _WIDTH_PX, -_HEIGHT_PX, 1, 24, 0, 0, 2835, 2835, 0, 0)
    return head + b"".join(rows)


def main() -> int:
    """Run the decoder that the words name."""
    limit, kind, *words = sys.argv[1:]
    _confine(int(limit))
    if kind == "library":
        return _run_library(*words)
    try:
        os.execvp(words[0], words)  # noqa: S606 - its words come from the terminal's configuration; there is no shell
    except OSError:
        return _NOT_STARTED


if __name__ == "__main__":
    sys.exit(main())
