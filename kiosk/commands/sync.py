"""`kiosk sync`: delivers what the outbox holds, once or for ever."""

import argparse
import signal
import threading
from pathlib import Path
from types import FrameType

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load, sync_settings
from kiosk.staying import staying


def register(commands: Commands) -> None:
    """Add `sync`."""
    parser = add_command(commands, "sync", run, "deliver what the outbox holds", "kiosk sync --once --config sandbox/kiosk.toml --json")
    parser.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
    parser.add_argument("--once", action="store_true", help="one pass over everything that is due, then stop")


def run(words: argparse.Namespace) -> Answer:
    """Deliver."""
    with staying():
        from kiosk.machine.notify import beat_in_background, this_service
        from sync import loop
        from sync.wake import wake

    settings = sync_settings(load(words.config))
    if not words.once:
        stop = threading.Event()

        def end(_number: int, _frame: FrameType | None) -> None:
            stop.set()
            wake(settings.outbox)

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        service = this_service()
        service.ready()
        beat_in_background(service)  # each request has its own deadline; what is watched here is a process that got stopped
        loop.run(settings, stop)
        return Answer({"status": "stopped"}, "")
    passed = loop.once(settings)
    told = "  ".join(f"{name} {value}" for name, value in passed.items() if value is not None)
    if passed["held"] or passed["quarantined"]:
        told += f"\nwhy each one was held or set aside: kiosk outbox list --config {words.config}"
    return Answer(dict(passed), told, done=passed["status"] == "done")
