"""The hands of the resident in a booted terminal (`trial/resident.py`): they touch its glass, lay cards and papers, and keep pictures."""

import json
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.bench import Bench
from peripherals.virtual.control import OrderRefusedError
from terminal_image.qemu import Machine, Shell
from terminal_image.surroundings import Surroundings

PORT = "resident"
THERE = "/data/kiosk/trial"
"""Where the programs of a trial lie in the terminal: its depot laid them down beside everything else."""
_PROGRAMS = Path(__file__).parents[1] / "trial"
_DROP_IN = f"""\
[Service]
ExecStartPre=+/bin/chmod 0666 /dev/virtio-ports/{PORT}
ExecStart=
ExecStart=/usr/bin/python3 -sP {THERE}/resident.py /dev/virtio-ports/{PORT} /data/kiosk/kiosk.toml {{visits}}
DeviceAllow=char-virtio-portsdev rw
"""


class VisitError(AssertionError):
    """The resident did not get to the end; the message says what was waited for."""


def socket_words(folder: Path) -> tuple[str, ...]:
    """Return what of QEMU's command line makes the port through which the resident asks for hands."""
    return (
        "-device", f"virtserialport,chardev={PORT},name={PORT}",
        "-chardev", f"socket,id={PORT},path={folder / PORT},server=on,wait=off",
    )  # fmt: skip


def pack(town: Surroundings) -> None:
    """Put the programs, and what a resident brings, into what the depot lays down."""
    trial = town.data / "kiosk/trial"
    trial.mkdir(exist_ok=True)
    for program in ("resident.py", "applying.py", "fingers.py", "engineer.py"):
        shutil.copyfile(_PROGRAMS / program, trial / program)
    example = town.sandbox.example
    shutil.copyfile(example["answers"], trial / "answers.json")
    for material, picture in example["attachments"].items():
        shutil.copyfile(picture, trial / f"{material}.jpg")


def send_in(shell: Shell, visits: int) -> None:
    """Let the screen's unit start again, with the resident before it; the rest of the unit stays as it is."""
    place = "/run/systemd/system/kiosk-ui.service.d"
    shell.run(f"mkdir -p {place}; printf '%s' '{_DROP_IN.format(visits=visits)}' > {place}/90-resident.conf")
    shell.run("systemctl daemon-reload; systemctl --no-block restart kiosk-ui.service", 120)


def send_away(shell: Shell) -> None:
    """Let the screen's unit be what the image says."""
    shell.run(
        "rm /run/systemd/system/kiosk-ui.service.d/90-resident.conf; systemctl daemon-reload; systemctl restart kiosk-ui.service", 400
    )


def lend(machine: Machine, bench: Bench, pictures: Path, patience_s: float) -> list[dict[str, Any]]:
    """Be the resident's hands until the visits are over, and return the steps that were walked.

    Raises:
        VisitError: Something did not come, or nothing was asked for in time.
    """
    steps: list[dict[str, Any]] = []
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(patience_s)
        line.connect(str(machine.folder / PORT))
        for order in _orders(line, time.monotonic() + patience_s):
            match order.pop("do"):
                case "touch":
                    machine.touch(order["x"], order["y"])
                case "draw":
                    machine.draw(order["points"])
                case "look":
                    machine.picture(pictures / order["name"])
                case "order":
                    line.sendall(_obeyed(bench, order))
                    continue
                case "step":
                    steps.append(order)
                case "failed":
                    machine.picture(pictures / "where-it-stood.png")
                    raise VisitError(f"{order['why']}; walked so far: {[step['name'] for step in steps]}")
                case _:
                    return steps
            line.sendall(b"{}\n")
    raise VisitError(f"nothing more was asked for; walked so far: {[step['name'] for step in steps]}")


def _orders(line: socket.socket, until: float) -> Iterator[dict[str, Any]]:
    kept = b""
    while time.monotonic() < until:
        while b"\n" in kept:
            order, _, kept = kept.partition(b"\n")
            yield json.loads(order)
        kept += line.recv(65536)


def _obeyed(bench: Bench, order: dict[str, Any]) -> bytes:
    try:
        done = bench.do(order["device"], order["order"], **order["facts"])
    except (OrderRefusedError, OSError) as error:
        done = {"error": str(error)}
    return json.dumps(done).encode() + b"\n"
