"""The questions in sight, what was answered to them, and what is wrong: a page of the form, or one row of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from kiosk.flow.views import Form, RowAt
from kiosk.flow.visit import NOTHING, Visit
from sync.contract.answers import FieldProblem, kept, problems, questions_asked, row_fields
from sync.contract.application import Applicant
from sync.contract.derived import derived
from sync.contract.item import Control, Field

EMPTY: tuple[Any, ...] = ("", None, (), [])


def applicant_of(visit: Visit) -> Applicant | None:
    """Return the card, as far as the item may read it."""
    return None if visit.card is None else visit.card.reveal()


def with_derived(visit: Visit, today: date) -> Visit:
    """Return the visit with the answers that follow from the card and the others brought up to date."""
    names = {field.name for page in visit.item.pages for field in page.fields if field.control is Control.DERIVED}
    if not names:
        return visit
    plain = {name: value for name, value in visit.answers.items() if name not in names}
    return replace(visit, answers=MappingProxyType({**plain, **derived(visit.item, visit.answers, applicant_of(visit), today)}))


def form_problems(visit: Visit, today: date) -> tuple[FieldProblem, ...]:
    """Return what is wrong with the answers that are asked for."""
    return problems(visit.item, kept(visit.item, visit.answers), today, applicant_of(visit))


def page_problems(visit: Visit, page: int, today: date) -> tuple[FieldProblem, ...]:
    """Return what is wrong on one page, in the order of its fields and their rows."""
    wrong = form_problems(visit, today)
    asked = questions_asked(visit.item.pages[page], visit.answers)
    ordered = sorted(wrong, key=lambda problem: -1 if problem.row is None else problem.row)
    return tuple(problem for field in asked for problem in ordered if problem.field == field.name)


def row_problems(visit: Visit, row: RowAt, today: date) -> tuple[FieldProblem, ...]:
    """Return what is wrong in one row, each under the name of the row's question."""
    field = repeating(visit, row.field)
    here = (row.field, row.place)
    found = {problem.part: replace_field(problem) for problem in form_problems(visit, today) if (problem.field, problem.row) == here}
    asked = row_fields(field, row_at(visit, row)) if field is not None else ()
    return tuple(found[inner.name] for inner in asked if inner.name in found)


def replace_field(problem: FieldProblem) -> FieldProblem:
    """Return a row's problem as one of the question in that row."""
    return FieldProblem(problem.part or "", problem.problem, problem.by, said=problem.said)


def problems_in(visit: Visit, view: Form, today: date) -> tuple[FieldProblem, ...]:
    """Return what is wrong with what is in sight."""
    return page_problems(visit, view.page, today) if view.row is None else row_problems(visit, view.row, today)


def fields_in(visit: Visit, view: Form) -> tuple[Field, ...]:
    """Return the questions in sight."""
    if view.row is None:
        return questions_asked(visit.item.pages[view.page], visit.answers)
    field = repeating(visit, view.row.field)
    return row_fields(field, row_at(visit, view.row)) if field is not None else ()


def answers_in(visit: Visit, view: Form) -> Mapping[str, Any]:
    """Return the answers to the questions in sight."""
    return visit.answers if view.row is None else row_at(visit, view.row)


def repeating(visit: Visit, name: str) -> Field | None:
    """Return the question of that name when it repeats."""
    found = (field for page in visit.item.pages for field in page.fields)
    return next((field for field in found if field.name == name and field.rows is not None), None)


def rows_of(visit: Visit, name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the rows that are there."""
    rows = visit.answers.get(name, ())
    return tuple(row for row in rows if isinstance(row, Mapping)) if isinstance(rows, tuple | list) else ()


def row_at(visit: Visit, row: RowAt) -> Mapping[str, Any]:
    """Return the answers of one row; an empty one when it is not there yet."""
    rows = rows_of(visit, row.field)
    return rows[row.place] if row.place < len(rows) else NOTHING


def answered(answers: Mapping[str, Any], field: str, value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - an answer is what its schema says
    """Return the answers with one more; an empty one takes it back."""
    changed = {name: given for name, given in answers.items() if name != field}
    if value not in EMPTY and value != {}:
        changed[field] = value
    return MappingProxyType(changed)
