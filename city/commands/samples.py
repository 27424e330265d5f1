"""`city samples`: fills a city with invented cases, for training and pilots."""

import argparse
import random
from pathlib import Path

from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.settings import use


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "samples",
        run,
        "hand in invented applications and let the invented people act on most; for training, never for a city with real cases",
        "city samples --data ./city-data --from city/items --count 24",
    )
    parser.add_argument(
        "--from", dest="source", required=True, type=Path, metavar="FOLDER", help="where the items' example.json files stand"
    )
    parser.add_argument("--count", type=int, default=24, metavar="N", help="how many applications (24)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same number makes the same choices (1)")


def run(words: argparse.Namespace) -> Answer:
    """Make them."""
    use(CityFolder(words.data.resolve()))

    from city.onewindow.samples import make_samples  # noqa: PLC0415  models exist once Django is started

    made = make_samples(words.source, max(0, words.count), random.Random(words.seed))  # noqa: S311  no secret depends on it
    lines = [f"{made.cases} invented cases", *(f"no example for {one}" for one in made.refused)]
    return Answer({"status": "done", "cases": made.cases, "refused": list(made.refused)}, "\n".join(lines))
