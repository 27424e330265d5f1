"""A terminal that runs in QEMU, with a shell that only a trial's loader lets in."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from terminal_image import hands
from terminal_image.board import RPI
from terminal_image.build import Parts
from terminal_image.qemu import Firmware, Machine, Shell, Sockets, overlay
from terminal_image.qemu_arm import ArmMachine
from terminal_image.station import trial_disk
from terminal_image.surroundings import Surroundings

PROJECT = Path(__file__).resolve().parents[2]
IMAGE = PROJECT / "build/image"

PATIENCE_S = 1500.0
"""For a boot, on a machine that emulates and has other work."""

UNITS = ("kiosk-ui", "kiosk-sync", "kiosk-device@id_card_reader", "kiosk-device@receipt_printer", "kiosk-device@document_camera")


HEARD = "heard.wav"
"""What the headphones of the shared terminal played, in the folder above its machine's."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """In what one terminal differs from the others."""

    has_panel: bool = True
    has_touch: bool = True
    credentials: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terminal:
    """The machine, its shell, and the town around it."""

    machine: Machine
    shell: Shell
    town: Surroundings
    came_home_after_s: float = 0.0

    def say(self, command: str, patience_s: float = 240.0) -> str:
        """Run a command in the terminal."""
        return self.shell.run(command, patience_s)

    def state(self, unit: str) -> Mapping[str, str]:
        """Return what systemd says of a unit."""
        said = self.say(f"systemctl show {unit} -p ActiveState,SubState,MainPID,NRestarts,Result,User")
        return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)

    def await_state(self, unit: str, wanted: str = "active", patience_s: float = PATIENCE_S) -> Mapping[str, str]:
        """Wait until a unit is as wanted.

        Raises:
            AssertionError: It did not come to that.
        """
        until = time.monotonic() + patience_s
        while (found := self.state(unit)).get("ActiveState") != wanted:
            if time.monotonic() > until:
                log = self.say(f"journalctl -b --no-pager -o cat -u {unit} | tail -n 40")
                raise AssertionError(f"{unit} is {found}, not {wanted}\n{log}")
            time.sleep(1)
        return found

    def await_shell(self) -> None:
        """Wait until the machine is so far that the shell answers.

        Raises:
            TimeoutError: It never does.
        """
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                if self.say("echo here", 20).endswith("here"):
                    return
            except TimeoutError:
                if time.monotonic() > until:
                    raise

    def boot(self) -> str:
        """Return the number of this boot; another one after each start."""
        return self.say("cat /proc/sys/kernel/random/boot_id")

    def restart(self) -> None:
        """Start the machine again as a technician does, and wait until the new boot's shell answers.

        Raises:
            TimeoutError: It never does.
        """
        before = self.boot()
        self.say("systemctl --no-block reboot")
        self.await_next_boot(before)

    def await_next_boot(self, before: str) -> None:
        """Wait until a boot after that one answers.

        Raises:
            TimeoutError: It never does.
        """
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                found = self.say("cat /proc/sys/kernel/random/boot_id", 20)
            except TimeoutError:
                continue
            if re.fullmatch(r"[0-9a-f-]{36}", found) and found != before:
                return
        raise TimeoutError("it did not start again")

    def await_home(self) -> None:
        """Wait until everything of the terminal runs, and the slot is marked good."""
        self.await_shell()
        for unit in (*UNITS, "kiosk-health", "kiosk.target"):
            self.await_state(unit)


@contextmanager
def switched_on(
    made: Parts, town: Surroundings, folder: Path, spoil: Callable[[Path], None] | None = None, fitted: Fitted | None = None
) -> Iterator[Terminal]:
    """Deliver a terminal to the town, and switch it on; `spoil` may do something to its disk before."""
    fitted = fitted or Fitted()
    hands.pack(town)
    image = made.root.parent
    base = trial_disk(PROJECT, image, made, town.data, folder)
    if spoil is not None:
        spoil(base)
    disk = overlay(base, folder / "disk.qcow2")
    place = folder / "machine"
    sockets = Sockets(
        town.serial,
        {**Shell.CREDENTIALS, **fitted.credentials},
        has_panel=fitted.has_panel,
        has_touch=fitted.has_touch,
        extra=(*hands.socket_words(place), *fitted.extra),
        firmware=Firmware(code=image / "firmware/trial-u-boot.bin") if made.board is RPI else Firmware(),
    )
    kind = ArmMachine if made.board is RPI else Machine
    with kind(disk, place, town.glass, sockets) as machine:
        shell = Shell(machine)
        try:
            yield Terminal(machine, shell, town)
        finally:
            shell.close()


def city_says(town: Surroundings, *words: str) -> str:
    """Run a command of the city's end."""
    command = [sys.executable, "-m", "city.cli", words[0], "--data", str(town.sandbox.city), *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
