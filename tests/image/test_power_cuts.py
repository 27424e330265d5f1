"""The plug is pulled at any moment, with residents applying, on a disk that loses what was not flushed. --cuts says how often.

Each start is the check of the cut before it: the terminal comes to its screen unaided. Nothing more is waited for, so that plugs are pulled
before a slot is marked good, too; only the last start is followed to its end. Then the city has every application that the terminal ever
acknowledged.
"""

import itertools
import os
import random
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal_image import hands
from terminal_image.build import Parts
from terminal_image.forgetful_disk import ForgetfulDisk, Loss, Medium
from terminal_image.qemu import Machine, Shell, Sockets
from terminal_image.station import trial_disk
from terminal_image.surroundings import Surroundings

from tests.image.terminal import IMAGE, PATIENCE_S, PROJECT, Terminal

DISK_BYTES = 4 << 30
LONGEST_S = 60.0
LOG = IMAGE / "power-cuts.log"

pytestmark = [pytest.mark.image, pytest.mark.timeout(86_400)]

APPLYING = f"""\
[Service]
User=kiosk-outbox
Group=kiosk-outbox
SupplementaryGroups=kiosk-counter
UMask=0007
ExecStartPre=+/bin/chmod 0666 /dev/virtio-ports/{hands.PORT}
ExecStart=/usr/bin/python3 -sP {hands.THERE}/applying.py /dev/virtio-ports/{hands.PORT} /data/kiosk/kiosk.toml {hands.THERE}
LoadCredentialEncrypted=outbox.key:/data/kiosk/credentials/outbox.key
BindReadOnlyPaths=-%d:/data/kiosk/terminal/keys
"""


@pytest.fixture
def cuts(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--cuts"))


@pytest.fixture
def is_time_over(request: pytest.FixtureRequest) -> Callable[[], bool]:
    """Whether the plug is to be pulled no more, however often it was: what is left of the time is the last start's."""
    within_s, began = request.config.getoption("--cuts-within"), time.monotonic()
    return lambda: within_s is not None and time.monotonic() - began > within_s


def test_nothing_acknowledged_is_lost_and_the_terminal_always_comes_back(
    made: Parts,
    town: Surroundings,
    tmp_path: Path,
    cuts: int,
    is_time_over: Callable[[], bool],
    record_property: Callable[[str, object], None],
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    LOG.write_text(f"seed {seed}\n", encoding="utf-8")
    hands.pack(town)
    base = trial_disk(PROJECT, IMAGE, made, town.data, tmp_path)
    os.truncate(base, DISK_BYTES)
    medium = Medium(base, DISK_BYTES)
    acknowledged: set[str] = set()
    with ForgetfulDisk(medium, tmp_path / "disk") as disk:
        for cut in itertools.count():
            is_last = cut == cuts or is_time_over()
            began, shown = time.monotonic(), "pulled while it started"
            with _machine(disk, town, tmp_path) as machine:
                if not is_last and cut and chance.random() < 0.3:
                    time.sleep(chance.uniform(1, 60))  # while it starts
                else:
                    _come_up(machine, town, is_last=is_last)
                    shown = f"up after {time.monotonic() - began:.0f} s"
                    acknowledged |= _apply(machine, 0 if is_last else chance.uniform(5, LONGEST_S))
                if is_last:
                    _await_all(town, acknowledged)
                    break
            loss = chance.choice(list(Loss))
            on_the_way = medium.lose(loss, chance)
            with LOG.open("a", encoding="utf-8") as log:
                log.write(f"start {cut + 1}: {shown}; cut: {loss}, {on_the_way} writes on the way, {len(acknowledged)} acknowledged\n")
    record_property("cuts", cut)
    assert acknowledged


def _machine(disk: ForgetfulDisk, town: Surroundings, folder: Path) -> Machine:
    place = folder / "machine"
    return Machine(disk, place, town.glass, Sockets(town.serial, Shell.CREDENTIALS, extra=hands.socket_words(place)))


def _come_up(machine: Machine, town: Surroundings, *, is_last: bool) -> None:
    shell = Shell(machine)
    try:
        terminal = Terminal(machine, shell, town)
        terminal.await_shell()
        for unit in ("kiosk-ui", "kiosk-sync"):
            terminal.await_state(unit)
        if is_last:
            terminal.await_home()
            return
        place = "/run/systemd/system/applying.service"
        terminal.say(f"printf '%s' '{APPLYING}' > {place}; systemctl daemon-reload; systemctl start --no-block applying.service")
    finally:
        shell.close()


def _apply(machine: Machine, for_s: float) -> set[str]:
    """Let residents apply, from the first that is acknowledged on, and return what was acknowledged before the plug was pulled."""
    if not for_s:
        return set()
    said = b""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(machine.folder / hands.PORT))
        line.settimeout(PATIENCE_S)
        said += line.recv(4096)
        until = time.monotonic() + for_s
        while (left := until - time.monotonic()) > 0:
            line.settimeout(left)
            try:
                said += line.recv(4096)
            except TimeoutError:
                break
    lines = said.decode().splitlines(keepends=True)
    refused = [line for line in lines if line.startswith("!")]
    assert refused == []
    return {line.strip() for line in lines if line.endswith("\n")}


def _await_all(town: Surroundings, acknowledged: set[str]) -> None:
    until = time.monotonic() + PATIENCE_S
    while lost := acknowledged - {case["application_id"] for case in town.applications() if case["complete"]}:
        assert time.monotonic() < until, f"{len(lost)} of {len(acknowledged)} are not with the city: {sorted(lost)[:5]}"
        time.sleep(5)
