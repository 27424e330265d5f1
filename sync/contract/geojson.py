"""GeoJSON (RFC 7946) that a community draws of itself, read into its map.

Coordinates are a plane of the map's own, not longitude and latitude: nothing of it can be laid over somebody else's tiles. What a
feature is says its property `role`: grid, way, park, water, or spot.
"""

from typing import Any

import msgspec

from sync.contract.decoding import UNDECODABLE
from sync.contract.places import GridMap, GridShape, Ground, Point, Spot, Way, is_inside
from sync.contract.words import Words

GREATEST = 9999
"""Units: the plane is no larger in either direction, so that a place stays a short text."""


class MapError(ValueError):
    """The file is not a community's map; the message says where and what."""


class _Geometry(msgspec.Struct):
    type: str
    coordinates: Any


class _Feature(msgspec.Struct):
    geometry: _Geometry
    properties: dict[str, Any]


class _Collection(msgspec.Struct):
    type: str
    community: str
    name: Words
    width: int
    height: int
    features: list[_Feature]
    sample: bool = False


def read_map(data: bytes) -> GridMap:
    """Return the map in a GeoJSON FeatureCollection.

    Raises:
        MapError: It is not one, a feature is malformed, two grids have one code, or a spot lies in no grid.
    """
    try:
        drawn = msgspec.json.decode(data, type=_Collection)
    except UNDECODABLE as error:
        raise MapError(f"not a map: {error}") from error
    if not 0 < drawn.width <= GREATEST or not 0 < drawn.height <= GREATEST:
        raise MapError(f"width and height are 1 to {GREATEST} units")
    grids: list[GridShape] = []
    ways: list[Way] = []
    grounds: list[Ground] = []
    spots: list[tuple[str, Words, Point]] = []
    for number, feature in enumerate(drawn.features):
        where = f"features[{number}]"
        role = feature.properties.get("role")
        name = _name(feature, where)
        match role, feature.geometry.type:
            case "grid", "Polygon":
                code = feature.properties.get("code")
                if not isinstance(code, str) or name is None:
                    raise MapError(f"{where}: a grid has a code and a name")
                grids.append(GridShape(code, name, _ring(feature, where)))
            case "way", "LineString":
                ways.append(Way(_points(feature.geometry.coordinates, where), name))
            case "park" | "water", "Polygon":
                grounds.append(Ground(role == "water", _ring(feature, where), name))
            case "spot", "Point":
                spot = feature.properties.get("id")
                if not isinstance(spot, str) or name is None:
                    raise MapError(f"{where}: a spot has an id and a name")
                spots.append((spot, name, _points([feature.geometry.coordinates], where)[0]))
            case _:
                raise MapError(f"{where}: {feature.geometry.type} cannot be a {role!r}")
    if not grids or len({grid.code for grid in grids}) != len(grids):
        raise MapError("a map has at least one grid, and each its own code")
    placed = tuple(Spot(spot, name, at, _grid_of(grids, at, spot)) for spot, name, at in spots)
    return GridMap(drawn.community, drawn.name, drawn.width, drawn.height, tuple(grids), tuple(ways), tuple(grounds), placed, drawn.sample)


def _grid_of(grids: list[GridShape], at: Point, spot: str) -> str:
    for grid in grids:
        if is_inside(grid.outline, at):
            return grid.code
    raise MapError(f"spot {spot!r} lies in no grid")


def _name(feature: _Feature, where: str) -> Words | None:
    name = feature.properties.get("name")
    if name is None:
        return None
    try:
        return msgspec.convert(name, Words)
    except msgspec.ValidationError as error:
        raise MapError(f"{where}: name: {error}") from error


def _ring(feature: _Feature, where: str) -> tuple[Point, ...]:
    rings = feature.geometry.coordinates
    if not isinstance(rings, list) or len(rings) != 1:
        raise MapError(f"{where}: a polygon here has one ring")
    points = _points(rings[0], where)
    if len(points) < 4 or points[0] != points[-1]:
        raise MapError(f"{where}: a ring has at least three corners and ends where it began")
    return points[:-1]


def _points(coordinates: object, where: str) -> tuple[Point, ...]:
    try:
        read = msgspec.convert(coordinates, tuple[tuple[float, float], ...])
    except msgspec.ValidationError as error:
        raise MapError(f"{where}: {error}") from error
    points = tuple((round(x), round(y)) for x, y in read)
    if not all(0 <= x <= GREATEST and 0 <= y <= GREATEST for x, y in points):
        raise MapError(f"{where}: a point lies outside the plane")
    return points
