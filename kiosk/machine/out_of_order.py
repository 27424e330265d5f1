"""Shows the picture "out of order" on the framebuffer until it is ended. Standard library only, so that it runs when nothing else does.

    python3 -P -m kiosk.machine.out_of_order [FRAMEBUFFER]

The kernel gives each display a framebuffer (fbdev); its layout is asked with FBIOGET_VSCREENINFO and FBIOGET_FSCREENINFO of linux/fb.h.
"""

import fcntl
import gzip
import os
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.machine.glass import WORDS
from kiosk.machine.trouble import Trouble, noted

PICTURES = Path("/usr/share/bianmin-kiosk/out-of-order")
PREPARED = Path("/run/kiosk-prepare")
FRAMEBUFFER = Path("/dev/fb0")
KEPT = Path("/data/system")
"""Where a start with a whole configuration left word of how the display stands, for the starts that have none."""
ROTATION = "rotation"

_FBIOGET_VSCREENINFO, _FBIOGET_FSCREENINFO = 0x4600, 0x4602
_VARIABLE_BYTES, _FIXED_BYTES = 160, 80
_AGAIN_S = 5.0  # the console draws over it when a display is plugged in


@dataclass(frozen=True, slots=True)
class Layout:
    """A framebuffer of 32 bits a pixel; `line_bytes` is from one row to the next."""

    width_px: int
    height_px: int
    line_bytes: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of three bytes, red first, row by row from the top."""

    width_px: int
    height_px: int
    pixels: bytes

    def row(self, y: int) -> bytes:
        """Return one row."""
        return self.pixels[3 * self.width_px * y : 3 * self.width_px * (y + 1)]

    def turned(self, degrees: int) -> "Picture":
        """Return it turned counter-clockwise by 0, 90, 180 or 270 degrees."""
        quarters = degrees // 90 % 4
        return self if quarters == 0 else self._quarter().turned(90 * (quarters - 1))

    def _quarter(self) -> "Picture":
        """A column becomes a row; the rightmost is the first."""
        rows = bytearray(len(self.pixels))
        for y in range(self.width_px):
            at, column = 3 * self.height_px * y, 3 * (self.width_px - 1 - y)
            for channel in range(3):
                rows[at + channel : at + 3 * self.height_px : 3] = self.pixels[column + channel :: 3 * self.width_px]
        return Picture(self.height_px, self.width_px, bytes(rows))


def read_picture(path: Path) -> Picture:
    """Read a gzipped PPM as `kiosk.machine.picture` writes it.

    Raises:
        ValueError: It is none.
        OSError: It cannot be read.
    """
    head, _, pixels = gzip.decompress(path.read_bytes()).partition(b"\n")
    words = head.split()
    if len(words) != 4 or words[0] != b"P6" or words[3] != b"255" or len(pixels) != 3 * int(words[1]) * int(words[2]):
        raise ValueError(f"{path}: no picture of this kind")
    return Picture(int(words[1]), int(words[2]), pixels)


def rotation_noted(*folders: Path) -> int:
    """Return by how much the picture is to be turned, by the first of these folders that says so; 0 where none does."""
    for folder in folders:
        try:
            said = int((folder / ROTATION).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
        if said in {0, 90, 180, 270}:
            return said
    return 0


def fitted(picture: Picture, layout: Layout) -> Iterator[bytes]:
    """Yield every row of the framebuffer: the picture as large as it fits, in the middle, its corner's colour around it."""
    scale = min(layout.width_px / picture.width_px, layout.height_px / picture.height_px)
    width, height = int(picture.width_px * scale), int(picture.height_px * scale)
    left, top = (layout.width_px - width) // 2, (layout.height_px - height) // 2
    columns = [int(x / scale) for x in range(width)]
    corner = picture.row(picture.height_px - 1)[:3]
    around = _blank(corner, layout.width_px).ljust(layout.line_bytes, b"\0")
    drawn_from, drawn = -1, around
    for y in range(layout.height_px):
        inside = top <= y < top + height
        source = int((y - top) / scale) if inside else -1
        if inside and source != drawn_from:
            row = picture.row(min(source, picture.height_px - 1))
            line = bytearray(4 * width)
            for channel, place in ((0, 2), (1, 1), (2, 0)):  # the framebuffer's order is blue, green, red, nothing
                line[place::4] = bytes(map(row[channel::3].__getitem__, columns))
            right = layout.width_px - left - width
            drawn = (_blank(corner, left) + bytes(line) + _blank(corner, right)).ljust(layout.line_bytes, b"\0")
            drawn_from = source
        yield drawn if inside else around


def _blank(colour: bytes, pixels: int) -> bytes:
    return bytes((colour[2], colour[1], colour[0], 0)) * pixels


def layout_of(framebuffer: int) -> Layout:
    """Ask the framebuffer for its layout.

    Raises:
        OSError: It is none.
        ValueError: It is not one of 32 bits a pixel.
    """
    variable = fcntl.ioctl(framebuffer, _FBIOGET_VSCREENINFO, bytes(_VARIABLE_BYTES))
    fixed = fcntl.ioctl(framebuffer, _FBIOGET_FSCREENINFO, bytes(_FIXED_BYTES))
    width, height, _, _, _, _, bits = struct.unpack_from("=7I", variable)
    (line_bytes,) = struct.unpack_from("=I", fixed, 48 if struct.calcsize("P") == 8 else 40)
    if bits != 32:
        raise ValueError(f"{bits} bits a pixel instead of 32")
    return Layout(width, height, line_bytes)


class Screen:
    """The framebuffer; what was drawn last is kept, for a console may draw over it when a display is plugged in."""

    def __init__(self, framebuffer: Path, pictures: Path) -> None:
        self._framebuffer = framebuffer
        self._pictures = pictures
        self._drawn: tuple[Trouble, Layout, int] | None = None
        self._frame = b""

    def show(self, trouble: Trouble, rotation: int = 0) -> None:
        """Put the picture onto the glass, turned as the display stands.

        Raises:
            OSError: There is no display, or no such picture.
            ValueError: The display is of another kind.
        """
        descriptor = os.open(self._framebuffer, os.O_RDWR | os.O_CLOEXEC)
        try:
            layout = layout_of(descriptor)
            if self._drawn != (trouble, layout, rotation):
                picture = read_picture(self._pictures / f"{trouble}.ppm.gz").turned(rotation)
                self._frame = b"".join(fitted(picture, layout))
                self._drawn = trouble, layout, rotation
            os.write(descriptor, self._frame)
        finally:
            os.close(descriptor)


def main() -> None:
    """Show the trouble that was noted, for as long as this process lives; with no display, say so and wait for one."""
    screen, told = Screen(Path(sys.argv[1]) if len(sys.argv) > 1 else FRAMEBUFFER, PICTURES), ""
    while True:
        trouble = noted(PREPARED, WORDS)
        try:
            screen.show(trouble, rotation_noted(PREPARED, KEPT))
            say = f"out of order: {trouble}"
        except (OSError, ValueError) as error:
            say = f"out of order: {trouble}; and it cannot be shown: {error}"
        if say != told:
            told = say
            print(say, file=sys.stderr, flush=True)  # noqa: T201 - the journal
        time.sleep(_AGAIN_S)


if __name__ == "__main__":
    main()
