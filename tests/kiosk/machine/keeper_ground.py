"""A keeper that runs, and an invented engineer whom it knows."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kiosk.config import Config
from kiosk.keeping import rights_of
from kiosk.machine.keeper import Keeper
from kiosk.machine.keeping import Keeping, serve
from kiosk.machine.sticks import Gate
from kiosk.maintenance.attempts import Attempts
from kiosk.maintenance.door import Door
from peripherals.secret import Secret
from sync.contract.technicians import Pin, Technician, TechnicianRole, Technicians, card_digest

CARD, PIN = Secret("04E7E7E7E7"), "271828"
ENGINEER = Technician("E-02", TechnicianRole.ENGINEER, card_digest(CARD.reveal()), Pin.of(PIN))
TECHNICIAN = Technician("T-07", TechnicianRole.TECHNICIAN, card_digest("04A1B2C3D4"), Pin.of("493817"))
TOLD = Technicians((TECHNICIAN, ENGINEER), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


def door(folder: Path) -> Door:
    return Door(lambda: TOLD, Attempts(folder / "keeper-attempts.json"), lambda: datetime.now(UTC))


@contextmanager
def kept(config: Config, config_file: Path, socket: Path, sticks: Gate | None = None) -> Iterator[Keeper]:
    """Run a keeper of this terminal at `socket`; nobody has shown it a card yet."""
    socket.parent.mkdir(parents=True, exist_ok=True)
    rights = rights_of(config, config_file)
    keeping = Keeping(door(socket.parent), rights if sticks is None else replace(rights, sticks=sticks))
    listening, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=serve, args=(socket, keeping, over.is_set, listening.set))
    thread.start()
    assert listening.wait(20)
    try:
        yield Keeper(socket)
    finally:
        over.set()
        thread.join()
