"""The community's own map: grids, ways, waters and named spots in a plane of its own, without tiles of anybody else.

A place is a point in a grid, and is written as one short text, `grid@x,y`, so that it can be the answer to a question like any other.
Its name is worked out from the map, in the language of whoever reads it. Units of the plane are the map's own (about a metre), x to the
right and y downwards.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.words import Language, Words

PLACE_PATTERN: Final = r"^[0-9A-Za-z-]{1,32}@[0-9]{1,4},[0-9]{1,4}$"
"""For the schema of an item that asks for a place."""

NEAR: Final = 60
"""Units within which a place is said to be at a spot."""

Point = tuple[int, int]

_PLACE = re.compile(PLACE_PATTERN, re.ASCII)


class GridShape(msgspec.Struct, frozen=True):
    """One grid: `code` is opaque."""

    code: str
    name: Words
    outline: tuple[Point, ...]


class Way(msgspec.Struct, frozen=True, omit_defaults=True):
    """A street or path, by its middle."""

    points: tuple[Point, ...]
    name: Words | None = None


class Ground(msgspec.Struct, frozen=True, omit_defaults=True):
    """A park or a water."""

    is_water: bool
    outline: tuple[Point, ...]
    name: Words | None = None


class Spot(msgspec.Struct, frozen=True):
    """Something with a name that people know: a building, a gate, a canteen."""

    id: str
    name: Words
    at: Point
    grid: str


class GridMap(msgspec.Struct, frozen=True, omit_defaults=True):
    """The map of one community; `sample` marks an invented one."""

    community: str
    name: Words
    width: int
    height: int
    grids: tuple[GridShape, ...]
    ways: tuple[Way, ...] = ()
    grounds: tuple[Ground, ...] = ()
    spots: tuple[Spot, ...] = ()
    sample: bool = False


GRID_MAP: Final = FeedKind("map", GridMap)


@dataclass(frozen=True, slots=True)
class Place:
    """A point in a grid."""

    grid: str
    at: Point

    @property
    def text(self) -> str:
        """As an answer."""
        return f"{self.grid}@{self.at[0]},{self.at[1]}"


def read_place(text: object) -> Place | None:
    """Return the place that an answer names, or None where it names none."""
    if not isinstance(text, str) or not _PLACE.fullmatch(text):
        return None
    grid, _, at = text.partition("@")
    x, _, y = at.partition(",")
    return Place(grid, (int(x), int(y)))


def place_at(plan: GridMap, at: Point) -> Place | None:
    """Return the place of a point on the map, or None outside of every grid."""
    grid = next((grid for grid in plan.grids if is_inside(grid.outline, at)), None)
    return None if grid is None else Place(grid.code, at)


def is_inside(outline: tuple[Point, ...], at: Point) -> bool:
    """Tell whether a point lies in a polygon, by the number of edges to its right."""
    x, y = at
    inside = False
    for (ax, ay), (bx, by) in zip(outline, (*outline[1:], *outline[:1]), strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def nearest_spot(plan: GridMap, at: Point) -> Spot | None:
    """Return the spot that is near enough to name a point by."""
    near = [(_distance(spot.at, at), spot.id, spot) for spot in plan.spots if _distance(spot.at, at) <= NEAR]
    return min(near)[2] if near else None


def place_said(plan: GridMap, place: Place, language: Language) -> str:
    """Return a place in words: the spot it is at, and its grid."""
    grid = next((grid.name.said_in(language) for grid in plan.grids if grid.code == place.grid), place.grid)
    spot = nearest_spot(plan, place.at)
    return f"{spot.name.said_in(language)} · {grid}" if spot else grid


def _distance(one: Point, other: Point) -> float:
    return math.dist(one, other)
