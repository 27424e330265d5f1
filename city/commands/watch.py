"""`city watch`: looks over the whole fleet, for a timer; opens, closes and raises alerts."""

import argparse

from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.settings import use


def add(commands: Commands) -> None:
    """Add the command."""
    add_command(
        commands,
        "watch",
        run,
        "look over the fleet: open, close and raise alerts; for a timer, each minute",
        "city watch --data ./city-data",
    )


def run(words: argparse.Namespace) -> Answer:
    """Look."""
    use(CityFolder(words.data.resolve()))
    from city import here  # noqa: PLC0415  models exist once Django is started
    from city.fleet.watch import counts, sweep, terminals  # noqa: PLC0415

    now = here.now()
    swept, figures = sweep(now), counts(terminals(now))
    body = {"status": "done", "opened": swept.opened, "closed": swept.closed, "escalated": swept.escalated, "terminals": figures}
    text = f"alerts opened {swept.opened}, closed {swept.closed}, raised {swept.escalated}; " + ", ".join(
        f"{k} {v}" for k, v in figures.items()
    )
    return Answer(body, text)
