"""The image, booted: it comes to the idle screen, a resident applies at it, and nothing on it opens a way out or in."""

import struct
import time
from pathlib import Path

import pytest
from PIL import Image
from terminal_image import hands
from terminal_image.stage import run

from tests.image.glass import GREEN, await_glass, colours_near, is_a_residents_page, is_idle
from tests.image.terminal import HEARD, UNITS, Terminal
from tests.image.visit import walk

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]


def test_the_idle_screen_is_on_the_glass(terminal: Terminal, pictures: Path) -> None:
    picture = terminal.machine.picture(pictures / "idle.png")
    with Image.open(picture) as image:
        assert image.size == (terminal.machine.glass.width_px, terminal.machine.glass.height_px)
    assert colours_near(picture, GREEN, (40, 1070, 680, 1200)) < 12


def test_every_unit_runs_under_its_own_user(terminal: Terminal) -> None:
    states = {unit: terminal.state(unit) for unit in UNITS}
    assert {unit: state["ActiveState"] for unit, state in states.items()} == dict.fromkeys(UNITS, "active")
    users = {unit: terminal.say(f"stat -c %U /proc/{state['MainPID']}") for unit, state in states.items()}
    assert users == {
        "kiosk-ui": "kiosk-outbox",
        "kiosk-sync": "kiosk-outbox",
        **{f"kiosk-device@{name}": f"kiosk-{name}" for name in ("id_card_reader", "receipt_printer", "document_camera")},
    }
    assert terminal.say("systemctl --failed --plain --no-legend") == ""


def test_the_slot_is_marked_good(terminal: Terminal) -> None:
    block = terminal.say("grub-editenv /boot/grub/grubenv list")
    assert "GOOD=A" in block
    assert "A_OK=1" in block
    assert "A_TRY=0" in block


def test_nobody_listens_on_the_network(terminal: Terminal) -> None:
    listening = terminal.say("ss -H -l -n -t -u -w | awk '{print $5}'").splitlines()
    elsewhere = [
        address for address in listening if not address.startswith(("127.", "[::1]")) and not address.endswith((":68", ":546", ":58"))
    ]
    assert elsewhere == []  # 68, 546 and 58 are the network's own: an address is asked for, and routers are heard


def test_the_root_cannot_be_written(terminal: Terminal) -> None:
    assert "dm-" in terminal.say("readlink -f /dev/mapper/root")
    assert "verity" in terminal.say("dmsetup table root")
    assert "ro" in terminal.say("findmnt -n -o OPTIONS /").split(",")
    refused = terminal.say(
        "mount -o remount,rw / 2>&1; touch /usr/x 2>&1; dd if=/dev/zero of=/dev/mapper/root count=1 2>&1; ls /usr/x 2>&1"
    )
    assert refused.count("ead-only") >= 1
    assert "No such file" in refused


def test_nothing_of_an_open_machine_is_left(terminal: Terminal) -> None:
    assert terminal.say("find / -xdev -perm /6000 -type f") == ""
    assert terminal.say("cat /proc/swaps | tail -n +2") == ""
    assert terminal.say("cat /proc/sys/kernel/sysrq") == "0"
    assert terminal.say("cat /sys/kernel/security/lockdown").find("[integrity]") >= 0
    assert terminal.say("cat /proc/[0-9]*/comm 2>/dev/null | grep -xE 'a?getty|sshd|login' || echo none") == "none"
    assert terminal.say("command -v ssh sshd su login agetty apt-get dpkg perl || echo none") == "none"


ORDER = "busctl call de.pengutronix.rauc / de.pengutronix.rauc.Installer Mark ss bad booted"
"""What would make the loader leave the slot that runs."""


@pytest.mark.parametrize("user", ["kiosk-outbox", "kiosk-receipt_printer", "nobody"])
def test_nobody_but_root_orders_the_slots_about(terminal: Terminal, user: str) -> None:
    terminal.say("rauc status >/dev/null")  # it is on the bus
    refused = terminal.say(f"setpriv --reuid {user} --regid {user.replace('nobody', 'nogroup')} --clear-groups {ORDER} 2>&1; echo $?")
    assert "Access denied" in refused or "rejected" in refused
    assert refused.splitlines()[-1] != "0"
    assert "A_OK=1" in terminal.say("grub-editenv /boot/grub/grubenv list")


