"""Finding out what fits: question after question, each may be passed over, then the list; nothing of it is kept.

At the elder home the reader waits. A card laid there begins this with what it tells of its holder: a band of years, and man or woman.
Its name, number and address are let go of unread.
"""

from dataclasses import replace
from types import MappingProxyType

from kiosk.fits import NONE, Question, Result, band_of, judged, questions
from kiosk.flow.desk_errands import HolderCard, LayStage
from kiosk.flow.effects import ReadCard, SetTimer
from kiosk.flow.errands import FitList, FitQuestion, Fitting
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.devices import CardAnswered, CardFound
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.holding import on_holder
from kiosk.flow.identify import LOOK_AGAIN_S, READ_WITHIN_S
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, card_left, show, stay
from kiosk.flow.views import Home
from peripherals.id_card_reader import CardReadStatus, IdCard, Sex
from sync.contract.person import age_on

_SEXES = {Sex.MALE: "m", Sex.FEMALE: "f"}
_ABOUT_WHOM = "who"
"""The question for whom one asks; a card that is laid has answered it: for its holder."""


def begin(token: int) -> tuple[Fitting, FitQuestion]:
    """Put the first question."""
    return Fitting(token), FitQuestion(0)


def awaits_card(state: Kiosk) -> int | None:
    """Return the token of the visit that a card laid now would begin: at the elder home, while nothing lies over it and no card is left."""
    is_elder_home = state.view == Home() and state.display.elder and state.visit is None and state.overlay is None
    return state.visits + 1 if is_elder_home and bool(state.items) and card_left(state) is None else None


def on_elder_home(state: Kiosk, token: int, event: Event) -> Step | None:
    """A card at the elder home begins the errand, also one that cannot be read, so that it is said; None for everything else.

    A reader that fails by itself leaves the home as it is, for all else there needs no card.
    """
    match event:
        case CardFound(asked) if asked == token:
            return replace(state, visits=token, visit=Fitting(token), view=HolderCard(LayStage.READING)), ()
        case CardAnswered(asked, reading) if asked == token and reading.card is not None:
            begun = replace(state, visits=token, visit=Fitting(token), view=HolderCard(LayStage.READING))
            return on_fitting(begun, Fitting(token), event)
        case CardAnswered(asked, reading) if asked == token and reading.status is CardReadStatus.NO_CARD:
            return state, (ReadCard(token, READ_WITHIN_S),)
        case CardAnswered(asked) if asked == token:
            return state, (SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S),)
        case TimerFired(Timer.LOOK_AGAIN):
            return state, (ReadCard(token, READ_WITHIN_S),)
        case _:
            return None


def on_fitting(state: Kiosk, errand: Fitting, event: Event) -> Step:
    """One answer of several leads on by itself; several answers wait for the button, which also passes a question over."""
    match state.view, event:
        case HolderCard(stage), BackPressed() if stage is not LayStage.READING:
            return back_home(state)
        case HolderCard() as view, _:
            return on_holder(state, errand.token, view, event, lambda known, card: _with_card(known, errand, card))
        case FitQuestion(place), AnswerGiven(name, value) if name == questions()[place].name and isinstance(value, str):
            return _answered(state, errand, place, value)
        case FitQuestion(place), NextPressed():
            return show(state, _after(errand, place))
        case FitQuestion(place), BackPressed():
            return _before(state, errand, place)
        case FitList(), BackPressed():
            return _before(state, errand, len(questions()))
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
    return replace(state, visit=changed, view=state.view if question.many else _after(errand, place)), ()


def _toggled(question: Question, before: tuple[str, ...], value: str) -> tuple[str, ...]:
    """Return the choices after one more; none of these excludes all others."""
    if value == NONE:
        return (NONE,)
    on = set(before) ^ {value} if value in before else {*before, value} - {NONE}
    return tuple(option.value for option in question.options if option.value in on)


def _with_card(state: Kiosk, errand: Fitting, card: IdCard) -> Step:
    """Answer what the card answers, and put the first question that it leaves open."""
    band = band_of(age_on(card.birth_date.reveal(), state.now.date()))
    sex = _SEXES.get(card.sex)
    told = {"age": band, "sex": sex}
    answers = {name: (value,) for name, value in told.items() if value is not None}
    known = replace(errand, answers=MappingProxyType(answers), by_card=frozenset({_ABOUT_WHOM, *answers}))
    return replace(state, visit=known, view=_after(known, -1)), ()


def open_places(errand: Fitting) -> tuple[int, ...]:
    """Return the places of the questions that are put, in order: all but those that a card has answered."""
    return tuple(place for place, question in enumerate(questions()) if question.name not in errand.by_card)


def _after(errand: Fitting, place: int) -> FitQuestion | FitList:
    later = next((other for other in open_places(errand) if other > place), None)
    return FitList() if later is None else FitQuestion(later)


def _before(state: Kiosk, errand: Fitting, place: int) -> Step:
    earlier = [other for other in open_places(errand) if other < place]
    return show(state, FitQuestion(earlier[-1])) if earlier else back_home(state)
