"""`city push`: sends what waits for departments' systems."""

import argparse
import signal
import threading

from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.settings import use

LOOK_AGAIN_S = 2.0


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "push",
        run,
        "push what happened to departments' systems: once, for a timer, or until it is stopped",
        "city push --data ./city-data --follow",
    )
    parser.add_argument("--follow", action="store_true", help="go on until SIGTERM")


def run(words: argparse.Namespace) -> Answer:
    """Send; with --follow, look again every two seconds. A delivery under way is finished before it ends."""
    use(CityFolder(words.data.resolve()))
    from django.db import close_old_connections  # noqa: PLC0415  models exist once Django is started

    from city.partners.push import Pushed, push_due  # noqa: PLC0415

    over, whole = threading.Event(), Pushed()
    if words.follow:
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: over.set())
    while True:
        done = push_due(most=100, is_over=over.is_set)
        whole.delivered, whole.failed, whole.dead = whole.delivered + done.delivered, whole.failed + done.failed, whole.dead + done.dead
        if not words.follow and done.is_nothing:
            break
        if done.is_nothing:
            close_old_connections()
            over.wait(LOOK_AGAIN_S)
        if over.is_set():
            break
    body = {"status": "done", "delivered": whole.delivered, "failed": whole.failed, "dead": whole.dead}
    return Answer(body, f"delivered {whole.delivered}, to be tried again {whole.failed}, given up {whole.dead}")
