"""What a command answers: the same facts for a person and for a script."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Commands = Any  # argparse's own type of `add_subparsers()` is private


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a command: `body` under --json, else `text`. `done` decides between exit codes 0 and 1."""

    body: Any
    text: str
    done: bool = True


def failed(status: str, text: str) -> Answer:
    """Return an expected failure: one word for scripts, and what to do about it."""
    return Answer({"status": status, "message": text}, text, done=False)


Runner = Callable[[argparse.Namespace], Answer]


def add_command(commands: Commands, name: str, run: Runner, help_: str, example: str) -> argparse.ArgumentParser:
    """Add a command with its one-line help, a worked example, --data and --json; its `run` gets the parsed words."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_, description=help_, epilog=f"example:\n  {example}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the city's data directory")
    parser.add_argument("--json", action="store_true", help="answer in JSON on standard output")
    parser.set_defaults(run=run)
    return parser
