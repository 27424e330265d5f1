"""What terminals are sent and told of bills, and the providers' callbacks."""

from city import here
from city.api.feeds import Supply, supplies
from city.api.partner import told_by_partner
from city.api.questions import answers
from city.fleet.models import Terminal
from city.refused import Refused
from city.utilities import paid as paid_bills
from city.utilities import payments
from city.utilities.models import PaymentRow
from city.utilities.provider import Notified
from city.utilities.register import provider_of, registered
from sync.contract.bills import (
    ACCOUNTS,
    BILL,
    PAY,
    PAYMENT,
    UTILITIES,
    Accounts,
    AccountsQuestion,
    Bill,
    BillQuestion,
    PaymentAnswer,
    PaymentQuestion,
    PayQuestion,
    Utilities,
)
from sync.contract.names import is_uuid
from sync.contract.paid_bills import PAID, PaidBills, PaidQuestion, is_proof_code
from sync.contract.problem import ProblemCode

_CALLBACK_MAX_BYTES = 16 * 1024
_NUMBER_LEAST, _NUMBER_MOST = 5, 20
"""Symbols of the number on a card, of whatever kind."""


@supplies(UTILITIES)
def utilities(_terminal: Terminal) -> Supply[Utilities]:
    """Return the providers of this city."""
    return Supply(Utilities(tuple(one.utility for one in registered(here.folder()))))


@answers(ACCOUNTS)
def accounts(_terminal: Terminal, question: AccountsQuestion) -> Accounts | Refused:
    """Tell which accounts a provider has under a card's number; the number is passed on and written nowhere."""
    number = _card_number(question.id_number)
    return payments.accounts_of(question.utility, number) if number else Refused(ProblemCode.MALFORMED, "not the number of a card")


@answers(BILL)
def bill(_terminal: Terminal, question: BillQuestion) -> Bill | Refused:
    """Tell what is owed."""
    if not question.account.isascii() or not question.account.isdigit() or len(question.account) > 30:
        return Refused(ProblemCode.MALFORMED, "an account has digits alone")
    return payments.bill_of(question.utility, question.account)


@answers(PAY)
def pay(terminal: Terminal, question: PayQuestion) -> PaymentAnswer | Refused:
    """Begin a payment; asked again it is the same one, so nothing has to be kept beside the payment itself."""
    if not is_uuid(question.payment) or not question.account.isdigit() or question.amount_fen <= 0:
        return Refused(ProblemCode.MALFORMED, "not a payment")
    return payments.pay(terminal, question)


@answers(PAYMENT)
def payment(terminal: Terminal, question: PaymentQuestion) -> PaymentAnswer | Refused:
    """Tell how a payment stands."""
    if not is_uuid(question.payment):
        return Refused(ProblemCode.MALFORMED, "not a payment")
    return payments.look(terminal, question.payment, give_up=question.give_up)


@answers(PAID)
def paid(_terminal: Terminal, question: PaidQuestion) -> PaidBills | Refused:
    """Find paid bills whose proof is to be printed again."""
    if (question.code is None) == (question.id_number is None):
        return Refused(ProblemCode.MALFORMED, "either a code or a card")
    if question.code is not None:
        is_code = is_proof_code(question.code)
        return paid_bills.by_code(question.code) if is_code else Refused(ProblemCode.MALFORMED, "not the code of a receipt")
    number = _card_number(question.id_number or "")
    return paid_bills.by_card(number) if number else Refused(ProblemCode.MALFORMED, "not the number of a card")


def _card_number(text: str) -> str:
    """Return the number as it is passed on; an empty one where it cannot be one."""
    number = text.strip()
    return number if number.isascii() and number.isalnum() and _NUMBER_LEAST <= len(number) <= _NUMBER_MOST else ""


def _secret_of(utility: str) -> bytes | None:
    provider = provider_of(here.folder(), utility)
    return None if provider is None else provider.secret


@told_by_partner(Notified, _CALLBACK_MAX_BYTES, _secret_of)
def callback(said: Notified, utility: str) -> Refused | None:
    """Take a provider's word that something was paid; what is not signed with its secret is nothing."""
    row = PaymentRow.objects.filter(payment_id=said.payment, utility=utility).first() if is_uuid(said.payment) else None
    if row is None:
        return Refused(ProblemCode.UNKNOWN, "no payment of this name")
    payments.learn(row, said.told, "callback")
    return None
