"""`kiosk config check`: whether a configuration file can be used."""

import argparse
from pathlib import Path

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load


def register(commands: Commands) -> None:
    """Add `config check`."""
    group = commands.add_parser("config", help="the terminal's configuration file").add_subparsers(required=True, metavar="COMMAND")
    parser = add_command(group, "check", check, "say whether a configuration file can be used", "kiosk config check sandbox/kiosk.toml")
    parser.add_argument("file", type=Path)


def check(words: argparse.Namespace) -> Answer:
    """Load it; what is wrong is said by `load`."""
    config = load(words.file)
    missing = [str(path) for path in (config.city.ca_file, config.city.keys_folder) if not path.exists()]
    if missing:
        told = f"{words.file}: city: there is no {' and no '.join(missing)}; copy the folder `public` that `city init` made"
        return Answer({"status": "bad_config", "detail": told}, told, done=False)
    return Answer({"status": "good", "terminal": config.terminal.id}, f"{words.file}: good ({config.terminal.id})")
