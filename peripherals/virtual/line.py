"""A line that can be cut: passes TCP on to one address, untouched, until it is told not to.

`python -m peripherals.virtual.line --port 0 --to 127.0.0.1:8443 --control PATH` says `ready PORT`. Orders: {"do": "cut"} ends what is
open and refuses what comes, {"do": "mend"}, {"do": "hang"} keeps connections open and passes nothing, {"do": "state"}.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from peripherals.virtual.control import ControlServer, Order, OrderRefusedError, end_with_parent

_PIECE_BYTES = 65536


class Condition(StrEnum):
    """How the line is."""

    UP = "up"
    CUT = "cut"
    HUNG = "hung"


class Line:
    """One listening port and the connections that go through it."""

    _ORDERS: ClassVar = {"cut": Condition.CUT, "mend": Condition.UP, "hang": Condition.HUNG}

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._condition = Condition.UP
        self._open: set[asyncio.StreamWriter] = set()
        self._passed_bytes = 0
        self._loop = asyncio.get_running_loop()
        self._flows = asyncio.Event()
        self._flows.set()

    def obey(self, order: Order) -> dict[str, Any] | None:
        """Carry out an order; called on the control socket's thread."""
        wanted = self._ORDERS.get(order["do"])
        if wanted is not None:
            asyncio.run_coroutine_threadsafe(self._become(wanted), self._loop).result(5)
        elif order["do"] != "state":
            raise OrderRefusedError(f"no order {order['do']!r}; known: cut, mend, hang, state")
        return {"line": self._condition.value, "open": len(self._open) // 2, "passed_bytes": self._passed_bytes}

    async def take(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        """Pass one connection on."""
        if self._condition is Condition.CUT:
            near_out.transport.abort()
            return
        try:
            far_in, far_out = await asyncio.open_connection(*self._to)
        except OSError:
            near_out.transport.abort()
            return
        self._open |= {near_out, far_out}
        try:
            await asyncio.gather(self._pass(near_in, far_out), self._pass(far_in, near_out))
        finally:
            self._open -= {near_out, far_out}
            for end in (near_out, far_out):
                end.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # either end may go at any moment
            while piece := await source.read(_PIECE_BYTES):
                await self._flows.wait()
                sink.write(piece)
                await sink.drain()
                self._passed_bytes += len(piece)
            if sink.can_write_eof():
                sink.write_eof()

    async def end(self) -> None:
        """End what is open."""
        await self._become(Condition.CUT)

    async def _become(self, condition: Condition) -> None:
        self._condition = condition
        if condition is Condition.HUNG:
            self._flows.clear()
        else:
            self._flows.set()
        if condition is Condition.CUT:
            for end in tuple(self._open):
                end.transport.abort()


async def _serve(words: argparse.Namespace) -> None:
    host, _, port = words.to.rpartition(":")
    line = Line(host, int(port))
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, done.set)
    server = await asyncio.start_server(line.take, "127.0.0.1", words.port)
    async with server:
        with ControlServer(words.control, line.obey):
            sys.stdout.write(f"ready {server.sockets[0].getsockname()[1]}\n")
            sys.stdout.flush()
            await done.wait()
        await line.end()


def main() -> None:
    """Run the line until it is ended."""
    parser = argparse.ArgumentParser(description="A line that can be cut.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--control", type=Path, required=True)
    words = parser.parse_args()
    end_with_parent()
    asyncio.run(_serve(words))


if __name__ == "__main__":
    main()
