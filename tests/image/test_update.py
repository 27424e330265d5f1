"""Releases on the booted image, from the city's channel to the proven slot: one that stays, and one that fails its visit and is left.

The releases are the image itself with another number; the second one's program cannot print. Real all the way: the TUF channel that a city
signs, RAUC's bundle under the fleet's authority, the loader's counting, and the visit.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from terminal_image import build, bundle, slot
from terminal_image.build import Parts
from terminal_image.depot import HOST
from terminal_image.stage import run
from terminal_image.surroundings import Surroundings

from tests.image.terminal import IMAGE, PROJECT, Terminal, switched_on

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

GOOD, BAD = "0.9.1", "0.9.2"
BOARD = "x86-64"
BREAKAGE = """

def _none(*_):
    raise OSError("a release that cannot print")

EscposReceiptPrinter.print = _none
"""
_WITHIN_S = 3600.0


@pytest.fixture
def channel(town: Surroundings) -> Iterator[str]:
    """The city's channel on a static server; returns its address as the terminal sees it."""
    city_does(town, "release", "init", "--json")
    handler = partial(_Quiet, directory=str(town.sandbox.city / "updates"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()


def city_does(town: Surroundings, *words: str) -> str:
    """Run a command of the city's end that has two words."""
    command = [sys.executable, "-m", "city.cli", *words, "--data", str(town.sandbox.city)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        """Say nothing."""


def release(made: Parts, town: Surroundings, folder: Path, version: str, *, is_broken: bool = False) -> None:
    """Build a release of this number from the image's own tree, and publish it."""
    tree = folder / "tree"
    run("cp", "-a", "--reflink=auto", made.tree, tree)
    site = next(tree.glob("usr/local/lib/python3*/dist-packages"))
    metadata = next(site.glob("bianmin_kiosk-*.dist-info")) / "METADATA"
    lines = metadata.read_text(encoding="utf-8").splitlines(keepends=True)
    metadata.write_text("".join(f"Version: {version}\n" if line.startswith("Version: ") else line for line in lines), encoding="utf-8")
    if is_broken:
        with (site / "drivers/receipt_printer.py").open("a", encoding="utf-8") as file:
            file.write(BREAKAGE)
        shutil.rmtree(site / "drivers/__pycache__")
    environment: Mapping[str, str] = {**os.environ, "SOURCE_DATE_EPOCH": str(build.epoch_of(PROJECT))}
    root, boot = folder / "root.img", folder / "boot.img"
    slot.compress(tree, 3, environment, root)
    shutil.rmtree(tree)
    verity = slot.verify(root)
    slot.boot(IMAGE / "kernel", verity, IMAGE / "fleet-keys", environment, boot)
    packed = bundle.bundle({"root.img": root, "boot.img": boot}, version, IMAGE / "fleet-keys", folder / "release.raucb")
    city_does(town, "release", "publish", "--version", version, "--board", BOARD, "--bundle", str(packed), "--json")
    for path in (root, boot, packed):
        path.unlink()


def await_version(terminal: Terminal, version: str, letter: str, town: Surroundings) -> None:
    """Wait until this version runs in this slot and is good.

    Raises:
        AssertionError: It did not come to that.
    """
    until = time.monotonic() + _WITHIN_S
    asked = (
        "python3 -sPc 'from sync.heartbeat import release; print(release())'; cat /proc/cmdline | tr ' ' '\\n' | grep rauc.slot; "
        "systemctl is-active kiosk-health"
    )
    said = ""
    while True:
        try:
            said = terminal.say(asked, 60)
        except TimeoutError:
            said = "it does not answer"  # it is being started again
        if said.split() == [version, f"rauc.slot={letter}", "active"]:
            return
        if time.monotonic() > until:
            log = terminal.say("journalctl -b --no-pager -o cat -u kiosk-update -u kiosk-health -u rauc | tail -n 60", 60)
            raise AssertionError(f"{said!r}, not {version} in {letter}\n{log}\n{city_does(town, 'rollout', 'status', '--json')}")
        time.sleep(5)


def test_a_good_release_stays_and_a_broken_one_is_left(
    made: Parts, town: Surroundings, channel: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shutil.copyfile(town.sandbox.city / "updates/metadata/1.root.json", town.data / "kiosk/1.root.json")
    with (town.data / "kiosk/kiosk.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[update]\nurl = "{channel}"\nroot_file = "1.root.json"\nboard = "{BOARD}"\nbytes_s = 50000000\npoll_s = 15\n')
    release(made, town, tmp_path, GOOD)
    release(made, town, tmp_path, BAD, is_broken=True)
    with switched_on(made, town, tmp_path_factory.mktemp("updated")) as terminal:
        terminal.await_home()
        terminal.await_state("kiosk-update")
        city_does(town, "rollout", "start", "--release", GOOD, "--percent", "100", "--window", "00:00-23:59", "--json")
        await_version(terminal, GOOD, "B", town)
        block = terminal.say("grub-editenv /boot/grub/grubenv list")
        assert "GOOD=B" in block
        assert "ORDER=B A" in block
        city_does(town, "rollout", "start", "--release", BAD, "--percent", "100", "--window", "00:00-23:59", "--json")
        await_noted(terminal, f"{BAD}  failed  print", town)
        await_version(terminal, GOOD, "B", town)


def await_noted(terminal: Terminal, wanted: str, town: Surroundings) -> None:
    """Wait until the terminal's own history says so.

    Raises:
        AssertionError: It does not.
    """
    until, said = time.monotonic() + _WITHIN_S, ""
    while wanted not in said:
        assert time.monotonic() < until, f"{said}\n{city_does(town, 'rollout', 'status', '--json')}"
        time.sleep(15)
        try:
            said = terminal.say("python3 -sP -m kiosk update status --config /data/kiosk/kiosk.toml", 120)
        except TimeoutError:
            continue
