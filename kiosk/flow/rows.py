"""Rows of a form: add somebody by card or by hand, change, remove, and come back to the page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, FieldEntered, FieldLeft, RowAdded, RowOpened, RowRemoved
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.questions import answered, fields_in, repeating, row_at, row_problems, rows_of, with_derived
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay, with_visit
from kiosk.flow.views import CardOf, Form, LayCard, RowAt
from kiosk.flow.visit import Visit
from sync.contract.answers import FieldProblem
from sync.contract.application import Applicant


def on_rows(state: Kiosk, visit: Visit, view: Form, event: Event) -> Step | None:
    """What is done with the rows of a page; None for everything else."""
    match event:
        case RowAdded(name) if name in _names(visit, view):
            field = repeating(visit, name)
            there = len(rows_of(visit, name))
            if field is None or field.rows is None or there >= field.rows.most:
                return stay(state)
            row = RowAt(name, there)
            if field.rows.by_card:
                return show(state, LayCard(whose=CardOf.MEMBER, page=view.page, row=row))
            return show(state, Form(view.page, row=row))
        case RowOpened(name, place) if name in _names(visit, view) and 0 <= place < len(rows_of(visit, name)):
            row = RowAt(name, place)
            return show(state, Form(view.page, problems=row_problems(visit, row, state.now.date()), row=row))
        case RowRemoved(name, place) if name in _names(visit, view) and 0 <= place < len(rows_of(visit, name)):
            rows = rows_of(visit, name)
            without = with_derived(_with_rows(visit, name, rows[:place] + rows[place + 1 :]), state.now.date())
            return with_visit(state, without, Form(view.page))
        case _:
            return None


def on_row(state: Kiosk, visit: Visit, view: Form, row: RowAt, event: Event) -> Step:
    """Fill one row. Going on with something wrong leads to the first of it; an empty row is not kept."""
    today = state.now.date()
    asked = {field.name for field in fields_in(visit, view)}
    match event:
        case FieldEntered(name) if name in asked:
            return show(state, replace(view, focus=name))
        case FieldLeft():
            return show(state, replace(view, focus=None, problems=_checked(state, visit, view, row, view.focus)))
        case AnswerGiven(name, value) if name in asked:
            changed = with_row(visit, row, answered(row_at(visit, row), name, value))
            had_problem = any(problem.field == name for problem in view.problems)
            problems = _checked(state, changed, view, row, name) if had_problem else view.problems
            return with_visit(state, with_derived(changed, today), replace(view, problems=problems))
        case NextPressed():
            wrong = row_problems(with_row(visit, row, row_at(visit, row)), row, today)
            if wrong:
                return with_visit(state, with_row(visit, row, row_at(visit, row)), replace(view, problems=wrong, focus=wrong[0].field))
            return show(state, Form(view.page))
        case BackPressed():
            return with_visit(state, _without_empty(visit, row), Form(view.page))
        case _:
            return stay(state)


def with_row(visit: Visit, row: RowAt, answers: Mapping[str, Any]) -> Visit:
    """Return the visit with one row as given; a place behind the last makes it one more."""
    rows = list(rows_of(visit, row.field))
    if row.place < len(rows):
        rows[row.place] = answers
    else:
        rows.append(answers)
    return _with_rows(visit, row.field, tuple(rows))


def filled_from(visit: Visit, row: RowAt, card: Applicant) -> Visit:
    """Return the visit with what a member's card says in the fields that take it."""
    field = repeating(visit, row.field)
    answers = row_at(visit, row)
    for inner in field.rows.fields if field is not None and field.rows is not None else ():
        known = getattr(card, inner.card.value) if inner.card is not None else None
        if known is not None:
            answers = answered(answers, inner.name, known.isoformat() if hasattr(known, "isoformat") else known)
    return with_row(visit, row, answers)


def _with_rows(visit: Visit, name: str, rows: tuple[Mapping[str, Any], ...]) -> Visit:
    return replace(visit, answers=answered(visit.answers, name, rows))


def _without_empty(visit: Visit, row: RowAt) -> Visit:
    rows = rows_of(visit, row.field)
    if row.place < len(rows) and not rows[row.place]:
        return _with_rows(visit, row.field, rows[: row.place] + rows[row.place + 1 :])
    return visit


def _names(visit: Visit, view: Form) -> set[str]:
    return {field.name for field in fields_in(visit, view) if field.rows is not None}


def _checked(state: Kiosk, visit: Visit, view: Form, row: RowAt, field: str | None) -> tuple[FieldProblem, ...]:
    others = tuple(problem for problem in view.problems if problem.field != field)
    if field is None or (field not in row_at(visit, row) and len(others) == len(view.problems)):
        return others
    return others + tuple(problem for problem in row_problems(visit, row, state.now.date()) if problem.field == field)
