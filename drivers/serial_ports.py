"""Which serial ports the machine has, whatever they are called, and who may open one."""

import fcntl
import os
import urllib.parse
from collections.abc import Iterable

from serial.tools.list_ports import comports


def serial_ports() -> tuple[str, ...]:
    """Return the ports' names, adapters on USB first: readers are mostly there."""
    found = sorted(comports(), key=lambda port: (port.vid is None, port.device))
    return tuple(port.device for port in found)


def free_ports(ports: Iterable[str], taken: Iterable[str]) -> tuple[str, ...]:
    """Return the ports at none of the addresses, which may be paths, links or `serial://` URLs. Links are followed as they lie now."""
    others = {os.path.realpath(place) for place in map(_path_of, taken) if place}
    return tuple(port for port in ports if os.path.realpath(port) not in others)


def _path_of(address: str) -> str:
    parts = urllib.parse.urlsplit(address)
    return urllib.parse.unquote(parts.path) if parts.scheme in {"serial", "usblp"} else address


def locked(port: str) -> int:
    """Open the port without touching its settings, for oneself alone, and return the descriptor; closing it unlocks the port.

    The lock is the one that pyserial takes for `exclusive`, so that every driver here heeds it, and it ends with its process.

    Raises:
        OSError: there is no such port, or another driver or program of ours has it.
    """
    held = os.open(port, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held
