"""`kiosk bench`: virtual hardware for a sandbox terminal, and a panel to do things to it."""

import argparse
from pathlib import Path

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load


def register(commands: Commands) -> None:
    """Add `bench`."""
    parser = add_command(
        commands, "bench", run, "run a sandbox terminal's virtual hardware, with a panel of keys", "kiosk bench --config sandbox/kiosk.toml"
    )
    parser.add_argument("--config", type=Path, required=True, help="a sandbox's configuration file")
    parser.add_argument(
        "--line-to", type=int, metavar="P", help="also a line that can be cut, from the port in the config's city url to the city's port P"
    )


def run(words: argparse.Namespace) -> Answer:
    """Serve until q, or until the process is ended."""
    from kiosk.bench import Bench
    from kiosk.bench_panel import Panel

    with Bench(load(words.config), words.line_to) as bench:
        Panel(bench, "便民终端 · 工作台 bench").run()
    return Answer({"status": "stopped"}, "")
