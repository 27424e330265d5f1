"""The card's own kernel, root and programs, for the Pi's kind of processor: to the idle screen, and through a visit.

QEMU has no whole Pi; this is its board `virt` with a processor of the Pi 4. What only a real Pi has (its firmware, graphics, wired network
and sound) is not tried here; see docs/en/image.md.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from terminal_image import build, uboot
from terminal_image.board import RPI
from terminal_image.build import Parts
from terminal_image.qemu import Glass
from terminal_image.surroundings import Surroundings

from tests.image.glass import await_glass, is_idle
from tests.image.terminal import PROJECT, UNITS, Terminal, switched_on
from tests.image.visit import walk

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

CARD = PROJECT / "build/image-rpi"


@pytest.fixture(scope="module")
def card() -> Parts:
    if not (CARD / "kiosk.img").exists():
        pytest.skip("there is no image; run: make image-rpi")
    return build.parts(PROJECT, CARD, board=RPI, quick=True)


@pytest.fixture(scope="module")
def pi(card: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("pi")
    with Surroundings(folder / "town", Glass()) as town, switched_on(card, town, folder / "terminal") as terminal:
        terminal.await_home()
        yield terminal


@pytest.fixture(scope="module")
def drawn() -> Path:
    folder = CARD / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_it_comes_to_the_idle_screen_by_itself(pi: Terminal, drawn: Path) -> None:
    assert pi.say("uname -m") == "aarch64"
    await_glass(pi, drawn / "idle.png", is_idle)
    with Image.open(drawn / "idle.png") as image:
        assert image.size == (pi.machine.glass.width_px, pi.machine.glass.height_px)


def test_every_unit_runs_and_none_failed(pi: Terminal) -> None:
    assert {unit: pi.state(unit)["ActiveState"] for unit in UNITS} == dict.fromkeys(UNITS, "active")
    assert pi.say("systemctl --failed --plain --no-legend") == ""


def test_its_root_is_verified_and_cannot_be_written(pi: Terminal) -> None:
    assert "verity" in pi.say("dmsetup table root")
    assert "ro" in pi.say("findmnt -n -o OPTIONS /").split(",")
    assert "ead-only" in pi.say("touch /usr/x 2>&1; mount -o remount,rw / 2>&1")


def test_the_slot_is_good_in_the_loaders_counters(pi: Terminal) -> None:
    said = dict(line.partition("=")[::2] for line in pi.say("fw_printenv").splitlines())
    assert said == dict(uboot.FRESH), "health has given back the try that the start took"


def test_a_visit_ends_at_the_city(pi: Terminal, drawn: Path) -> None:
    walk(pi, drawn)
