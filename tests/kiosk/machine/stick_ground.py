"""A machine's USB ports as folders, the unit that lets sticks in, and what systemd does with it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.machine.sticks import Gate, StickUnit
from tests.systemd.test_admit_usb import DEVICE, configuration, plugged

STORAGE, UAS, KEYBOARD, HUB = (8, 6, 0x50), (8, 6, 0x62), (3, 1, 1), (9, 0, 1)
SOON_S = 60.0


class Place:
    """A machine's ports, the keeper's folder and the unit's; and the unit's commands as they come."""

    def __init__(self, folder: Path) -> None:
        self.usb, keeper, self.told = folder / "usb", folder / "keeper", folder / "told"
        for one in (self.usb, keeper, self.told):
            one.mkdir()
        self.gate = Gate(keeper / "stick", self.told)
        self.ran: list[tuple[str, ...]] = []
        self.were_alive: list[bool] = []
        self._stop = threading.Event()

    def plug(self, name: str, *kinds: tuple[int, int, int]) -> Path:
        device = self.usb / name
        device.mkdir()
        (device / "idProduct").write_text("5678\n", encoding="ascii")
        return plugged(device, DEVICE + configuration(*kinds))

    def command(self, words: Sequence[str]) -> None:
        self.ran.append(tuple(words))
        self.were_alive.append(any(is_alive(one) for one in self.usb.iterdir()))

    def unit(self, command: Callable[[Sequence[str]], None] | None = None) -> StickUnit:
        return StickUnit(self.gate.wanted, self.told, self.usb, command or self.command)

    @contextmanager
    def attended(self) -> Iterator[None]:
        """What systemd does with the path unit: the service runs whenever the keeper's word lies there."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.01):
                if self.gate.wanted.exists():
                    self.unit().attend(over)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(int(SOON_S / 0.02)):
            if holds():
                return
            self._stop.wait(0.02)
        pytest.fail("it did not come to that")


def is_alive(device: Path) -> bool:
    return (device / "authorized").read_text(encoding="ascii").strip() == "1"