def test_root_orders_the_slots_about(terminal: Terminal) -> None:
    """The same order, so that the refusals above mean something; and it is taken back."""
    terminal.say(ORDER)
    assert "A_OK=0" in terminal.say("grub-editenv /boot/grub/grubenv list")
    terminal.say(ORDER.replace("bad", "good"))
    assert "A_OK=1" in terminal.say("grub-editenv /boot/grub/grubenv list")


@pytest.mark.parametrize("driver", ["usb-kbd", "usb-mouse", "usb-storage"])
def test_what_no_terminal_needs_stays_dead_when_it_is_plugged_in(terminal: Terminal, driver: str) -> None:
    """A keyboard, a mouse, a memory stick."""
    before = terminal.say("ls /sys/class/input /sys/class/block")
    drive = {}
    if driver == "usb-storage":
        terminal.machine.do("blockdev-add", driver="null-co", **{"node-name": "stick", "size": 1 << 20, "read-zeroes": True})
        drive = {"drive": "stick"}
    terminal.machine.do("device_add", driver=driver, id="foreign", bus="usb.0", **drive)
    # Devices alone: root hubs are usb1 and so on, and names of interfaces have a colon. The headphones (46f4/2) are let in.
    plugged = (
        "for d in /sys/bus/usb/devices/*; do case $d in *:* | */devices/usb*) ;; "
        "*) grep -q PRODUCT=46f4/2/ $d/uevent || cat $d/authorized ;; esac; done"
    )
    try:
        until = time.monotonic() + 120
        while not terminal.say(plugged):
            assert time.monotonic() < until, "it was not seen"
            time.sleep(1)
        terminal.say("udevadm settle -t 60")
        assert terminal.say(plugged).split() == ["0"]
        assert terminal.say("ls /sys/class/input /sys/class/block") == before
    finally:
        terminal.machine.do("device_del", id="foreign")
        until = time.monotonic() + 120
        while terminal.say(plugged) and time.monotonic() < until:
            time.sleep(1)


def test_a_stick_is_let_in_while_it_is_wanted_and_dead_again_afterwards(terminal: Terminal, tmp_path: Path) -> None:
    """The keeper's word is laid down by hand, while it is away: where it is, it takes back at once what it did not say itself.

    That only a card and its PIN make it say so is tried without a machine.
    """
    stick = tmp_path / "stick.img"
    run("mkfs.vfat", "-n", "BIANMIN", "-C", stick, "16384")
    (tmp_path / "letter").write_text("hello", encoding="ascii")
    run("mcopy", "-i", stick, tmp_path / "letter", "::letter")
    terminal.machine.do("blockdev-add", driver="raw", **{"node-name": "fat", "file": {"driver": "file", "filename": str(stick)}})
    terminal.machine.do("device_add", driver="usb-storage", id="technicians", bus="usb.0", drive="fat")
    try:
        await_said(terminal, STICK, "0")
        terminal.say("udevadm settle -t 60")
        assert terminal.say(STICK) == "0"
        terminal.say("systemctl stop kiosk-keeper; mkdir -m 700 /run/kiosk-keeper; echo wanted > /run/kiosk-keeper/stick", 120)
        await_said(terminal, "cat /run/kiosk-stick/letter 2>/dev/null", "hello")
        assert terminal.say(STICK) == "1"
        options = terminal.say("findmnt -n -t vfat -o OPTIONS /run/kiosk-stick").split(",")
        assert {"nosuid", "nodev", "noexec"} <= set(options)
        for unit in ("kiosk-ui", "kiosk-sync"):  # which have a view of their own of the file system
            there = f"nsenter -t {terminal.state(unit)['MainPID']} -m setpriv --reuid kiosk-outbox --regid kiosk-outbox --clear-groups"
            assert terminal.say(f"{there} sh -c 'test -w /run/kiosk-stick && cat /run/kiosk-stick/letter'") == "hello", unit
        terminal.say("rm /run/kiosk-keeper/stick")
        await_said(terminal, STICK, "0")
        assert terminal.say("findmnt -n -t vfat /run/kiosk-stick || echo gone") == "gone"
    finally:
        terminal.say("rm -rf /run/kiosk-keeper; systemctl start kiosk-keeper", 600)
        terminal.machine.do("device_del", id="technicians")


