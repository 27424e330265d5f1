"""Makes a boot's own files under /run, before the terminal's units start: what each may reach, by its configuration as it is now."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from kiosk.config import ConfigError, load
from kiosk.machine.out_of_order import ROTATION, rotation_noted
from kiosk.machine.permissions import Address, Peer, Permissions, files, permissions_of
from kiosk.machine.trouble import Trouble
from peripherals.values import dataclass
from sync.durable import sync_folder, write_durably

_ROOM_BYTES = 16 << 20  # with less than this free, an application could not be taken


@dataclass(frozen=True, slots=True)
class Refused:
    """The terminal cannot come up: what to show, and what to log."""

    trouble: Trouble
    detail: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was read and resolved."""

    permissions: Permissions
    addresses: Mapping[str, Sequence[Address]]
    rotation: int = 0  # by how many degrees the picture is turned, counter-clockwise

    @property
    def unresolved(self) -> tuple[str, ...]:
        """Hosts that nobody knows now; they are asked for again."""
        return tuple(host for host, found in self.addresses.items() if not found)


def prepare(config_file: Path, data: Path, resolve: Callable[[str], tuple[Address, ...]]) -> Prepared | Refused:
    """Look at the data partition and the configuration on it.

    Args:
        config_file: The terminal's configuration.
        data: Where the data partition is mounted; the folder itself when there is none.
        resolve: Returns a host's addresses, none when it is not known now.
    """
    if not data.is_mount():
        return Refused(Trouble.DATA, f"{data}: the data partition is not there")
    space = os.statvfs(data)
    if space.f_flag & os.ST_RDONLY:
        return Refused(Trouble.DATA, f"{data}: the data partition is read-only, which it is after an error on the disk")
    if space.f_bavail * space.f_frsize < _ROOM_BYTES or space.f_favail == 0:
        return Refused(Trouble.DATA, f"{data}: the data partition is full")
    try:
        config = load(config_file)
        permissions = permissions_of(config)
    except ConfigError as error:
        return Refused(Trouble.CONFIG, str(error))
    return Prepared(permissions, {host: resolve(host) for host in _hosts(permissions)}, config.panel.rotation)


def keep_rotation(rotation: int, *folders: Path) -> None:
    """Leave word of how the display stands, for a picture that has to do without the configuration; nothing is written anew without need.

    Raises:
        OSError: A folder takes no file.
    """
    for folder in folders:
        if rotation_noted(folder) != rotation:
            write_durably(folder / ROTATION, str(rotation).encode("ascii"))
            sync_folder(folder)


def _hosts(permissions: Permissions) -> Iterable[str]:
    peers: Iterable[Peer] = (peer for _, peer in permissions.peers)
    return dict.fromkeys(peer.host for peer in peers)


def resolved(host: str) -> tuple[Address, ...]:
    """Return the addresses of `host` as the resolver knows them now."""
    try:
        return (ipaddress.ip_address(host),)
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple(dict.fromkeys(ipaddress.ip_address(str(address[0])) for *_, address in found))


def write(prepared: Prepared, run: Path) -> bool:
    """Write the files below `run`; tells whether any of them changed."""
    changed = False
    for name, text in files(prepared.permissions, prepared.addresses).items():
        path = run / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed = True
    return changed
