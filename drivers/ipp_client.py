"""Talks IPP to a queue of CUPS or to a printer on the network, with deadlines.

| URL | is |
|---|---|
| `cups://queue` | a queue of this machine's CUPS, on its socket or else on localhost:631; `CUPS_SERVER`, CUPS' own setting, is followed |
| `cups://host:port/queue` | a queue of another CUPS |
| `ipp://host:port/ipp/print` | a printer that speaks IPP itself |
"""

import http.client
import itertools
import os
import re
import socket
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote, urlsplit

from drivers.ipp.messages import MESSAGE_LIMIT_BYTES, Answer, Attribute, BadMessageError, Operation, Tag, answer, request
from peripherals.deadline import Deadline
from peripherals.error import PeripheralError
from peripherals.unix_address import unix_address
from peripherals.values import dataclass

_PORT = 631
_SOCKETS = (Path("/run/cups/cups.sock"), Path("/var/run/cups/cups.sock"))
_QUEUE = re.compile(r"[^\x00-\x20/#?\x7f]{1,127}")
_PIECE_BYTES = 65536


class QueueAddressError(PeripheralError):
    """The URL names no queue and no printer."""


class QueueGoneError(OSError):
    """Nobody takes the call."""


class QueueSilentError(TimeoutError):
    """Somebody takes the call and does not answer it, or not in IPP."""


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """Where a queue is: at a unix socket, or at a host's port; `path` is its place there."""

    path: str
    host: str = "localhost"
    port: int = _PORT
    at_socket: Path | None = None

    @classmethod
    def of(cls, url: str) -> Self:
        """Read a URL. Raises QueueAddressError with what is wrong about it."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORT
        except ValueError as error:
            raise QueueAddressError(f"{url!r}: {error}") from None
        match parts.scheme:
            case "ipp" if parts.hostname:
                return cls(parts.path or "/", parts.hostname, port)
            case "cups" if parts.hostname and parts.path.strip("/"):
                return cls(_place(url, parts.path.strip("/")), parts.hostname, port)
            case "cups" if parts.netloc:
                return cls._local(_place(url, parts.netloc))
            case _:
                raise QueueAddressError(f"{url!r}: cups://queue or ipp://host:port/path would be one")

    @classmethod
    def _local(cls, path: str) -> Self:
        server = os.environ.get("CUPS_SERVER", "")
        if server.startswith("/"):
            return cls(path, at_socket=Path(server))
        if server:
            host, _, port = server.removesuffix("/version=1.1").partition(":")
            return cls(path, host, int(port) if port.isdecimal() else _PORT)
        return cls(path, at_socket=next((place for place in _SOCKETS if place.exists()), None))

    @property
    def uri(self) -> str:
        """What the printer is called in a request."""
        return f"ipp://{self.host}:{self.port}{self.path}"


def _place(url: str, queue: str) -> str:
    if not _QUEUE.fullmatch(unquote(queue)):
        raise QueueAddressError(f"{url!r}: no queue is called that")
    return f"/printers/{quote(unquote(queue))}"


class _SocketConnection(http.client.HTTPConnection):
    """HTTP on a unix socket."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        with unix_address(self._path) as address:
            self.sock.connect(address)


class Queue:
    """One printer, or one queue before it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count(1)
        QueueAddress.of(url)  # what is wrong with it is said at once

    def ask(
        self, operation: Operation, deadline: Deadline, *about: Attribute, job: tuple[Attribute, ...] = (), document: bytes = b""
    ) -> Answer:
        """Ask and return the answer, whatever its status code.

        Raises:
            QueueGoneError: nobody is there.
            QueueSilentError: there is no answer in time, or one that is not IPP.
        """
        address, number = QueueAddress.of(self._url), next(self._numbers)
        named = Attribute(Tag.URI, "printer-uri", (address.uri,))
        asked = request(operation, number, (named, *about), job) + document
        patience_s = max(0.01, deadline.remaining_s)
        connection = (
            http.client.HTTPConnection(address.host, address.port, timeout=patience_s)
            if address.at_socket is None
            else _SocketConnection(address.at_socket, patience_s)
        )
        try:
            connection.request("POST", address.path, asked, {"Content-Type": "application/ipp"})
            said = answer(_body(connection, deadline))
        except TimeoutError:
            raise QueueSilentError("no answer in time") from None
        except (http.client.HTTPException, BadMessageError) as error:
            raise QueueSilentError(f"it does not answer in IPP: {error}") from None
        except OSError as error:
            raise QueueGoneError(str(error.strerror or error)) from None
        finally:
            connection.close()
        if said.request_id != number:
            raise QueueSilentError("the answer belongs to another question")
        return said


def _body(connection: http.client.HTTPConnection, deadline: Deadline) -> bytes:
    reply = connection.getresponse()
    if reply.status != http.HTTPStatus.OK:
        raise BadMessageError(f"HTTP status {reply.status}")
    whole = bytearray()
    while piece := reply.read1(_PIECE_BYTES):
        whole += piece
        if len(whole) > MESSAGE_LIMIT_BYTES:
            raise BadMessageError("longer than any answer")
        if deadline.is_past:
            raise TimeoutError
    return bytes(whole)
