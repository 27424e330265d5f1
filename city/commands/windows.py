"""`city windows`: puts the windows in that take appointments, with their hours, capacities and matters."""

import argparse
from pathlib import Path

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use

MOST_BYTES = 1024 * 1024


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "windows",
        run,
        "check a file of windows that take appointments and send it to the terminals; what is booked stays",
        "city windows --data ./city-data --file city/samples/windows.json",
    )
    parser.add_argument("--file", required=True, type=Path, metavar="FILE", help="the windows of the whole city, as JSON")


def run(words: argparse.Namespace) -> Answer:
    """Keep it whole, or say what is wrong and keep nothing."""
    from city.appointments.written import WindowsError, read_windows  # noqa: PLC0415  only this command needs it

    try:
        with words.file.open("rb") as file:
            windows = read_windows(file.read(MOST_BYTES + 1))
    except OSError as error:
        return failed("no_file", f"{words.file}: {error.strerror}")
    except WindowsError as error:
        return failed("bad_windows", f"{words.file}: {error}")
    use(CityFolder(words.data.resolve()))

    from django.db import transaction  # noqa: PLC0415  Django is started just above

    from city.appointments.booking import keep_windows  # noqa: PLC0415

    with transaction.atomic():
        count = keep_windows(windows)
    return Answer({"status": "done", "windows": count}, f"{count} windows take appointments")
