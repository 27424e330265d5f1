"""`city map`: puts a community's own map in, drawn as GeoJSON."""

import argparse
from pathlib import Path

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use
from sync.contract.geojson import MapError, read_map

MOST_BYTES = 4 * 1024 * 1024


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "map",
        run,
        "check a community's GeoJSON and send it to the terminals of that community; its grids become areas",
        "city map --data ./city-data --file city/samples/map.geojson",
    )
    parser.add_argument("--file", required=True, type=Path, metavar="FILE", help="a FeatureCollection in a plane of its own")


def run(words: argparse.Namespace) -> Answer:
    """Keep it whole, or say what is wrong and keep nothing."""
    try:
        with words.file.open("rb") as file:
            plan = read_map(file.read(MOST_BYTES + 1))
    except OSError as error:
        return failed("no_file", f"{words.file}: {error.strerror}")
    except MapError as error:
        return failed("bad_map", f"{words.file}: {error}")
    use(CityFolder(words.data.resolve()))

    from django.core.exceptions import ValidationError  # noqa: PLC0415  Django is started just above
    from django.db import transaction  # noqa: PLC0415

    from city.grid.maps import keep_map  # noqa: PLC0415
    from city.grid.models import Area  # noqa: PLC0415

    try:
        with transaction.atomic():
            community = keep_map(plan)
    except Area.DoesNotExist:
        return failed("no_community", f"{words.file}: there is no community {plan.community}; make it as an area first")
    except ValidationError as error:
        return failed("bad_map", f"{words.file}: {'; '.join(error.messages)}")
    body = {"status": "done", "community": community.code, "grids": len(plan.grids), "spots": len(plan.spots)}
    return Answer(body, f"{community.name}: {len(plan.grids)} grids, {len(plan.spots)} places")
