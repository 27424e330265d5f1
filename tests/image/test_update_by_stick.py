"""A release off a technician's stick into a booted terminal whose channel does not answer, and back to the version before.

The stick hangs on the emulated USB and is dead until the keeper, which judges an engineer's card and PIN, wants one; what is on it is the
city's `metadata` and `targets`, copied.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from terminal_image import hands
from terminal_image.build import Parts
from terminal_image.stage import run
from terminal_image.surroundings import Surroundings

from tests.image.channel import FIRST, GOOD, Channel, await_version
from tests.image.terminal import Terminal, switched_on

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

CARD = "04E7E7E7E7"
NOWHERE = "http://10.0.2.2:9"
STICK_MIB = 768
INSTALLED_S = 3000.0


def stick_of(channel: Channel, folder: Path) -> Path:
    """Copy the channel's files onto a stick, as a technician does."""
    stick = folder / "stick.img"
    run("mkfs.vfat", "-F", "32", "-n", "BIANMIN", "-C", stick, str(STICK_MIB << 10))
    for part in ("metadata", "targets"):
        run("mcopy", "-s", "-i", stick, channel.town.sandbox.city / "updates" / part, "::")
    return stick


def engineer(terminal: Terminal, pin: str, act: str) -> str:
    """Let an engineer do something at the keeper, with the rights of the screen's process."""
    config = "/data/kiosk/kiosk.toml"
    screen = "setpriv --reuid kiosk-outbox --regid kiosk-outbox --groups kiosk-counter"
    return terminal.say(f"{screen} python3 -sP {hands.THERE}/engineer.py {config} {CARD} {pin} {act}", INSTALLED_S)


def test_off_a_stick_without_a_channel_and_back_again(
    made: Parts, town: Surroundings, channel: Channel, good_release: Path, tmp_path: Path
) -> None:
    replace(channel, url=NOWHERE).lay_down()
    channel.publish(good_release, GOOD)
    channel.roll_out(GOOD)
    pin = json.loads(channel.does("technician", "issue", "--number", "E-02", "--role", "engineer", "--card", CARD, "--json"))["pin"]
    stick = stick_of(channel, tmp_path)
    with switched_on(made, town, tmp_path / "terminal") as terminal:
        terminal.await_home()
        terminal.machine.do("blockdev-add", driver="raw", **{"node-name": "fat", "file": {"driver": "file", "filename": str(stick)}})
        terminal.machine.do("device_add", driver="usb-storage", id="engineers", bus="usb.0", drive="fat")
        assert engineer(terminal, pin, "install") == f"restarting {GOOD}"
        await_version(terminal, GOOD, "B", channel)
        channel.await_told(terminal, good=1)
        assert engineer(terminal, pin, "back") == "restarting"
        await_version(terminal, FIRST, "A", channel)
