"""A virtual board of lines: lights that can be seen to shine, a door to open, a plug to put in, buttons to press.

    python -m peripherals.virtual.fittings --socket PATH --control PATH [--high 22,24]

It says `ready`. `--high` names the lines that are pulled up while nothing is done to them. To the board's socket goes
`{"set": OFFSET, "high": true}`; from it comes `{"lines": {"OFFSET": true, ...}}`, at once and with every change. Orders on the control
socket, by a line's offset:

    {"do": "close", "line": 22}, {"do": "open", "line": 22}   a contact to ground: closed it is low
    {"do": "press", "line": 24}                               closed and open again
    {"do": "unplug"}, {"do": "plug"}                          the board itself
    {"do": "fault", "fault": "bounce"}                        the next contact bounces, as worn ones do
    {"do": "state"}                                           the levels, of lights as well
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import socketserver
import threading
import time
from pathlib import Path
from typing import Any

from peripherals.unix_address import unix_address
from peripherals.virtual.control import ControlServer, FaultTable, Order, OrderRefusedError, end_with_parent

FAULTS = ("bounce", "stuck", "nonsense")
_BOUNCES = 7
_BOUNCE_S = 0.004
_PRESS_S = 0.12


class Board:
    """Levels of lines, and whoever listens to them."""

    def __init__(self, pulled_up: frozenset[int]) -> None:
        self.faults = FaultTable(FAULTS)
        self.levels = dict.fromkeys(pulled_up, True)
        self._pulled_up = pulled_up
        self._listeners: set[socket.socket] = set()
        self._changing = threading.RLock()

    def join(self, line: socket.socket) -> None:
        """Let a driver listen."""
        with self._changing:
            self._listeners.add(line)
            self._tell()

    def leave(self, line: socket.socket) -> None:
        """A driver went."""
        with self._changing:
            self._listeners.discard(line)

    def drop_all(self) -> None:
        """Hang up on every driver, as a board whose plug is pulled."""
        with self._changing:
            for line in self._listeners:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def drive(self, offset: int, *, is_high: bool) -> None:
        """A driver switches a line."""
        with self._changing:
            self.levels[offset] = is_high

    def touch(self, offset: int, *, is_closed: bool) -> None:
        """A contact to ground closes or opens."""
        if self.faults.take("stuck"):
            return
        level = not is_closed
        if self.faults.take("bounce"):
            for turn in range(_BOUNCES):
                self._become(offset, level if turn % 2 == 0 else not level)
                time.sleep(_BOUNCE_S)
        self._become(offset, level)

    def _become(self, offset: int, level: bool) -> None:
        with self._changing:
            self.levels[offset] = level
            self._tell()

    def _tell(self) -> None:
        said = {"lines": {str(offset): level for offset, level in self.levels.items()}} if self.levels else {"lines": {"0": False}}
        data = b"?\n" if self.faults.take("nonsense") else json.dumps(said).encode() + b"\n"
        for line in tuple(self._listeners):
            with contextlib.suppress(OSError):
                line.sendall(data)


class _Conversation(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        """Obey a driver until it hangs up."""
        board = self.server.board
        board.join(self.connection)
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            for line in self.rfile:
                order = json.loads(line)
                board.drive(int(order["set"]), is_high=bool(order["high"]))
        board.leave(self.connection)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, path: Path, board: Board) -> None:
        self.board = board
        path.unlink(missing_ok=True)
        with unix_address(path) as address:
            super().__init__(address, _Conversation)


class VirtualFittings:
    """The board, its socket while its plug is in, and the orders on the control socket."""

    def __init__(self, path: Path, board: Board) -> None:
        self._path = path
        self._board = board
        self._server: _Server | None = None
        self._plug()

    def obey(self, order: Order) -> dict[str, Any]:
        """Carry out an order of the control socket."""
        match order:
            case {"do": "close" | "open" as word, "line": int(offset)}:
                self._board.touch(offset, is_closed=word == "close")
            case {"do": "press", "line": int(offset)}:
                self._board.touch(offset, is_closed=True)
                time.sleep(_PRESS_S)
                self._board.touch(offset, is_closed=False)
            case {"do": "unplug"}:
                self._unplug()
            case {"do": "plug"}:
                self._plug()
            case {"do": "fault", "fault": "none"}:
                self._board.faults.clear()
            case {"do": "fault", "fault": str(fault)}:
                self._board.faults.arm(fault, order.get("times", 1))
            case {"do": "state"}:
                pass
            case _:
                raise OrderRefusedError(f"no order {order.get('do')!r}; known: close, open, press, unplug, plug, fault, state")
        levels = {str(offset): level for offset, level in sorted(self._board.levels.items())}
        return {"high": levels, "plugged": self._server is not None, "faults": self._board.faults.state()}

    def _plug(self) -> None:
        if self._server is None:
            self._server = _Server(self._path, self._board)
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def _unplug(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
            self._path.unlink(missing_ok=True)
            self._board.drop_all()


def _offsets(word: str) -> frozenset[int]:
    return frozenset(int(part) for part in word.split(",") if part)


def main() -> None:
    """Run until the starting process ends or SIGTERM comes."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.fittings", description="A virtual board of lines.")
    parser.add_argument("--socket", type=Path, required=True, help="where the driver finds the board")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--high", type=_offsets, default=frozenset(), help="lines that are pulled up")
    words = parser.parse_args()
    end_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    device = VirtualFittings(words.socket, Board(words.high))
    with ControlServer(words.control, device.obey):
        print("ready", flush=True)  # noqa: T201 - the starter waits for this line
        signal.pause()


if __name__ == "__main__":
    main()
