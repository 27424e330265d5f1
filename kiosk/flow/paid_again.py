"""The proof of a paid bill once more: by the code of its receipt, shown or typed, or by the card under which the provider has the account.

Nothing of it is held when home is shown again. What was not paid, or is not known to be, has no proof, and that is what is said.
"""

from dataclasses import replace

from kiosk.flow.effects import Enquire, PrintProof, ReadCard, SetTimer, WatchPlate
from kiosk.flow.errands import FindPaid, FindStage, PaidAgain, PaidCodeEntry, PaidList, PaidMissing, PaidShown, ProofPaper
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, ReprintPressed
from kiosk.flow.events.choosing import NumberPreferred, PaidChosen
from kiosk.flow.events.devices import CardAnswered, CardFound, CodeShown, SlipAnswered
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, Timer, TimerFired
from kiosk.flow.identify import LOOK_AGAIN_S, READ_WITHIN_S
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, go_home, show, stay
from kiosk.flow.views import View
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.secret import Secret
from sync.contract.bills import Bill, BillStatus
from sync.contract.paid_bills import PAID, PaidBill, PaidBills, PaidQuestion, PaidStatus, ProofCode, is_proof_code
from sync.contract.question import Answered, NoLine, Outcome

WITHIN_S = 12.0
"""By card the city asks every provider, each for a few seconds, at the same time."""

_LISTENS = (FindStage.WAITING, FindStage.REFUSED, FindStage.NOT_OURS, FindStage.NO_LINE, FindStage.DECLINED)


def begin(state: Kiosk, token: int) -> tuple[PaidAgain, FindPaid | PaidCodeEntry]:
    """Wait for a card or a code; where there is neither way, the code is typed."""
    by_card = any(one.by_card for one in state.community.utilities)
    errand = PaidAgain(token, by_card)
    return errand, FindPaid(by_card=by_card) if by_card or state.place.scans else PaidCodeEntry()


def on_paid_again(state: Kiosk, errand: PaidAgain, event: Event) -> Step:
    """What happens on each of its pages."""
    match state.view:
        case FindPaid() as view:
            return _on_find(state, errand, view, event)
        case PaidCodeEntry() as view:
            return _on_code(state, errand, view, event)
        case PaidMissing():
            return _on_missing(state, errand, event)
        case PaidList():
            return _on_list(state, errand, event)
        case PaidShown() as view:
            return _on_shown(state, errand, view, event)
        case _:
            return stay(state)


# Finding


def _on_find(state: Kiosk, errand: PaidAgain, view: FindPaid, event: Event) -> Step:
    listens = view.stage in _LISTENS
    match event:
        case CardFound(token) if token == errand.token and listens and errand.by_card:
            return show(state, replace(view, stage=FindStage.READING))
        case CardAnswered(token, reading) if token == errand.token and view.stage is not FindStage.ASKING and errand.by_card:
            return _on_card(state, errand, view, reading)
        case CodeShown(token, bill=None) if token == errand.token and listens:
            return show(state, replace(view, stage=FindStage.NOT_OURS), SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S))
        case CodeShown(token, bill=str(code)) if token == errand.token and listens:
            return _ask(state, errand, PaidQuestion(code=ProofCode(code)))
        case TimerFired(Timer.LOOK_AGAIN) if view.stage in (FindStage.REFUSED, FindStage.NOT_OURS):
            return show(state, replace(view, stage=FindStage.WAITING))
        case CityTold(token, PAID.name, _, outcome) if token == errand.token and view.stage is FindStage.ASKING:
            return _on_answer(state, errand, outcome)
        case NextPressed() if view.stage in (FindStage.NO_LINE, FindStage.DECLINED) and errand.question is not None:
            return _ask(state, errand, errand.question.reveal())
        case NumberPreferred() if listens:
            return _show(state, replace(errand, question=None), PaidCodeEntry())
        case BackPressed() if listens:
            return back_home(state)
        case _:
            return stay(state)


def _on_card(state: Kiosk, errand: PaidAgain, view: FindPaid, reading: CardReading) -> Step:
    if reading.status is CardReadStatus.NO_CARD:
        return show(state, replace(view, stage=FindStage.WAITING), ReadCard(errand.token, READ_WITHIN_S))
    if reading.card is None:
        refused = replace(view, stage=FindStage.REFUSED, status=reading.status)
        return show(state, refused, SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S))
    question = PaidQuestion(id_number=reading.card.id_number.reveal())
    asked, effects = _ask(replace(state, card_on_plate=True), replace(errand, card_read=True), question)
    return asked, (*effects, WatchPlate())