STICK = (
    "for d in /sys/bus/usb/devices/*; do case $d in *:*) continue ;; esac; grep -qs PRODUCT=46f4/1/ $d/uevent && cat $d/authorized; done"
)
"""Whether QEMU's stick may speak; its maker's number is QEMU's own, and the headphones are another product."""


ABOUT_STICKS = (
    "cat /run/kiosk-sticks/told.json; ls -l /dev/disk/by-label; systemctl status --no-pager 'run-kiosk*stick.mount' | head -n 12; "
    "journalctl -b --no-pager -o cat -u kiosk-sticks -u 'run-kiosk*stick.mount' | tail -n 20; "
    "dmesg | grep -iE 'usb|sd[a-z]|fat' | tail -n 20"
)
"""What is asked when one does not come."""


def await_said(terminal: Terminal, command: str, wanted: str, patience_s: float = 300.0) -> None:
    """Wait until a command says so.

    Raises:
        AssertionError: It never does.
    """
    until = time.monotonic() + patience_s
    while (said := terminal.say(command)) != wanted:
        assert time.monotonic() < until, f"{said!r}\n{terminal.say(ABOUT_STICKS)}"
        time.sleep(1)


FUNCTION_KEYS = [f"f{number}" for number in range(1, 13)]
CHORDS = [
    *([key] for key in ("esc", "tab", "ret", "menu", "meta_l", "print", "pause", "power", "sleep", *FUNCTION_KEYS)),
    *(["alt", key] for key in ("tab", "f4", "left", "right", "sysrq", *FUNCTION_KEYS)),
    *(["ctrl", "alt", key] for key in ("delete", "backspace", "t", *FUNCTION_KEYS)),
    *(["ctrl", key] for key in ("c", "d", "q", "w", "z", "backslash")),
    *(["alt", "sysrq", key] for key in ("b", "c", "e", "i", "k", "o", "r", "s", "u")),
]


def test_no_key_of_a_keyboard_that_is_there_leads_out(terminal: Terminal, pictures: Path) -> None:
    """The board's own keyboard socket cannot be closed as USB is: whatever is typed on it is nothing to the machine."""
    boot, console = terminal.say("cat /proc/sys/kernel/random/boot_id"), terminal.say("cat /sys/class/tty/tty0/active")
    before = {unit: terminal.state(unit)["MainPID"] for unit in UNITS}
    for chord in CHORDS:
        terminal.machine.do("send-key", keys=[{"type": "qcode", "data": key} for key in chord])
        time.sleep(0.3)
    await_glass(terminal, pictures / "after-every-key.png", is_a_residents_page)
    assert terminal.say("cat /proc/sys/kernel/random/boot_id") == boot
    assert terminal.say("cat /sys/class/tty/tty0/active") == console
    assert {unit: terminal.state(unit)["MainPID"] for unit in UNITS} == before


def test_the_fingers_of_a_touch_panel_press_and_ten_of_them_lead_nowhere(terminal: Terminal, pictures: Path) -> None:
    """A panel that is plugged in while the terminal runs; the bare display has no window system that makes a pointer of its fingers."""
    before = {unit: terminal.state(unit)["MainPID"] for unit in UNITS}
    terminal.say("modprobe uinput")
    glass = terminal.machine.glass
    play = f"python3 -sP {hands.THERE}/fingers.py {glass.width_px} {glass.height_px}"
    assert terminal.say(f"{play} many", 900) == "played"
    await_glass(terminal, pictures / "after-ten-fingers.png", is_a_residents_page)
    assert {unit: terminal.state(unit)["MainPID"] for unit in UNITS} == before
    terminal.say("systemctl restart kiosk-ui.service", 600)  # whatever ten fingers opened for residents is closed
    await_glass(terminal, pictures / "before-one-finger.png", is_idle)
    assert terminal.say(f"{play} one", 900) == "played"
    await_glass(terminal, pictures / "after-one-finger.png", lambda picture: not is_idle(picture))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("signal", ["KILL", "STOP"])
