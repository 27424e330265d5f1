"""A bill's account found by card: the card is laid, the provider says which accounts it has under that number, and one is chosen.

The card's number is held until the answer is there, and no longer: what goes on is the account alone, as if it had been typed.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk.flow.desk_errands import HolderCard, LayStage
from kiosk.flow.effects import Enquire
from kiosk.flow.errands import NO_ACCOUNT, AccountEntry, AccountList, AccountsStage, Paying, UtilityList
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import AccountChosen, NumberPreferred
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import CityTold
from kiosk.flow.holding import on_holder
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay
from peripherals.id_card_reader import IdCard
from peripherals.secret import Secret
from sync.contract.bills import ACCOUNTS, Accounts, AccountsQuestion, AccountsStatus
from sync.contract.question import Answered, NoLine, Outcome

WITHIN_S = 10.0
_STAGES = {
    AccountsStatus.KNOWN: AccountsStage.CHOOSE,
    AccountsStatus.NONE_KNOWN: AccountsStage.NONE_KNOWN,
    AccountsStatus.NOT_OFFERED: AccountsStage.NOT_OFFERED,
    AccountsStatus.PROVIDER_DOWN: AccountsStage.DOWN,
}
MAY_ASK_AGAIN = (AccountsStage.NO_LINE, AccountsStage.DOWN)

Look = Callable[[Kiosk, Paying], Step]
"""What follows once it is known which account."""


def on_card(state: Kiosk, errand: Paying, view: HolderCard, event: Event) -> Step:
    """The card is waited for; the account's number is the other way."""
    match event:
        case NumberPreferred() if view.stage is not LayStage.READING:
            return show(state, AccountEntry())
        case BackPressed() if view.stage is not LayStage.READING:
            return to_providers(state, errand)
        case _:
            return on_holder(state, errand.token, view, event, lambda known, card: _ask(known, _with_card(errand, card)))


def on_accounts(state: Kiosk, errand: Paying, view: AccountList, event: Event, look: Look) -> Step:
    """The provider is asked, then one is chosen; with a single account there is nothing to choose."""
    match event:
        case CityTold(token, ACCOUNTS.name, _, outcome) if token == errand.token and view.stage is AccountsStage.ASKING:
            return _on_answer(state, errand, outcome, look)
        case AccountChosen(place) if view.stage is AccountsStage.CHOOSE and 0 <= place < len(errand.held):
            return look(state, replace(errand, account=Secret(errand.held[place].account)))
        case NextPressed() if view.stage in MAY_ASK_AGAIN and errand.id_number is not None:
            return _ask(state, errand)
        case NextPressed() if view.stage in (AccountsStage.NONE_KNOWN, AccountsStage.NOT_OFFERED):
            return _by_number(state, errand)
        case NumberPreferred() if view.stage is AccountsStage.CHOOSE:
            return _by_number(state, errand)
        case BackPressed() if view.stage is not AccountsStage.ASKING:
            return to_providers(state, errand)
        case _:
            return stay(state)


def to_providers(state: Kiosk, errand: Paying) -> Step:
    """Choose another provider; of the last one nothing stays, but that a card was read."""
    return replace(state, visit=Paying(errand.token, by_card=errand.by_card), view=UtilityList()), ()


def before_bill(state: Kiosk, errand: Paying) -> Step:
    """Go back from what is owed. A single account was no choice: its card may still lie there, and would only lead back to it."""
    if len(errand.held) == 1:
        return to_providers(state, errand)
    cleared = replace(errand, bill=None, payment=None)
    return replace(state, visit=cleared, view=AccountList(AccountsStage.CHOOSE) if errand.held else AccountEntry()), ()


def _with_card(errand: Paying, card: IdCard) -> Paying:
    return replace(errand, by_card=True, id_number=card.id_number)


def _ask(state: Kiosk, errand: Paying) -> Step:
    if errand.id_number is None:
        return stay(state)
    question = AccountsQuestion(errand.utility, errand.id_number.reveal())
    asking = replace(errand, account=NO_ACCOUNT, held=(), more=False)
    return replace(state, visit=asking, view=AccountList(AccountsStage.ASKING)), (Enquire(errand.token, ACCOUNTS, question, WITHIN_S),)


def _on_answer(state: Kiosk, errand: Paying, outcome: Outcome[Accounts], look: Look) -> Step:
    match outcome:
        case Answered(Accounts(status, held, more)) if held or status is not AccountsStatus.KNOWN:
            known = replace(errand, held=held, more=more)
            stage = _STAGES[status]
        case NoLine():
            known, stage = errand, AccountsStage.NO_LINE
        case _:  # a city that does not know the question finds nothing by card
            known, stage = errand, AccountsStage.NOT_OFFERED
    if stage not in MAY_ASK_AGAIN:
        known = replace(known, id_number=None)
    if stage is AccountsStage.CHOOSE and len(known.held) == 1 and not known.more:
        return look(state, replace(known, account=Secret(known.held[0].account)))
    return replace(state, visit=known, view=AccountList(stage)), ()


def _by_number(state: Kiosk, errand: Paying) -> Step:
    cleared = replace(errand, account=NO_ACCOUNT, held=(), more=False, id_number=None)
    return replace(state, visit=cleared, view=AccountEntry()), ()
