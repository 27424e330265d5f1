"""A virtual receipt printer: ESC/POS over TCP, with paper, knife, cover and their faults; each ticket becomes a picture.

    python -m peripherals.virtual.receipt_printer --port 0 --control PATH --out DIR

It says `ready PORT` on standard output. Orders on the control socket (see `peripherals.virtual.control`):

    {"do": "fault", "fault": NAME}   until {"do": "fault", "fault": "none"}, which puts everything right
    {"do": "state"}                  what is armed, what has been printed
    {"do": "take"}                   the tickets that were cut since it was last asked
"""

import argparse
import contextlib
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

from peripherals.virtual.control import ControlServer, FaultTable, Order, OrderRefusedError, end_with_parent
from peripherals.virtual.receipt_line import Line, is_readable
from peripherals.virtual.receipt_mechanism import FAULTS, POLL_S, Mechanism


class VirtualReceiptPrinter:
    """The whole device: the port, the lines to it, and the orders on the control socket."""

    def __init__(self, mechanism: Mechanism, port: int, buffer_bytes: int) -> None:
        self._mechanism = mechanism
        self._buffer_bytes = buffer_bytes
        self._lines: list[Line] = []
        self._changing = threading.Lock()
        self._listener = self._listen(port)
        self.port: int = self._listener.getsockname()[1]

    def obey(self, order: Order) -> dict[str, Any]:
        """Carry out an order of the control socket."""
        match order:
            case {"do": "fault", "fault": "none"}:
                self._put_right()
            case {"do": "fault", "fault": str(fault)}:
                self._mechanism.faults.arm(fault, order.get("times", 1 if fault.endswith("_mid_print") else FaultTable.FOR_EVER))
            case {"do": "take"}:
                return {"tickets": self._mechanism.take()}
            case {"do": "state"}:
                pass
            case _:
                raise OrderRefusedError(f"no order {order.get('do')!r}; known: fault, state, take")
        self._follow_power()
        return self._state()

    def _state(self) -> dict[str, Any]:
        mechanism = self._mechanism
        return {
            "faults": mechanism.faults.state(),
            "tickets": list(mechanism.tickets),
            "skipped_commands": mechanism.skipped,
            "questions": mechanism.questions,
            "texts": list(mechanism.texts),
            "port": self.port,
            "width_dots": mechanism.width_dots,
            "rows": mechanism.rows_hanging,
        }

    def _put_right(self) -> None:
        was_off = self._mechanism.faults.is_armed("power_off")
        if was_off or self._mechanism.is_stopped:
            self._mechanism.tear()  # before it goes on with what waits in its buffers
        self._mechanism.faults.clear()
        if was_off:
            with self._changing:
                for line in self._lines:
                    line.hang_up()
                self._lines.clear()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(8)
        return listener

    def _follow_power(self) -> None:
        """Without current nobody listens; with it, somebody does."""
        with self._changing:
            is_off = self._mechanism.faults.is_armed("power_off")
            if is_off and self._listener.fileno() >= 0:
                self._listener.close()
            elif not is_off and self._listener.fileno() < 0:
                self._listener = self._listen(self.port)

    def run(self) -> None:
        """Take connections for ever."""
        while True:
            self._follow_power()
            listener = self._listener
            if listener.fileno() < 0 or not is_readable(listener, POLL_S):
                time.sleep(POLL_S if listener.fileno() < 0 else 0)
                continue
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._changing:
                    self._lines = [line for line in self._lines if not line.is_over]
                    self._lines.append(Line(connection, self._mechanism, self._buffer_bytes, self._lines))


def main() -> None:
    """Run until the starting process ends or SIGTERM comes."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.receipt_printer", description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures of the tickets")
    parser.add_argument("--width-dots", type=int, default=576, help="576 for 80 mm paper, 384 for 58 mm")
    parser.add_argument("--speed", type=float, default=150.0, help="millimetres a second; 0 for at once")
    parser.add_argument("--buffer", type=int, default=4096, help="bytes of the receive buffer")
    words = parser.parse_args()
    words.out.mkdir(parents=True, exist_ok=True)
    end_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    printer = VirtualReceiptPrinter(Mechanism(words.out, words.width_dots, words.speed, FaultTable(FAULTS)), words.port, words.buffer)
    with ControlServer(words.control, printer.obey):
        print(f"ready {printer.port}", flush=True)  # noqa: T201 - the starter waits for this line
        printer.run()


if __name__ == "__main__":
    main()
