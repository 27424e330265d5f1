"""Handing in for somebody else: for whom, and both cards."""

from dataclasses import replace

from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, CardSkipped
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.questions import answered
from kiosk.flow.route import after
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay, with_visit
from kiosk.flow.views import CardOf, Guide, LayCard, Whose
from kiosk.flow.visit import Visit
from sync.contract.item import CardField

HELPER_FIELDS = (CardField.NAME, CardField.ID_NUMBER)
"""All that is read of a helper's card."""


def on_whose(state: Kiosk, visit: Visit, view: Whose, event: Event) -> Step:
    """Say for whom; going back is handing in for oneself again."""
    helping = visit.item.helping
    if helping is None:
        return stay(state)
    question = helping.question
    match event:
        case AnswerGiven(name, value) if name == question.name and value in {option.value for option in question.options}:
            return with_visit(state, replace(visit, answers=answered(visit.answers, name, value)), Whose())
        case NextPressed() if not visit.is_helped:
            return show(state, Whose(asked=True))
        case NextPressed():
            return show(state, after(state, visit, view))
        case BackPressed():
            return with_visit(state, replace(visit, answers=answered(visit.answers, question.name, None)), Guide(agreed=True))
        case _:
            return stay(state)


def may_skip(visit: Visit, view: LayCard) -> bool:
    """Whether this card may be missing: a member's, a witness's, or that of an applicant who need not be here."""
    helping = visit.item.helping
    if view.whose in (CardOf.MEMBER, CardOf.WITNESS):
        return True
    return view.whose is CardOf.APPLICANT and helping is not None and visit.answers.get(helping.question.name) in helping.cardless


def on_card_skipped(state: Kiosk, visit: Visit, view: LayCard, event: CardSkipped) -> Step:
    """Go on without the applicant's card, and the form then asks for name and number; or without a witness, which the city is told."""
    del event
    without = replace(visit, unwitnessed=True) if view.whose is CardOf.WITNESS else replace(visit, cardless=True)
    return with_visit(state, without, after(state, without, view))
