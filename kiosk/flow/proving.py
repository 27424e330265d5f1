"""A certificate at once: which, whose card, the city issues it, the page printer prints it. Printed is said when its job has ended well.

Its pages come with the city's answer and stay in memory until home is shown. What did not come out can be tried again, without asking
the city for another one, or fetched at the desk by its number.
"""

from dataclasses import replace

from kiosk.flow.desk_errands import Holder, HolderCard, LayStage, ProofList, ProofShown, ProofStage, Proving
from kiosk.flow.effects import Effect, Enquire, PrintPages
from kiosk.flow.events import Event
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.choosing import ProofChosen
from kiosk.flow.events.devices import PagesAnswered
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import CityTold
from kiosk.flow.holding import holder_of, on_holder
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, go_home, stay
from peripherals.document_printer import JobEnd, PrintedDocument
from peripherals.secret import Secret
from sync.contract.proofs import PROOF, PROOF_PRINTED, ProofAnswer, ProofId, ProofKind, ProofPrinted, ProofQuestion, ProofStatus
from sync.contract.question import Answered, NoLine, Outcome, QuestionId

WITHIN_S = 15.0
_NOTE_WITHIN_S = 5.0
_REFUSED = {
    ProofStatus.NOTHING_KNOWN: ProofStage.NOTHING_KNOWN,
    ProofStatus.NOT_OFFERED: ProofStage.NOT_OFFERED,
    ProofStatus.REVOKED: ProofStage.NOT_OFFERED,
}


def begin(token: int) -> tuple[Proving, ProofList]:
    """Choose which."""
    return Proving(token), ProofList()


def on_proving(state: Kiosk, errand: Proving, event: Event) -> Step:
    """What happens on each of its pages."""
    match state.view, event:
        case ProofList(), ProofChosen(code) if kind_of(state, code) is not None:
            return replace(state, visit=replace(errand, kind=code), view=HolderCard()), ()
        case ProofList(), BackPressed():
            return go_home(state)
        case HolderCard(stage), BackPressed() if stage is not LayStage.READING:
            return replace(state, visit=Proving(errand.token), view=ProofList()), ()
        case HolderCard() as view, _:
            return on_holder(state, errand.token, view, event, lambda known, card: _ask(known, errand, holder_of(card)))
        case ProofShown() as view, _:
            return _on_shown(state, errand, view, event)
        case _:
            return stay(state)


def kind_of(state: Kiosk, code: str) -> ProofKind | None:
    """Return the kind with this code, if it can be had here."""
    return next((one for one in state.community.proofs if one.code == code), None)


def is_under_way(view: ProofShown) -> bool:
    """Tell whether the city is being asked, or paper is on its way."""
    return view.stage in (ProofStage.ASKING, ProofStage.PRINTING)


def _ask(state: Kiosk, errand: Proving, holder: Holder) -> Step:
    asking = replace(errand, holder=holder)

    def question(proof: QuestionId) -> ProofQuestion:
        return ProofQuestion(ProofId(proof), errand.kind, holder.id_number.reveal(), holder.name.reveal())

    enquire = Enquire(errand.token, PROOF, question, WITHIN_S, None if errand.proof is None else QuestionId(errand.proof))
    return replace(state, visit=asking, view=ProofShown(ProofStage.ASKING)), (enquire,)


def _on_shown(state: Kiosk, errand: Proving, view: ProofShown, event: Event) -> Step:
    match event:
        case CityTold(token, PROOF.name, proof, outcome) if token == errand.token and view.stage is ProofStage.ASKING:
            return _on_answer(state, replace(errand, proof=ProofId(proof)), outcome)
        case PagesAnswered(token, printed) if token == errand.token and view.stage is ProofStage.PRINTING:
            return _on_printed(state, errand, printed)
        case ReprintPressed() if view.stage is ProofStage.NOT_PRINTED:
            return _print(state, errand)
        case NextPressed() if view.stage in (ProofStage.NO_LINE, ProofStage.DECLINED) and errand.holder is not None:
            return _ask(state, errand, errand.holder)
        case NextPressed() if not is_under_way(view):
            return go_home(state)
        case BackPressed() if view.stage is not ProofStage.PRINTED and not is_under_way(view):
            return replace(state, visit=Proving(errand.token), view=ProofList()), ()
        case _:
            return stay(state)


def _on_answer(state: Kiosk, errand: Proving, outcome: Outcome[ProofAnswer]) -> Step:
    match outcome:
        case Answered(ProofAnswer(status=ProofStatus.ISSUED) as answer) if answer.pdf:
            return _print(state, replace(errand, number=answer.number, pages=Secret(answer.pdf)))
        case Answered(ProofAnswer(status=status)):
            stage = _REFUSED.get(status, ProofStage.DECLINED)
        case NoLine():
            stage = ProofStage.NO_LINE
        case _:
            stage = ProofStage.DECLINED
    return replace(state, visit=errand, view=ProofShown(stage)), ()


def _print(state: Kiosk, errand: Proving) -> Step:
    if errand.pages is None:
        return stay(state)
    return replace(state, visit=errand, view=ProofShown(ProofStage.PRINTING)), (PrintPages(errand.token, errand.pages),)


def _on_printed(state: Kiosk, errand: Proving, printed: PrintedDocument) -> Step:
    is_out = printed.end is JobEnd.PRINTED
    note: tuple[Effect, ...] = ()
    if errand.proof is not None:
        note = (Enquire(errand.token, PROOF_PRINTED, ProofPrinted(errand.proof, is_out), _NOTE_WITHIN_S),)
    pages = None if is_out else errand.pages  # what lies in the tray is needed here no more
    stage = ProofStage.PRINTED if is_out else ProofStage.NOT_PRINTED
    return replace(state, visit=replace(errand, pages=pages), view=ProofShown(stage, printed.status, printed.end)), note
