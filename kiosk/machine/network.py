"""A terminal's way to the network as a technician sets it, and the files by which the machine's own daemons follow it.

systemd-networkd reads `*.network`, wpa_supplicant a wired port's 802.1X. Nothing here writes outside the folder it is given.
"""

import ipaddress
import re
from enum import StrEnum
from typing import Final

import msgspec

_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_IDENTITY: Final = re.compile(r"[A-Za-z0-9._@\\-]{1,64}")
_PASSWORD: Final = re.compile(r"[ -!#-\[\]-~]{1,64}")  # printable, without the quote and the backslash that the file would need escaped
_CABLE_METRIC: Final = 100
_BACKUP_METRIC: Final = 700  # the kernel takes the smaller one while there is a cable

CABLE: Final = "60-kiosk-cable.network"
BACKUP: Final = "61-kiosk-backup.network"
DOT1X: Final = "kiosk-wired.conf"
TIME: Final = "kiosk-time.conf"


class NetworkField(StrEnum):
    """What can be wrong with one."""

    ADDRESS = "address"
    GATEWAY = "gateway"
    NAME_SERVER = "name_server"
    TIME_SERVER = "time_server"
    IDENTITY = "identity"
    PASSWORD = "password"  # noqa: S105 - the field's name
    PROXY = "proxy"
    PROXY_USER = "proxy_user"
    PROXY_PASSWORD = "proxy_password"  # noqa: S105 - the field's name


class Network(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the cable is used, and whether a 4G modem stands in for it.

    Attributes:
        is_fixed: The address is set by hand; by DHCP otherwise.
        address: With the length of its net, such as 192.0.2.17/24.
        gateway: Inside that net.
        name_server: Asked for names; with DHCP, beside what that says.
        time_server: A host; the distribution's own where it is empty.
        has_dot1x: The port asks for 802.1X (EAP-PEAP, MSCHAPv2).
        identity: Of the terminal, at the port.
        password: The port's.
        has_backup: A 4G modem that shows itself as a network card is used while the cable leads nowhere.
        has_proxy: The city is reached through an HTTP proxy; the terminal's own configuration says so, the machine's daemons do not ask.
        proxy: Its host and port, such as proxy.example.org:3128.
        proxy_user: At the proxy; empty where it wants none.
        proxy_password: At the proxy.
    """

    is_fixed: bool = False
    address: str = ""
    gateway: str = ""
    name_server: str = ""
    time_server: str = ""
    has_dot1x: bool = False
    identity: str = ""
    password: str = ""
    has_backup: bool = False
    has_proxy: bool = False
    proxy: str = ""
    proxy_user: str = ""
    proxy_password: str = ""

    def __repr__(self) -> str:
        """Say nothing that opens a port."""
        return f"Network(is_fixed={self.is_fixed}, has_dot1x={self.has_dot1x}, has_backup={self.has_backup})"

    def wrong(self) -> frozenset[NetworkField]:
        """Return the fields that cannot be used as they are."""
        found = set()
        if self.is_fixed:
            found |= _wrong_address(self.address, self.gateway)
        if self.name_server or self.is_fixed:
            found |= set() if _is_address(self.name_server) else {NetworkField.NAME_SERVER}
        if self.time_server and not is_host(self.time_server):
            found.add(NetworkField.TIME_SERVER)
        if self.has_dot1x and not _IDENTITY.fullmatch(self.identity):
            found.add(NetworkField.IDENTITY)
        if self.has_dot1x and not _PASSWORD.fullmatch(self.password):
            found.add(NetworkField.PASSWORD)
        return frozenset(found | self._wrong_proxy() if self.has_proxy else found)

    def _wrong_proxy(self) -> set[NetworkField]:
        host, colon, port = self.proxy.rpartition(":")
        is_port = bool(colon) and port.isascii() and port.isdecimal() and 0 < int(port) < 1 << 16
        found = set() if is_port and is_host(host) and ":" not in host else {NetworkField.PROXY}
        if (self.proxy_user or self.proxy_password) and not _IDENTITY.fullmatch(self.proxy_user):
            found.add(NetworkField.PROXY_USER)
        if self.proxy_user and not _PASSWORD.fullmatch(self.proxy_password):
            found.add(NetworkField.PROXY_PASSWORD)
        return found


def is_host(text: str) -> bool:
    """Tell whether this is a host's name or address."""
    return _is_address(text) or (_NAME.fullmatch(text) is not None and not re.fullmatch(r"[\d.]+", text))


def files(network: Network) -> dict[str, str]:
    """Return the files that make the machine follow it, by name.

    Raises:
        ValueError: A field is wrong; the message names all that are.
    """
    if wrong := network.wrong():
        raise ValueError(f"not usable: {', '.join(sorted(wrong))}")
    made = {CABLE: _card("Type=ether\nName=!usb* !wwan*", network, metric=_CABLE_METRIC, is_fixed=network.is_fixed)}
    if network.has_backup:
        made[BACKUP] = _card("Name=usb* wwan*", network, metric=_BACKUP_METRIC, is_fixed=False)
    if network.has_dot1x:
        made[DOT1X] = _DOT1X.format(identity=network.identity, password=network.password)
    if network.time_server:
        made[TIME] = f"[Time]\nNTP={network.time_server}\n"
    return made


_DOT1X: Final = """\
ctrl_interface=/run/wpa_supplicant
ap_scan=0
network={{
    key_mgmt=IEEE8021X
    eap=PEAP
    identity="{identity}"
    password="{password}"
    phase2="auth=MSCHAPV2"
}}
"""


def _card(match: str, network: Network, *, metric: int, is_fixed: bool) -> str:
    lines = ["[Match]", *match.split("\n"), "", "[Network]"]
    if is_fixed:
        lines += ["DHCP=no", f"Address={network.address}"]
    else:
        lines += ["DHCP=yes"]
    lines += [f"DNS={network.name_server}"] if network.name_server else []
    lines += ["LinkLocalAddressing=ipv6", "LLMNR=no", "MulticastDNS=no", "LLDP=no"]
    if is_fixed:
        lines += ["", "[Route]", f"Gateway={network.gateway}", f"Metric={metric}"]
    else:
        lines += ["", "[DHCPv4]", f"RouteMetric={metric}", "", "[IPv6AcceptRA]", f"RouteMetric={metric}"]
    return "\n".join(lines) + "\n"


def _wrong_address(address: str, gateway: str) -> set[NetworkField]:
    try:
        own = ipaddress.ip_interface(address if "/" in address else "")
    except ValueError:
        return {NetworkField.ADDRESS} | (set() if _is_address(gateway) else {NetworkField.GATEWAY})
    try:
        way = ipaddress.ip_address(gateway)
    except ValueError:
        return {NetworkField.GATEWAY}
    return set() if way in own.network and way != own.ip else {NetworkField.GATEWAY}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
