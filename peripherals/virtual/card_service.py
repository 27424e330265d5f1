"""The real card service pcscd as part of a bench: one of its own, with virtual readers, that can be ended, started and stopped.

    python -m peripherals.virtual.card_service --folder bench/card-service --control /run/service.control --slot "Bench Reader=35963"

Its socket is FOLDER/pcscd.comm (see `peripherals.virtual.own_pcscd`). Orders on the control socket (see `peripherals.virtual.control`):

    {"do": "end"}        it is killed, as by a crash; cards wait in their slots
    {"do": "stop"}       it is told to end, as by an update
    {"do": "start"}
    {"do": "restart"}    ended and started at once
    {"do": "unplug"}     the readers are gone; pcscd reads of virtual ones when it starts, so it is restarted
    {"do": "plug"}
    {"do": "freeze"}     it hangs, until "thaw"
    {"do": "thaw"}
    {"do": "state"}

Each slot is a reader of vpcd's, on its port and the next one: a virtual card connects there.
"""

import argparse
import queue
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from peripherals.virtual.control import ControlServer, Order, OrderRefusedError, end_with_parent
from peripherals.virtual.own_pcscd import CardService, NoServiceError


class _Orders:
    """Orders come on the control socket's threads and are carried out on the main one, with which the service lives and dies."""

    def __init__(self, service: CardService) -> None:
        self._service = service
        self._waiting: queue.Queue[tuple[Callable[[], None], queue.Queue[str | None]]] = queue.Queue()

    def obey(self, order: Order) -> dict[str, Any] | None:
        does: dict[str, Callable[[], None]] = {
            "end": lambda: self._service.end(kill=True),
            "stop": self._service.end,
            "start": self._service.start,
            "restart": self._restart,
            "unplug": lambda: self._restart(()),
            "plug": self._restart,
            "freeze": lambda: self._service.signal(signal.SIGSTOP),
            "thaw": lambda: self._service.signal(signal.SIGCONT),
        }
        if order["do"] == "state":
            return {"runs": self._service.pid is not None, "pid": self._service.pid}
        if order["do"] not in does:
            raise OrderRefusedError(f"known orders: {', '.join((*does, 'state'))}")
        done: queue.Queue[str | None] = queue.Queue()
        self._waiting.put((does[order["do"]], done))
        if (trouble := done.get()) is not None:
            raise OrderRefusedError(trouble)
        return None

    def serve(self) -> None:
        """Carry out orders for ever."""
        while True:
            act, done = self._waiting.get()
            try:
                act()
            except NoServiceError as error:
                done.put(str(error))
            else:
                done.put(None)

    def _restart(self, readers: Iterable[str] | None = None) -> None:
        self._service.end(kill=True)
        self._service.start(readers)


def _slot(word: str) -> tuple[str, int]:
    name, _, port = word.rpartition("=")
    return name, int(port)


def main(words: list[str] | None = None) -> int:
    """Run the service until it is told to end, or the program that started it ends."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.card_service", description="a card service with virtual readers")
    parser.add_argument("--folder", type=Path, required=True, help="for its socket and settings")
    parser.add_argument("--slot", type=_slot, action="append", required=True, metavar="NAME=PORT", help="a reader, and its card's port")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--keep", action="store_true", help="go on when the program that started this one ends")
    chosen = parser.parse_args(words)

    def end(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if not chosen.keep:
        end_with_parent()
    try:
        service = CardService(chosen.folder, dict(chosen.slot))
        service.start()
    except NoServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    orders = _Orders(service)
    try:
        with ControlServer(chosen.control, orders.obey):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            orders.serve()
    finally:
        service.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
