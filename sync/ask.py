"""Asking the city something from a process that has no network: over a unix socket to the sending process, which asks for it.

Whoever asks waits at most as long as it says. Without a line there is no answer, and that is an outcome, not an error.
"""

import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import uuid6

from sync.contract.decoding import UNDECODABLE
from sync.contract.question import REPLY_MAX_BYTES, Answered, Declined, NoLine, Outcome, QuestionId, QuestionKind
from sync.offline import OfflineReason

Q = TypeVar("Q")
A = TypeVar("A")

_LENGTH: Final = struct.Struct(">I")
_FRAME_MAX_BYTES: Final = 2 * REPLY_MAX_BYTES


class Asking(msgspec.Struct, frozen=True):
    """What goes over the socket; `within_s` counts from its arrival."""

    kind: str
    id: QuestionId
    content: bytes
    within_s: float


class Said(msgspec.Struct, frozen=True, tag="said"):
    """What comes back when the city answered: JSON of the kind's answer type."""

    content: bytes


Told = Said | NoLine | Declined


class City:
    """The city, as the screen's process meets it. May be used from any thread."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def ask(self, kind: QuestionKind[Q, A], question: Q, within_s: float, question_id: QuestionId | None = None) -> Outcome[A]:
        """Ask, and wait for at most `within_s`.

        Args:
            kind: One of `known.QUESTIONS`.
            question: What is asked.
            within_s: How long somebody is kept waiting.
            question_id: The id of an earlier try of the very same question, so that the city does what it asks for only once.
        """
        asking = Asking(kind.name, question_id or new_question_id(), msgspec.json.encode(question), within_s)
        try:
            told = _over(self._socket_path, asking, time.monotonic() + within_s)
        except TimeoutError:
            return NoLine(OfflineReason.TOO_SLOW)
        except OSError:
            return NoLine(OfflineReason.NO_LINE)  # the sending process is not there: it is being started again
        if not isinstance(told, Said):
            return told
        try:
            return Answered(msgspec.json.decode(told.content, type=kind.answer))
        except UNDECODABLE:
            return NoLine(OfflineReason.NOT_THE_CITY)


def new_question_id() -> QuestionId:
    """Return an id for a question that may have to be asked twice."""
    return QuestionId(str(uuid6.uuid7()))


def send_frame(line: socket.socket, message: object, until_s: float) -> None:
    """Send one message.

    Raises:
        OSError: The other side is gone, or the time is over.
    """
    payload = msgspec.msgpack.encode(message)
    line.settimeout(_left(until_s))
    line.sendall(_LENGTH.pack(len(payload)) + payload)


def receive_frame(line: socket.socket, until_s: float) -> bytes:
    """Receive one message's bytes.

    Raises:
        OSError: The other side is gone, the time is over, or it is no message.
    """
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size, until_s))
    if length > _FRAME_MAX_BYTES:
        raise ConnectionError("too large for a message")
    return _exactly(line, length, until_s)


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Give an address for the socket at `path`; the kernel takes 107 bytes of one, so its folder is named by a descriptor."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def listen(path: Path) -> socket.socket:
    """Return a listener whose name appears only once it listens."""
    coming_up = path.with_name(f".{path.name}.{os.getpid()}")
    coming_up.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with reachable(coming_up) as address:
        listener.bind(address)
    listener.listen(16)
    coming_up.replace(path)
    return listener


def _over(path: Path, asking: Asking, until_s: float) -> Told:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_left(until_s))
        with reachable(path) as address:
            line.connect(address)
        send_frame(line, asking, until_s)
        try:
            told: Told = msgspec.msgpack.decode(receive_frame(line, until_s), type=Told)
        except UNDECODABLE as error:
            raise ConnectionError("not an answer of this release") from error
        return told


def _exactly(line: socket.socket, size: int, until_s: float) -> bytes:
    received = bytearray()
    while len(received) < size:
        line.settimeout(_left(until_s))
        piece = line.recv(size - len(received))
        if not piece:
            raise ConnectionError("hung up")
        received += piece
    return bytes(received)


def _left(until_s: float) -> float:
    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s
