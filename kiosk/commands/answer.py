"""What a command answers: the same facts for a person and for a script."""

import argparse
from collections.abc import Callable
from typing import Any

from peripherals.values import dataclass

Commands = Any  # argparse's own type of `add_subparsers()` is private


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a command.

    `body` is printed under --json, `text` without it. `done` decides the exit code: 0, or 1 for an expected failure, whose body has
    a `status`. (2, wrong usage, is argparse's own.)
    """

    body: Any
    text: str
    done: bool = True


Runner = Callable[[argparse.Namespace], Answer]


def add_command(commands: Commands, name: str, run: Runner, help_: str, example: str) -> argparse.ArgumentParser:
    """Add a command with its one-line help, a worked example and the --json switch; its `run` gets the parsed words."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_, description=help_, epilog=f"example:\n  {example}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON on standard output")
    parser.set_defaults(run=run)
    return parser
