"""Runs inside a booted terminal: a touch panel of ten fingers, made by the kernel's own `uinput`, and what a bored child does on it.

    python3 -sP fingers.py WIDTH HEIGHT many|one

Constants: linux/uinput.h, linux/input-event-codes.h.
"""

import contextlib
import fcntl
import os
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_SYN, _KEY, _ABS = 0, 1, 3
_TOUCH, _FINGER = 0x14A, 0x145
_X, _Y, _SLOT, _MT_X, _MT_Y, _TRACKING = 0x00, 0x01, 0x2F, 0x35, 0x36, 0x39
_SET_EVBIT, _SET_KEYBIT, _SET_ABSBIT, _SET_PROPBIT = 0x40045564, 0x40045565, 0x40045567, 0x4004556E
_SETUP, _ABS_SETUP, _CREATE, _DESTROY = 0x405C5503, 0x401C5504, 0x5501, 0x5502
_DIRECT = 1  # it lies on the picture
_USB = 3
FINGERS = 10
_FRAME_S = 0.05
_SYSTEM_NAME = 0x8040552C  # UI_GET_SYSNAME, 64 bytes
_FOUND_WITHIN_S = 400.0  # by the screen, emulated on a busy machine

Point = tuple[float, float]


class Panel:
    """The panel, plugged in while the context is open."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._file = os.open("/dev/uinput", os.O_WRONLY | os.O_NONBLOCK)
        for kind, codes in (
            (_SET_EVBIT, (_KEY, _ABS)),
            (_SET_KEYBIT, (_TOUCH,)),
            (_SET_ABSBIT, (_X, _Y, _SLOT, _MT_X, _MT_Y, _TRACKING)),
            (_SET_PROPBIT, (_DIRECT,)),
        ):
            for code in codes:
                fcntl.ioctl(self._file, kind, code)
        for axis, most in ((_X, width), (_Y, height), (_MT_X, width), (_MT_Y, height), (_SLOT, FINGERS), (_TRACKING, 65536)):
            fcntl.ioctl(self._file, _ABS_SETUP, struct.pack("Hxxiiiiii", axis, 0, 0, most - 1, 0, 0, 0))
        fcntl.ioctl(self._file, _SETUP, struct.pack("HHHH80sI", _USB, 0x0EEF, 0x0001, 1, b"ten fingers", 0))
        fcntl.ioctl(self._file, _CREATE)
        self._next = 1

    def await_found(self) -> None:
        """Wait until some program has opened the panel.

        Raises:
            TimeoutError: None does.
        """
        name = fcntl.ioctl(self._file, _SYSTEM_NAME, bytes(64)).rstrip(b"\0").decode()
        until = time.monotonic() + _FOUND_WITHIN_S
        while time.monotonic() < until:
            for event in Path("/sys/devices/virtual/input", name).glob("event*"):
                if _is_open(Path("/dev/input", event.name)):
                    return
            time.sleep(0.5)
        raise TimeoutError("nobody has opened the panel")

    def close(self) -> None:
        """Unplug it."""
        fcntl.ioctl(self._file, _DESTROY)
        os.close(self._file)

    def _say(self, *events: tuple[int, int, int]) -> None:
        for kind, code, value in (*events, (_SYN, 0, 0)):
            os.write(self._file, struct.pack("llHHi", 0, 0, kind, code, value))

    def play(self, paths: Sequence[Sequence[Point]]) -> None:
        """Move fingers, one along each path, all at once; points are shares of width and height. Then lift them all."""
        width, height = self._size
        for frame in range(max(len(path) for path in paths)):
            events: list[tuple[int, int, int]] = []
            for slot, path in enumerate(paths):
                x, y = path[min(frame, len(path) - 1)]
                events.append((_ABS, _SLOT, slot))
                if frame == 0:
                    events.append((_ABS, _TRACKING, self._next))
                    self._next += 1
                events += [(_ABS, _MT_X, round(x * (width - 1))), (_ABS, _MT_Y, round(y * (height - 1)))]
            self._say(*events, (_KEY, _TOUCH, 1))
            time.sleep(_FRAME_S)
        lifted = [event for slot in range(len(paths)) for event in ((_ABS, _SLOT, slot), (_ABS, _TRACKING, -1))]
        self._say(*lifted, (_KEY, _TOUCH, 0))
        time.sleep(4 * _FRAME_S)


def _is_open(node: Path) -> bool:
    """Whether a process, other than those that are udev's, has a file open."""
    for opened in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # it has ended, or closed it
            if opened.readlink() == node and b"udev" not in (opened.parents[1] / "comm").read_bytes():
                return True
    return False


def line(begin: Point, end: Point, steps: int = 12) -> list[Point]:
    """Return a straight way."""
    return [(begin[0] + (end[0] - begin[0]) * at / steps, begin[1] + (end[1] - begin[1]) * at / steps) for at in range(steps + 1)]


def main() -> None:
    """Be the panel, and what lies on it."""
    panel = Panel(int(sys.argv[1]), int(sys.argv[2]))
    panel.await_found()
    time.sleep(3)  # from opening it to asking it what it is
    if sys.argv[3] == "many":
        _many(panel)
    else:
        for _ in range(3):
            panel.play([[(0.5, 0.45)] * 6])
            time.sleep(3)
    panel.close()
    sys.stdout.write("played\n")


def _many(panel: Panel) -> None:
    """Swipe from every edge, pinch, spread, press long, and lay ten fingers down again and again."""
    edges = [((0.5, 0.0), (0.5, 0.6)), ((0.5, 1.0), (0.5, 0.4)), ((0.0, 0.5), (0.6, 0.5)), ((1.0, 0.5), (0.4, 0.5))]
    corners = [((0.0, 0.0), (0.5, 0.5)), ((1.0, 0.0), (0.5, 0.5)), ((0.0, 1.0), (0.5, 0.5)), ((1.0, 1.0), (0.5, 0.5))]
    for begin, end in (*edges, *corners):
        for count in (1, 2, 3, 5):
            panel.play([[(x + 0.03 * finger * (1 if x < 0.9 else -1), y) for x, y in line(begin, end)] for finger in range(count)])
    five = [(0.3 + 0.1 * finger, 0.3) for finger in range(5)]
    panel.play([line(point, (0.5, 0.5)) for point in five])
    panel.play([line((0.5, 0.5), point) for point in five])
    panel.play([[(0.05, 0.05)] * 60])  # a finger held for three seconds
    ten = [(0.05 + 0.1 * finger, 0.2 + 0.03 * finger) for finger in range(FINGERS)]
    for _ in range(20):
        panel.play([[point, point] for point in ten])


if __name__ == "__main__":
    main()
