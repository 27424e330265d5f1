"""Whether answers fit their item: one check for the terminal's page, its hand-in, and the city.

The item's JSON Schema decides. This module turns each of its complaints into the field that it is about and a word that the
screens and the city's refusal can put plainly.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

import jsonschema_rs
import msgspec

from sync.contract.condition import Condition, holds
from sync.contract.formats import formats_on
from sync.contract.item import Field, ItemPackage, Material, Page

Answers = Mapping[str, Any]

LONGEST_TEXT = 2000
"""Characters; no answer is longer, whatever its schema says."""

DEEPEST_ANSWER = 8
"""Levels; an address has two. The schema's checker itself gives up on what is nested hundreds deep."""


class AnswerProblem(StrEnum):
    """What is the matter with one answer."""

    MISSING = "missing"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_OFFERED = "not_offered"  # no such choice
    WRONG_TYPE = "wrong_type"
    NOT_A_NAME = "not_a_name"
    NOT_A_MOBILE = "not_a_mobile"
    NOT_A_TELEPHONE = "not_a_telephone"
    NOT_AN_ID_NUMBER = "not_an_id_number"
    NOT_A_DATE = "not_a_date"
    NOT_IN_THE_PAST = "not_in_the_past"
    NOT_IN_THE_FUTURE = "not_in_the_future"
    NOT_MONEY = "not_money"
    NOT_A_BANK_CARD = "not_a_bank_card"
    NOT_A_CREDIT_CODE = "not_a_credit_code"
    NOT_ALLOWED = "not_allowed"  # a field that this item does not have, or a value that its rules exclude


class FieldProblem(msgspec.Struct, frozen=True):
    """One complaint: which field, what, and by how much where that helps (characters that are missing or too many)."""

    field: str
    problem: AnswerProblem
    by: int | None = None


_OF_FORMAT = {
    "person-name": AnswerProblem.NOT_A_NAME,
    "mobile": AnswerProblem.NOT_A_MOBILE,
    "telephone": AnswerProblem.NOT_A_TELEPHONE,
    "id-number": AnswerProblem.NOT_AN_ID_NUMBER,
    "date": AnswerProblem.NOT_A_DATE,
    "past-date": AnswerProblem.NOT_IN_THE_PAST,
    "future-date": AnswerProblem.NOT_IN_THE_FUTURE,
    "money": AnswerProblem.NOT_MONEY,
    "bank-card": AnswerProblem.NOT_A_BANK_CARD,
    "credit-code": AnswerProblem.NOT_A_CREDIT_CODE,
}

_EXACT_LENGTH = {"mobile": 11, "id-number": 18, "credit-code": 18}


def is_asked(condition: Condition | None, answers: Answers) -> bool:
    """Tell whether a question or paper with this condition is put, given what was answered so far."""
    return holds(condition, answers)


def fields_asked(page: Page, answers: Answers) -> tuple[Field, ...]:
    """Return the questions of `page` that are put."""
    return tuple(field for field in page.fields if is_asked(field.when, answers))


def materials_asked(package: ItemPackage, answers: Answers) -> tuple[Material, ...]:
    """Return the papers that are asked for."""
    return tuple(material for material in package.materials if is_asked(material.when, answers))


def pages_asked(package: ItemPackage, answers: Answers) -> tuple[int, ...]:
    """Return the places of the pages that have at least one question to put."""
    return tuple(place for place, page in enumerate(package.pages) if fields_asked(page, answers))


def kept(package: ItemPackage, answers: Answers) -> dict[str, Any]:
    """Return the answers to questions that are still asked; one answered and then hidden is dropped."""
    asked = {field.name for page in package.pages for field in fields_asked(page, answers)}
    return {name: value for name, value in answers.items() if name in asked and value not in ("", None, ())}


def problems(package: ItemPackage, answers: Answers, today: date) -> tuple[FieldProblem, ...]:
    """Return what is wrong with `answers`, at most one complaint a field, in no particular order; empty when they fit.

    Raises:
        InvalidSchemaError: The package's schema is not JSON Schema 2020-12.
    """
    found = {name: FieldProblem(name, AnswerProblem.NOT_ALLOWED) for name, value in answers.items() if _is_nested(value)}
    if found:
        return tuple(found.values())
    plain = msgspec.to_builtins(dict(answers))
    for name, value in plain.items():
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            found[name] = FieldProblem(name, AnswerProblem.TOO_LONG, len(value) - LONGEST_TEXT)
    if found:
        return tuple(found.values())
    for error in _validator(msgspec.json.encode(package.schema, order="sorted"), today).iter_errors(plain):
        complaint = _complaint(error)
        found.setdefault(complaint.field, complaint)
    return tuple(found.values())


def _is_nested(value: object) -> bool:
    """Whether `value` is nested deeper than any answer; level by level, so that no depth is too much for this."""
    level = [value]
    for _ in range(DEEPEST_ANSWER):
        insides = [one.values() if isinstance(one, Mapping) else one for one in level if isinstance(one, Mapping | list | tuple)]
        level = [inner for inside in insides for inner in inside]
    return bool(level)


class InvalidSchemaError(ValueError):
    """A package's schema is not valid JSON Schema; the message says where."""


@lru_cache(maxsize=64)
def _validator(schema: bytes, today: date) -> jsonschema_rs.Draft202012Validator:
    try:
        return jsonschema_rs.Draft202012Validator(msgspec.json.decode(schema), formats=formats_on(today), validate_formats=True)
    except jsonschema_rs.ValidationError as error:
        where = "/".join(str(part) for part in error.instance_path) or "the top"
        raise InvalidSchemaError(f"schema, at {where}: {error.message}") from error


def _complaint(error: jsonschema_rs.ValidationError) -> FieldProblem:
    facts = error.kind.as_dict()
    field = str(error.instance_path[0]) if error.instance_path else ""
    match error.kind.name:
        case "required":
            return FieldProblem(str(facts["property"]), AnswerProblem.MISSING)
        case "additionalProperties" | "unevaluatedProperties":
            return FieldProblem(str(facts["unexpected"][0]), AnswerProblem.NOT_ALLOWED)
        case "minLength" | "minItems":
            return FieldProblem(field, AnswerProblem.TOO_SHORT, int(facts["limit"]) - _length(error.instance))
        case "maxLength" | "maxItems":
            return FieldProblem(field, AnswerProblem.TOO_LONG, _length(error.instance) - int(facts["limit"]))
        case "enum" | "const":
            return FieldProblem(field, AnswerProblem.NOT_OFFERED)
        case "type":
            return FieldProblem(field, AnswerProblem.WRONG_TYPE)
        case "format":
            return _of_format(field, str(facts["format"]), str(error.instance))
        case _:
            return FieldProblem(field, AnswerProblem.NOT_ALLOWED)


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | list) else 0


def _of_format(field: str, name: str, value: str) -> FieldProblem:
    expected = _EXACT_LENGTH.get(name)
    if expected is not None and len(value) < expected:
        return FieldProblem(field, AnswerProblem.TOO_SHORT, expected - len(value))
    if expected is not None and len(value) > expected:
        return FieldProblem(field, AnswerProblem.TOO_LONG, len(value) - expected)
    return FieldProblem(field, _OF_FORMAT.get(name, AnswerProblem.NOT_ALLOWED))
