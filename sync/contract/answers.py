"""Whether answers fit their item: one check for the terminal's page, its hand-in, and the city.

The item's JSON Schema decides. This module turns each of its complaints into the field that it is about and a word that the
screens and the city's refusal can put plainly.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from sync.contract.application import Applicant
from sync.contract.condition import Condition, holds
from sync.contract.cross_rules import broken, twins
from sync.contract.derived import derived
from sync.contract.formats import formats_on
from sync.contract.item import Control, Field, ItemPackage, Material, Page
from sync.contract.words import Words

if TYPE_CHECKING:
    import jsonschema_rs

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
    NOT_A_DISABILITY_NUMBER = "not_a_disability_number"
    NOT_A_MARRIAGE_NUMBER = "not_a_marriage_number"
    NOT_A_CERTIFICATE = "not_a_certificate"
    NOT_A_MONTH = "not_a_month"
    NOT_A_COUNT = "not_a_count"
    TWICE = "twice"  # the same person or thing is there already
    RULE = "rule"  # a rule between answers, which says so itself
    NOT_ALLOWED = "not_allowed"  # a field that this item does not have, or a value that its rules exclude


class FieldProblem(msgspec.Struct, frozen=True):
    """One complaint: which field, what, and by how much where that helps (characters that are missing or too many).

    In rows `row` is the place from 0 and `part` the field of the row. A rule of the package brings its own words in `said`.
    """

    field: str
    problem: AnswerProblem
    by: int | None = None
    row: int | None = None
    part: str | None = None
    said: Words | None = None


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
    "disability-number": AnswerProblem.NOT_A_DISABILITY_NUMBER,
    "marriage-number": AnswerProblem.NOT_A_MARRIAGE_NUMBER,
    "certificate": AnswerProblem.NOT_A_CERTIFICATE,
    "month": AnswerProblem.NOT_A_MONTH,
    "count": AnswerProblem.NOT_A_COUNT,
}

_EXACT_LENGTH = {"mobile": 11, "id-number": 18, "credit-code": 18}


def is_asked(condition: Condition | None, answers: Answers) -> bool:
    """Tell whether a question or paper with this condition is put, given what was answered so far."""
    return holds(condition, answers)


def fields_asked(page: Page, answers: Answers) -> tuple[Field, ...]:
    """Return the questions of `page` that are put, and what is shown among them without being asked."""
    return tuple(field for field in page.fields if is_asked(field.when, answers))


def questions_asked(page: Page, answers: Answers) -> tuple[Field, ...]:
    """Return the questions of `page` that are put to the resident."""
    return tuple(field for field in fields_asked(page, answers) if field.control is not Control.DERIVED)


def row_fields(field: Field, row: Answers) -> tuple[Field, ...]:
    """Return the questions that are put for this row."""
    return () if field.rows is None else tuple(inner for inner in field.rows.fields if is_asked(inner.when, row))


def materials_asked(package: ItemPackage, answers: Answers) -> tuple[Material, ...]:
    """Return the papers that are asked for."""
    return tuple(material for material in package.materials if is_asked(material.when, answers))


def pages_asked(package: ItemPackage, answers: Answers) -> tuple[int, ...]:
    """Return the places of the pages that have at least one question to put."""
    return tuple(place for place, page in enumerate(package.pages) if questions_asked(page, answers))


def kept(package: ItemPackage, answers: Answers) -> dict[str, Any]:
    """Return the answers to questions that are still asked; one answered and then hidden is dropped, in rows as well."""
    asked = {field.name: field for page in package.pages for field in fields_asked(page, answers)}
    if package.helping is not None:
        asked[package.helping.question.name] = package.helping.question
    return {
        name: _rows_kept(asked[name], value) if asked[name].rows is not None else value
        for name, value in answers.items()
        if name in asked and not _is_empty(value)
    }


def _rows_kept(field: Field, rows: object) -> object:
    if not isinstance(rows, list | tuple):
        return rows
    whole = (_row_kept(field, row) if isinstance(row, Mapping) else row for row in rows)
    return list(whole) if isinstance(rows, list) else tuple(whole)


def _row_kept(field: Field, row: Answers) -> dict[str, Any]:
    asked = {inner.name for inner in row_fields(field, row)}
    return {name: value for name, value in row.items() if name in asked and not _is_empty(value)}


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def problems(
    package: ItemPackage, answers: Answers, today: date, applicant: Applicant | None = None, *, with_card: bool = False
) -> tuple[FieldProblem, ...]:
    """Return what is wrong with `answers`, at most one complaint a field, in no particular order; empty when they fit.

    Args:
        package: The item that they answer.
        answers: Those to questions that are asked; derived ones among them.
        today: The day on which they are handed in.
        applicant: The card, as far as the item may read it.
        with_card: Judge derived answers, which follow from the card, as well.

    Raises:
        InvalidSchemaError: The package's schema is not JSON Schema 2020-12.
    """
    nested = tuple(FieldProblem(name, AnswerProblem.NOT_ALLOWED) for name, value in answers.items() if _is_nested(value))
    if nested:
        return nested
    plain = msgspec.to_builtins(dict(answers))
    long = tuple(_too_long(plain))
    if long:
        return long
    found: dict[tuple[str, int | None, str | None], FieldProblem] = {}
    repeating = frozenset(field.name for page in package.pages for field in page.fields if field.rows is not None)
    for error in _validator(msgspec.json.encode(package.schema, order="sorted"), today).iter_errors(plain):
        complaint = _complaint(error, repeating)
        found.setdefault((complaint.field, complaint.row, complaint.part), complaint)
    wrong = {complaint.field for complaint in found.values()}
    later = [*_ruled(package, plain, applicant, today)]
    if with_card:
        later += _falsely_derived(package, plain, applicant, today)
    for complaint in later:
        if complaint.field not in wrong or complaint.row is not None:
            found.setdefault((complaint.field, complaint.row, complaint.part), complaint)
    return tuple(found.values())


def fits_alone(package: ItemPackage, field: str, value: object, today: date) -> bool:
    """Tell whether `value` is an answer to this one question, whatever the others are."""
    schema = package.schema.get("properties", {}).get(field)
    if not isinstance(schema, dict) or (isinstance(value, str) and len(value) > LONGEST_TEXT):
        return False
    return _validator(msgspec.json.encode(schema, order="sorted"), today).is_valid(value)


def _too_long(plain: Answers) -> Iterator[FieldProblem]:
    for name, value in plain.items():
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            yield FieldProblem(name, AnswerProblem.TOO_LONG, len(value) - LONGEST_TEXT)


def _ruled(package: ItemPackage, plain: Answers, applicant: Applicant | None, today: date) -> Iterator[FieldProblem]:
    for check, row in broken(package, plain, applicant, today):
        name, _, part = check.field.partition(".")
        yield FieldProblem(name, AnswerProblem.RULE, row=row, part=part or None, said=check.said)
    for field in (field for page in package.pages for field in page.fields if field.rows is not None):
        for place in twins(field, plain.get(field.name)):
            yield FieldProblem(field.name, AnswerProblem.TWICE, row=place, part=field.rows.distinct if field.rows else None)


def _falsely_derived(package: ItemPackage, plain: Answers, applicant: Applicant | None, today: date) -> Iterator[FieldProblem]:
    right = derived(package, plain, applicant, today)
    for field in (field for page in package.pages for field in page.fields if field.derive is not None):
        if plain.get(field.name) != right.get(field.name):
            yield FieldProblem(field.name, AnswerProblem.NOT_ALLOWED)


def _is_nested(value: object) -> bool:
    """Whether `value` is nested deeper than any answer; level by level, so that no depth is too much for this."""
    if isinstance(value, str | int | float):
        return False  # what nearly every answer is
    level = [value]
    for _ in range(DEEPEST_ANSWER):
        insides = [one.values() if isinstance(one, Mapping) else one for one in level if isinstance(one, Mapping | list | tuple)]
        level = [inner for inside in insides for inner in inside]
    return bool(level)


class InvalidSchemaError(ValueError):
    """A package's schema is not valid JSON Schema; the message says where."""


