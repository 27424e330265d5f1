"""What a depot does for one terminal before it is delivered, here for a terminal in QEMU: a city, an admission, and the data partition."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.config import load
from kiosk.sandbox import Sandbox, free_port, make_sandbox
from terminal_image.qemu import Glass

HOST = "10.0.2.2"
"""Where a machine in QEMU's user network finds the host's loopback."""

_TOML = """\
# A terminal in QEMU. Its devices are virtual and stand outside: a serial line, a printer and a camera on the host's loopback.

[terminal]
id = "{terminal}"
community = "{community}"
folder = "terminal"
hotline = "{hotline}"
staff = "{staff}"

[panel]
width_px = {width}
height_px = {height}
pitch_mm = {pitch:.4f}

[city]
url = "https://{host}:{city}"
ca_file = "terminal/city/ca.pem"
keys_folder = "terminal/city"

[id_card_reader]
port = "/dev/ttyS0"

[receipt_printer]
device = "tcp://{host}:{printer}"

[document_camera]
source = "http://{host}:{camera}/camera.mjpg"
"""
_PANEL_WIDTH_MM = 268.0  # 21.5 inches, upright


@dataclass(frozen=True, slots=True)
class Delivery:
    """A town on this host, and what goes onto the terminal's data partition."""

    sandbox: Sandbox
    data: Path


def deliver(folder: Path, glass: Glass) -> Delivery:
    """Make a town in a new folder, and the data partition's content for a terminal that is admitted there."""
    sandbox = make_sandbox(folder, free_port(), line_port=free_port())
    settings = sandbox.city / "city.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("# hosts = [", f'hosts = ["{HOST}"] # ['), encoding="utf-8")
    (sandbox.city / "keys" / "server.pem").unlink()
    subprocess.run([sys.executable, "-m", "city.cli", "init", "--data", str(sandbox.city), "--json"], check=True, capture_output=True)
    config = load(sandbox.config)
    data = folder / "data"
    shutil.copytree(config.terminal.folder, data / "kiosk/terminal")
    shutil.rmtree(data / "kiosk/terminal/run", ignore_errors=True)
    (data / "kiosk/kiosk.toml").write_text(
        _TOML.format(
            terminal=config.terminal.id,
            community=config.terminal.community,
            hotline=config.terminal.hotline,
            staff=config.terminal.staff,
            width=glass.width_px,
            height=glass.height_px,
            pitch=_PANEL_WIDTH_MM / glass.width_px,
            host=HOST,
            city=urlsplit(config.city.url).port,
            printer=urlsplit(config.receipt_printer.device).port,
            camera=urlsplit(config.document_camera.source).port,
        ),
        encoding="utf-8",
    )
    return Delivery(sandbox, data)
