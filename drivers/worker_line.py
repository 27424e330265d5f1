"""The kiosk's end of the line to one device's own process: calls out, outcomes in, or why there is none."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from drivers.calls import Call, Kind, encoded, is_hung_up, receive_frame, send_frame
from peripherals.deadline import Deadline
from peripherals.unix_address import unix_address

T = TypeVar("T")


class Trouble(StrEnum):
    """Why there is no outcome."""

    ABSENT = "absent"  # no worker, or one that died
    SILENT = "silent"  # a worker that does not answer, or answers nonsense
    GIVEN_UP = "given_up"  # `give_up` was called meanwhile


class WorkerLine:
    """The connection to one worker, made anew when it broke; one call at a time."""

    GRACE_S = 0.5  # for an outcome that was ready at the deadline
    COMING_BACK_S = 4.0  # how long a worker that is being restarted is waited for, within the deadline
    _RETRY_S = 0.05

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path
        self._line: socket.socket | None = None
        self._given_up = False
        self._calling = threading.Lock()
        self._changing = threading.Lock()  # of the line against `give_up`

    def ask(self, call: Call, deadline: Deadline, decode: Callable[[bytes], T], on_card: Callable[[], None] | None = None) -> T | Trouble:
        """Return the outcome of `call`, or why there is none."""
        if not self._calling.acquire(timeout=deadline.remaining_s):
            return Trouble.SILENT
        self._given_up = False
        patience = Deadline(deadline.at_s + self.GRACE_S, deadline.clock)
        try:
            line = self._connected(deadline)
            if line is None:
                return Trouble.ABSENT
            now_left = msgspec.structs.replace(call, remaining_s=deadline.remaining_s)
            send_frame(line, Kind.CALL, encoded(now_left), patience)
            return self._outcome(line, patience, decode, on_card)
        except (TimeoutError, BlockingIOError):  # the latter: its queue of callers is full
            self._drop()  # or its late answer would be taken for the next one's
            return Trouble.SILENT
        except OSError:
            self._drop()
            return Trouble.GIVEN_UP if self._given_up else Trouble.ABSENT
        finally:
            self._calling.release()

    def give_up(self) -> None:
        """Let the call that another thread is waiting for come back now; does nothing when there is none."""
        with self._changing:
            if self._line is not None and self._calling.locked():
                self._given_up = True
                with contextlib.suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)

    def _outcome(
        self, line: socket.socket, patience: Deadline, decode: Callable[[bytes], T], on_card: Callable[[], None] | None
    ) -> T | Trouble:
        while True:
            kind, payload = receive_frame(line, patience)
            match kind:
                case Kind.CARD_FOUND:
                    if on_card is not None:
                        on_card()
                case Kind.OUTCOME:
                    try:
                        return decode(payload)
                    except msgspec.DecodeError:
                        self._drop()
                        return Trouble.SILENT
                case Kind.NOT_MINE:
                    return Trouble.ABSENT
                case Kind.CALL:
                    self._drop()
                    return Trouble.SILENT

    def _connected(self, deadline: Deadline) -> socket.socket | None:
        """Return a line to a living worker, or None when none came up in time."""
        if self._line is not None and is_hung_up(self._line):
            self._drop()
        waiting = deadline.sooner(self.COMING_BACK_S)
        while self._line is None:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(max(0.001, deadline.remaining_s))
            try:
                with unix_address(self._path) as address:
                    line.connect(address)
            except (FileNotFoundError, ConnectionRefusedError):
                line.close()
                if waiting.is_past:
                    return None
                time.sleep(min(self._RETRY_S, waiting.remaining_s))
            except OSError:
                line.close()
                raise
            else:
                with self._changing:
                    self._line = line
        return self._line

    def _drop(self) -> None:
        with self._changing:
            if self._line is not None:
                self._line.close()
                self._line = None
