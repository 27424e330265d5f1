"""Bills: which provider, which account, what is owed, and paying it. Paid is said only on the provider's word, brought by the city.

The account is typed here; `accounts` finds it by card.

While a code can be paid the page stays: it is watched until it is paid, or until the provider has confirmed that it cannot be paid any
more. Where neither can be known, that is what is said.
"""

from dataclasses import replace

from kiosk.flow import accounts, paid_again
from kiosk.flow.desk_errands import HolderCard
from kiosk.flow.effects import CancelTimer, Enquire, PrintProof, SetTimer
from kiosk.flow.errands import (
    NO_ACCOUNT,
    AccountEntry,
    AccountList,
    BillShown,
    BillStage,
    PayCode,
    Paying,
    PayStage,
    ProofPaper,
    UtilityList,
)
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, ReprintPressed
from kiosk.flow.events.choosing import ProofAgainWanted, UtilityChosen
from kiosk.flow.events.devices import SlipAnswered
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, Timer, TimerFired
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, go_home, show, stay
from peripherals.secret import Secret
from sync.contract.bills import (
    BILL,
    PAY,
    PAYMENT,
    Bill,
    BillQuestion,
    BillStatus,
    PaymentAnswer,
    PaymentId,
    PaymentQuestion,
    PaymentState,
    PayQuestion,
    Utility,
)
from sync.contract.paid_bills import code_of
from sync.contract.question import Answered, Outcome

WITHIN_S = 10.0
LOOK_EVERY_S = 3.0
_WATCHDOG = SetTimer(Timer.PAYMENT, WITHIN_S + 2)
"""Another question, such as a call for staff, may have taken the place of a look: then there is no answer, and it is looked again."""


def begin(token: int) -> tuple[Paying, UtilityList]:
    """Choose a provider."""
    return Paying(token), UtilityList()


def on_paying(state: Kiosk, errand: Paying, event: Event) -> Step:
    """What happens on each of its pages."""
    match state.view:
        case UtilityList():
            return _on_list(state, errand, event)
        case AccountEntry() as view:
            return _on_account(state, errand, view, event)
        case HolderCard() as view:
            return accounts.on_card(state, errand, view, event)
        case AccountList() as view:
            return accounts.on_accounts(state, errand, view, event, _ask)
        case BillShown() as view:
            return _on_bill(state, errand, view, event)
        case PayCode() as view:
            return _on_code(state, errand, view, event)
        case _:
            return stay(state)


def utility_of(state: Kiosk, errand: Paying) -> Utility | None:
    """Return the chosen provider."""
    return next((one for one in state.community.utilities if one.id == errand.utility), None)


def _on_list(state: Kiosk, errand: Paying, event: Event) -> Step:
    match event:
        case UtilityChosen(utility) if (one := utility_of(state, replace(errand, utility=utility))) is not None:
            return _at(state, Paying(errand.token, utility, by_card=errand.by_card), HolderCard() if one.by_card else AccountEntry())
        case ProofAgainWanted():
            again, view = paid_again.begin(state, errand.token)
            return replace(state, visit=replace(again, card_read=errand.by_card), view=view), ()
        case BackPressed():
            return back_home(state)
        case _:
            return stay(state)


def _on_account(state: Kiosk, errand: Paying, view: AccountEntry, event: Event) -> Step:
    utility = utility_of(state, errand)
    match event:
        case AnswerGiven("account", str(account)):
            return _at(state, replace(errand, account=Secret(account)), AccountEntry())
        case NextPressed() if utility is not None:
            account = errand.account.reveal()
            if not utility.digits_least <= len(account) <= utility.digits_most or not account.isdigit():
                return show(state, replace(view, asked=True))
            return _ask(state, errand)
        case BackPressed():
            may_lay = utility is not None and utility.by_card and not errand.by_card
            return _at(state, replace(errand, account=NO_ACCOUNT), HolderCard()) if may_lay else accounts.to_providers(state, errand)
        case _:
            return stay(state)


def _ask(state: Kiosk, errand: Paying) -> Step:
    question = BillQuestion(errand.utility, errand.account.reveal())
    asking = replace(errand, bill=None, payment=None)
    return replace(state, visit=asking, view=BillShown(BillStage.ASKING)), (Enquire(errand.token, BILL, question, WITHIN_S),)


def _on_bill(state: Kiosk, errand: Paying, view: BillShown, event: Event) -> Step:
    utility, bill = utility_of(state, errand), errand.bill
    match event:
        case CityTold(token, BILL.name, question_id, outcome) if token == errand.token and view.stage is BillStage.ASKING:
            if not isinstance(outcome, Answered):
                return show(state, BillShown(BillStage.NO_LINE))
            answer: Bill = outcome.answer
            return _at(state, replace(errand, bill=answer, payment=PaymentId(question_id)), BillShown(BillStage.ANSWERED))
        case NextPressed() if view.stage is BillStage.NO_LINE or (bill is not None and bill.status is BillStatus.PROVIDER_DOWN):
            return _ask(state, errand)
        case NextPressed() if bill is not None and errand.payment is not None and utility is not None and may_pay(utility, bill):
            question = PayQuestion(errand.payment, errand.utility, errand.account.reveal(), bill.bill, bill.amount_fen)
            return show(state, PayCode(PayStage.STARTING), Enquire(errand.token, PAY, question, WITHIN_S), _WATCHDOG)
        case BackPressed() if view.stage is not BillStage.ASKING:
            return accounts.before_bill(state, errand)
        case _:
            return stay(state)


