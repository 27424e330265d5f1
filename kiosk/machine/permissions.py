"""What each unit of this terminal may reach, read off its configuration: one device node or one address, and nothing else.

systemd gets it as a drop-in per device, the kernel's packet filter as a ruleset. Both are made anew at each boot, under /run.
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from kiosk.config import AUTO, Config
from kiosk.devices import installed
from peripherals.values import dataclass

Address = IPv4Address | IPv6Address

OUTBOX_USER = "kiosk-outbox"
UPDATE_USER = "root"  # who orders the machine to be started again
_PORTS = {"https": 443, "http": 80, "tcp": 9100, "rtsp": 554, "ipp": 631, "cups": 631}
_SERIAL = "char-ttyS rw\nDeviceAllow=char-ttyUSB rw\nDeviceAllow=char-ttyACM"  # a reader that is found by asking every port


@dataclass(frozen=True, slots=True)
class Peer:
    """One TCP port of one host, which may be named by its address."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Self | None:
        """Return whom `url` calls, or None when it calls nobody, as a device's path does."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or (parts.scheme == "cups" and not parts.path):
            return None  # cups://queue is a queue of this machine's own
        return cls(parts.hostname, parts.port or _PORTS[parts.scheme])


@dataclass(frozen=True, slots=True)
class DevicePermission:
    """What one device's unit may reach: a node (a path, or systemd's name of a class of nodes), or a peer, or neither; never both.

    A chip-card reader has neither: the card service, which holds it, is called on a local socket.
    """

    device: str
    node: str | None
    peer: Peer | None

    @property
    def user(self) -> str:
        """Under whom the unit runs."""
        return f"kiosk-{self.device}"


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the units of one terminal may reach."""

    city: Peer  # or the proxy before it, which is called instead
    devices: tuple[DevicePermission, ...]
    updates: Peer | None = None  # the update channel; whoever asks it tells the city, too
    ddi: Peer | None = None  # the server that says which release and when, where there is one

    @property
    def peers(self) -> tuple[tuple[str, Peer], ...]:
        """Who calls whom: users and peers."""
        devices = ((device.user, device.peer) for device in self.devices if device.peer is not None)
        return ((OUTBOX_USER, self.city), *devices, *((UPDATE_USER, peer) for peer in self.of_updates))

    @property
    def of_updates(self) -> tuple[Peer, ...]:
        """Whom the update agent calls; nobody where there is no channel."""
        if self.updates is None:
            return ()
        return tuple(dict.fromkeys(peer for peer in (self.updates, self.city, self.ddi) if peer is not None))


def permissions_of(config: Config) -> Permissions:
    """Return what the configuration asks for."""
    city = Peer.of(config.city.proxy or config.city.url)
    if city is None:  # the configuration's own check lets nothing else pass
        raise ValueError(f"city.url: {config.city.url!r} calls nobody")
    devices = tuple(_device(kind.name, kind.address(config) or "") for kind in installed(config))
    if config.update is None:
        return Permissions(city, devices)
    asked = config.update.ddi_url
    ddi = None if asked is None else Peer.of(config.city.proxy or asked)
    return Permissions(city, devices, Peer.of(config.city.proxy or config.update.url), ddi)


def _device(name: str, at: str) -> DevicePermission:
    peer = Peer.of(at)
    return DevicePermission(name, None if peer is not None else _node(at), peer)


def _node(at: str) -> str | None:
    parts = urlsplit(at)
    if at == AUTO:
        return _SERIAL
    if parts.scheme not in {"usb", "serial", "usblp"}:
        return at if at.startswith("/") else None
    if parts.scheme == "usb":
        return "char-usb"  # the printer class; which of them it is, the driver finds by maker and model
    return parts.path if parts.scheme in {"serial", "usblp"} else at


def drop_in(permission: DevicePermission, addresses: Sequence[Address]) -> str:
    """Return the drop-in of a device's unit.

    Args:
        permission: The device and what it may reach.
        addresses: Of its peer; with none, the unit reaches nobody until it is made anew.
    """
    if permission.peer is None:
        return "[Service]\n" if permission.node is None else f"[Service]\nDeviceAllow={permission.node} rw\n"
    allowed = "".join(f"IPAddressAllow={address}\n" for address in addresses)
    return f"[Service]\nPrivateNetwork=no\nRestrictAddressFamilies=AF_INET AF_INET6\n{allowed}"


def firewall(permissions: Permissions, addresses: Mapping[str, Sequence[Address]]) -> str:
    """Return the ruleset of the chain `callers`: which user may open a connection to which address and port.

    Args:
        permissions: Who calls whom.
        addresses: Of each host, as last resolved; a host with none is not reached.
    """
    lines = ["flush chain inet kiosk callers"]
    for user, peer in permissions.peers:
        for address in addresses.get(peer.host, ()):
            family = "ip" if isinstance(address, IPv4Address) else "ip6"
            lines.append(f'add rule inet kiosk callers meta skuid "{user}" {family} daddr {address} tcp dport {peer.port} accept')
    return "\n".join(lines) + "\n"


def files(permissions: Permissions, addresses: Mapping[str, Sequence[Address]]) -> dict[Path, str]:
    """Return what is written, by path below /run."""
    written = {
        Path(f"systemd/system/kiosk-device@{device.device}.service.d/50-device.conf"): drop_in(
            device, addresses.get(device.peer.host, ()) if device.peer else ()
        )
        for device in permissions.devices
    }
    for unit, peers in (("kiosk-sync", (permissions.city,)), ("kiosk-update", permissions.of_updates)):
        hosts = dict.fromkeys(peer.host for peer in peers)
        allowed = "".join(f"IPAddressAllow={address}\n" for host in hosts for address in addresses.get(host, ()))
        written[Path(f"systemd/system/{unit}.service.d/50-city.conf")] = f"[Service]\n{allowed}"
    return {
        **written,
        Path("kiosk-prepare/callers.nft"): firewall(permissions, addresses),
    }
