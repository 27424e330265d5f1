"""An address in steps: the schema that `written` gives it, and how it is said.

Names, not codes: what the resident chose is what the clerk reads. An address that is in no list is written out whole.
"""

from collections.abc import Mapping
from typing import Any

STEPS = ("district", "street", "community", "road", "door")
WRITTEN = "written"

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "district": {"type": "string", "minLength": 2, "maxLength": 20},
        "street": {"type": "string", "minLength": 2, "maxLength": 20},
        "community": {"type": "string", "minLength": 2, "maxLength": 20},
        "road": {"type": "string", "minLength": 1, "maxLength": 30},
        "door": {"type": "string", "minLength": 1, "maxLength": 40},
        WRITTEN: {"type": "string", "minLength": 5, "maxLength": 100},
    },
    "oneOf": [
        {"required": ["district", "street", "road", "door"], "not": {"required": [WRITTEN]}},
        {"required": [WRITTEN], "maxProperties": 1},
    ],
}


def said(address: Mapping[str, Any]) -> str:
    """Return an address as one line."""
    if address.get(WRITTEN):
        return str(address[WRITTEN])
    return "".join(str(address[step]) for step in STEPS if address.get(step))


def is_whole(address: Mapping[str, Any]) -> bool:
    """Tell whether an address can be found with what was chosen."""
    return bool(address.get(WRITTEN)) or all(address.get(step) for step in ("district", "street", "road", "door"))
