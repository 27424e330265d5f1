"""The community's map as SVG: grids in five steps of blue by what is open in them, events as pins with their own shapes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from city.grid.life import EventKind, EventLevel
from city.grid.models import CommunityMap, GridEvent
from sync.contract.places import GridMap, Point

STEPS: tuple[tuple[int, str], ...] = ((0, "#F2F6FA"), (1, "#DCE9F6"), (2, "#BCD6F0"), (4, "#8DB8E4"), (6, "#5C97D2"))
"""From how many open events on, and the colour."""

ICONS: Mapping[str, str] = {
    EventKind.LAMP: "lightbulb",
    EventKind.SEWER: "water_damage",
    EventKind.RUBBISH: "delete",
    EventKind.LIFT: "elevator",
    EventKind.NOISE: "volume_up",
    EventKind.PARKING: "local_parking",
    EventKind.ELDER: "elderly",
    EventKind.FIRE: "local_fire_department",
    EventKind.DISPUTE: "gavel",
    EventKind.FACILITY: "construction",
}
COLOURS: Mapping[str, str] = {
    EventLevel.RED: "#B3261E",
    EventLevel.ORANGE: "#B3560E",
    EventLevel.YELLOW: "#8A5A00",
    EventLevel.BLUE: "#0F5BA7",
}


@dataclass(frozen=True, slots=True)
class GridDrawn:
    """One grid on the page."""

    code: str
    name: str
    points: str
    middle: Point
    colour: str
    open: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """One open event on the page."""

    event: GridEvent
    icon: str
    colour: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template puts into the SVG."""

    box: str  # what of the plane is shown, as SVG says it
    sample: bool
    grids: tuple[GridDrawn, ...]
    ways: tuple[tuple[str, str], ...]
    grounds: tuple[tuple[str, str, str, Point], ...]
    pins: tuple[Pin, ...]


def map_of(area: str) -> GridMap | None:
    """Return the map of the community around, or first below, an area."""
    around = [area[:length] for length in range(1, len(area) + 1)]
    found = (
        CommunityMap.objects.filter(community__code__in=around).first()
        or CommunityMap.objects.filter(community__code__startswith=area).first()
    )
    return None if found is None else msgspec.convert(found.plan, GridMap)


def drawing(
    plan: GridMap,
    open_events: Iterable[GridEvent],
    chosen: str,
    around: Point | None = None,
    *,
    counts: Mapping[str, int] | None = None,
) -> Drawing:
    """Return what is drawn: the whole plane, or what lies `around` a point. `counts` colours the grids by something else than events."""
    events = list(open_events)
    by_grid: dict[str, int] = dict(counts or {})
    for event in events:
        by_grid[event.area] = by_grid.get(event.area, 0) + 1
    grids = tuple(
        GridDrawn(
            grid.code,
            grid.name.zh,
            _points(grid.outline),
            (sum(x for x, _ in grid.outline) // len(grid.outline), sum(y for _, y in grid.outline) // len(grid.outline)),
            colour_of(by_grid.get(grid.code, 0)),
            by_grid.get(grid.code, 0),
            grid.code == chosen,
        )
        for grid in plan.grids
    )
    ways = tuple((_points(way.points), way.name.zh if way.name else "") for way in plan.ways)
    grounds = tuple(
        (_points(ground.outline), "water" if ground.is_water else "park", ground.name.zh if ground.name else "", ground.outline[0])
        for ground in plan.grounds
    )
    pins = tuple(Pin(event, ICONS.get(event.kind, "report"), COLOURS[event.level]) for event in events)
    box = f"0 0 {plan.width} {plan.height}" if around is None else f"{around[0] - 250} {around[1] - 100} 500 200"
    return Drawing(box, plan.sample, grids, ways, grounds, pins)


def colour_of(count: int) -> str:
    """Return the colour of a grid with so many open events."""
    return next(colour for least, colour in reversed(STEPS) if count >= least)


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
