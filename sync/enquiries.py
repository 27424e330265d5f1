"""The sending process' half of a question: it listens for the screen's, asks the city on a connection of its own, and hands back."""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

import msgspec

from sync.ask import Asking, Said, Told, listen, receive_frame, send_frame
from sync.client import CityClient
from sync.contract.decoding import UNDECODABLE
from sync.contract.problem import Retry
from sync.contract.question import Declined, NoLine
from sync.offline import Offline, OfflineReason, Refused

_FRAME_PATIENCE_S: Final = 2.0  # for a question that has begun, and for an answer to be taken
_WITHIN_MAX_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.5


class Enquiries:
    """Answers the socket, one question at a time; whoever waits in line gives up by hanging up.

    Args:
        path: Where the socket is; its folder decides who may ask.
        client: A client with an exchange of its own, since one exchange serves one thread.
        failed: Called when something happens that nobody expected; leaving the block then raises it.
        here: Kinds that this process answers by itself, from JSON to JSON; they never leave the terminal.
    """

    def __init__(
        self,
        path: Path,
        client: CityClient,
        failed: Callable[[], None],
        here: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({}),
    ) -> None:
        self._path = path
        self._client = client
        self._here = here
        self._failed = failed
        self._error: BaseException | None = None
        self._listener: socket.socket | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="enquiries", daemon=True)

    def __enter__(self) -> Self:
        with suppress(OSError):  # on a read-only disk nobody can ask, and sending goes on
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._listener = listen(self._path)
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        if self._listener is not None:
            self._thread.join()
            self._listener.close()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        assert self._listener is not None  # noqa: S101  started only then
        self._listener.settimeout(_LOOK_EVERY_S)
        try:
            while not self._stop.is_set():
                with suppress(TimeoutError), self._listener.accept()[0] as line:
                    self._serve(line)
        except BaseException as error:  # noqa: BLE001  handed on whole; a thread must not die unnoticed
            self._error = error
            self._failed()

    def _serve(self, line: socket.socket) -> None:
        try:
            asking = msgspec.msgpack.decode(receive_frame(line, time.monotonic() + _FRAME_PATIENCE_S), type=Asking)
            if not _has_hung_up(line):
                send_frame(line, self._told(asking), time.monotonic() + _FRAME_PATIENCE_S)
        except (OSError, *UNDECODABLE):
            return  # whoever asked is gone, or is no process of this release

    def _told(self, asking: Asking) -> Told:
        within_s = min(_WITHIN_MAX_S, asking.within_s)
        if within_s <= 0:
            return NoLine(OfflineReason.TOO_SLOW)
        if asking.kind in self._here:
            return Said(self._here[asking.kind](asking.content))
        answer = self._client.question(asking.kind, asking.id, asking.content, within_s)
        if isinstance(answer, Offline):
            return NoLine(answer.reason)
        if isinstance(answer, Refused):
            return Declined(answer.reason, answer.retry is Retry.LATER, answer.detail)
        return Said(answer)


def _has_hung_up(line: socket.socket) -> bool:
    """Whether the one who asked has given up while it waited in line."""
    line.setblocking(False)
    try:
        return line.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
