"""The strings of virtual hardware: a unix socket that takes orders as JSON lines, and the table of faults that they arm.

An order is one line such as `{"do": "fault", "fault": "noise", "times": 1}`; the answer is one line too, `{"ok": true, ...}` or
`{"ok": false, "error": "..."}`. A connection may carry any number of orders.
"""

import contextlib
import json
import os
import select
import signal
import socket
import socketserver
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from peripherals.deadline import Deadline
from peripherals.unix_address import unix_address

LINE_LIMIT_BYTES = 65536

Order = dict[str, Any]
Obey = Callable[[Order], dict[str, Any] | None]


class OrderRefusedError(Exception):
    """The virtual device does not know the order, or cannot carry it out now."""


class FaultTable:
    """Which faults are armed, and for how many more times; safe to use from the device's and the control socket's threads."""

    FOR_EVER = -1

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._armed: dict[str, int] = {}
        self._lock = threading.Lock()

    def arm(self, fault: str, times: int = 1) -> None:
        """Let `fault` happen the next `times` times, or until cleared with FOR_EVER; 0 disarms it.

        Raises:
            OrderRefusedError: the device has no such fault.
        """
        if fault not in self._known:
            raise OrderRefusedError(f"no fault {fault!r}; known: {', '.join(sorted(self._known))}")
        if type(times) is not int or times < self.FOR_EVER:
            raise OrderRefusedError(f"times must be a whole number, or -1 for ever, not {times!r}")
        with self._lock:
            self._armed.pop(fault, None)
            if times:
                self._armed[fault] = times

    def hold(self, fault: object) -> None:
        """Let `fault` happen from now on, and no other, until cleared: what a person at a bench means by pressing its key.

        Raises:
            OrderRefusedError: the device has no such fault.
        """
        if not isinstance(fault, str) or fault not in self._known:
            raise OrderRefusedError(f"no fault {fault!r}; known: {', '.join(sorted(self._known))}")
        with self._lock:
            self._armed = {fault: self.FOR_EVER}

    def take(self, fault: str) -> bool:
        """Whether `fault` is to happen now; it is used up by one."""
        with self._lock:
            left = self._armed.get(fault, 0)
            if left > 0:
                self._armed[fault] = left - 1
                if left == 1:
                    del self._armed[fault]
            return left != 0

    def is_armed(self, fault: str) -> bool:
        """Whether `fault` would happen now; nothing is used up."""
        with self._lock:
            return fault in self._armed

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()

    def state(self) -> dict[str, int]:
        """Return what is armed, and how many times it will still happen (-1: until cleared)."""
        with self._lock:
            return dict(self._armed)


class _Conversation(socketserver.StreamRequestHandler):
    """One connection of a controller; every line is answered by a line, whatever it holds."""

    server: "_Server"

    def handle(self) -> None:
        """Answer line after line until the controller hangs up or sends an endless one."""
        with contextlib.suppress(ConnectionError):
            while (line := self.rfile.readline(LINE_LIMIT_BYTES)).endswith(b"\n"):
                answer = self._answer(line)
                self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            order = json.loads(line)
        except ValueError:
            return {"ok": False, "error": "not a line of JSON"}
        if not isinstance(order, dict) or not isinstance(order.get("do"), str):
            return {"ok": False, "error": 'an order is an object with a "do"'}
        try:
            with self.server.order_lock:
                return {"ok": True, **(self.server.obey(order) or {})}
        except OrderRefusedError as refusal:
            return {"ok": False, "error": str(refusal)}


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, path: Path, obey: Obey) -> None:
        self.obey = obey
        self.order_lock = threading.Lock()
        with unix_address(path) as address:
            super().__init__(address, _Conversation)


class ControlServer:
    """Listens on a unix socket that only its owner may use, and hands each order to `obey`, one at a time.

    `obey` gets the whole order (it has a "do") and returns what to add to the answer; it raises OrderRefusedError otherwise.
    """

    def __init__(self, path: Path, obey: Obey) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        self._server = _Server(path, obey)
        path.chmod(0o600)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)


class ControlClient:
    """The other end of the control socket, for benches and tests: `ControlClient(path).do("lay", card="zhou-guilan")`."""

    def __init__(self, path: Path, patience_s: float = 10.0) -> None:
        self._path = path
        self._patience_s = patience_s

    def do(self, order: str, **details: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can carry
        """Give one order and return the answer.

        Raises:
            OrderRefusedError: the device refused.
            OSError: no virtual device listens there, or it did not answer in time.
        """
        deadline = Deadline.after(self._patience_s)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(max(0.001, deadline.remaining_s))
            with unix_address(self._path) as address:
                line.connect(address)
            line.sendall(json.dumps({"do": order, **details}, ensure_ascii=False).encode() + b"\n")
            with line.makefile("rb") as answers:
                raw = answers.readline()
        if not raw:
            raise ConnectionResetError("the virtual device hung up")
        answer: dict[str, Any] = json.loads(raw)
        if not answer.pop("ok"):
            raise OrderRefusedError(answer["error"])
        return answer


def end_with_parent() -> None:
    """Have SIGTERM sent to this process when the one that started it ends, however it ends; so no virtual device is left behind.

    A pidfd is watched rather than PR_SET_PDEATHSIG set: that signal comes when the starting *thread* ends, too.
    """
    try:
        parent = os.pidfd_open(os.getppid())
    except ProcessLookupError:
        os.kill(os.getpid(), signal.SIGTERM)
        return

    def watch() -> None:
        select.select([parent], [], [])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
