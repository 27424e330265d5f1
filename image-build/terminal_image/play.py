"""A terminal to play with: the built image in QEMU, its town on this host, and the bench's panel in the shell."""

import os
import socket
import subprocess
import tempfile
from pathlib import Path

import pyotp

from kiosk.bench_panel import Panel
from terminal_image import build
from terminal_image.qemu import PATIENCE, Glass, Machine, Sockets, overlay
from terminal_image.station import trial_disk
from terminal_image.surroundings import Surroundings

_FIRST_VNC = 5900


def play(project: Path, image: Path) -> None:
    """Start it, and keep it running until q is pressed or the machine is switched off."""
    made = build.parts(project, image, quick=True)
    glass = Glass()
    display, where = _display()
    with tempfile.TemporaryDirectory(prefix="bianmin-image-") as scratch, Surroundings(Path(scratch) / "town", glass) as town:
        disk = overlay(trial_disk(project, image, made, town.data, Path(scratch)), Path(scratch) / "disk.qcow2")
        sockets = Sockets(town.serial, PATIENCE, display=display)
        with Machine(disk, Path(scratch) / "machine", glass, sockets) as machine:
            clerk = town.sandbox.clerk
            page = f"市里的页面 the clerk's page: {town.sandbox.city_url}  {clerk['username']} / {clerk['password']}"
            totp = pyotp.TOTP(clerk["totp_secret"])
            panel = Panel(town.bench, "便民终端 · 工作台 bench", lambda: (where, f"{page} / {totp.now()}"))
            panel.run(ended=lambda: not machine.is_on)


def _display() -> tuple[str, str]:
    """Return what QEMU draws on, and where that is seen: a window where there is a display and QEMU has windows, else VNC."""
    known = subprocess.run(["qemu-system-x86_64", "-display", "help"], capture_output=True, text=True, check=False).stdout.split()
    window = next((name for name in ("gtk", "sdl") if name in known), None)
    if window and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return window, "终端的窗口就在旁边。 The terminal's window is beside this one."
    number = _free_vnc()
    return f"vnc=127.0.0.1:{number}", f"用 VNC 看终端 look at the terminal by VNC: 127.0.0.1:{_FIRST_VNC + number}"


def _free_vnc() -> int:
    for number in range(100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", _FIRST_VNC + number)) != 0:
                return number
    raise OSError("a hundred VNC displays are in use")