@lru_cache(maxsize=64)
def _validator(schema: bytes, today: date) -> "jsonschema_rs.Draft202012Validator":
    import jsonschema_rs  # noqa: PLC0415  with what it brings it would be a tenth of the terminal's start, and the first page asks nothing

    try:
        return jsonschema_rs.Draft202012Validator(msgspec.json.decode(schema), formats=formats_on(today), validate_formats=True)
    except jsonschema_rs.ValidationError as error:
        where = "/".join(str(part) for part in error.instance_path) or "the top"
        raise InvalidSchemaError(f"schema, at {where}: {error.message}") from error


def _complaint(error: "jsonschema_rs.ValidationError", repeating: frozenset[str]) -> FieldProblem:
    facts = error.kind.as_dict()
    way = list(error.instance_path)
    field = str(way[0]) if way else ""
    row = way[1] if field in repeating and len(way) > 1 and isinstance(way[1], int) else None
    part = str(way[2]) if row is not None and len(way) > 2 else None
    problem, by = _problem(error.kind.name, facts, error.instance)
    match error.kind.name:
        case "required" | "additionalProperties" | "unevaluatedProperties":
            name = str(facts["property"]) if error.kind.name == "required" else str(facts["unexpected"][0])
            if not way:
                return FieldProblem(name, problem)
            return FieldProblem(field, problem, row=row, part=part or (name if row is not None else None))
        case "oneOf" | "not" if isinstance(error.instance, dict):
            return FieldProblem(field, AnswerProblem.MISSING, row=row, part=part)  # an address that is not whole
        case _:
            return FieldProblem(field, problem, by, row, part)


def _problem(kind: str, facts: Mapping[str, Any], value: object) -> tuple[AnswerProblem, int | None]:
    match kind:
        case "required":
            return AnswerProblem.MISSING, None
        case "minLength" | "minItems":
            return AnswerProblem.TOO_SHORT, int(facts["limit"]) - _length(value)
        case "maxLength" | "maxItems":
            return AnswerProblem.TOO_LONG, _length(value) - int(facts["limit"])
        case "enum" | "const":
            return AnswerProblem.NOT_OFFERED, None
        case "type":
            return AnswerProblem.WRONG_TYPE, None
        case "format":
            return _of_format(str(facts["format"]), str(value))
        case _:
            return AnswerProblem.NOT_ALLOWED, None


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | list) else 0


def _of_format(name: str, value: str) -> tuple[AnswerProblem, int | None]:
    expected = _EXACT_LENGTH.get(name)
    if expected is not None and len(value) < expected:
        return AnswerProblem.TOO_SHORT, expected - len(value)
    if expected is not None and len(value) > expected:
        return AnswerProblem.TOO_LONG, len(value) - expected
    return _OF_FORMAT.get(name, AnswerProblem.NOT_ALLOWED), None
