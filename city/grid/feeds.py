"""What terminals are sent of the grid: the map of their community."""

import msgspec

from city.api.feeds import Supply, supplies
from city.fleet.models import Terminal
from city.grid.models import CommunityMap
from sync.contract.places import GRID_MAP, GridMap


@supplies(GRID_MAP)
def plan(terminal: Terminal) -> Supply[GridMap] | None:
    """Return the map of the community in which the terminal stands; a terminal that serves a larger area has none."""
    around = [terminal.area[:length] for length in range(1, len(terminal.area) + 1)]
    found = CommunityMap.objects.filter(community__code__in=around).first()
    return None if found is None else Supply(msgspec.convert(found.plan, GridMap))
