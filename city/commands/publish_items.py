"""`city publish-items`: signs item packages into the catalogue."""

import argparse
from pathlib import Path

import msgspec

from city.catalogue import publish
from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.keyring import read_keys


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "publish-items",
        run,
        "check and sign every item.json in a folder; with one error nothing is published",
        "city publish-items --data ./city-data --from city/items",
    )
    parser.add_argument("--from", dest="source", required=True, type=Path, metavar="FOLDER", help="where the item.json files stand")


def run(words: argparse.Namespace) -> Answer:
    """Publish, or say for each error where it is and what to do."""
    folder = CityFolder(words.data.resolve())
    folder.settings()
    outcome = publish(words.source, folder.catalogue, read_keys(folder).catalogue)
    complaints = [msgspec.to_builtins(one) for one in outcome.complaints]
    lines = [str(one) for one in outcome.complaints]
    if not outcome.is_done:
        text = "\n".join([*lines, "Nothing was published."])
        return Answer({"status": "invalid", "complaints": complaints}, text, done=False)
    body = {"status": "done", "published": list(outcome.published), "unchanged": list(outcome.unchanged), "complaints": complaints}
    return Answer(body, "\n".join([*lines, f"Published {len(outcome.published)}, unchanged {len(outcome.unchanged)}"]))
