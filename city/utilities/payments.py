"""Payments: recorded first, then opened at the provider, then whatever the provider says, and nothing else."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction

from city import here
from city.fleet.models import Terminal
from city.utilities.machine import Word, after, given_up, holds_bill
from city.utilities.models import PaymentLine, PaymentRow
from city.utilities.provider import Provider, Settled, Told
from city.utilities.register import provider_of, registered
from sync.contract.bills import (
    ACCOUNTS_MOST,
    Accounts,
    AccountsStatus,
    Bill,
    BillStatus,
    HeldAccount,
    PaymentAnswer,
    PaymentId,
    PaymentState,
    PayQuestion,
    Utility,
)
from sync.contract.paid_bills import code_of

NOTIFY_PATH = "/v1/utilities/{utility}/paid"


def accounts_of(utility: str, id_number: str) -> Accounts:
    """Ask a provider that finds accounts by card which it has under this number. What has not the form of its accounts is left out."""
    one = next((known.utility for known in registered(here.folder()) if known.utility.id == utility), None)
    if one is None or not one.by_card:
        return Accounts(AccountsStatus.NOT_OFFERED)
    provider = provider_of(here.folder(), utility)
    held = provider.accounts(id_number) if provider is not None else None
    if held is None:
        return Accounts(AccountsStatus.PROVIDER_DOWN)
    good = {item.account: HeldAccount(item.account, item.place[:40]) for item in held if may_be_account(one, item.account)}
    if not good:
        return Accounts(AccountsStatus.NONE_KNOWN)
    return Accounts(AccountsStatus.KNOWN, tuple(good.values())[:ACCOUNTS_MOST], more=len(good) > ACCOUNTS_MOST)


def may_be_account(utility: Utility, account: str) -> bool:
    """Tell whether this has the form of the provider's accounts, so that a terminal can go on with it."""
    return account.isascii() and account.isdigit() and utility.digits_least <= len(account) <= utility.digits_most


def bill_of(utility: str, account: str) -> Bill:
    """Ask a provider what is owed."""
    provider = provider_of(here.folder(), utility)
    owed = provider.query(account) if provider is not None else None
    if owed is None:
        return Bill(BillStatus.PROVIDER_DOWN)
    if not owed.found:
        return Bill(BillStatus.NO_ACCOUNT)
    status = BillStatus.OWED if owed.amount_fen > 0 else BillStatus.NOTHING_OWED
    return Bill(status, owed.holder[:40], owed.bill[:64], owed.amount_fen, owed.period[:40], owed.due_on)


def pay(terminal: Terminal, question: PayQuestion) -> PaymentAnswer:
    """Begin a payment, or go on with it: the same id is the same payment, and a bill has at most one that is not closed."""
    row = PaymentRow.objects.filter(payment_id=question.payment).first()
    if row is None:
        bill = bill_of(question.utility, question.account)
        if bill.status is not BillStatus.OWED or (bill.bill, bill.amount_fen) != (question.bill, question.amount_fen):
            return PaymentAnswer(PaymentState.CHANGED)
        try:
            with transaction.atomic():
                row = PaymentRow.objects.create(
                    payment_id=question.payment, terminal=terminal, utility=question.utility, bill=question.bill,
                    account_end=question.account[-4:], amount_fen=question.amount_fen, began_at=here.now(),
                    proof=code_of(question.payment), account=account_digest(question.utility, question.account),
                    provider=_name_of(question.utility)[:60], period=bill.period,
                )  # fmt: skip
        except IntegrityError:  # another payment holds the bill, or the same question came twice at one moment
            row = PaymentRow.objects.filter(payment_id=question.payment).first()
    if row is None or row.terminal_id != terminal.pk:
        return PaymentAnswer(PaymentState.ELSEWHERE)
    if row.state == PaymentState.STARTING:
        provider = provider_of(here.folder(), row.utility)
        notify = NOTIFY_PATH.format(utility=row.utility)
        told = provider.open(str(row.payment_id), question.account, row.bill, row.amount_fen, notify) if provider else None
        row = learn(row, told, "answer")
    return answer_of(row)


def look(terminal: Terminal, payment: str, *, give_up: bool) -> PaymentAnswer:
    """Ask the provider how a payment stands, after having it closed where somebody gives it up."""
    row = PaymentRow.objects.filter(payment_id=payment, terminal=terminal).first()
    if row is None:
        return PaymentAnswer(PaymentState.CLOSED)  # it never began here, and its id is not used again
    if give_up and row.state not in (PaymentState.PAID, PaymentState.CLOSED):
        with transaction.atomic():
            row = PaymentRow.objects.select_for_update().get(pk=row.pk)
            row.state = given_up(PaymentState(row.state))
            row.save(update_fields=["state"])
        provider = provider_of(here.folder(), row.utility)
        return answer_of(learn(row, provider.close(str(row.payment_id)) if provider else None, "answer"))
    return answer_of(look_at(row))


