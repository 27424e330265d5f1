"""An address in steps: the schema that `written` gives it, and how it is said.

Names, not codes: what the resident chose is what the clerk reads. Inside the town it goes from the district to the door; outside from the
province to the county, and the rest as one line. An address that is in no list is written out whole.
"""

from collections.abc import Mapping
from typing import Any

STEPS = ("district", "street", "community", "road", "door")
FAR_STEPS = ("province", "city", "county", "line")
WRITTEN = "written"
ALL_STEPS = (*STEPS, *FAR_STEPS, WRITTEN)
_MUST = ("district", "street", "road", "door")
_FAR_MUST = ("province", "line")  # a municipality has no county below its district, and Hong Kong nothing below itself

_NEAR: dict[str, Any] = {
    "district": {"type": "string", "minLength": 2, "maxLength": 20},
    "street": {"type": "string", "minLength": 2, "maxLength": 20},
    "community": {"type": "string", "minLength": 2, "maxLength": 20},
    "road": {"type": "string", "minLength": 1, "maxLength": 30},
    "door": {"type": "string", "minLength": 1, "maxLength": 40},
    WRITTEN: {"type": "string", "minLength": 5, "maxLength": 100},
}
_FAR: dict[str, Any] = {
    "province": {"type": "string", "minLength": 2, "maxLength": 20},
    "city": {"type": "string", "minLength": 2, "maxLength": 20},
    "county": {"type": "string", "minLength": 2, "maxLength": 20},
    "line": {"type": "string", "minLength": 2, "maxLength": 60},
}


def _without(*steps: str) -> dict[str, Any]:
    return {"not": {"anyOf": [{"required": [step]} for step in steps]}}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {**_NEAR, **_FAR},
    "oneOf": [
        {"required": [*_MUST], **_without(WRITTEN, *FAR_STEPS)},
        {"required": [*_FAR_MUST], **_without(WRITTEN, *STEPS)},
        {"required": [WRITTEN], "maxProperties": 1},
    ],
}
_OF_THE_TOWN_ONLY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": _NEAR,
    "oneOf": [
        {"required": [*_MUST], "not": {"required": [WRITTEN]}},
        {"required": [WRITTEN], "maxProperties": 1},
    ],
}
SCHEMAS = (SCHEMA, _OF_THE_TOWN_ONLY)
"""Every schema that packages in the field may carry, the newest first."""


def has_far_steps(schema: Mapping[str, Any]) -> bool:
    """Tell whether an address may be chosen outside the town."""
    return "province" in schema.get("properties", {})


def said(address: Mapping[str, Any]) -> str:
    """Return an address as one line."""
    if address.get(WRITTEN):
        return str(address[WRITTEN])
    return "".join(str(address[step]) for step in (*STEPS, *FAR_STEPS) if address.get(step))
