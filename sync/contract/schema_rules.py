"""Whether an item's schema and its pages say the same: what is asked is allowed, what is demanded is asked, and no more."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sync.contract import address
from sync.contract.answers import AnswerProblem, InvalidSchemaError, problems
from sync.contract.condition import Condition
from sync.contract.findings import Finding
from sync.contract.formats import formats_on
from sync.contract.item import Control, Field, ItemPackage
from sync.contract.item_rules import fields_in
from sync.contract.json_places import Path
from sync.contract.places import PLACE_PATTERN

_ANY_DAY = date(2026, 1, 1)
_FORMATS = frozenset(formats_on(_ANY_DAY))
_DATES = frozenset({"date", "past-date", "future-date"})
_TOP: Path = ("schema",)


def schema_findings(package: ItemPackage) -> Iterator[Finding]:
    """Yield everything in which the schema is wrong or differs from the pages."""
    unsafe = list(_references(package.schema, _TOP))
    if unsafe:  # a schema that points outside is not even compiled: nothing is fetched
        yield from unsafe
        return
    try:
        problems(package, {}, _ANY_DAY)
    except InvalidSchemaError as error:
        yield Finding(_TOP, str(error), "write it as JSON Schema 2020-12 says")
        return
    schema = package.schema
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, dict):
        yield Finding(_TOP, "not the schema of an object with its properties", 'write "type": "object" and "properties"')
        return
    if schema.get("additionalProperties") is not False:
        yield Finding(_TOP, "lets answers through that nobody asked for", 'write "additionalProperties": false')
    yield from _same_names(package, properties)
    for path, field in fields_in(package):
        if isinstance(rule := properties.get(field.name), dict):
            yield from _rule_fits(field, rule, path)
    yield from _demands(package)


def _references(value: object, path: Path) -> Iterator[Finding]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"$ref", "$dynamicRef"} and isinstance(inner, str) and not inner.startswith("#"):
                yield Finding((*path, name), "points outside the package", "write the rule here: nothing is fetched")
            if name == "format" and isinstance(inner, str) and inner not in _FORMATS:
                yield Finding((*path, name), f"no format {inner[:40]!r}", "use one of: " + ", ".join(sorted(_FORMATS)))
            yield from _references(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _references(inner, (*path, place))


def _same_names(package: ItemPackage, properties: Mapping[str, Any]) -> Iterator[Finding]:
    asked = {field.name for _, field in fields_in(package)}
    for path, field in fields_in(package):
        if field.name not in properties:
            yield Finding((*path, "name"), f"the schema has no property {field.name!r}", "add it to schema.properties, or correct the name")
    for name in properties:
        if name not in asked:
            yield Finding((*_TOP, "properties", name), "no page asks for it", "ask for it on a page, or remove it here")


def _rule_fits(field: Field, rule: Mapping[str, Any], path: Path, above: Path = _TOP) -> Iterator[Finding]:
    where: Path = (*above, "properties", field.name)
    expected = {Control.YES_NO: "boolean", Control.CHOICES: "array", Control.ROWS: "array"}.get(field.control, "string")
    if field.control is Control.ADDRESS and rule.get("type") == "object":
        if rule not in address.SCHEMAS:
            yield Finding(where, "not the schema of an address in steps", "leave the rule out: it is put in")
        return
    if rule.get("type") != expected:
        yield Finding(where, f"a question of kind {field.control} is answered with a {expected}", f'write "type": "{expected}"')
        return
    match field.control:
        case Control.CHOICE:
            yield from _same_options(field, rule.get("enum"), path)
        case Control.CHOICES:
            items = rule.get("items")
            yield from _same_options(field, items.get("enum") if isinstance(items, dict) else None, path)
        case Control.DATE:
            yield from _format_among(rule, _DATES, where)
        case Control.MONEY:
            yield from _format_among(rule, frozenset({"money"}), where)
        case Control.ID_NUMBER:
            yield from _format_among(rule, frozenset({"id-number"}), where)
        case Control.TEXT | Control.DIGITS | Control.ADDRESS | Control.SERVICE:
            if "format" not in rule and "maxLength" not in rule:
                yield Finding(where, "a text of any length", 'write "maxLength", or a format')
        case Control.DERIVED:
            if field.options:
                yield from _same_options(field, rule.get("enum"), path)
        case Control.PLACE:
            if rule.get("pattern") != PLACE_PATTERN:
                yield Finding(where, "not the pattern of a place", f'write "pattern": "{PLACE_PATTERN}"')
        case Control.ROWS:
            yield from _rows_fit(field, rule, path, where)
        case Control.YES_NO:
            pass


def _rows_fit(field: Field, rule: Mapping[str, Any], path: Path, where: Path) -> Iterator[Finding]:
    items = rule.get("items")
    properties = items.get("properties") if isinstance(items, dict) else None
    if field.rows is None or not isinstance(items, dict) or not isinstance(properties, dict):
        yield Finding(where, "rows without the schema of a row", 'write "items" with "properties"')
        return
    if items.get("additionalProperties") is not False:
        yield Finding((*where, "items"), "lets answers through that nobody asked for", 'write "additionalProperties": false')
    for place, inner in enumerate(field.rows.fields):
        inner_path: Path = (*path, "rows", "fields", place)
        if inner.name not in properties:
            yield Finding((*inner_path, "name"), f"the schema of a row has no property {inner.name!r}", "add it, or correct the name")
        elif isinstance(properties[inner.name], dict):
            yield from _rule_fits(inner, properties[inner.name], inner_path, (*where, "items"))
    for name in properties.keys() - {inner.name for inner in field.rows.fields}:
        yield Finding((*where, "items", "properties", name), "no row asks for it", "ask for it in the row, or remove it here")


def _same_options(field: Field, allowed: object, path: Path) -> Iterator[Finding]:
    offered = [option.value for option in field.options]
    if not isinstance(allowed, list) or sorted(map(str, allowed)) != sorted(offered):
        yield Finding((*path, "options"), f"the options and the schema's enum of {field.name!r} differ", "make them the same values")


def _format_among(rule: Mapping[str, Any], names: frozenset[str], where: Path) -> Iterator[Finding]:
    if rule.get("format") not in names:
        yield Finding(where, "the wrong format for this kind of question", f'write "format": one of {", ".join(sorted(names))}')


def _demands(package: ItemPackage) -> Iterator[Finding]:
    """Try the schema: what it demands must be asked whenever it is demanded, or nobody could ever hand in."""
    everything = {field.name: (path, field) for path, field in fields_in(package)}
    always = _missing(package, {})
    for name in sorted(always - everything.keys()):
        yield Finding((*_TOP, "required"), f"{name!r} is demanded, but no page asks for it", "ask for it, or do not demand it")
    for name, (path, field) in everything.items():
        if field.when is None:
            continue
        asking = everything.get(field.when.field)
        if name in always:
            yield Finding((*path, "when"), f"{name!r} is asked sometimes and demanded always", "demand it in allOf with if and then")
        elif asking is not None:
            yield from _demanded_when_asked(package, field, asking[1], path)


def _demanded_when_asked(package: ItemPackage, field: Field, asking: Field, path: Path) -> Iterator[Finding]:
    asked_for = () if field.when is None else field.when.is_one_of
    possible: tuple[str | bool, ...] = tuple(option.value for option in asking.options)
    if asking.control is Control.YES_NO:
        possible = (True, False)
    besides = {} if field.when is None else _satisfying(field.when.also, package)
    demanding = [value for value in possible if field.name in _missing(package, {**besides, asking.name: _as_answer(asking, value)})]
    for value in demanding:
        if value not in asked_for:
            what = f"{field.name!r} is demanded when {asking.name} is {value!r}, but not asked then"
            yield Finding((*path, "when"), what, "make `when` and the schema agree")
    if demanding and not set(asked_for) <= set(demanding):
        what = f"{field.name!r} is asked for more answers than it is demanded for"
        yield Finding((*path, "when"), what, "make `when` and the schema agree")


def _satisfying(conditions: Iterable[Condition], package: ItemPackage) -> dict[str, Any]:
    """Return answers for which all these conditions hold."""
    asked = {field.name: field for _, field in fields_in(package)}
    found: dict[str, Any] = {}
    for condition in conditions:
        if condition.field in asked and condition.is_one_of:
            found[condition.field] = _as_answer(asked[condition.field], condition.is_one_of[0])
        found.update(_satisfying(condition.also, package))
    return found


def _as_answer(field: Field, value: str | bool) -> object:
    return [value] if field.control is Control.CHOICES else value


def _missing(package: ItemPackage, answers: Mapping[str, Any]) -> set[str]:
    return {one.field for one in problems(package, answers, _ANY_DAY) if one.problem is AnswerProblem.MISSING}
