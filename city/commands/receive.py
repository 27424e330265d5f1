"""`city receive`: takes in what was carried by hand from terminals whose line is dead."""

import argparse
from pathlib import Path

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use

EXAMPLE = "city receive --data ./city-data --from /media/stick"


def add(commands: Commands) -> None:
    """Add the command and its words."""
    parser = add_command(commands, "receive", _receive, "take in sealed applications from a stick", EXAMPLE)
    parser.add_argument("--from", dest="stick", type=Path, required=True, metavar="DIR", help="the stick, or one folder of it")


def _receive(words: argparse.Namespace) -> Answer:
    use(CityFolder(words.data.resolve()))
    from city.onewindow.carried import receive  # noqa: PLC0415  models exist once Django is started

    if not words.stick.is_dir():
        return failed("no_stick", f"{words.stick}: there is no such folder")
    lists = [receive(one.parent) for one in sorted(words.stick.rglob("manifest.json"))]
    if not lists:
        return failed("nothing", f"{words.stick}: no manifest.json; a folder without one was not written to its end")
    body = {
        "status": "done" if all(not one.refused and not one.why for one in lists) else "partly",
        "new": sum(one.new for one in lists),
        "known": sum(one.known for one in lists),
        "photos": sum(one.photos for one in lists),
        "lists": [{"folder": one.folder, "why": one.why, "refused": [list(pair) for pair in one.refused]} for one in lists],
    }
    lines = [f"{body['new']} new, {body['known']} known already, {body['photos']} photos"]
    lines += [f"{one.folder}: {one.why}" for one in lists if one.why]
    lines += [f"  {name}: {why}" for one in lists for name, why in one.refused]
    return Answer(body, "\n".join(lines), done=body["status"] == "done")
