"""Conditions as they are written: joined, taken apart, and as JSON Schema."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Any


def objects_in(value: Json) -> list[dict[str, Json]]:
    """Return the objects of a list; what is no list, or no object in it, is left to the check of the types."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def names_in(value: Json) -> list[str]:
    """Return the texts of a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def all_of(*conditions: Json) -> Json:
    """Join written conditions into one that holds when each does; None for none at all."""
    parts: list[dict[str, Json]] = []
    for condition in conditions:
        for part in parts_of(condition):
            if part not in parts:
                parts.append(part)
    if not parts:
        return None
    return {**parts[0], **({"also": parts[1:]} if parts[1:] else {})}


def parts_of(condition: Json) -> Iterator[dict[str, Json]]:
    """Yield the simple conditions that all have to hold."""
    if isinstance(condition, dict):
        yield {name: value for name, value in condition.items() if name != "also"}
        for other in objects_in(condition.get("also")):
            yield from parts_of(other)


def as_schema(condition: Mapping[str, Json]) -> dict[str, Json]:
    """Return a schema of the answers for which a condition holds."""
    return {"allOf": [_part_as_schema(part) for part in parts_of(condition)]}


def _part_as_schema(part: Mapping[str, Json]) -> dict[str, Json]:
    among = {"enum": part.get("is_one_of", [])}
    either = {"anyOf": [among, {"type": "array", "contains": among}]}
    return {"properties": {str(part.get("field")): either}, "required": [str(part.get("field"))]}
