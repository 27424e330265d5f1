"""How the devices are, as the screen's process sees them, for the sending process to tell the city: one small file in `run/`."""

import os
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from sync.contract.decoding import UNDECODABLE
from sync.contract.heartbeat import DeviceHealth

FILE_NAME: Final = "devices.json"


def read_device_health(path: Path) -> tuple[DeviceHealth, ...]:
    """Return what was last written; nothing when nobody has looked at a device since the start."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[DeviceHealth, ...])
    except (OSError, *UNDECODABLE):
        return ()


class DeviceBoard:
    """Keeps the last status of each device, and the file up to date; for any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[str, DeviceHealth] = {}
        self._lock = threading.Lock()

    def note(self, statuses: Mapping[str, str]) -> None:
        """Note how devices are now, by name; what has not changed keeps its `since`."""
        with self._lock:
            changed = {name: status for name, status in statuses.items() if name not in self._seen or self._seen[name].status != status}
            if changed:
                self._seen |= {name: DeviceHealth(name, status, datetime.now(UTC)) for name, status in changed.items()}
                _write(self._path, self._seen.values())


def _write(path: Path, devices: Iterable[DeviceHealth]) -> None:
    """A hint that a power cut may take, so it is not synced; on a full disk it stays as it was."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        part.write_bytes(msgspec.json.encode(sorted(devices, key=lambda device: device.name)))
        part.replace(path)
    except OSError:
        return
