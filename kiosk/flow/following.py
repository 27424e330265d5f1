"""Following one's cases: found by the card or a slip's code, looked at one by one, completed where something is missing, rated at the end.

Nothing here is kept when home is shown again; what the city answers names nobody, and the card's number goes into one question.
"""

from dataclasses import replace

import msgspec

from kiosk.flow import taking_home
from kiosk.flow.effects import Enquire, PrintNotice, ReadCard, SetTimer, WatchPlate
from kiosk.flow.errands import CaseList, CaseShown, FindCases, FindStage, Following, NoticePaper, OnceOnly, RatingStage
from kiosk.flow.events import Event
from kiosk.flow.events.applying import Rated, ReprintPressed
from kiosk.flow.events.choosing import CaseOpened
from kiosk.flow.events.devices import CardAnswered, CardFound, CodeShown, SlipAnswered
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, Timer, TimerFired
from kiosk.flow.identify import LOOK_AGAIN_S, READ_WITHIN_S
from kiosk.flow.route import first_step
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, go_home, show, stay
from kiosk.flow.views import View
from kiosk.flow.visit import Visit
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.secret import Secret
from sync.contract.correction import part_of
from sync.contract.item import ItemPackage
from sync.contract.progress import PROGRESS, RATING, CaseProgress, CaseState, Progress, ProgressQuestion, RatingQuestion
from sync.contract.question import Answered, Declined, NoLine, Outcome
from sync.contract.words import Words

ANSWER_WITHIN_S = 8.0


def begin(token: int) -> tuple[Following, FindCases]:
    """Wait for a card or a code."""
    return Following(token), FindCases()


def on_following(state: Kiosk, errand: Following, event: Event) -> Step:
    """What happens on each of its pages."""
    view = state.view
    taken = taking_home.on_sheet(state, errand, view, event) if isinstance(view, CaseShown | OnceOnly) else None
    if taken is not None:
        return taken
    match view:
        case FindCases():
            return _on_find(state, errand, view, event)
        case CaseList():
            return _on_list(state, errand, event)
        case CaseShown():
            return _on_case(state, errand, view, event)
        case OnceOnly():
            return _on_notice(state, errand, view, event)
        case _:
            return stay(state)


# Finding


def _on_find(state: Kiosk, errand: Following, view: FindCases, event: Event) -> Step:
    listens = view.stage not in (FindStage.ASKING, FindStage.READING)
    match event:
        case CardFound(token) if token == errand.token and listens:
            return show(state, FindCases(FindStage.READING))
        case CardAnswered(token, reading) if token == errand.token and view.stage is not FindStage.ASKING:
            return _on_card(state, errand, view, reading)
        case CodeShown(token, None) if token == errand.token and listens:
            return show(state, FindCases(FindStage.NOT_OURS), SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S))
        case CodeShown(token, (number, application_id)) if token == errand.token and listens:
            return _ask(state, errand, ProgressQuestion(application_id=application_id, number=number))
        case TimerFired(Timer.LOOK_AGAIN) if view.stage in (FindStage.REFUSED, FindStage.NOT_OURS):
            return show(state, FindCases(FindStage.WAITING, view.status))
        case CityTold(token, PROGRESS.name, _, outcome) if token == errand.token and view.stage is FindStage.ASKING:
            return _on_answer(state, errand, outcome)
        case NextPressed() if view.stage in (FindStage.NO_LINE, FindStage.DECLINED) and errand.question is not None:
            return _ask(state, errand, errand.question.reveal())
        case BackPressed() if view.stage is not FindStage.READING:
            return back_home(state)
        case _:
            return stay(state)


def _on_card(state: Kiosk, errand: Following, view: FindCases, reading: CardReading) -> Step:
    if reading.status is CardReadStatus.NO_CARD:
        return show(state, FindCases(FindStage.WAITING, view.status), ReadCard(errand.token, READ_WITHIN_S))
    if reading.card is None:
        return show(state, FindCases(FindStage.REFUSED, reading.status), SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S))
    card = reading.card
    known = replace(errand, name=card.name)
    asked, effects = _ask(replace(state, card_on_plate=True), known, ProgressQuestion(id_number=card.id_number.reveal()))
    return asked, (*effects, WatchPlate())


def _ask(state: Kiosk, errand: Following, question: ProgressQuestion) -> Step:
    asking = replace(errand, question=Secret(question))
    enquire = Enquire(errand.token, PROGRESS, question, ANSWER_WITHIN_S)
    return replace(state, visit=asking, view=FindCases(FindStage.ASKING)), (enquire,)


def _on_answer(state: Kiosk, errand: Following, outcome: Outcome[Progress]) -> Step:
    match outcome:
        case Answered(Progress(cases)):
            found = replace(errand, cases=cases)
            only = cases[0] if len(cases) == 1 else None
            view: View = CaseList() if only is None else _opened(only)
            return replace(state, visit=found, view=view), ()
        case NoLine():
            return show(state, FindCases(FindStage.NO_LINE))
        case Declined() | Answered():
            return show(state, FindCases(FindStage.DECLINED))


