"""A whole package back into what people write: rules beside their questions, the schema left to be made from them (see `written`)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sync.contract.item import ItemPackage
from sync.contract.written_conditions import objects_in
from sync.contract.written_schema import rule_made, schema_of

Json = Any


def source_of(package: ItemPackage) -> dict[str, Json]:
    """Return the package as an editor changes it.

    The schema is left out where it is the one that the questions make; a schema that says more is kept as it stands.
    """
    item: dict[str, Json] = plain(package)
    schema = item.pop("schema")
    asked = [field for page in item["pages"] for field in page["fields"]]
    if "helping" in item:
        asked.append(item["helping"]["question"])
    for field in asked:
        _take_rule(field, schema)
    if schema_of(item) != schema:
        return plain(package)
    if "helping" in item:
        for name in ("rule", "optional"):
            item["helping"]["question"].pop(name, None)  # both are put in when it is made whole
    return item


def plain(package: ItemPackage) -> dict[str, Json]:
    """Return the package as JSON has it: lists and objects."""
    found: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(package))
    return found


def _take_rule(field: dict[str, Json], schema: Mapping[str, Json]) -> None:
    """Put into the question what the schema says of it and what does not follow from its kind."""
    rule = schema.get("properties", {}).get(field["name"], {})
    if field["control"] == "rows":
        for inner in objects_in(field["rows"].get("fields")):
            _take_rule(inner, rule.get("items", {}))
    else:
        own = {name: value for name, value in rule.items() if rule_made(field).get(name) != value}
        if own:
            field["rule"] = own
            if "type" in rule and rule_made(field) != rule:
                field["rule"] = rule
    if field["control"] != "derived" and field["name"] not in _demanded(schema):
        field["optional"] = True


def _demanded(schema: Mapping[str, Json]) -> set[str]:
    """Return what is demanded, always or sometimes."""
    sometimes = [name for part in objects_in(schema.get("allOf")) for name in part.get("then", {}).get("required", ())]
    return {*schema.get("required", ()), *sometimes}
