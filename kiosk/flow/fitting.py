"""Finding out what fits: question after question, each may be passed over, then the list; nothing of it is kept."""

from dataclasses import replace
from types import MappingProxyType

from kiosk.fits import NONE, Question, Result, judged, questions
from kiosk.flow.errands import FitList, FitQuestion, Fitting
from kiosk.flow.events import AnswerGiven, BackPressed, Event, NextPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, show, stay


def begin(token: int) -> tuple[Fitting, FitQuestion]:
    """Put the first question."""
    return Fitting(token), FitQuestion(0)


def on_fitting(state: Kiosk, errand: Fitting, event: Event) -> Step:
    """One answer of several leads on by itself; several answers wait for the button, which also passes a question over."""
    match state.view, event:
        case FitQuestion(place), AnswerGiven(name, value) if name == questions()[place].name and isinstance(value, str):
            return _answered(state, errand, place, value)
        case FitQuestion(place), NextPressed():
            return show(state, _after(place))
        case FitQuestion(place), BackPressed():
            return back_home(state) if place == 0 else show(state, FitQuestion(place - 1))
        case FitList(), BackPressed():
            return show(state, FitQuestion(len(questions()) - 1))
        case _:
            return stay(state)


def result(state: Kiosk, errand: Fitting) -> Result:
    """Return what fits among the items that this terminal offers."""
    return judged(errand.answers, frozenset(item.code for item in state.items))


def _answered(state: Kiosk, errand: Fitting, place: int, value: str) -> Step:
    question = questions()[place]
    if value not in {option.value for option in question.options}:
        return stay(state)
    chosen = _toggled(question, errand.answers.get(question.name, ()), value) if question.many else (value,)
    changed = replace(errand, answers=MappingProxyType({**errand.answers, question.name: chosen}))
    return replace(state, visit=changed, view=state.view if question.many else _after(place)), ()


def _toggled(question: Question, before: tuple[str, ...], value: str) -> tuple[str, ...]:
    """Return the choices after one more; none of these excludes all others."""
    if value == NONE:
        return (NONE,)
    on = set(before) ^ {value} if value in before else {*before, value} - {NONE}
    return tuple(option.value for option in question.options if option.value in on)


def _after(place: int) -> FitQuestion | FitList:
    return FitQuestion(place + 1) if place + 1 < len(questions()) else FitList()
