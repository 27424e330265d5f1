"""The demo with a display: the kiosk's window, and beside it, in the terminal, the bench from which a person does the rest."""

import tempfile
import threading
from pathlib import Path

import pyotp

from kiosk.bench_panel import Panel
from kiosk.demo.town import Town
from kiosk.supervisor import Supervisor, kiosk_command


def show_by_hand() -> None:
    """Run everything until the window is closed or q is pressed in the terminal."""
    with tempfile.TemporaryDirectory(prefix="bianmin-demo-") as scratch, Town(Path(scratch) / "town") as town:
        closed = threading.Event()
        command = kiosk_command("screen", "--config", str(town.sandbox.config))
        window = Supervisor({"screen": command}, town.said.append, ends_all=("screen",), ended=closed.set)
        window.start()
        try:
            clerk = town.sandbox.clerk
            page = f"市里的页面 the clerk's page: {town.sandbox.city_url}  {clerk['username']} / {clerk['password']}"
            totp = pyotp.TOTP(clerk["totp_secret"])
            Panel(town.bench, "便民终端 · 工作台 bench", lambda: (f"{page} / {totp.now()}", *town.said[-2:])).run(ended=closed.is_set)
        finally:
            window.stop()
