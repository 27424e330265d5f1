"""Whether something is at a device's address, without using it: no frame is taken, no code is lost, no lamp is lit."""

import socket
import urllib.parse
from pathlib import Path

from peripherals.deadline import Deadline

_PORTS = {"http": 80, "https": 443}


def is_present(address: str, deadline: Deadline) -> bool:
    """Tell whether a port, a camera's node or a file is there, or somebody listens at the host of an http(s) address."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme in _PORTS:
        return parts.hostname is not None and _listens(parts.hostname, parts.port or _PORTS[parts.scheme], deadline)
    if parts.scheme == "serial":
        return Path(urllib.parse.unquote(parts.path)).exists()
    return Path(f"/dev/video{address}" if address.isdecimal() else address).exists()


def _listens(host: str, port: int, deadline: Deadline) -> bool:
    try:
        socket.create_connection((host, port), timeout=max(0.01, deadline.remaining_s)).close()
    except OSError:
        return False
    return True
