"""What the booted image costs: time to the screen, memory, writes, and the size of its parts.

Emulated, so of its times only the ratio of two means much. What is written counts for the whole disk, in sectors as the kernel counts them.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal_image import build, hands
from terminal_image.qemu import Glass, Machine, Shell, Sockets, overlay
from terminal_image.stage import BuildError
from terminal_image.station import trial_disk
from terminal_image.surroundings import Surroundings

UNITS = (
    "kiosk-ui", "kiosk-sync", "kiosk-health", "kiosk-device@id_card_reader", "kiosk-device@receipt_printer", "kiosk-device@document_camera",
)  # fmt: skip
_BESIDES = ("kiosk-keys", "kiosk-prepare", "kiosk-keeper", "kiosk-network", "kiosk-wired", "kiosk-out-of-order")
"""What of the terminal is masked besides, for the bare root: all but the mounting of its data."""
_PATIENCE_S = 1800.0
_SECTOR_BYTES = 512


def measure(project: Path, image: Path, visits: int, idle_s: float) -> Iterator[str]:
    """Boot the image as it is and with the terminal's own units masked, each twice, and yield `name value` lines.

    The first start of a terminal's life makes its keys and grows its data; the second is what every later morning is like.

    Args:
        project: The repository.
        image: The folder in which the image was built.
        visits: How many are walked on the glass, one after the other.
        idle_s: How long nobody is there, for what is written meanwhile.

    Raises:
        BuildError: The machine did not come so far.
        hands.VisitError: A visit did not end.
    """
    made = build.parts(project, image, quick=True)
    yield from _sizes(image)
    with tempfile.TemporaryDirectory(prefix="bianmin-bench-") as scratch, Surroundings(Path(scratch) / "town", Glass()) as town:
        place = Path(scratch)
        hands.pack(town)
        bare = trial_disk(
            project, image, made, town.data, place / "bare", " ".join(f"systemd.mask={unit}.service" for unit in (*UNITS, *_BESIDES))
        )
        bare_disk = overlay(bare, place / "bare.qcow2")
        with _switched_on(bare_disk, place / "bare", town) as (machine, shell):
            first_bare_s = _finished_s(shell)
            _put_out(machine, shell)
        with _switched_on(bare_disk, place / "bare", town) as (_, shell):
            bare_s = _finished_s(shell)
        yield f"first_bare_start_s {first_bare_s:.1f}"
        yield f"bare_start_s {bare_s:.1f}"
        disk = overlay(trial_disk(project, image, made, town.data, place / "whole"), place / "whole.qcow2")
        with _switched_on(disk, place / "whole", town) as (machine, shell):
            first_s = _active_s(shell, "kiosk-ui.service")
            yield f"first_home_start_s {first_s:.1f}"
            yield f"first_home_start_ratio {first_s / first_bare_s:.2f}"
            _active_s(shell, "kiosk.target")
            _put_out(machine, shell)
        with _switched_on(disk, place / "whole", town) as (machine, shell):
            home_s = _active_s(shell, "kiosk-ui.service")
            machine.picture(_pictures(image) / "home.png")  # for whoever doubts that it is one
            yield f"home_start_s {home_s:.1f}"
            yield f"home_start_ratio {home_s / bare_s:.2f}"
            _active_s(shell, "kiosk.target")
            yield from _memory(shell, "at_home")
            before = _written_bytes(shell)
            time.sleep(idle_s)
            yield f"written_per_idle_hour_bytes {(_written_bytes(shell) - before) * 3600 / idle_s:.0f}"
            if visits:
                yield from _visits(machine, shell, town, visits, _pictures(image))


def _visits(machine: Machine, shell: Shell, town: Surroundings, visits: int, pictures: Path) -> Iterator[str]:
    """Walk visits on the glass until the city has what they handed in."""
    known = len(town.applications())
    hands.send_in(shell, visits)
    _active_s(shell, "kiosk-ui.service")
    before, began = _written_bytes(shell), time.monotonic()
    hands.lend(machine, town.bench, pictures, _PATIENCE_S * 3 * visits)
    walked_s = time.monotonic() - began
    while sum(case["complete"] for case in town.applications()) < known + visits:
        if time.monotonic() - began > walked_s + _PATIENCE_S:
            raise BuildError("the city does not have what was handed in")
        time.sleep(2)
    yield f"visit_s {walked_s / visits:.0f}"
    yield f"written_per_visit_bytes {(_written_bytes(shell) - before) / visits:.0f}"
    yield from _memory(shell, f"after_{visits}_visits")


def _pictures(image: Path) -> Path:
    folder = image / "pictures"
    folder.mkdir(exist_ok=True)
    return folder


def _sizes(image: Path) -> Iterator[str]:
    for name in ("root.img", "kernel/vmlinuz", "kernel/initrd.img", "kiosk.raucb"):
        path = image / name
        if path.exists():
            yield f"{path.name.replace('.', '_')}_bytes {path.stat().st_size}"


@contextmanager
def _switched_on(disk: Path, folder: Path, town: Surroundings) -> Iterator[tuple[Machine, Shell]]:
    place = folder / "machine"
    sockets = Sockets(town.serial, Shell.CREDENTIALS, extra=hands.socket_words(place))
    with Machine(disk, place, town.glass, sockets) as machine:
        shell = Shell(machine)
        try:
            _await(shell, "echo here", "here")
            yield machine, shell
        finally:
            shell.close()


def _put_out(machine: Machine, shell: Shell) -> None:
    """Switch a machine off as its button does, and wait until it is."""
    shell.run("systemctl --no-block poweroff", 60)
    until = time.monotonic() + _PATIENCE_S
    while machine.is_on:
        if time.monotonic() > until:
            raise BuildError("the machine did not switch itself off")
        time.sleep(1)


def _await(shell: Shell, command: str, wanted: str) -> str:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            said = shell.run(command, 30)
        except TimeoutError:
            said = ""
        if wanted in said:
            return said
        if time.monotonic() > until:
            raise BuildError(f"the machine never said {wanted!r} to {command!r}; last: {said[-200:]!r}")
        time.sleep(1)


def _finished_s(shell: Shell) -> float:
    """Return the seconds from the kernel's start until systemd had nothing left to do."""
    said = _await(shell, "systemctl show -p FinishTimestampMonotonic | grep -v '=0$'", "FinishTimestampMonotonic=")
    return int(said.split("=")[1]) / 1e6


def _active_s(shell: Shell, unit: str) -> float:
    """Return the seconds from the kernel's start until a unit was active: of the screen, until its first picture."""
    _await(shell, f"systemctl show {unit} -p ActiveState", "ActiveState=active")
    said = shell.run(f"systemctl show {unit} -p ActiveEnterTimestampMonotonic --value", 60)
    return int(said) / 1e6


def _memory(shell: Shell, when: str) -> Iterator[str]:
    facts = dict(line.split(":", 1) for line in shell.run("cat /proc/meminfo", 60).splitlines())
    kilobytes = {name: int(text.split()[0]) for name, text in facts.items()}
    yield f"memory_{when}_mb {(kilobytes['MemTotal'] - kilobytes['MemAvailable']) / 1024:.0f}"
    for unit in UNITS:
        said = shell.run(f"systemctl show {unit}.service -p MemoryCurrent --value", 60)
        if said.isdigit():
            yield f"memory_{when}_of_{unit.replace('@', '_').replace('-', '_')}_mb {int(said) / (1 << 20):.0f}"


def _written_bytes(shell: Shell) -> int:
    return int(shell.run("cat /sys/block/vda/stat", 60).split()[6]) * _SECTOR_BYTES
