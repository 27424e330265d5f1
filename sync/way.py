"""The way to the city, step by step, so that a technician sees where it ends: cable, address, gateway, name, proxy, TLS, admission.

Each step is tried only when the one before it held, for a later one could only fail for the same reason. Nothing here needs rights: the
gateway is found alive by its answer to the kernel's own question for its hardware address.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sync import identity
from sync.certificate_time import CertificateTime, OutOfDateError
from sync.client import CityClient
from sync.contract.problem import Retry
from sync.exchange import BY_THE_CLOCK, Exchange
from sync.offline import Offline, Refused
from sync.proxy import LOGIN_WANTED, proxy_at, tunnel
from sync.settings import SyncSettings
from sync.way_steps import StepOutcome, Walked, WayStep

NAME_WITHIN_S: Final = 5.0
CONNECT_WITHIN_S: Final = 5.0
GATEWAY_WITHIN_S: Final = 2.0
CLOCK_MAY_DIFFER_S: Final = 120.0
_DISCARD_PORT: Final = 9
_HAS_ANSWERED: Final = 0x2  # ATF_COM of linux/if_arp.h: the address is resolved


Found = tuple[StepOutcome, str]


def walk(settings: SyncSettings, root: Path = Path("/"), judged_by: CertificateTime = BY_THE_CLOCK) -> Iterator[Walked]:
    """Try the steps one after another, yielding each as it is known; after one that fails the rest are NOT_TRIED.

    Args:
        settings: The terminal's.
        root: Where `sys` and `proc` are.
        judged_by: As for sending, so that the walk ends where sending ends.
    """
    way = _Way(settings, root, judged_by)
    try:
        is_broken = False
        for step in WayStep:
            if is_broken:
                yield Walked(step, StepOutcome.NOT_TRIED)
                continue
            began = time.monotonic()
            outcome, fact = way.tries[step]()
            yield Walked(step, outcome, fact, round(1000 * (time.monotonic() - began)))
            is_broken = not outcome.holds
    finally:
        way.close()


class _Way:
    """One walk: what a step learns, the next ones use."""

    def __init__(self, settings: SyncSettings, root: Path, judged_by: CertificateTime) -> None:
        self._settings = settings
        self._judged_by = judged_by
        self._root = root
        parts = urlsplit(settings.url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._proxy = proxy_at(settings.proxy, settings.proxy_login)
        self._first, self._first_port = (self._host, self._port) if self._proxy is None else (self._proxy.host, self._proxy.port)
        self._address = self._first if _is_address(self._first) else ""
        self._is_here = self._first == "localhost" or (bool(self._address) and ip_address(self._address).is_loopback)
        self._proxy_said = 0  # the status by which the proxy answered
        self._device, self._gateway = "", ""
        self._client: CityClient | None = None
        self._exchange: Exchange | None = None
        self.tries: dict[WayStep, Callable[[], Found]] = {
            WayStep.CABLE: self._cable,
            WayStep.ADDRESS: self._own_address,
            WayStep.GATEWAY: self._ask_gateway,
            WayStep.NAME: self._look_up,
            WayStep.PROXY: self._ask_proxy,
            WayStep.CONNECTION: self._connect,
            WayStep.TLS: self._shake_hands,
            WayStep.CITY: self._ask_city,
            WayStep.CLOCK: self._compare_clocks,
            WayStep.ADMISSION: self._ask_to_be_let_in,
        }

    def close(self) -> None:
        if self._exchange is not None:
            self._exchange.close()

    def _cable(self) -> Found:
        if self._is_here:
            return StepOutcome.NOT_NEEDED, ""
        for card in sorted((self._root / "sys/class/net").glob("*")):
            if card.name != "lo" and _text(card / "carrier") == "1":
                self._device = card.name
                speed = _text(card / "speed")
                return StepOutcome.HOLDS, f"{card.name}, {speed} Mbit/s" if speed.isdecimal() else card.name
        return StepOutcome.FAILED, ""

    def _own_address(self) -> Found:
        """The default route names the card that is used; the address is the one the kernel would send from."""
        if self._is_here:
            return StepOutcome.NOT_NEEDED, ""
        for line in _text(self._root / "proc/net/route").splitlines()[1:]:
            words = line.split()
            if len(words) > 2 and words[1] == "00000000":
                self._device = words[0]
                self._gateway = socket.inet_ntoa(bytes.fromhex(words[2])[::-1])
        if not self._gateway:
            return StepOutcome.FAILED, self._device
        return StepOutcome.HOLDS, _sends_from(self._gateway)

    def _ask_gateway(self) -> Found:
        if self._is_here:
            return StepOutcome.NOT_NEEDED, ""
        if self._gateway == "0.0.0.0":  # noqa: S104 - a route without a gateway, not an address to listen on
            return StepOutcome.NOT_NEEDED, self._device
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            try:
                knock.sendto(b"", (self._gateway, _DISCARD_PORT))
            except OSError:
                return StepOutcome.FAILED, self._gateway
        until = time.monotonic() + GATEWAY_WITHIN_S
        while time.monotonic() < until:
            if self._has_answered(self._gateway):
                return StepOutcome.HOLDS, self._gateway
            time.sleep(0.05)
        return StepOutcome.FAILED, self._gateway

    def _has_answered(self, address: str) -> bool:
        for line in _text(self._root / "proc/net/arp").splitlines()[1:]:
            words = line.split()
            if len(words) > 2 and words[0] == address:
                return bool(int(words[2], 16) & _HAS_ANSWERED)
        return False

    def _look_up(self) -> Found:
        if self._address:
            return StepOutcome.NOT_NEEDED, self._address
        self._address = _looked_up(self._first, self._first_port, NAME_WITHIN_S)
        return (StepOutcome.HOLDS, self._address) if self._address else (StepOutcome.FAILED, self._first)

    def _ask_proxy(self) -> Found:
        """The proxy is asked for a line to the city; whether it finds the city is the next step's business."""
        if (proxy := self._proxy) is None:
            return StepOutcome.NOT_NEEDED, ""
        at = f"{self._address}:{proxy.port}"
        try:
            self._proxy_said, line = tunnel(proxy, self._address, self._host, self._port, CONNECT_WITHIN_S)
        except OSError:
            return StepOutcome.FAILED, at
        if line is not None:
            line.close()
        if self._proxy_said == LOGIN_WANTED:
            return StepOutcome.LOGIN_REFUSED, at
        is_for_us = self._proxy_said == HTTPStatus.OK or self._proxy_said >= HTTPStatus.INTERNAL_SERVER_ERROR
        return (StepOutcome.HOLDS, at) if is_for_us else (StepOutcome.FAILED, f"{at}, {self._proxy_said}")

    def _connect(self) -> Found:
        if self._proxy is not None:
            said = f"{self._host}:{self._port}"
            is_through = self._proxy_said == HTTPStatus.OK
            return (StepOutcome.HOLDS, said) if is_through else (StepOutcome.FAILED, f"{said}, {self._proxy_said}")
        try:
            with self._line():
                return StepOutcome.HOLDS, f"{self._address}:{self._port}"
        except OSError:
            return StepOutcome.FAILED, f"{self._address}:{self._port}"

    def _line(self) -> socket.socket:
        """Open a line to the city, straight or through the proxy.

        Raises:
            OSError: There is none.
        """
        if self._proxy is None:
            return socket.create_connection((self._address, self._port), CONNECT_WITHIN_S)
        status, line = tunnel(self._proxy, self._address, self._host, self._port, CONNECT_WITHIN_S)
        if line is None:
            raise ConnectionError(f"the proxy answers {status}")
        return line

    def _shake_hands(self) -> Found:
        spoken: list[str] = []

        def shake_hands(context: ssl.SSLContext) -> bytes:
            with self._line() as raw, context.wrap_socket(raw, server_hostname=self._host) as line:
                spoken.append(line.version() or "")
                return line.getpeercert(binary_form=True) or b""

        try:
            ssl.create_default_context(cafile=str(self._settings.ca_file))
        except OSError:
            return StepOutcome.WRONG_CERTIFICATE, str(self._settings.ca_file)
        try:
            self._judged_by.judge(datetime.now(UTC), lambda: ssl.create_default_context(cafile=str(self._settings.ca_file)), shake_hands)
        except OutOfDateError as error:
            return StepOutcome.OUT_OF_DATE, str(error)
        except ssl.SSLCertVerificationError as error:
            is_dated = error.verify_code in _OUT_OF_DATE
            return (StepOutcome.OUT_OF_DATE if is_dated else StepOutcome.WRONG_CERTIFICATE), error.verify_message
        except OSError:
            return StepOutcome.FAILED, ""
        return StepOutcome.HOLDS, spoken[-1]

    def _ask_city(self) -> Found:
        settings = self._settings
        signer = identity.request_key(settings.request_key, settings.terminal)
        self._exchange = Exchange(settings.url, settings.ca_file, signer, CONNECT_WITHIN_S, self._proxy, self._judged_by)
        self._exchange.show_certificate(settings.certificate, settings.request_key)
        self._client = CityClient(self._exchange, settings.terminal, {})
        answer = self._client.is_there()
        return (StepOutcome.FAILED, answer.reason.value) if isinstance(answer, Offline) else (StepOutcome.HOLDS, "")

    def _compare_clocks(self) -> Found:
        offset_s = self._client.clock_offset_s if self._client is not None else None
        if offset_s is None:
            return StepOutcome.FAILED, ""
        told = f"{offset_s:+.1f} s"
        return (StepOutcome.HOLDS if abs(offset_s) < CLOCK_MAY_DIFFER_S else StepOutcome.OUT_OF_DATE), told

    def _ask_to_be_let_in(self) -> Found:
        """Ask for something that only an admitted terminal gets; until here anybody came. In the wizard that is as it must be."""
        refused = self._client.fetch_nothing(0, CONNECT_WITHIN_S) if self._client is not None else None
        match refused:
            case None:
                return StepOutcome.HOLDS, self._settings.terminal
            case Refused(retry=Retry.REAUTH):
                return StepOutcome.NOT_LET_IN, refused.reason
            case Refused():  # too busy to answer, but it knows who asks
                return StepOutcome.HOLDS, self._settings.terminal
            case Offline():
                return StepOutcome.FAILED, refused.reason.value


_OUT_OF_DATE: Final = (9, 10)
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:  # a card that is down refuses to say its carrier
        return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _sends_from(gateway: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((gateway, _DISCARD_PORT))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _looked_up(host: str, port: int, within_s: float) -> str:
    """Return an address of `host`, or nothing; the library's own patience has no limit, so the question is left behind when it is over."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.append(str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]))
        except (OSError, UnicodeError):
            return

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(within_s)
    return found[0] if found else ""