# The list, and one case


def _on_list(state: Kiosk, errand: Following, event: Event) -> Step:
    match event:
        case CaseOpened(application_id) if (case := errand.case(application_id)) is not None:
            return show(state, _opened(case))
        case NextPressed() if (first := to_correct(errand)) is not None:
            return show(state, OnceOnly(first.application_id))
        case BackPressed():
            return back_home(state)
        case _:
            return stay(state)


def to_correct(errand: Following) -> CaseProgress | None:
    """Return the first case of which something is missing."""
    return next((case for case in errand.cases if case.state is CaseState.TO_CORRECT), None)


def _opened(case: CaseProgress) -> OnceOnly | CaseShown:
    return OnceOnly(case.application_id) if case.state is CaseState.TO_CORRECT else CaseShown(case.application_id)


def _on_case(state: Kiosk, errand: Following, view: CaseShown, event: Event) -> Step:
    case = errand.case(view.case)
    match event:
        case Rated(level) if case is not None and case.may_be_rated and 1 <= level <= 5 and _may_rate(view):
            asked = RatingQuestion(case.application_id, case.number, level)
            return show(
                state, replace(view, level=level, rating=RatingStage.SENDING), Enquire(errand.token, RATING, asked, ANSWER_WITHIN_S)
            )
        case CityTold(token, RATING.name, _, outcome) if token == errand.token and view.rating is RatingStage.SENDING:
            return show(state, replace(view, rating=RatingStage.KEPT if isinstance(outcome, Answered) else RatingStage.NOT_KEPT))
        case BackPressed() | NextPressed() if view.rating is not RatingStage.SENDING:
            return _to_list(state, _rated(errand, view))
        case _:
            return stay(state)


def _may_rate(view: CaseShown) -> bool:
    return view.rating in (None, RatingStage.NOT_KEPT)


def _rated(errand: Following, view: CaseShown) -> Following:
    """What was rated here is not asked for again."""
    if view.rating is not RatingStage.KEPT:
        return errand
    return replace(errand, cases=tuple(_done_with(case) if case.application_id == view.case else case for case in errand.cases))


def _done_with(case: CaseProgress) -> CaseProgress:
    return msgspec.structs.replace(case, may_be_rated=False)


def _to_list(state: Kiosk, errand: Following) -> Step:
    if len(errand.cases) == 1:
        return go_home(state)  # there was no list
    return replace(state, visit=errand, view=CaseList()), ()


# What is missing


def _on_notice(state: Kiosk, errand: Following, view: OnceOnly, event: Event) -> Step:
    case = errand.case(view.case)
    match event:
        case NextPressed() if case is not None and view.paper is not NoticePaper.PRINTING:
            return _bring(state, errand, view, case)
        case ReprintPressed() if case is not None and view.paper is not NoticePaper.PRINTING:
            printing = PrintNotice(errand.token, case, errand.name, state.display.language.value, state.now)
            return show(state, replace(view, paper=NoticePaper.PRINTING), printing)
        case SlipAnswered(token, printing) if token == errand.token and view.paper is NoticePaper.PRINTING:
            return show(state, replace(view, paper=NoticePaper.PRINTED if printing.printed else NoticePaper.NOT_PRINTED))
        case BackPressed() if view.paper is not NoticePaper.PRINTING:
            return _to_list(state, errand)
        case _:
            return stay(state)


def _bring(state: Kiosk, errand: Following, view: OnceOnly, case: CaseProgress) -> Step:
    """Begin an application that holds what is missing and nothing else."""
    part = correction(state.item(case.item), case)
    if part is None:
        return show(state, replace(view, elsewhere=True))
    visit = Visit(errand.token, part, agreed_at=state.now, completes=case)
    return replace(state, visit=visit, view=first_step(state, visit)), ()


def correction(item: ItemPackage | None, case: CaseProgress) -> ItemPackage | None:
    """Return the part of the item that is missing; None where this terminal's item does not have all of it."""
    if item is None or not case.missing:
        return None
    fields = {one.field for one in case.missing if one.field is not None}
    materials = {one.material for one in case.missing if one.material is not None}
    part = part_of(item, fields, materials)
    asked = {field.name for page in part.pages for field in page.fields} | {material.id for material in part.materials}
    if not asked or any((one.field or one.material or "") not in asked for one in case.missing):
        return None
    return msgspec.structs.replace(part, name=_said_of(case.item_name))


def _said_of(name: Words) -> Words:
    return Words(f"{name.zh}（补正）", f"{name.en} (correction)" if name.en else None, f"{name.ko} (보완)" if name.ko else None)


def back_to_notice(visit: Visit, case: CaseProgress) -> tuple[Following, OnceOnly]:
    """Return to what is missing from the first page of a correction."""
    return Following(visit.token, cases=(case,)), OnceOnly(case.application_id)
