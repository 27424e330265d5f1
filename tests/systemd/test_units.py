"""The terminal's units: sound, closed, and complete. systemd's own tools judge them, without a running systemd."""

import configparser
import re
import shutil
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest

from kiosk.devices import KINDS
from kiosk.machine.keys import NEW_PROXY_LOGIN, OUTBOX, PROXY_LOGIN, REQUEST
from kiosk.machine.permissions import DevicePermission, Peer, drop_in

PROJECT = Path(__file__).resolve().parents[2]
SYSTEMD = PROJECT / "systemd"
UNITS = SYSTEMD / "system"

DEVICES = tuple(kind.name for kind in KINDS)
ALWAYS = {"id_card_reader", "receipt_printer", "document_camera"}

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")

NEWER = ("RestartSteps", "RestartMaxDelaySec", "RestartMode")  # came with systemd 254; the machine that tests may have 252
EXPOSED_AT_MOST = {  # in tenths, as systemd-analyze counts
    "kiosk-ui.service": 15,
    "kiosk-device@id_card_reader.service": 10,
    "kiosk-sync.service": 15,
    "kiosk-out-of-order.service": 10,
    "kiosk-first-boot.service": 40,  # it looks for devices and walks the way to the city, once, before anybody is served
    "kiosk-set-up-helper.service": 35,
    "kiosk-restarts.service": 30,
    "kiosk-network.service": 30,
    "kiosk-wired.service": 35,
    "kiosk-update.service": 35,
    "kiosk-unproven.service": 25,
    "kiosk-keeper.service": 30,
    "kiosk-keys.service": 35,
    "kiosk-sticks.service": 35,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root file system with the units in it, and with what they start, as far as systemd looks."""
    system = tmp_path / "usr/lib/systemd/system"
    shutil.copytree(UNITS, system)
    for instance in DEVICES:
        (system / f"kiosk-device@{instance}.service").symlink_to("kiosk-device@.service")
    for unit in ("basic.target", "sysinit.target", "shutdown.target", "local-fs.target", "network.target"):
        (system / unit).write_text("[Unit]\nDescription=stands for systemd's own\n", encoding="ascii")
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "bin").symlink_to("usr/bin")
    for program in ("usr/bin/python3", *(f"usr/lib/bianmin-kiosk/{path.name}" for path in (SYSTEMD / "lib").iterdir())):
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n", encoding="ascii")
        path.chmod(0o755)
    return tmp_path


def exposure(root: Path, unit: str, at_most: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--root={root}", f"--threshold={at_most}", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("unit", "at_most"), EXPOSED_AT_MOST.items())
def test_a_unit_is_closed(root: Path, unit: str, at_most: int) -> None:
    judged = exposure(root, unit, at_most)
    assert judged.returncode == 0, judged.stdout[-200:] + judged.stderr


def test_a_device_on_the_network_is_still_closed(root: Path) -> None:
    printer = DevicePermission("receipt_printer", None, Peer("192.0.2.7", 9100))
    place = root / "usr/lib/systemd/system/kiosk-device@receipt_printer.service.d"
    place.mkdir()
    (place / "50-device.conf").write_text(drop_in(printer, [ip_address("192.0.2.7")]), encoding="ascii")
    judged = exposure(root, "kiosk-device@receipt_printer.service", 15)
    assert judged.returncode == 0, judged.stdout[-200:] + judged.stderr


def test_an_open_unit_does_not_pass(root: Path) -> None:
    (root / "usr/lib/systemd/system/open.service").write_text("[Service]\nExecStart=/usr/bin/python3\n", encoding="ascii")
    assert exposure(root, "open.service", 15).returncode != 0


def test_systemd_finds_no_fault(root: Path) -> None:
    units = [f"usr/lib/systemd/system/{path.name}" for path in UNITS.iterdir()]
    judged = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={root}", *(str(root / unit) for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [
        line for line in (judged.stdout + judged.stderr).splitlines() if "kiosk" in line and not any(name in line for name in NEWER)
    ]
    assert complaints == []


def test_a_fault_is_found(root: Path) -> None:
    broken = root / "usr/lib/systemd/system/kiosk-broken.service"
    broken.write_text("[Service]\nExecStart=/usr/bin/no-such-program\nWatchdogSecs=3\n", encoding="ascii")
    judged = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={root}", str(broken)], capture_output=True, text=True, check=False
    )
    assert "WatchdogSecs" in judged.stderr + judged.stdout


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="systemd-sysusers is not installed")
def test_every_unit_has_a_user_of_its_own(tmp_path: Path) -> None:
    place = tmp_path / "usr/lib/sysusers.d"
    shutil.copytree(SYSTEMD / "sysusers.d", place)
    (tmp_path / "etc").mkdir()
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}"], check=True, capture_output=True)
    users = {line.split(":")[0] for line in (tmp_path / "etc/passwd").read_text(encoding="utf-8").splitlines()}
    assert users >= {"kiosk-outbox", *(f"kiosk-{device}" for device in DEVICES)}
    groups = {line.split(":")[0] for line in (tmp_path / "etc/group").read_text(encoding="utf-8").splitlines()}
    assert groups >= {"kiosk-counter"}


def setting(unit: str, section: str, name: str) -> str:
    file = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    file.optionxform = str  # type: ignore[assignment,method-assign]
    file.read(UNITS / unit, encoding="utf-8")
    return file[section][name]


def test_a_device_is_a_user_and_those_that_open_the_outbox_are_one() -> None:
    users = {
        path.name: setting(path.name, "Service", "User") for path in UNITS.glob("*.service") if "User=" in path.read_text(encoding="utf-8")
    }
    assert users == {
        "kiosk-ui.service": "kiosk-outbox",
        "kiosk-out-of-order.service": "kiosk-outbox",
        "kiosk-device@.service": "kiosk-%i",
        "kiosk-sync.service": "kiosk-outbox",
        "kiosk-first-boot.service": "kiosk-set-up",
    }


def test_a_new_machine_shows_the_wizard_and_a_broken_one_the_picture() -> None:
    """Both are started by the same failure, and each other's conditions leave exactly one."""
    assert setting("kiosk-prepare.service", "Unit", "OnFailure") == "kiosk-out-of-order.service kiosk-first-boot.service"
    wizard = (UNITS / "kiosk-first-boot.service").read_text(encoding="utf-8")
    assert "\nConflicts=" not in wizard  # it would take the picture's start back, and then be skipped
    picture = (UNITS / "kiosk-out-of-order.service").read_text(encoding="utf-8")
    needs = set(re.findall(r"^Condition(\w+)=(.*)$", wizard, re.MULTILINE))
    shows = set(re.findall(r"^Condition(\w+)=\|(.*)$", picture, re.MULTILINE))
    assert shows == {(kind, text[1:] if text.startswith("!") else f"!{text}") for kind, text in needs}


def test_the_screen_starts_beside_what_prepares_the_boot_and_waits_for_keys_once_in_a_life() -> None:
    """Python's start costs seconds on a slow board: the first picture waits for one of them, except where there is no sealed key yet."""
    before = setting("kiosk-ui.service", "Unit", "After").split()
    assert "kiosk-keys.service" in before
    assert "kiosk-prepare.service" not in before
    for behind in ("kiosk-device@.service", "kiosk-sync.service", "kiosk-keeper.service"):
        assert {"kiosk-ui.service", "kiosk-prepare.service"} <= {*setting(behind, "Unit", "After").split()}
    keys = (UNITS / "kiosk-keys.service").read_text(encoding="utf-8")
    missing = set(re.findall(r"^ConditionPathExists=\|!/data/kiosk/credentials/(.*)$", keys, re.MULTILINE))
    assert missing == {REQUEST, OUTBOX, PROXY_LOGIN}
    assert f"ConditionPathExists=|/data/kiosk/credentials/{NEW_PROXY_LOGIN}\n" in keys


def test_what_finds_that_the_boot_cannot_go_on_takes_the_glass_from_a_screen_that_is_there() -> None:
    assert setting("kiosk-ui.service", "Unit", "Conflicts") == "kiosk-out-of-order.service"
    assert "kiosk-prepare.service" in setting("kiosk-ui.service", "Unit", "Requires").split()
    assert setting("kiosk-ui.service", "Unit", "ConditionPathExists") == "/data/kiosk/kiosk.toml", "a new machine shows its wizard"


def test_whoever_shows_the_picture_has_time_to_order_the_next_try() -> None:
    """On a busy machine the order took longer than the five seconds that it once had, and the picture was the end of it."""
    assert setting("kiosk-out-of-order.service", "Service", "ExecStopPost") == "+/usr/lib/bianmin-kiosk/try-again"
    assert setting("kiosk-out-of-order.service", "Service", "TimeoutStopSec") == "2min"


def test_the_target_starts_the_devices_that_every_terminal_has() -> None:
    wanted = (UNITS / "kiosk.target").read_text(encoding="utf-8")
    assert set(re.findall(r"kiosk-device@(\w+)\.service", wanted)) == ALWAYS


@pytest.mark.parametrize("unit", ["kiosk-ui.service", "kiosk-device@.service", "kiosk-sync.service"])
def test_a_stopped_process_is_found_out_and_started_again(unit: str) -> None:
    assert setting(unit, "Service", "Type") == "notify"
    assert setting(unit, "Service", "Restart") == "always"
    assert setting(unit, "Service", "WatchdogSec")


def test_the_screen_has_no_network_and_delivery_no_device() -> None:
    assert setting("kiosk-ui.service", "Service", "RestrictAddressFamilies") == "AF_UNIX AF_NETLINK"
    assert setting("kiosk-sync.service", "Service", "PrivateDevices") == "yes"
    assert setting("kiosk-device@.service", "Service", "PrivateNetwork") == "yes"


@pytest.mark.parametrize("program", sorted((SYSTEMD / "lib").iterdir()), ids=lambda path: path.name)
def test_the_units_own_scripts_parse(program: Path) -> None:
    assert subprocess.run(["sh", "-n", str(program)], check=False, capture_output=True, text=True).stderr == ""
    assert program.stat().st_mode & 0o111
