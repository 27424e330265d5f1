"""The city's update channel beside a booted terminal: releases of the image itself with another number, and what the console says."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from terminal_image import build, bundle, slot
from terminal_image.build import Parts
from terminal_image.depot import HOST
from terminal_image.stage import run
from terminal_image.surroundings import Surroundings

from tests.image.terminal import IMAGE, PROJECT, Terminal

KEYS = IMAGE / "fleet-keys"
FIRST, GOOD = "0.1.0", "0.9.1"
"""What the image is, and a release that is the same but for its number."""
BOARD = "x86-64"
WITHIN_S = 3600.0


@dataclass(frozen=True, slots=True)
class Channel:
    """The channel of a town, on a static server at `url` as the terminal sees it."""

    town: Surroundings
    url: str

    def does(self, *words: str) -> str:
        """Run a command of the city's end that has two words.

        Raises:
            AssertionError: It was refused.
        """
        command = [sys.executable, "-m", "city.cli", *words, "--data", str(self.town.sandbox.city)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def page(self, address: str, **said: str) -> str:
        """Return a page of the console; with `said`, the one that its form leads to.

        Raises:
            AssertionError: It was refused.
        """
        words = [sys.executable, "-m", "tests.image.console", str(self.town.sandbox.city), address]
        done = subprocess.run(
            [*words, *(f"{name}={value}" for name, value in said.items())], capture_output=True, text=True, check=False, cwd=PROJECT
        )
        assert done.returncode == 0, f"{address}: {done.stdout}{done.stderr}"
        return done.stdout

    def publish(self, packed: Path, version: str) -> None:
        """Sign a bundle into the channel, for this board."""
        self.does("release", "publish", "--version", version, "--board", BOARD, "--bundle", str(packed), "--json")

    def roll_out(self, version: str) -> None:
        """Send it to everybody, at any time."""
        self.does("rollout", "start", "--release", version, "--percent", "100", "--window", "00:00-23:59", "--json")

    def standing(self) -> dict[str, Any]:
        """Return where the rollout stands."""
        said: dict[str, Any] = json.loads(self.does("rollout", "status", "--json"))
        return said

    def await_reason(self, terminal: Terminal, outcome: str, stage: str) -> None:
        """Wait until the city has heard from the terminal that it does not have the release, and why.

        Raises:
            AssertionError: It never does, or says another reason.
        """
        wanted = [{"terminal": self.town.config.terminal.id, "outcome": outcome, "stage": stage}]
        until = time.monotonic() + WITHIN_S
        while (found := self.standing())["without_it"] != wanted:
            assert not found["without_it"], f"{found['without_it']}\n{log_of(terminal)}"
            assert time.monotonic() < until, f"{found}\n{log_of(terminal)}"
            time.sleep(5)

    def await_told(self, terminal: Terminal, good: int) -> dict[str, int]:
        """Wait until the city has heard that so many terminals have it, and return its figures.

        Raises:
            AssertionError: It never does.
        """
        until = time.monotonic() + WITHIN_S
        while (figures := self.standing()["standing"])["good"] != good:
            assert time.monotonic() < until, f"{figures}\n{log_of(terminal)}"
            time.sleep(5)
        return dict(figures)

    def lay_down(self) -> None:
        """Let the terminal of this town know the channel, before it is delivered."""
        shutil.copyfile(self.town.sandbox.city / "updates/metadata/1.root.json", self.town.data / "kiosk/1.root.json")
        with (self.town.data / "kiosk/kiosk.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[update]\nurl = "{self.url}"\nroot_file = "1.root.json"\nboard = "{BOARD}"\nbytes_s = 50000000\npoll_s = 15\n')


@contextmanager
def opened(town: Surroundings) -> Iterator[Channel]:
    """Make a town's channel, and serve it."""
    handler = partial(_Quiet, directory=str(town.sandbox.city / "updates"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        channel = Channel(town, f"http://{HOST}:{server.server_port}")
        channel.does("release", "init", "--json")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield channel
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        """Say nothing."""


def packed(made: Parts, folder: Path, version: str, breakage: str = "") -> Path:
    """Build a release of this number from the image's own tree, and sign it for the fleet; `breakage` goes behind the printer's driver."""
    tree = folder / "tree"
    run("cp", "-a", "--reflink=auto", made.tree, tree)
    site = next(tree.glob("usr/local/lib/python3*/dist-packages"))
    metadata = next(site.glob("bianmin_kiosk-*.dist-info")) / "METADATA"
    lines = metadata.read_text(encoding="utf-8").splitlines(keepends=True)
    metadata.write_text("".join(f"Version: {version}\n" if line.startswith("Version: ") else line for line in lines), encoding="utf-8")
    if breakage:
        with (site / "drivers/receipt_printer.py").open("a", encoding="utf-8") as file:
            file.write(breakage)
        shutil.rmtree(site / "drivers/__pycache__")
    environment: Mapping[str, str] = {**os.environ, "SOURCE_DATE_EPOCH": str(build.epoch_of(PROJECT))}
    root, boot = folder / "root.img", folder / "boot.img"
    slot.compress(tree, 3, environment, root)
    shutil.rmtree(tree)
    slot.boot(IMAGE / "kernel", slot.verify(root), KEYS, environment, boot)
    release = bundle.bundle({"root.img": root, "boot.img": boot}, version, KEYS, folder / "release.raucb")
    root.unlink()
    boot.unlink()
    return release


def await_version(terminal: Terminal, version: str, letter: str, channel: Channel) -> None:
    """Wait until this version runs in this slot and is good.

    Raises:
        AssertionError: It did not come to that.
    """
    until = time.monotonic() + WITHIN_S
    said = ""
    while True:
        try:
            said = terminal.say(f"{RUNS}; systemctl is-active kiosk-health", 60)
        except TimeoutError:
            said = "it does not answer"  # it is being started again
        if said.split() == [version, f"rauc.slot={letter}", "active"]:
            return
        assert time.monotonic() < until, f"{said!r}, not {version} in {letter}\n{log_of(terminal)}\n{channel.standing()}"
        time.sleep(5)


RUNS = "python3 -sPc 'from sync.heartbeat import release; print(release())'; cat /proc/cmdline | tr ' ' '\\n' | grep rauc.slot"
"""Says which version runs, in which slot."""


def log_of(terminal: Terminal) -> str:
    """Return what the terminal's own log says about updates."""
    return terminal.say("journalctl -b --no-pager -o cat -u kiosk-update -u kiosk-health -u kiosk-keeper -u rauc | tail -n 60", 120)
