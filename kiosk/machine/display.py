"""Switches the display off and on again, by the kernel's mode setting (include/uapi/drm/drm_mode.h).

Only whoever holds the display may, by the file that holds it: SDL's, in this very process. On a desk a window system holds it, and nothing
is done.
"""

import ctypes
import fcntl
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

OPENED: Final = Path("/proc/self/fd")
_DISPLAYS: Final = "/dev/dri/card"

GET_RESOURCES, GET_CONNECTOR, GET_PROPERTY, SET_PROPERTY = 0xC04064A0, 0xC05064A7, 0xC04064AA, 0xC01064AB
RESOURCES: Final = struct.Struct("=4Q8I")
"""Addresses of four lists (frame buffers, controllers, connectors, encoders), their lengths, and the sizes that are possible."""
CONNECTOR: Final = struct.Struct("=4Q12I")
"""Addresses of encoders, modes, properties and their values; how many of the last three; encoder; connector; what it is like."""
PROPERTY: Final = struct.Struct("=2Q2I32s2I")
SETTING: Final = struct.Struct("=Q2I")
_MODE_BYTES: Final = 68
_PROPERTIES_AT_MOST: Final = 64
_CONNECTORS_AT_MOST: Final = 32
_POWER: Final = b"DPMS"
_ON, _OFF = 0, 3

Ioctl = Callable[[int, int, bytearray], object]


def held_display(opened: Path = OPENED) -> int | None:
    """Return the number of the file by which this process holds a display, if it does."""
    for link in opened.iterdir():
        try:
            if str(link.readlink()).startswith(_DISPLAYS):
                return int(link.name)
        except OSError:  # closed meanwhile
            continue
    return None


def switch(display: int, *, on: bool, ioctl: Ioctl = fcntl.ioctl) -> int:
    """Switch every connector of a held display, and return how many there are.

    Raises:
        OSError: The kernel does not take it, such as from somebody who does not hold the display.
    """
    switched = 0
    for connector in _connectors(display, ioctl):
        for name in _properties(display, connector, ioctl):
            if _name_of(display, name, ioctl) == _POWER:
                ioctl(display, SET_PROPERTY, bytearray(SETTING.pack(_ON if on else _OFF, name, connector)))
                switched += 1
    return switched


def switch_held(*, on: bool) -> None:
    """Switch the display that this process holds, if it holds one.

    Raises:
        OSError: As for `switch`.
    """
    display = held_display()
    if display is not None:
        switch(display, on=on)


def _connectors(display: int, ioctl: Ioctl) -> Sequence[int]:
    listed = (ctypes.c_uint32 * _CONNECTORS_AT_MOST)()
    asked = bytearray(RESOURCES.pack(0, 0, ctypes.addressof(listed), 0, 0, 0, _CONNECTORS_AT_MOST, 0, 0, 0, 0, 0))
    ioctl(display, GET_RESOURCES, asked)
    return listed[: min(RESOURCES.unpack(asked)[6], _CONNECTORS_AT_MOST)]


def _properties(display: int, connector: int, ioctl: Ioctl) -> Iterator[int]:
    """Yield them. One mode is asked for: with none the kernel would look anew for what is plugged in."""
    mode = ctypes.create_string_buffer(_MODE_BYTES)
    names, values = (ctypes.c_uint32 * _PROPERTIES_AT_MOST)(), (ctypes.c_uint64 * _PROPERTIES_AT_MOST)()
    addresses = 0, ctypes.addressof(mode), ctypes.addressof(names), ctypes.addressof(values)
    asked = bytearray(CONNECTOR.pack(*addresses, 1, _PROPERTIES_AT_MOST, 0, 0, connector, *(0,) * 7))
    ioctl(display, GET_CONNECTOR, asked)
    yield from names[: min(CONNECTOR.unpack(asked)[5], _PROPERTIES_AT_MOST)]


def _name_of(display: int, name: int, ioctl: Ioctl) -> bytes:
    asked = bytearray(PROPERTY.pack(0, 0, name, 0, b"", 0, 0))
    ioctl(display, GET_PROPERTY, asked)
    return bytes(PROPERTY.unpack(asked)[4]).rstrip(b"\0")
