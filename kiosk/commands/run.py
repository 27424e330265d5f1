"""`kiosk run`, and the single processes that it consists of: `screen`, `device` and `sync`."""

import argparse
import contextlib
import fcntl
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load, places
from kiosk.devices import KINDS, installed, socket_of
from kiosk.staying import staying

CONFIG_HELP = "the terminal's configuration file"


def register(commands: Commands) -> None:
    """Add `run`, `screen` and `device`."""
    parser = add_command(commands, "run", run, "run the whole terminal: devices, sync and screen", "kiosk run --config sandbox/kiosk.toml")
    parser.add_argument("--config", type=Path, required=True, help=CONFIG_HELP)
    parser = add_command(
        commands, "screen", screen, "run the screen alone (devices and sync run elsewhere)", "kiosk screen --config sandbox/kiosk.toml"
    )
    parser.add_argument("--config", type=Path, required=True, help=CONFIG_HELP)
    parser = add_command(commands, "device", device, "run one device's process", "kiosk device receipt_printer --config sandbox/kiosk.toml")
    parser.add_argument("name", choices=tuple(kind.name for kind in KINDS))
    parser.add_argument("--config", type=Path, required=True, help=CONFIG_HELP)


def run(words: argparse.Namespace) -> Answer:
    """Start every process and keep it running until SIGTERM, SIGINT, or the window is closed."""
    from kiosk.main import terminal_commands
    from kiosk.supervisor import Supervisor, kiosk_command

    config_file = words.config.resolve()
    config = load(config_file)  # what is wrong with it is said once, here
    with _alone(places(config).sockets / "run.lock") as is_alone:
        if not is_alone:
            told = f"{config.terminal.folder}: this terminal is running already; stop that one first"
            return Answer({"status": "running_already", "detail": told}, told, done=False)
        if (blind := _no_glass()) is not None:
            return blind
        ended = ended_by_signal()
        commands = {**terminal_commands(config, config_file), "screen": kiosk_command("screen", "--config", str(config_file))}
        supervisor = Supervisor(commands, _say, ends_all=("screen",), ended=lambda: ended.put(None))
        supervisor.start()
        ended.get()
        supervisor.stop()
    return Answer({"status": "stopped"}, "")


def _no_glass() -> Answer | None:
    """Say it when there is nothing to draw on, or on the bare display nothing to touch: behind no window a screen would wait for ever."""
    from kiosk.machine.glass import await_glass, is_bare

    if is_bare():
        missing = await_glass()
        return None if missing is None else Answer({"status": missing.value, "detail": missing.told}, missing.told, done=False)
    if os.environ.get("DISPLAY") or os.environ.get("SDL_VIDEODRIVER"):
        return None
    told = "there is no display: DISPLAY is not set. Run this on the terminal's own screen, or under: xvfb-run"
    return Answer({"status": "no_display", "detail": told}, told, done=False)


def ended_by_signal() -> "queue.SimpleQueue[None]":
    """Return a queue in which there is something once SIGTERM or SIGINT came; others may put something, too."""
    ended: queue.SimpleQueue[None] = queue.SimpleQueue()  # of all ways to wait, the one that may be woken in a signal handler
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.put(None))
    return ended


def _say(told: str) -> None:
    print(told, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[bool]:
    """Give whether nobody else holds `lock`, and hold it; it goes with this process, however that ends."""
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def screen(words: argparse.Namespace) -> Answer:
    """Show the screens until the window is closed, or until SIGTERM or SIGINT."""
    config = load(words.config)
    with staying():
        from kiosk.failing import fail_on_the_unexpected
        from kiosk.machine.notify import this_service
        from kiosk.main import ScreenSide, read_in_pages

        read_in_pages()  # while the machine may still be finding its display
        if (blind := _no_glass()) is not None:
            return blind
        fail_on_the_unexpected()
        ended = ended_by_signal()  # before there is a window, or its library takes the signal for the cross, which a full screen refuses
        side = ScreenSide(config, this_service())

    def stop() -> None:
        ended.get()
        side.stop()

    threading.Thread(target=stop, name="stop", daemon=True).start()
    side.run()
    return Answer({"status": "stopped"}, "")


def device(words: argparse.Namespace) -> Answer:
    """Serve one device until the process is ended."""
    with staying():
        from drivers.health import Record
        from drivers.worker import serve
        from kiosk.machine.notify import beat_in_background, this_service

    config, service = load(words.config), this_service()
    kind = next((kind for kind in installed(config) if kind.name == words.name), None)
    if kind is None:
        told = f"{words.config}: there is no [{words.name}] table, so this terminal has none"
        return Answer({"status": "not_installed", "detail": told}, told, done=False)
    own = places(config)
    own.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)  # on a real terminal it is there, and its group is the counter's

    def listening() -> None:
        service.ready()
        beat_in_background(service)

    record = Record(kind.name, own.sockets, own.counts)

    def end(number: int, _frame: object) -> None:
        record.ended()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    signal.signal(signal.SIGTERM, end)  # to be told to end is no crash
    with staying():
        made = kind.make(config)
    serve(made, socket_of(config, kind.name), mode=0o660, record=record, listening=listening)
    return Answer({"status": "stopped"}, "")
