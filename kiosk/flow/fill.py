"""Guide, form and review: what the resident does with the glass alone."""

from dataclasses import replace
from typing import Any

from kiosk.flow import continuing, eligible, offering, rows
from kiosk.flow.effects import HandIn
from kiosk.flow.events import Event
from kiosk.flow.events.applying import (
    AnswerGiven,
    ConsentTicked,
    FieldEntered,
    FieldLeft,
    HelperWanted,
    OfferLeft,
    OfferTaken,
    ReviewChanged,
)
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.questions import answered, fields_in, page_problems, row_problems, with_derived
from kiosk.flow.route import after, before, first_open, to_hand_in
from kiosk.flow.signers import signers
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, show, stay, with_visit
from kiosk.flow.views import Capture, Eligible, Form, Guide, HandingIn, Review, RowAt, Whose
from kiosk.flow.visit import Visit
from sync.contract.answers import FieldProblem


def on_guide(state: Kiosk, visit: Visit, view: Guide, event: Event) -> Step:
    """Read, agree, go on; pressing on without having agreed leads to the question."""
    match event:
        case ConsentTicked(agreed):
            return show(state, Guide(agreed=agreed))
        case NextPressed() if not view.agreed:
            return show(state, Guide(asked=True))
        case NextPressed():
            known = continuing.with_card(state, replace(visit, agreed_at=state.now))
            return with_visit(state, known, after(state, known, view))
        case HelperWanted() if visit.item.helping is not None and not view.agreed:
            return show(state, Guide(asked=True))
        case HelperWanted() if visit.item.helping is not None:
            return with_visit(state, replace(visit, agreed_at=state.now, card=None, cardless=False, carried=None), Whose())
        case BackPressed() if visit.carried is not None:
            return continuing.back(state, visit, visit.carried)
        case BackPressed():
            return back_home(state)
        case _:
            return stay(state)


def on_eligible(state: Kiosk, visit: Visit, view: Eligible, event: Event) -> Step:
    """Answer one question before the form."""
    inside = eligible.on_eligible(state, visit, view, event)
    if inside is not None:
        return inside
    return show(state, Guide(agreed=True)) if isinstance(event, BackPressed) else show(state, after(state, visit, view))


def on_form(state: Kiosk, visit: Visit, view: Form, event: Event) -> Step:
    """Fill one page; going on with something wrong leads to the first of it, into a row where it is one."""
    if view.row is not None:
        return rows.on_row(state, visit, view, view.row, event)
    with_rows = rows.on_rows(state, visit, view, event)
    if with_rows is not None:
        return with_rows
    match event:
        case FieldEntered(field) if field in _names(visit, view):
            return show(state, replace(view, focus=field))
        case FieldLeft():
            return show(state, replace(view, focus=None, problems=_checked(state, visit, view, view.focus)))
        case AnswerGiven(field, value) if field in _names(visit, view):
            return _on_answer(state, visit, view, field, value)
        case OfferTaken(field) if (offer := offering.offer_for(visit, field)) is not None and field in _names(visit, view):
            return _on_answer(state, visit, view, field, offer.value.reveal())
        case OfferLeft(field):
            return with_visit(state, offering.left(visit, field), view)
        case NextPressed():
            wrong = page_problems(visit, view.page, state.now.date())
            if wrong and wrong[0].row is not None:
                row = RowAt(wrong[0].field, wrong[0].row)
                inside = row_problems(visit, row, state.now.date())
                return show(state, Form(view.page, inside[0].field if inside else None, inside, row))
            if wrong:
                return show(state, replace(view, problems=wrong, focus=wrong[0].field))
            return _onward(state, visit, view)
        case BackPressed():
            return _back(state, visit, view)
        case _:
            return stay(state)


def on_review(state: Kiosk, visit: Visit, view: Review, event: Event) -> Step:
    """See it all once; hand in, or change one thing and come back."""
    match event:
        case NextPressed():
            still_open = first_open(visit, state.now.date())
            if still_open is not None:
                return with_visit(state, replace(visit, changing=True), still_open)
            complete = to_hand_in(with_derived(visit, state.now.date()))
            return with_visit(state, complete, HandingIn(), HandIn(complete, state.display.language.value))
        case OfferTaken(field):
            return with_visit(state, offering.taken(visit, field, state.now.date()), view)
        case OfferLeft(field):
            return with_visit(state, offering.left(visit, field), view)
        case ReviewChanged(page=int(page)) if page < len(visit.item.pages):
            return with_visit(state, replace(visit, changing=True), Form(page))
        case ReviewChanged(material=str(material)) if material in {known.id for known in visit.item.materials}:
            return with_visit(state, replace(visit, changing=True), Capture(material, 1))
        case ReviewChanged(page=None, material=None) if signing := signers(visit):
            return with_visit(state, replace(visit, changing=True), signing[0])
        case BackPressed():
            return _back(state, visit, view)
        case _:
            return stay(state)


def _on_answer(state: Kiosk, visit: Visit, view: Form, field: str, value: Any) -> Step:  # noqa: ANN401 - an answer is what its schema says
    changed = with_derived(replace(visit, answers=answered(visit.answers, field, value)), state.now.date())
    had_problem = any(problem.field == field for problem in view.problems)
    problems = _checked(state, changed, view, field) if had_problem else view.problems
    return with_visit(state, changed, replace(view, problems=problems))


def _checked(state: Kiosk, visit: Visit, view: Form, field: str | None) -> tuple[FieldProblem, ...]:
    """Return the page's shown problems with those of one field brought up to date; an empty field is not nagged about."""
    others = tuple(problem for problem in view.problems if problem.field != field)
    if field is None or (field not in visit.answers and len(others) == len(view.problems)):
        return others
    return others + tuple(problem for problem in page_problems(visit, view.page, state.now.date()) if problem.field == field)


def _names(visit: Visit, view: Form) -> set[str]:
    return {field.name for field in fields_in(visit, view)}


def _onward(state: Kiosk, visit: Visit, view: Form) -> Step:
    following = after(state, visit, view)
    return with_visit(state, replace(visit, changing=visit.changing and not isinstance(following, Review)), following)


def _back(state: Kiosk, visit: Visit, view: Form | Review) -> Step:
    earlier = before(visit, view)
    if earlier is None:
        return stay(state)
    return with_visit(state, replace(visit, changing=visit.changing and not isinstance(earlier, Review)), earlier)
