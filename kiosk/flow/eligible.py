"""Questions before the form: may this be applied for at all, and if not, where else to go."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.questions import answered, applicant_of
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay, with_visit
from kiosk.flow.views import Eligible
from kiosk.flow.visit import Visit
from sync.contract.condition import holds
from sync.contract.derived import value_of
from sync.contract.item import Control, Refusal


def fitness(visit: Visit, today: date) -> Mapping[str, Any]:
    """Return what was answered, and what the card answers by itself."""
    known = {
        one.question.name: value
        for one in visit.item.eligibility
        if one.question.control is Control.DERIVED
        and (value := value_of(one.question, visit.answers, applicant_of(visit), today)) is not None
    }
    return {**visit.fitness, **known}


def refusal(visit: Visit, place: int, today: date) -> Refusal | None:
    """Return why the answer to this question leads no further, or None while it does not say so."""
    one = visit.item.eligibility[place]
    given = fitness(visit, today).get(one.question.name)
    return next((refused for refused in one.refusals if given is not None and given in refused.is_one_of), None)


def open_after(visit: Visit, place: int, today: date) -> int | None:
    """Return the next question that is still to be put or that refuses, or None when the form may begin."""
    known = fitness(visit, today)
    for later in range(place + 1, len(visit.item.eligibility)):
        question = visit.item.eligibility[later].question
        if not holds(question.when, known):
            continue
        if refusal(visit, later, today) is not None or (question.control is not Control.DERIVED and question.name not in known):
            return later
    return None


def asked_before(visit: Visit, place: int) -> int | None:
    """Return the question that was put before this one, or None for the first."""
    earlier = (number for number in range(place - 1, -1, -1) if visit.item.eligibility[number].question.control is not Control.DERIVED)
    return next((number for number in earlier if holds(visit.item.eligibility[number].question.when, visit.fitness)), None)


def on_eligible(state: Kiosk, visit: Visit, view: Eligible, event: Event) -> Step | None:
    """Answer one question; None when the way goes on, or back before the first."""
    today = state.now.date()
    question = visit.item.eligibility[view.place].question
    match event:
        case AnswerGiven(name, value) if name == question.name and question.control is not Control.DERIVED:
            return with_visit(state, replace(visit, fitness=answered(visit.fitness, name, value)), Eligible(view.place))
        case NextPressed() if refusal(visit, view.place, today) is not None:
            return stay(state)
        case NextPressed() if question.name not in fitness(visit, today):
            return show(state, Eligible(view.place, asked=True))
        case BackPressed() if (earlier := asked_before(visit, view.place)) is not None:
            return show(state, Eligible(earlier))
        case NextPressed() | BackPressed():
            return None
        case _:
            return stay(state)
