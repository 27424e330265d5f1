"""Taking the paper of a case home: the city's own on A4 where there is a page printer, and a slip where it does not come."""

from dataclasses import replace

from kiosk.flow.case_sheets import CaseSheet, SheetStage, paper_of
from kiosk.flow.effects import Effect, Enquire, PrintOutcome, PrintPages
from kiosk.flow.errands import CaseShown, Following, OnceOnly
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import CasePaperWanted
from kiosk.flow.events.devices import PagesAnswered, SlipAnswered
from kiosk.flow.events.terminal import CityTold
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay
from peripherals.document_printer import JobEnd
from peripherals.secret import Secret
from sync.contract.progress import CaseProgress
from sync.contract.proofs import CASE_PAPER, CasePaperAnswer, CasePaperQuestion
from sync.contract.question import Answered, Outcome

WITHIN_S = 15.0


def on_sheet(state: Kiosk, errand: Following, view: CaseShown | OnceOnly, event: Event) -> Step | None:
    """What concerns the paper; None for everything else. While it is on its way nothing else happens on the page."""
    case, sheet = errand.case(view.case), view.sheet
    if case is None:
        return None
    match event:
        case CasePaperWanted(on_slip) if sheet is None or not sheet.is_under_way:
            return _begin(state, errand, view, case, on_slip=on_slip)
        case CityTold(token, CASE_PAPER.name, _, outcome) if token == errand.token and sheet == CaseSheet(SheetStage.ASKING):
            return _on_answer(state, errand, view, outcome)
        case PagesAnswered(token, printed) if token == errand.token and sheet == CaseSheet(SheetStage.PRINTING):
            stage = SheetStage.PRINTED if printed.end is JobEnd.PRINTED else SheetStage.NOT_PRINTED
            return _at(state, view, CaseSheet(stage, printed.status, printed.end))
        case SlipAnswered(token, printing) if token == errand.token and sheet == CaseSheet(SheetStage.SLIP_PRINTING):
            return _at(state, view, CaseSheet(SheetStage.SLIP_PRINTED if printing.printed else SheetStage.SLIP_NOT_PRINTED))
        case _:
            return stay(state) if sheet is not None and sheet.is_under_way else None


def _begin(state: Kiosk, errand: Following, view: CaseShown | OnceOnly, case: CaseProgress, *, on_slip: bool) -> Step | None:
    paper = paper_of(case)
    if paper is None:
        return None
    if state.place.pages and not on_slip:
        question = CasePaperQuestion(case.application_id, case.number, paper)
        return _at(state, view, CaseSheet(SheetStage.ASKING), Enquire(errand.token, CASE_PAPER, question, WITHIN_S))
    if isinstance(view, OnceOnly):
        return None  # what is missing has a slip of its own
    order = PrintOutcome(errand.token, case, errand.name, state.display.language.value, state.now)
    return _at(state, view, CaseSheet(SheetStage.SLIP_PRINTING), order)


def _on_answer(state: Kiosk, errand: Following, view: CaseShown | OnceOnly, outcome: Outcome[CasePaperAnswer]) -> Step:
    match outcome:
        case Answered(CasePaperAnswer(pdf)) if pdf:
            return _at(state, view, CaseSheet(SheetStage.PRINTING), PrintPages(errand.token, Secret(pdf)))
        case _:
            return _at(state, view, CaseSheet(SheetStage.NOT_TOLD))


def _at(state: Kiosk, view: CaseShown | OnceOnly, sheet: CaseSheet, *effects: Effect) -> Step:
    return show(state, replace(view, sheet=sheet), *effects)