def _on_code(state: Kiosk, errand: PaidAgain, view: PaidCodeEntry, event: Event) -> Step:
    match event:
        case AnswerGiven("code", str(typed)):
            return _show(state, replace(errand, typed=Secret(typed)), PaidCodeEntry())
        case NextPressed() if is_proof_code(typed := errand.typed.reveal()):
            return _ask(state, errand, PaidQuestion(code=ProofCode(typed)))
        case NextPressed():
            return show(state, replace(view, asked=True))
        case BackPressed():
            return _anew(state, errand)
        case _:
            return stay(state)


def _ask(state: Kiosk, errand: PaidAgain, question: PaidQuestion) -> Step:
    asking = replace(errand, question=Secret(question), bills=(), is_partial=False)
    view = FindPaid(FindStage.ASKING, by_card=errand.by_card)
    return replace(state, visit=asking, view=view), (Enquire(errand.token, PAID, question, WITHIN_S),)


def _on_answer(state: Kiosk, errand: PaidAgain, outcome: Outcome[PaidBills]) -> Step:
    match outcome:
        case Answered(PaidBills(PaidStatus.FOUND, bills) as found) if bills:
            only = len(bills) == 1 and not found.is_partial
            known = replace(errand, bills=bills, is_partial=found.is_partial, question=None)
            return _show(state, known, PaidShown(0) if only else PaidList())
        case Answered(PaidBills(status) as answer) if status is not PaidStatus.FOUND:
            was_card = errand.question is not None and errand.question.reveal().id_number is not None
            return _show(state, errand, PaidMissing(status, was_card, answer.paid_on, answer.days))
        case NoLine():
            return show(state, FindPaid(FindStage.NO_LINE, by_card=errand.by_card))
        case _:
            return show(state, FindPaid(FindStage.DECLINED, by_card=errand.by_card))


def may_ask_again(view: PaidMissing) -> bool:
    """Tell whether a later answer may be another."""
    return view.status in (PaidStatus.UNSURE, PaidStatus.PROVIDER_DOWN)


def _on_missing(state: Kiosk, errand: PaidAgain, event: Event) -> Step:
    view = state.view
    match event:
        case NextPressed() if isinstance(view, PaidMissing) and may_ask_again(view) and errand.question is not None:
            return _ask(state, errand, errand.question.reveal())
        case NumberPreferred():
            return _show(state, replace(errand, question=None), PaidCodeEntry())
        case NextPressed() | BackPressed():
            return back_home(state)
        case _:
            return stay(state)


def _anew(state: Kiosk, errand: PaidAgain) -> Step:
    """Go back to where a card or a code is waited for; not where a card that was read may still lie and would be read again."""
    if errand.card_read or not (errand.by_card or state.place.scans):
        return back_home(state)
    return _show(state, PaidAgain(errand.token, errand.by_card), FindPaid(by_card=errand.by_card))


# Printing


def _on_list(state: Kiosk, errand: PaidAgain, event: Event) -> Step:
    match event:
        case PaidChosen(place) if 0 <= place < len(errand.bills):
            return show(state, PaidShown(place))
        case BackPressed():
            return back_home(state)
        case _:
            return stay(state)


def _on_shown(state: Kiosk, errand: PaidAgain, view: PaidShown, event: Event) -> Step:
    match event:
        case SlipAnswered(token, printing) if token == errand.token and view.paper is ProofPaper.PRINTING:
            return show(state, replace(view, paper=ProofPaper.PRINTED if printing.printed else ProofPaper.NOT_PRINTED))
        case NextPressed() if view.paper is None:
            return _print(state, errand, view)
        case ReprintPressed() if view.paper in (ProofPaper.PRINTED, ProofPaper.NOT_PRINTED):
            return _print(state, errand, view)
        case NextPressed() if view.paper is not ProofPaper.PRINTING:
            return go_home(state)
        case BackPressed() if view.paper is not ProofPaper.PRINTING and len(errand.bills) > 1:
            return show(state, PaidList())
        case BackPressed() if view.paper is not ProofPaper.PRINTING:
            return back_home(state)
        case _:
            return stay(state)


def _print(state: Kiosk, errand: PaidAgain, view: PaidShown) -> Step:
    return show(state, replace(view, paper=ProofPaper.PRINTING), _order(state, errand, errand.bills[view.place]))


def _order(state: Kiosk, errand: PaidAgain, paid: PaidBill) -> PrintProof:
    bill = Bill(BillStatus.NOTHING_OWED, amount_fen=paid.amount_fen, period=paid.period)
    return PrintProof(
        errand.token, paid.provider, bill, paid.number, paid.paid_at, Secret(paid.account_end), state.display.language.value,
        paid.code, again=state.now,
    )  # fmt: skip


def _show(state: Kiosk, errand: PaidAgain, view: View) -> Step:
    return replace(state, visit=errand, view=view), ()
