"""The schema of an item's answers, made from its questions as they are written (see `written`)."""

from collections.abc import Mapping
from typing import Any

from sync.contract import address
from sync.contract.written_conditions import as_schema, objects_in

Json = Any

_DEFAULT_RULES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "minLength": 1, "maxLength": 60},
    "digits": {"type": "string", "pattern": "^[0-9]+$", "maxLength": 30},
    "id_number": {"type": "string", "format": "id-number"},
    "date": {"type": "string", "format": "date"},
    "money": {"type": "string", "format": "money"},
    "yes_no": {"type": "boolean"},
    "address": address.SCHEMA,
}


def schema_of(item: dict[str, Json]) -> dict[str, Json]:
    """Return the schema of an item whose shared parts are put in."""
    fields: list[dict[str, Json]] = []
    helping = item.get("helping")
    if isinstance(helping, dict) and isinstance(helping.get("question"), dict):
        fields.append(helping["question"])
    for page in objects_in(item.get("pages")):
        fields += objects_in(page.get("fields"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_object(fields)}


def _object(fields: list[dict[str, Json]]) -> dict[str, Json]:
    properties = {str(field.get("name")): rule_made(field) for field in fields}
    must = [field for field in fields if not field.get("optional") and field.get("control") != "derived"]
    found: dict[str, Json] = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": [str(field.get("name")) for field in must if "when" not in field],
    }
    sometimes = [
        {"if": as_schema(field["when"]), "then": {"required": [str(field.get("name"))]}}
        for field in must
        if isinstance(field.get("when"), dict)
    ]
    return {**found, **({"allOf": sometimes} if sometimes else {})}


def rule_made(field: dict[str, Json]) -> dict[str, Json]:
    """Return the schema of one question's answer."""
    control, written = str(field.get("control")), field.get("rule")
    rule: dict[str, Json] = written if isinstance(written, dict) else {}
    options = field.get("options")
    values = [option.get("value") for option in objects_in(options)]
    match control:
        case "choice":
            return {"type": "string", "enum": values, **rule}
        case "choices":
            return {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "enum": values}, **rule}
        case "derived":
            return {"type": "string", "enum": values} if values else {"type": "string", "format": "money", **rule}
        case "rows":
            rows = field.get("rows")
            inner = rows if isinstance(rows, dict) else {}
            fields = objects_in(inner.get("fields"))
            return {
                "type": "array",
                "minItems": max(1, _number(inner, "least", 0)),
                "maxItems": _number(inner, "most", 10),
                "items": _object(fields),
            }
        case "address" if rule:
            return {"type": "string", **rule}  # written out, such as one far away
        case "text" | "digits" if "format" in rule:
            return {"type": "string", **rule}
        case _:
            return {**_DEFAULT_RULES.get(control, {"type": "string"}), **rule}


def _number(values: Mapping[str, Json], name: str, default: int) -> int:
    value = values.get(name, default)
    return value if isinstance(value, int) else default
