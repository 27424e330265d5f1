"""`city daily`: what the calendar asks for, for a timer after midnight; run twice it does nothing the second time."""

import argparse

from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.settings import use


def add(commands: Commands) -> None:
    """Add the command."""
    add_command(
        commands,
        "daily",
        run,
        "end cases whose days for a correction are over, clear away leftovers and old sign-ins, count months and numbers; for a timer",
        "city daily --data ./city-data",
    )


def run(words: argparse.Namespace) -> Answer:
    """Do the day's work."""
    use(CityFolder(words.data.resolve()))

    from django.core.management import call_command  # noqa: PLC0415  Django is started just above

    from city import here  # noqa: PLC0415  models exist once Django is started
    from city.figures.keeping import count_months  # noqa: PLC0415
    from city.onewindow.blobs import expire_leftovers  # noqa: PLC0415
    from city.onewindow.lapse import lapse  # noqa: PLC0415
    from city.reconciliation.sequences import count_numbers  # noqa: PLC0415

    lapsed, uploads = lapse(here.today()), expire_leftovers()
    months = count_months(here.today())
    count_numbers()
    call_command("clearsessions", verbosity=0)
    body = {"status": "done", "day": here.today().isoformat(), "lapsed": lapsed, "uploads_removed": uploads, "months_counted": months}
    said = f"{lapsed} cases ended without a correction, {uploads} unfinished uploads removed, {months} months counted"
    return Answer(body, f"{here.today().isoformat()}: {said}")
