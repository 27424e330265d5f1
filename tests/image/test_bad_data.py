"""Terminals that cannot come up: each says on its screen and in its log what is wrong, stays as it is, and comes back once mended."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from terminal_image.board import X86_64
from terminal_image.build import Parts
from terminal_image.disk import MIB, number, starts_mib
from terminal_image.qemu import Glass
from terminal_image.stage import run
from terminal_image.surroundings import Surroundings

from kiosk.machine.out_of_order import Layout, fitted, read_picture
from kiosk.machine.trouble import Trouble
from tests.image.terminal import IMAGE, PATIENCE_S, Fitted, Terminal, switched_on

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
    at = starts_mib(X86_64.layout)["kiosk-data"] * MIB
    with disk.open("r+b") as file:
        file.seek(at)
        file.write(b"\x5a" * (disk.stat().st_size - at - MIB))


def taken_away(disk: Path) -> None:
    """No data partition at all."""
    run("sfdisk", "-q", "--delete", disk, str(number(X86_64.layout, "kiosk-data")))


SHORT = {"systemd.unit-dropin.kiosk-out-of-order.service": "[Service]\nRuntimeMaxSec=60s\n"}
"""The picture is tried again after one minute instead of five: more tries to watch, and less to wait for."""

Spoil = Callable[[Path], None]
BEFORE: tuple[tuple[Spoil, Spoil, Trouble, str], ...] = (
    (without_a_bracket, untouched, Trouble.CONFIG, "kiosk.toml"),
    (of_another_machine, untouched, Trouble.KEYS, "systemd-creds"),
    (untouched, overwritten, Trouble.DATA, "the data partition is not there"),
    (untouched, taken_away, Trouble.DATA, "there is no partition named kiosk-data"),
)
"""What is done to the content of the data partition, what to the disk itself, what the screen has to show, what the log to say."""


def await_shown(terminal: Terminal, trouble: Trouble, picture: Path) -> None:
    """Wait until the picture of this trouble is on the glass.

    Raises:
        AssertionError: It never is.
    """
    until = time.monotonic() + PATIENCE_S
    while (far := how_far(terminal, trouble, picture)) >= 6:
        assert time.monotonic() < until, f"{far} from {trouble}\n{terminal.say(LOG)}"
        time.sleep(2)


def how_far(terminal: Terminal, trouble: Trouble, picture: Path) -> float:
    """Return how far the glass is from the picture of this trouble: the mean difference of a channel, of 255."""
    glass = terminal.machine.glass
    layout = Layout(glass.width_px, glass.height_px, 4 * glass.width_px)
    rows = b"".join(fitted(read_picture(IMAGE / "troubles" / f"{trouble}.ppm.gz"), layout))
    wanted = Image.frombytes("RGB", (glass.width_px, glass.height_px), rows, "raw", "BGRX")
    with Image.open(terminal.machine.picture(picture)) as image:
        if image.size != wanted.size:
            return 255.0  # a console's text, before the display has its own size
        return max(ImageStat.Stat(ImageChops.difference(image.convert("RGB"), wanted)).mean)


LOG = "journalctl -b --no-pager -o cat -u kiosk-prepare -u kiosk-data -u kiosk-ui -u kiosk-out-of-order | tail -n 60"
TRIED = "journalctl -b --no-pager -o cat -u kiosk-prepare | grep -c 'Starting\\|Failed' || true"


def await_another_try(terminal: Terminal) -> None:
    """Wait until the terminal has tried by itself once more.

    Raises:
        AssertionError: It never does.
    """
    before, until = int(terminal.say(TRIED)), time.monotonic() + PATIENCE_S
    while int(terminal.say(TRIED)) <= before:
        assert time.monotonic() < until, terminal.say(LOG)
        time.sleep(2)


TRIES = 4
"""What the screen's unit has within ten minutes (StartLimitBurst)."""
TAKEN_OFF = "journalctl -b --no-pager -o cat -u kiosk-out-of-order | grep -c 'Stopping kiosk-out-of-order' || true"


def await_another_look(terminal: Terminal) -> None:
    """Wait until the terminal's proof has looked once more whether all runs; nobody may take the picture off the glass for that.

    Raises:
        AssertionError: It does not look, or somebody did.
    """
    before, until = int(terminal.state("kiosk-health")["NRestarts"]), time.monotonic() + PATIENCE_S
    while int(terminal.state("kiosk-health")["NRestarts"]) <= before:
        assert time.monotonic() < until, terminal.say("journalctl -b --no-pager -o cat -u kiosk-health | tail -n 20")
        time.sleep(2)
    assert terminal.say(TAKEN_OFF) == "0"


