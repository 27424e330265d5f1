"""RAUC itself and the loader's counters: what it writes when it has installed, marked good and marked bad is what the loader goes by.

RAUC runs here with the terminal's own configuration and libubootenv's tools, on a bus of its own; the loader is its model.
"""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from terminal_image import disk
from terminal_image.board import RPI
from terminal_image.uboot import COPY_BYTES, FRESH, SECOND_COPY_AT, chosen, decoded, encoded, newest, partition, values_in

NEEDED = ("rauc", "dbus-daemon", "fw_setenv", "fw_printenv")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}; make image-tools-rpi")

ROOT = RPI.folder(Path(__file__).resolve().parents[2]) / "root/etc"
WITHIN_S = 120.0
BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={0}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""


class Pi:
    """A folder that stands for a terminal: its counters, its configuration, and the tools that find both."""

    def __init__(self, folder: Path) -> None:
        self.counters = folder / "kiosk-env"
        self.counters.write_bytes(partition().ljust(disk.MIB, b"\0"))
        places = (ROOT / "fw_env.config").read_text(encoding="ascii").replace("/dev/disk/by-partlabel", str(folder))
        (folder / "fw_env.config").write_text(places, encoding="ascii")
        (folder / "tools").mkdir()
        for tool in ("fw_setenv", "fw_printenv"):
            path = folder / "tools" / tool
            path.write_text(f'#!/bin/sh\nexec {shutil.which(tool)} -c {folder}/fw_env.config "$@"\n', encoding="ascii")
            path.chmod(0o755)
        (folder / "data").mkdir()
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "key", "-subj", "/CN=trial")
        subprocess.run(["openssl", "req", "-x509", *key, "-out", folder / "authority.pem"], check=True, capture_output=True, timeout=60)
        text = (ROOT / "rauc/system.conf").read_text(encoding="ascii")
        text = text.replace("/data/system/rauc", str(folder / "data")).replace("/etc/rauc/authority.pem", str(folder / "authority.pem"))
        (folder / "system.conf").write_text(text, encoding="ascii")
        (folder / "bus.conf").write_text(BUS.format(folder / "bus"), encoding="ascii")
        self.folder = folder
        self._environment = {
            **os.environ,
            "PATH": f"{folder / 'tools'}:/usr/sbin:/usr/bin:/sbin:/bin",
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder / 'bus'}",
            "LC_ALL": "C.UTF-8",
        }

    def start(self) -> str:
        """Let the loader choose, and write as it does: over the older copy."""
        before = self.counters.read_bytes()
        choice = chosen(values_in(before))
        at = newest(before)
        found = None if at is None else decoded(before[at * SECOND_COPY_AT : at * SECOND_COPY_AT + COPY_BYTES])
        age, values = found or (0, dict(FRESH))
        with self.counters.open("r+b") as file:
            file.seek(SECOND_COPY_AT if at == 0 else 0)
            file.write(encoded({**values, **choice.written}, (age + 1) & 0xFF))
        return choice.slot

    @contextmanager
    def running(self, slot: str) -> Iterator[None]:
        """RAUC's service in the system that was started from a slot."""
        with contextlib.ExitStack() as stack:
            for words in (
                ("dbus-daemon", f"--config-file={self.folder / 'bus.conf'}", "--nofork", "--nopidfile"),
                ("rauc", f"--conf={self.folder / 'system.conf'}", f"--override-boot-slot={slot}", "service"),
            ):
                log = stack.enter_context((self.folder / f"{words[0]}.log").open("ab"))
                process = subprocess.Popen(words, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
                stack.callback(process.wait)
                stack.callback(process.kill)
                until = time.monotonic() + WITHIN_S
                while not self.answers(words[0]):
                    assert process.poll() is None, (self.folder / f"{words[0]}.log").read_text(encoding="utf-8", errors="replace")
                    assert time.monotonic() < until, words[0]
                    time.sleep(0.1)
            yield
        (self.folder / "bus").unlink(missing_ok=True)

    def answers(self, program: str) -> bool:
        if program == "dbus-daemon":
            return (self.folder / "bus").exists()
        asked = ["dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"]
        said = subprocess.run(
            [*asked, "string:de.pengutronix.rauc"], env=self._environment, capture_output=True, check=False, text=True, timeout=60
        )
        return "boolean true" in said.stdout

    def order(self, *words: str) -> str:
        """Give RAUC an order, as the update's unit does.

        Raises:
            CalledProcessError: It refuses.
        """
        done = subprocess.run(["rauc", *words], env=self._environment, capture_output=True, check=True, text=True, timeout=WITHIN_S)
        return done.stdout + done.stderr


@pytest.fixture
def pi(tmp_path: Path) -> Pi:
    return Pi(tmp_path)


def test_what_was_installed_is_tried_three_times_and_left(pi: Pi) -> None:
    with pi.running(pi.start()):
        pi.order("status", "mark-good", "booted")
        pi.order("status", "mark-active", "other")
    assert values_in(pi.counters.read_bytes()) == {**FRESH, "BOOT_ORDER": "B A"}
    assert [pi.start() for _ in range(5)] == ["B", "B", "B", "A", "A"]


def test_what_proves_itself_stays(pi: Pi) -> None:
    with pi.running(pi.start()):
        pi.order("status", "mark-active", "other")
    for _ in range(6):
        assert pi.start() == "B"
        with pi.running("B"):
            pi.order("status", "mark-good", "booted")


def test_what_is_marked_bad_is_not_started_again(pi: Pi) -> None:
    with pi.running(pi.start()):
        pi.order("status", "mark-active", "other")
    assert pi.start() == "B"
    with pi.running("B"):
        pi.order("status", "mark-bad", "booted")
    assert pi.start() == "A"


def test_counters_that_nobody_can_read_are_told_and_nothing_is_marked(pi: Pi) -> None:
    whole = pi.counters.read_bytes()
    with pi.running(pi.start()):
        pi.counters.unlink()
        with pytest.raises(subprocess.CalledProcessError):
            pi.order("status", "mark-active", "other")
        pi.counters.write_bytes(whole)
        assert values_in(pi.counters.read_bytes()) == FRESH
