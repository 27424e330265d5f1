"""`city reconcile-bills`: compares each utility's settlement of a day with the payments made at terminals."""

import argparse
from datetime import date
from typing import Any

from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.settings import use


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "reconcile-bills",
        run,
        "fetch each provider's settlement of a day, take over what was paid, close what was left, and list what does not agree",
        "city reconcile-bills --data ./city-data --day 2026-11-23",
    )
    parser.add_argument("--day", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day, by the city's calendar")


def run(words: argparse.Namespace) -> Answer:
    """List every difference; with none, say so."""
    use(CityFolder(words.data.resolve()))

    from city.utilities.payments import reconcile  # noqa: PLC0415  models exist once Django is started

    found: list[dict[str, Any]] = [
        {"utility": one.utility, "payment": one.payment, "code": one.code, "what": one.what, "amount_fen": one.amount_fen}
        for one in reconcile(words.day)
    ]
    silent = [one["utility"] for one in found if one["what"] == "no_settlement"]
    lines = [f"{one['utility']}  {one['what']}  {one['amount_fen'] / 100:.2f}  {one['code']}  {one['payment']}" for one in found]
    if silent:
        lines.append(f"{words.day.isoformat()}: {len(silent)} providers gave no settlement and were not compared: ask again later")
    body = {"status": "partly" if silent else "done", "day": words.day.isoformat(), "differences": found}
    return Answer(body, "\n".join(lines) or f"{words.day.isoformat()}: everything agrees", done=not silent)