def test_a_unit_that_dies_or_hangs_is_started_again(terminal: Terminal, unit: str, signal: str) -> None:
    before = terminal.await_state(unit)
    terminal.say(f"kill -{signal} {before['MainPID']}")
    until = time.monotonic() + 900
    while (after := terminal.state(unit))["MainPID"] in {before["MainPID"], "0"} or after["ActiveState"] != "active":
        assert time.monotonic() < until, f"{unit}: {after}"
        time.sleep(2)
    assert int(after["NRestarts"]) > int(before["NRestarts"])


def test_the_proof_outlives_a_screen_that_falls_while_it_waits(terminal: Terminal) -> None:
    """It begins anew with delivery, and the screen dies twice before its picture is up."""
    terminal.await_home()
    terminal.say("systemctl --no-block restart kiosk-health; systemctl kill --signal KILL kiosk-ui", 300)
    terminal.await_state("kiosk-ui", "activating")
    terminal.say("systemctl kill --signal KILL kiosk-ui", 300)
    terminal.await_home()


POWER = "cat /sys/class/drm/card0-*/dpms"
"""What the kernel says of each connector of the display."""


def test_the_display_is_off_in_its_hours_and_lit_by_a_finger(terminal: Terminal, pictures: Path) -> None:
    """The whole day is night: the kernel itself says that the display is off, and the unit whose pictures nobody sees stays alive."""
    config = "/data/kiosk/kiosk.toml"
    assert terminal.say(POWER) == "On"
    try:
        terminal.say(f"""sed -i '/^pitch_mm/a off = "00:00-23:59"' {config}; systemctl restart kiosk-ui.service""", 600)
        await_said(terminal, POWER, "Off")
        before = terminal.state("kiosk-ui")
        time.sleep(150)  # longer than the trial's watchdog waits
        assert terminal.say(POWER) == "Off"
        assert terminal.state("kiosk-ui") == before
        terminal.machine.touch(360, 640)
        await_said(terminal, POWER, "On")
        await_glass(terminal, pictures / "lit-again.png", is_a_residents_page)
    finally:
        terminal.say(f"sed -i '/^off = /d' {config}; systemctl restart kiosk-ui.service", 600)
        terminal.await_home()


def test_the_audio_mode_is_heard_in_the_headphones(terminal: Terminal) -> None:
    """The help key of the keypad, the speech, the screen's unit, the kernel's driver, and a sound card on USB that records."""
    recorded = terminal.machine.folder.parent / HEARD
    before = recorded.stat().st_size if recorded.exists() else 0
    terminal.machine.do("send-key", keys=[{"type": "qcode", "data": "f1"}])
    until = time.monotonic() + 600
    while loudest(recorded, before) < AUDIBLE:
        assert time.monotonic() < until, terminal.say("aplay -l; journalctl -b --no-pager -o cat -u kiosk-ui | tail -n 30")
        time.sleep(1)
    terminal.machine.do("send-key", keys=[{"type": "qcode", "data": "f6"}])


AUDIBLE = 2000
"""Of 32767."""


def loudest(recorded: Path, since_bytes: int) -> int:
    """Return the loudest sample of a recording, from a place in its file on."""
    content = recorded.read_bytes()[max(44, since_bytes) :] if recorded.exists() else b""
    return max((abs(number) for (number,) in struct.iter_unpack("<h", content[: len(content) // 2 * 2])), default=0)


def test_a_visit_ends_at_the_city(terminal: Terminal, pictures: Path, pytestconfig: pytest.Config) -> None:
    """Touches on the glass, a card at the serial line, a paper before the camera, a slip from the printer; and the city has it all."""
    limit_s = pytestconfig.getoption("visit_within", None)
    if limit_s is not None and terminal.came_home_after_s > limit_s:
        pytest.skip(f"home after {terminal.came_home_after_s:.0f} s: on so slow a machine what a visit waits for in vain says nothing")
    walk(terminal, pictures)
    hands.send_away(terminal.shell)
    terminal.await_home()