def may_pay(utility: Utility, bill: Bill) -> bool:
    """Tell whether this bill can be paid here."""
    return utility.pays and bill.status is BillStatus.OWED and bill.amount_fen > 0


def _on_code(state: Kiosk, errand: Paying, view: PayCode, event: Event) -> Step:
    match event:
        case CityTold(token, PAY.name | PAYMENT.name, _, outcome) if token == errand.token and not is_over(view):
            return _on_word(state, errand, view, outcome)
        case TimerFired(Timer.PAYMENT) if view.stage is PayStage.WATCHING:
            return show(state, view, *_look(errand))
        case TimerFired(Timer.PAYMENT) if is_under_way(view):
            return _give_up(state, errand, view)
        case BackPressed() if view.stage is PayStage.WATCHING:
            return _give_up(state, errand, view)
        case SlipAnswered(token, printing) if token == errand.token and view.paper is ProofPaper.PRINTING:
            return show(state, replace(view, paper=ProofPaper.PRINTED if printing.printed else ProofPaper.NOT_PRINTED))
        case ReprintPressed() if view.stage is PayStage.PAID and view.paper is not ProofPaper.PRINTING:
            return _print(state, errand, view)
        case NextPressed() if view.stage is PayStage.UNSURE:
            return _give_up(state, errand, view)
        case NextPressed() | BackPressed() if is_over(view) and view.paper is not ProofPaper.PRINTING:
            return go_home(state)
        case _:
            return stay(state)


def is_over(view: PayCode) -> bool:
    """Tell whether the provider has said the last word."""
    return view.stage in (PayStage.PAID, PayStage.CLOSED, PayStage.ELSEWHERE, PayStage.CHANGED)


def is_under_way(view: PayCode) -> bool:
    """Tell whether money may be on its way: nothing leads home now."""
    return view.stage in (PayStage.STARTING, PayStage.WATCHING, PayStage.CLOSING)


def _on_word(state: Kiosk, errand: Paying, view: PayCode, outcome: Outcome[PaymentAnswer]) -> Step:
    if not isinstance(outcome, Answered):
        if view.stage is PayStage.WATCHING:  # the code is still on the glass and may be paid: look again
            return show(state, replace(view, blind=True), SetTimer(Timer.PAYMENT, LOOK_EVERY_S))
        return show(state, replace(view, stage=PayStage.UNSURE), CancelTimer(Timer.PAYMENT))
    answer = outcome.answer
    match answer.state:
        case PaymentState.PAID:
            paid = replace(view, stage=PayStage.PAID, number=answer.number, paid_at=answer.paid_at, blind=False)
            return _print(state, errand, paid)
        case PaymentState.CLOSED:
            return show(state, replace(view, stage=PayStage.CLOSED), CancelTimer(Timer.PAYMENT))
        case PaymentState.ELSEWHERE:
            return show(state, replace(view, stage=PayStage.ELSEWHERE), CancelTimer(Timer.PAYMENT))
        case PaymentState.CHANGED:
            return show(state, replace(view, stage=PayStage.CHANGED), CancelTimer(Timer.PAYMENT))
        case PaymentState.AWAITING if view.stage in (PayStage.STARTING, PayStage.WATCHING):
            watching = replace(view, stage=PayStage.WATCHING, code=answer.code or view.code, blind=False)
            return show(state, watching, SetTimer(Timer.PAYMENT, LOOK_EVERY_S))
        case PaymentState.STARTING if view.stage in (PayStage.STARTING, PayStage.WATCHING):
            return _give_up(state, errand, view)  # no code came: it is taken back
        case PaymentState.STARTING | PaymentState.AWAITING | PaymentState.CLOSING:
            return show(state, replace(view, stage=PayStage.UNSURE), CancelTimer(Timer.PAYMENT))


def _give_up(state: Kiosk, errand: Paying, view: PayCode) -> Step:
    return show(state, replace(view, stage=PayStage.CLOSING), *_look(errand, give_up=True))


def _print(state: Kiosk, errand: Paying, view: PayCode) -> Step:
    utility = utility_of(state, errand)
    if errand.bill is None or utility is None or errand.payment is None:
        return show(state, view, CancelTimer(Timer.PAYMENT))
    proof = PrintProof(
        errand.token, utility.name, errand.bill, view.number, view.paid_at, errand.account, state.display.language.value,
        code_of(errand.payment), again=state.now if view.paper is ProofPaper.PRINTED else None,
    )  # fmt: skip
    return show(state, replace(view, paper=ProofPaper.PRINTING), CancelTimer(Timer.PAYMENT), proof)


def _look(errand: Paying, *, give_up: bool = False) -> tuple[Enquire, SetTimer]:
    question = PaymentQuestion(errand.payment or PaymentId(""), give_up)
    return Enquire(errand.token, PAYMENT, question, WITHIN_S), _WATCHDOG


def _at(state: Kiosk, errand: Paying, view: UtilityList | HolderCard | AccountEntry | BillShown) -> Step:
    return replace(state, visit=errand, view=view), ()