@pytest.mark.parametrize(("of_data", "of_disk", "trouble", "logged"), BEFORE, ids=["config", "keys", "damaged", "missing"])
def test_what_is_wrong_is_on_the_screen_and_in_the_log(
    made: Parts, tmp_path_factory: pytest.TempPathFactory, pictures: Path, of_data: Spoil, of_disk: Spoil, trouble: Trouble, logged: str
) -> None:
    with Surroundings(tmp_path_factory.mktemp("town") / "town", Glass()) as town:
        of_data(town.data)
        with switched_on(made, town, tmp_path_factory.mktemp("spoilt"), of_disk, Fitted(credentials=SHORT)) as terminal:
            terminal.await_shell()
            began = terminal.boot()
            await_shown(terminal, trouble, pictures / f"out-of-order-{trouble.value}.png")
            assert logged in terminal.say("journalctl -b --no-pager -o cat -u kiosk-prepare -u kiosk-data")
            await_another_try(terminal)
            await_shown(terminal, trouble, pictures / f"out-of-order-{trouble.value}.png")
            assert int(terminal.state("kiosk-ui")["NRestarts"]) < TRIES  # it starts beside what finds the trouble, which ends that
            if trouble is Trouble.CONFIG:
                terminal.say(f"sed -i '/^.panel$/d' /data/{CONFIG}; sync")
                terminal.await_home()  # by itself, after the picture's time
            assert terminal.boot() == began  # it never starts again by itself


def test_a_terminal_without_a_touch_panel_says_so_and_waits_for_one_at_its_start_and_later(
    made: Parts, tmp_path_factory: pytest.TempPathFactory, pictures: Path
) -> None:
    with Surroundings(tmp_path_factory.mktemp("town") / "town", Glass()) as town:
        bare = Fitted(has_touch=False, credentials=SHORT)
        with switched_on(made, town, tmp_path_factory.mktemp("untouchable"), fitted=bare) as terminal:
            terminal.await_shell()
            began = terminal.boot()
            await_shown(terminal, Trouble.TOUCH, pictures / "out-of-order-touch.png")
            assert "there is no touch panel" in terminal.say("journalctl -b --no-pager -o cat -u kiosk-ui")
            terminal.await_state("kiosk-sync")  # what waits is delivered all the same
            await_another_look(terminal)
            terminal.machine.do("device_add", driver="usb-tablet", id="panel", bus="usb.0")
            terminal.await_home()
            terminal.machine.do("device_del", id="panel")
            await_shown(terminal, Trouble.TOUCH, pictures / "out-of-order-touch.png")
            assert "the touch panel is gone" in terminal.say("journalctl -b --no-pager -o cat -u kiosk-ui")
            terminal.machine.do("device_add", driver="usb-tablet", id="panel", bus="usb.0")
            terminal.await_home()
            assert terminal.boot() == began


def test_a_terminal_without_a_display_says_so_in_its_log_and_delivers(made: Parts, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Surroundings(tmp_path_factory.mktemp("town") / "town", Glass()) as town:
        dark = Fitted(has_panel=False, credentials=SHORT)
        with switched_on(made, town, tmp_path_factory.mktemp("dark"), fitted=dark) as terminal:
            terminal.await_shell()
            began, until = terminal.boot(), time.monotonic() + PATIENCE_S
            while "and it cannot be shown" not in terminal.say("journalctl -b --no-pager -o cat -u kiosk-out-of-order"):
                assert time.monotonic() < until, terminal.say(LOG)
                time.sleep(2)
            terminal.await_state("kiosk-sync")
            await_another_look(terminal)
            await_another_try(terminal)
            assert terminal.boot() == began


def test_a_clock_that_lost_its_battery_is_known_and_stops_nothing(made: Parts, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Surroundings(tmp_path_factory.mktemp("town") / "town", Glass()) as town:
        late = Fitted(extra=("-rtc", "base=2001-01-01T00:00:00"))
        with switched_on(made, town, tmp_path_factory.mktemp("late"), fitted=late) as terminal:
            terminal.await_home()
            until = time.monotonic() + PATIENCE_S
            while (line := terminal.say("cat /data/kiosk/terminal/outbox/line.json")).find('"state":"up"') < 0:
                assert time.monotonic() < until, line
                time.sleep(2)
            assert json.loads(line)["clock_offset_s"] > DAY_S


DAY_S = 86400
DATA_LOG = "journalctl -b --no-pager -o cat -u kiosk-data"


def test_a_full_data_partition_is_said_and_the_next_start_is_as_the_first(
    made: Parts, tmp_path_factory: pytest.TempPathFactory, pictures: Path
) -> None:
    """Three starts on the same data: whole, full, and mended while it is on."""
    with (
        Surroundings(tmp_path_factory.mktemp("town") / "town", Glass()) as town,
        switched_on(made, town, tmp_path_factory.mktemp("full"), fitted=Fitted(credentials=SHORT)) as terminal,
    ):
        terminal.await_home()
        machine = terminal.say("cat /etc/machine-id")
        assert "grown to the end" in terminal.say(DATA_LOG)
        terminal.restart()
        terminal.await_home()
        assert terminal.say("cat /etc/machine-id") == machine
        assert "grown to the end" not in terminal.say(DATA_LOG)
        terminal.say("cat /dev/zero > /data/filler; sync", 600)
        terminal.restart()
        await_shown(terminal, Trouble.DATA, pictures / "out-of-order-full.png")
        assert "the data partition is full" in terminal.say("journalctl -b --no-pager -o cat -u kiosk-prepare")
        terminal.say("rm /data/filler; sync")
        terminal.await_home()
