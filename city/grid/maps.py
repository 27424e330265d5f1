"""Keeping a community's map, and with it the grids that it draws."""

import msgspec

from city.grid.models import Area, CommunityMap, Level
from sync.contract.places import GridMap


def keep_map(plan: GridMap) -> Area:
    """Keep a map in place of an earlier one; return its community.

    Raises:
        Area.DoesNotExist: There is no such community.
        ValidationError: A grid's code does not begin with the community's.
    """
    community = Area.objects.get(code=plan.community, level=Level.COMMUNITY)
    for grid in plan.grids:
        Area(code=grid.code, level=Level.GRID, name=grid.name.zh, parent=community).clean()
    CommunityMap.objects.update_or_create(community=community, defaults={"plan": msgspec.to_builtins(plan)})
    for grid in plan.grids:
        facts = {"level": Level.GRID, "name": grid.name.zh, "parent": community}
        Area.objects.update_or_create(code=grid.code, defaults=facts)
    return community