def look_at(row: PaymentRow) -> PaymentRow:
    """Ask the provider about a payment of which it has not said the last word."""
    if row.state in (PaymentState.PAID, PaymentState.CLOSED):
        return row
    provider = provider_of(here.folder(), row.utility)
    return learn(row, provider.ask(str(row.payment_id)) if provider else None, "answer")


def account_digest(utility: str, account: str) -> str:
    """Return the digest under which an account's payments are found again without keeping its number."""
    return hmac.digest(here.keys().people, f"bill account\0{utility}\0{account}".encode(), "sha256").hex()


def _name_of(utility: str) -> str:
    return next((one.utility.name.zh for one in registered(here.folder()) if one.utility.id == utility), "")


def learn(row: PaymentRow, told: Told | None, source: str) -> PaymentRow:
    """Take over the provider's word."""
    word = Word.NOTHING if told is None else told.state
    with transaction.atomic():
        locked = PaymentRow.objects.select_for_update().get(pk=row.pk)
        state = after(PaymentState(locked.state), word)
        is_new = state != locked.state
        locked.state = state
        if told is not None and state is PaymentState.PAID and is_new:
            locked.number, locked.paid_at = told.number[:64], told.paid_at or here.now()
        if told is not None and told.code and not locked.code:
            locked.code = told.code[:512]
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError:  # paid after it was closed, while another payment holds the bill: a person has to pay it back
            locked.state = row.state
        if is_new or word is Word.PAID:
            PaymentLine(payment=locked, word=word, source=source, state=locked.state).save()
    return locked


def answer_of(row: PaymentRow) -> PaymentAnswer:
    """Return how a payment stands, as a terminal is told."""
    state = PaymentState(row.state)
    return PaymentAnswer(state, row.code if state is PaymentState.AWAITING else "", row.number, row.paid_at)


# Reconciliation


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree between a day's settlement and what is known here."""

    utility: str
    payment: str
    what: str
    amount_fen: int

    @property
    def code(self) -> str:
        """What a resident has noted of the payment, or reads on the receipt."""
        return code_of(PaymentId(self.payment)) if self.payment else ""


def reconcile(day: date) -> Iterator[Difference]:
    """Compare each provider's settlement of a day with the payments, take over what is paid, and yield what does not agree."""
    for one in registered(here.folder()):
        provider = provider_of(here.folder(), one.utility.id)
        settled = provider.settlement(day) if provider else None
        if settled is None:
            yield Difference(one.utility.id, "", "no_settlement", 0)
            continue
        yield from _compare(one.utility.id, provider, settled, day)


def _compare(utility: str, provider: Provider | None, settled: tuple[Settled, ...], day: date) -> Iterator[Difference]:
    begin = datetime.combine(day, time.min, here.CITY_TIME)
    said = {one.payment: one for one in settled}
    known = {str(row.payment_id): row for row in PaymentRow.objects.filter(payment_id__in=[one for one in said if len(one) == 36])}
    for payment, one in said.items():
        row = known.get(payment)
        if row is None or row.utility != utility:
            yield Difference(utility, payment, "unknown_here", one.amount_fen)
        elif row.amount_fen != one.amount_fen:
            yield Difference(utility, payment, "other_amount", one.amount_fen)
        elif row.state != PaymentState.PAID:
            was_closed = not holds_bill(PaymentState(row.state))
            learn(row, Told(Word.PAID, number=one.number, paid_at=one.paid_at), "settlement")
            yield Difference(utility, payment, "paid_after_closing" if was_closed else "paid_unnoticed", one.amount_fen)
    ours = PaymentRow.objects.filter(utility=utility, began_at__gte=begin, began_at__lt=begin + timedelta(days=1))
    for row in ours.exclude(state=PaymentState.CLOSED):
        if row.state == PaymentState.PAID and str(row.payment_id) not in said and here.day_of(row.paid_at or row.began_at) == day:
            yield Difference(utility, str(row.payment_id), "not_settled", row.amount_fen)
        elif row.state in (PaymentState.STARTING, PaymentState.AWAITING, PaymentState.CLOSING) and provider is not None:
            still = learn(row, provider.close(str(row.payment_id)), "settlement")
            if still.state not in (PaymentState.CLOSED, PaymentState.PAID):
                yield Difference(utility, str(row.payment_id), "still_open", row.amount_fen)
