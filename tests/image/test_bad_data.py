"""Terminals that cannot come up: each says on its screen and in its log what is wrong, stays as it is, and comes back once mended."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from terminal_image.build import Parts
from terminal_image.disk import MIB, starts_mib
from terminal_image.qemu import Glass
from terminal_image.surroundings import Surroundings

from kiosk.machine.out_of_order import Layout, fitted, read_picture
from kiosk.machine.trouble import Trouble
from tests.image.terminal import IMAGE, Terminal, switched_on

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

CONFIG = "kiosk/kiosk.toml"


def without_a_bracket(data: Path) -> None:
    """A configuration that does not parse."""
    with (data / CONFIG).open("a", encoding="utf-8") as file:
        file.write("\n[panel\n")


def of_another_machine(data: Path) -> None:
    """Keys that another machine has sealed."""
    sealed = data / "kiosk/credentials"
    sealed.mkdir(exist_ok=True)
    for name in ("request.pem", "outbox.key"):
        (sealed / name).write_bytes(b"c2VhbGVkIGVsc2V3aGVyZQ==" * 40)


def untouched(_: Path) -> None:
    """Leave it."""


def overwritten(disk: Path) -> None:
    """A data partition that is no file system any more."""
    at = starts_mib()["kiosk-data"] * MIB
    with disk.open("r+b") as file:
        file.seek(at)
        file.write(b"\x5a" * (disk.stat().st_size - at - MIB))


Spoil = Callable[[Path], None]
BEFORE: tuple[tuple[Spoil, Spoil, Trouble, str], ...] = (
    (without_a_bracket, untouched, Trouble.CONFIG, "kiosk.toml"),
    (of_another_machine, untouched, Trouble.KEYS, "systemd-creds"),
    (untouched, overwritten, Trouble.DATA, "the data partition is not there"),
)
"""What is done to the content of the data partition, what to the disk itself, what the screen has to show, what the log to say."""


def shown(terminal: Terminal, trouble: Trouble, picture: Path) -> float:
    """Return how far the glass is from the picture of this trouble: the mean difference of a channel, of 255."""
    glass = terminal.machine.glass
    layout = Layout(glass.width_px, glass.height_px, 4 * glass.width_px)
    rows = b"".join(fitted(read_picture(IMAGE / "troubles" / f"{trouble}.ppm.gz"), layout))
    wanted = Image.frombytes("RGB", (glass.width_px, glass.height_px), rows, "raw", "BGRX")
    with Image.open(terminal.machine.picture(picture)) as image:
        return max(ImageStat.Stat(ImageChops.difference(image.convert("RGB"), wanted)).mean)


@pytest.mark.parametrize(("of_data", "of_disk", "trouble", "logged"), BEFORE, ids=[row[2].value for row in BEFORE])
def test_what_is_wrong_is_on_the_screen_and_in_the_log(
    made: Parts, tmp_path_factory: pytest.TempPathFactory, pictures: Path, of_data: Spoil, of_disk: Spoil, trouble: Trouble, logged: str
) -> None:
    with Surroundings(tmp_path_factory.mktemp("town") / "town", Glass()) as town:
        of_data(town.data)
        with switched_on(made, town, tmp_path_factory.mktemp("spoilt"), of_disk) as terminal:
            terminal.await_shell()
            terminal.await_state("kiosk-out-of-order")
            terminal.say("sleep 20", 120)  # Python, emulated, on its way to the glass
            assert shown(terminal, trouble, pictures / f"out-of-order-{trouble.value}.png") < 6
            assert logged in terminal.say("journalctl -b --no-pager -o cat -u kiosk-prepare -u kiosk-data")
            began = terminal.say("cat /proc/sys/kernel/random/boot_id")
            assert terminal.state("kiosk-ui")["ActiveState"] == "inactive"
            if trouble is Trouble.CONFIG:
                terminal.say(f"sed -i '/^.panel$/d' /data/{CONFIG}; sync")
                terminal.await_home()  # by itself, within the five minutes of the picture
            else:
                time.sleep(60)
            assert terminal.say("cat /proc/sys/kernel/random/boot_id") == began  # it never starts again by itself
