"""The command `kiosk`: every part of the terminal, for people and scripts."""

import argparse
import importlib
import json
import os
import resource
import sys
from collections.abc import Sequence

from kiosk.commands.answer import Answer
from kiosk.config import ConfigError
from sync.errors import SettingsError, SyncError

_MODULE_OF = {
    "demo": "demo",
    "sandbox": "sandbox",
    "bench": "bench",
    "run": "run",
    "screen": "run",
    "device": "run",
    "sync": "sync",
    "enrol": "enrol",
    "first-boot": "first_boot",
    "update": "update",
    "apply": "apply",
    "outbox": "outbox",
    "catalogue": "catalogue",
    "config": "config",
    "devices": "devices",
    "id-card": "id_card",
    "card": "card",
    "printer": "printer",
    "document-printer": "document_printer",
    "camera": "camera",
    "scan": "scan",
    "voice": "voice",
    "doctor": "doctor",
    "machine": "machine",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 an expected failure, 2 wrong usage."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what a resident types is in memory only, and a core file would put it on the disk
    given = list(sys.argv[1:] if arguments is None else arguments)
    words = _parser(given).parse_args(given)
    try:
        answer: Answer = words.run(words)
    except ConfigError as error:
        answer = Answer({"status": "bad_config", "detail": str(error)}, str(error), done=False)
    except SettingsError as error:
        answer = Answer({"status": "bad_settings", "detail": str(error)}, str(error), done=False)
    except SyncError as error:
        answer = Answer({"status": "storage", "detail": str(error)}, str(error), done=False)
    except KeyboardInterrupt:
        return 130
    try:
        _say(answer, as_json=words.json)
    except BrokenPipeError:  # whoever read it has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if answer.done else 1


def _say(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer.body, ensure_ascii=False, default=str))
    elif answer.text:
        print(answer.text, file=sys.stdout if answer.done else sys.stderr)
    sys.stdout.flush()


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; only the module of the command at hand is imported, so that the screen starts without the others' libraries."""
    parser = argparse.ArgumentParser(prog="kiosk", description="便民终端: the community terminal. Each command has --help with an example.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    wanted = _MODULE_OF.get(given[0]) if given else None
    for name in [wanted] if wanted else dict.fromkeys(_MODULE_OF.values()):
        importlib.import_module(f"kiosk.commands.{name}").register(commands)
    return parser
