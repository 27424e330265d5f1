"""What must not be taken, offered to a booted terminal one after another; and what an operator orders of it from afar.

Whoever offers has every key of the channel: TUF vouches for each of these, and only the slot's own keys, its board and its version stand
against them. One machine meets all of them, and goes on running what it ran; the city's console says why.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal_image import bundle
from terminal_image.board import RPI
from terminal_image.build import Parts
from terminal_image.surroundings import Surroundings

from kiosk.machine.restarts import SETTLED_S
from tests.image.channel import FIRST, KEYS, RUNS, Channel, await_version
from tests.image.terminal import Terminal, switched_on

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

PART_BYTES = 1 << 20
LARGE_BYTES = 16 << 20
EVERY_BYTES = 4 << 20
"""In a damaged bundle one byte is another, in every so many: whatever part of it is written, it is met."""
OTHER_SLOT = "cat /dev/disk/by-partlabel/kiosk-boot-b /dev/disk/by-partlabel/kiosk-root-b | sha256sum"
ANSWERED_S = 900.0
SLACK_S = 60.0
"""An order takes its time from the console to the machine."""


@pytest.fixture(scope="module")
def terminal(made: Parts, town: Surroundings, channel: Channel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A terminal that asks this town's channel for releases."""
    channel.lay_down()
    with switched_on(made, town, tmp_path_factory.mktemp("refusing")) as terminal:
        terminal.await_home()
        terminal.await_state("kiosk-update")
        yield terminal


def made_up(folder: Path, version: str, keys: Path = KEYS, compatible: str = bundle.COMPATIBLE, part_bytes: int = PART_BYTES) -> Path:
    """Make a bundle whose parts nobody could start: it is to be refused before that."""
    folder.mkdir()
    parts = {name: folder / name for name in ("root.img", "boot.img")}
    for part in parts.values():
        part.write_bytes(random.Random(f"{version} {part.name}").randbytes(part_bytes))
    return bundle.bundle(parts, version, keys, folder / "release.raucb", compatible)


def offered(channel: Channel, packed: Path, version: str) -> None:
    channel.publish(packed, version)
    channel.roll_out(version)


def is_told(channel: Channel, stage: str) -> bool:
    """Tell whether the console's page of the rollout says why this terminal does not have it."""
    page = channel.page("/fleet/rollout")
    return f'href="/fleet/terminals/{channel.town.config.terminal.id}"' in page and f'<td class="mono">{stage}</td>' in page


def test_another_authority_another_board_and_an_older_version_touch_no_slot(terminal: Terminal, channel: Channel, tmp_path: Path) -> None:
    boot, other = terminal.boot(), terminal.say(OTHER_SLOT, 600)
    bundle.make_authority(tmp_path / "their-keys")
    offered(channel, made_up(tmp_path / "foreign", "0.9.3", keys=tmp_path / "their-keys"), "0.9.3")
    channel.await_reason(terminal, "failed", "install:foreign")
    assert is_told(channel, "install:foreign")
    offered(channel, made_up(tmp_path / "board", "0.9.4", compatible=RPI.compatible), "0.9.4")
    channel.await_reason(terminal, "failed", "install:other_board")
    assert is_told(channel, "install:other_board")
    offered(channel, made_up(tmp_path / "older", "0.0.9"), "0.0.9")
    channel.await_reason(terminal, "refused", "older")
    assert is_told(channel, "older")
    assert channel.standing()["standing"]["failed"] == 0, "that it is older is no fault of a release"
    assert terminal.say(OTHER_SLOT, 600) == other
    assert terminal.boot() == boot


def test_a_bundle_that_is_damaged_is_never_started(terminal: Terminal, channel: Channel, tmp_path: Path) -> None:
    """Its digest is the signed one: the channel signed it damaged. RAUC's own tree of hashes meets it while it is written."""
    boot, packed = terminal.boot(), made_up(tmp_path / "damaged", "0.9.5", part_bytes=LARGE_BYTES)
    content = bytearray(packed.read_bytes())
    for at in range(EVERY_BYTES, 2 * LARGE_BYTES, EVERY_BYTES):
        content[at] ^= 1
    packed.write_bytes(content)
    offered(channel, packed, "0.9.5")
    channel.await_reason(terminal, "failed", "install:damaged")
    assert is_told(channel, "install:damaged")
    assert terminal.boot() == boot
    assert "B_OK=1" not in terminal.say("grub-editenv /boot/grub/grubenv list"), "what was half written is not offered to the loader"
    assert terminal.say(RUNS).split() == [FIRST, "rauc.slot=A"]


def ordered(terminal: Terminal, channel: Channel, act: str, **more: str) -> None:
    """Order something at the terminal's page of the console; delivery asks the city when it starts, so nobody waits ten minutes for it."""
    page = channel.page(f"/fleet/terminals/{channel.town.config.terminal.id}/do", act="order", order=act, why="样例试运行", **more)
    assert WAITING in page
    terminal.say("systemctl restart kiosk-sync", 400)


WAITING, DONE = "等终端", "已完成"


def up_s(terminal: Terminal) -> float:
    """How long the machine has run."""
    return float(terminal.say("cat /proc/uptime").split()[0])


def await_answer(terminal: Terminal, channel: Channel, why: str) -> None:
    """Wait until the console says why an order was not carried out."""
    until = time.monotonic() + ANSWERED_S
    while why not in channel.page(f"/fleet/terminals/{channel.town.config.terminal.id}"):
        assert time.monotonic() < until, terminal.say("journalctl -b -u kiosk-restarts -o cat")
        time.sleep(5)


def await_done(terminal: Terminal, channel: Channel, count: int) -> None:
    """Wait until so many orders are answered at the console, all of them with success."""
    until = time.monotonic() + ANSWERED_S
    while WAITING in (page := channel.page(f"/fleet/terminals/{channel.town.config.terminal.id}")) or page.count(DONE) < count:
        assert time.monotonic() < until, terminal.say(
            "cat /data/kiosk/terminal/steering/orders.json; journalctl -b -u kiosk-restarts -o cat"
        )
        time.sleep(5)


def test_a_device_s_process_the_screen_and_the_machine_are_started_anew_from_the_console(terminal: Terminal, channel: Channel) -> None:
    """In this order; the machine comes back on the version that it ran, whatever it was offered before.

    Not before it has run for a while: an order that comes again and again must not keep it down.
    """
    printer, screen, boot = terminal.state("kiosk-device@receipt_printer"), terminal.state("kiosk-ui"), terminal.boot()
    ordered(terminal, channel, "restart_device", device="receipt_printer")
    await_done(terminal, channel, 1)
    terminal.await_home()
    assert terminal.state("kiosk-device@receipt_printer")["MainPID"] != printer["MainPID"]
    assert terminal.state("kiosk-ui")["MainPID"] == screen["MainPID"], "nothing else was touched"
    ordered(terminal, channel, "restart")
    await_done(terminal, channel, 2)
    terminal.await_home()
    assert terminal.state("kiosk-ui")["MainPID"] != screen["MainPID"]
    assert terminal.boot() == boot
    if up_s(terminal) < SETTLED_S - SLACK_S:
        ordered(terminal, channel, "restart_machine")
        await_answer(terminal, channel, "too_soon")
        assert terminal.boot() == boot
    time.sleep(max(0.0, SETTLED_S - up_s(terminal)))
    ordered(terminal, channel, "restart_machine")
    terminal.await_next_boot(boot)
    await_version(terminal, FIRST, "A", channel)
    await_done(terminal, channel, 3)
    terminal.await_home()
