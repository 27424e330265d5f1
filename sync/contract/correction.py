"""What a correction (补正) is made of: the part of an item that was missing, as an item of its own.

A correction travels as an application whose `corrects` names the one that it completes. It holds the answers and papers that the once-only
notice asks for and nothing else, so both ends judge it by the part of the package that it answers: its questions are all asked, its
papers all required, and rules between answers, which need those that stayed with the city, are left to the clerk.
"""

from collections.abc import Collection
from typing import Any

import msgspec

from sync.contract.item import Field, ItemPackage, Material, Page


def part_of(package: ItemPackage, fields: Collection[str], materials: Collection[str]) -> ItemPackage:
    """Return the part of `package` that asks for these questions and papers; names that it does not have are passed over."""
    pages = (
        Page(page.title, tuple(_asked(one) for one in page.fields if one.name in fields and one.derive is None), page.help)
        for page in package.pages
    )
    return msgspec.structs.replace(
        package,
        schema=_schema(package.schema, fields),
        pages=tuple(page for page in pages if page.fields),
        materials=tuple(_wanted(one) for one in package.materials if one.id in materials),
        card_fields=(),
        by_card=False,
        eligibility=(),
        checks=(),
        helping=None,
        route=None,
    )


def _asked(field: Field) -> Field:
    return msgspec.structs.replace(field, when=None)


def _wanted(material: Material) -> Material:
    return msgspec.structs.replace(material, when=None, required=True)


def _schema(schema: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Each question keeps its own rule; what ties it to others goes."""
    kept = {name: rule for name, rule in schema.get("properties", {}).items() if name in fields}
    part = {name: schema[name] for name in ("$schema", "$defs") if name in schema}
    return part | {"type": "object", "properties": kept, "required": sorted(kept), "additionalProperties": False}
