"""Proofs of paid bills once more: found by the code on the receipt, or under the accounts that the providers have for a card.

Of an account the rows have the last four figures and a keyed digest (HMAC-SHA256), by which it is found and from which it is not read.
Whose card paid a bill is known nowhere: by card, the holder of an account has the proofs of that account.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from city import here
from city.utilities.models import PaymentRow
from city.utilities.payments import account_digest, look_at, may_be_account
from city.utilities.provider import Provider
from city.utilities.register import provider_of, registered
from sync.contract.bills import PaymentId, PaymentState, Utility
from sync.contract.paid_bills import PAID_MOST, PaidBill, PaidBills, PaidStatus, ProofCode, code_of
from sync.contract.words import Words

GIVEN_OUT_FOR = timedelta(days=366)
"""A sample: how long a proof is printed again is for the town and its providers to say."""

_AT_ONCE = 8


def by_code(code: ProofCode) -> PaidBills:
    """Find the payment of a receipt. While the provider has not said the last word it is asked, as the terminal that began would."""
    row = PaymentRow.objects.filter(proof=code).first()
    if row is None:
        return PaidBills(PaidStatus.NOT_FOUND)
    row = look_at(row)
    if row.state == PaymentState.CLOSED:
        return PaidBills(PaidStatus.NOT_PAID)
    if row.state != PaymentState.PAID:
        return PaidBills(PaidStatus.UNSURE)
    return _given_out([row], is_partial=False)


def by_card(id_number: str) -> PaidBills:
    """Find what was paid for the accounts under a card, at every provider that finds accounts by card; they are asked at the same time."""
    asked = [
        (one.utility, provider)
        for one in registered(here.folder())
        if one.utility.by_card and (provider := provider_of(here.folder(), one.utility.id)) is not None
    ]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as side_by_side:
        told = list(side_by_side.map(lambda pair: _accounts(pair[0], pair[1], id_number), asked))
    is_partial = any(accounts is None for accounts in told)
    digests = [account_digest(utility, account) for known in told if known is not None for utility, account in known]
    rows = list(PaymentRow.objects.filter(state=PaymentState.PAID, account__in=digests).order_by("-paid_at")) if digests else []
    if not rows:
        return PaidBills(PaidStatus.PROVIDER_DOWN if is_partial else PaidStatus.NOT_FOUND)
    return _given_out(rows, is_partial=is_partial)


def _accounts(utility: Utility, provider: Provider, id_number: str) -> list[tuple[str, str]] | None:
    held = provider.accounts(id_number)
    return None if held is None else [(utility.id, one.account) for one in held if may_be_account(utility, one.account)]


def _given_out(rows: list[PaymentRow], *, is_partial: bool) -> PaidBills:
    """Return those that are not too old; when all are, the day of the newest."""
    days = GIVEN_OUT_FOR.days
    since = here.now() - GIVEN_OUT_FOR
    names = {one.utility.id: one.utility.name for one in registered(here.folder())}
    bills = tuple(_told(row, names) for row in rows if _paid_at(row) >= since)
    if not bills:
        return PaidBills(PaidStatus.TOO_OLD, paid_on=here.day_of(_paid_at(rows[0])), days=days, is_partial=is_partial)
    return PaidBills(PaidStatus.FOUND, bills[:PAID_MOST], is_partial, days=days)


def _paid_at(row: PaymentRow) -> datetime:
    return row.paid_at or row.began_at


def _told(row: PaymentRow, names: dict[str, Words]) -> PaidBill:
    return PaidBill(
        code=code_of(PaymentId(str(row.payment_id))),
        utility=row.utility,
        provider=names.get(row.utility) or Words(row.provider or row.utility),  # as it was called then, where it is here no more
        account_end=row.account_end,
        amount_fen=row.amount_fen,
        number=row.number,
        paid_at=_paid_at(row),
        period=row.period,
    )
