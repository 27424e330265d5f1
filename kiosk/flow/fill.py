"""Guide, form, signature and review: what the resident does with the glass alone."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from kiosk.flow.effects import HandIn
from kiosk.flow.events import AnswerGiven, BackPressed, ConsentTicked, Event, FieldEntered, FieldLeft, Inked, NextPressed, ReviewChanged
from kiosk.flow.route import after, before, first_open, page_problems, to_hand_in
from kiosk.flow.state import Capture, Form, Guide, HandingIn, Kiosk, Review, Sign, Visit
from kiosk.flow.step import Step, go_home, show, stay, with_visit
from sync.contract.answers import FieldProblem, fields_asked


def on_guide(state: Kiosk, visit: Visit, view: Guide, event: Event) -> Step:
    """Read, agree, go on; pressing on without having agreed leads to the question."""
    match event:
        case ConsentTicked(agreed):
            return show(state, Guide(agreed=agreed))
        case NextPressed() if not view.agreed:
            return show(state, Guide(asked=True))
        case NextPressed():
            return with_visit(state, replace(visit, agreed_at=state.now), after(state, visit, view))
        case BackPressed():
            return go_home(state)
        case _:
            return stay(state)


def on_form(state: Kiosk, visit: Visit, view: Form, event: Event) -> Step:
    """Fill one page; going on with something wrong leads to the first of it."""
    match event:
        case FieldEntered(field) if field in _names(visit, view):
            return show(state, replace(view, focus=field))
        case FieldLeft():
            return show(state, replace(view, focus=None, problems=_checked(state, visit, view, view.focus)))
        case AnswerGiven(field, value) if field in _names(visit, view):
            return _on_answer(state, visit, view, field, value)
        case NextPressed():
            wrong = page_problems(visit, view.page, state.now.date())
            if wrong:
                return show(state, replace(view, problems=wrong, focus=wrong[0].field))
            return _onward(state, visit, view)
        case BackPressed():
            return _back(state, visit, view)
        case _:
            return stay(state)


def on_sign(state: Kiosk, visit: Visit, view: Sign, event: Event) -> Step:
    """Sign; an empty or tiny signature is asked for once more."""
    match event:
        case Inked(ink):
            return with_visit(state, replace(visit, ink=ink), Sign())
        case NextPressed() if not visit.ink.is_enough:
            return show(state, Sign(asked=True))
        case NextPressed():
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
            complete = to_hand_in(visit)
            return with_visit(state, complete, HandingIn(), HandIn(complete, state.display.language.value))
        case ReviewChanged(page=int(page)) if page < len(visit.item.pages):
            return with_visit(state, replace(visit, changing=True), Form(page))
        case ReviewChanged(material=str(material)) if material in {known.id for known in visit.item.materials}:
            return with_visit(state, replace(visit, changing=True), Capture(material, 1))
        case ReviewChanged(page=None, material=None) if visit.item.signed:
            return with_visit(state, replace(visit, changing=True), Sign())
        case BackPressed():
            return _back(state, visit, view)
        case _:
            return stay(state)


def _on_answer(state: Kiosk, visit: Visit, view: Form, field: str, value: Any) -> Step:  # noqa: ANN401 - an answer is what its schema says
    answered = replace(visit, answers=_answered(visit.answers, field, value))
    had_problem = any(problem.field == field for problem in view.problems)
    problems = _checked(state, answered, view, field) if had_problem else view.problems
    return with_visit(state, answered, replace(view, problems=problems))


def _answered(answers: Mapping[str, Any], field: str, value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as above
    changed = {name: given for name, given in answers.items() if name != field}
    if value not in ("", None, ()):
        changed[field] = value
    return MappingProxyType(changed)


def _checked(state: Kiosk, visit: Visit, view: Form, field: str | None) -> tuple[FieldProblem, ...]:
    """Return the page's shown problems with those of one field brought up to date; an empty field is not nagged about."""
    others = tuple(problem for problem in view.problems if problem.field != field)
    if field is None or (field not in visit.answers and len(others) == len(view.problems)):
        return others
    return others + tuple(problem for problem in page_problems(visit, view.page, state.now.date()) if problem.field == field)


def _names(visit: Visit, view: Form) -> set[str]:
    return {field.name for field in fields_asked(visit.item.pages[view.page], visit.answers)}


def _onward(state: Kiosk, visit: Visit, view: Form | Sign) -> Step:
    following = after(state, visit, view)
    return with_visit(state, replace(visit, changing=visit.changing and not isinstance(following, Review)), following)


def _back(state: Kiosk, visit: Visit, view: Form | Sign | Review) -> Step:
    earlier = before(visit, view)
    if earlier is None:
        return stay(state)
    return with_visit(state, replace(visit, changing=visit.changing and not isinstance(earlier, Review)), earlier)
