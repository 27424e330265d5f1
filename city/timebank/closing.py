"""Closing a member's account: what is left passes to the community or to a member whom its holder names; a debt the community takes on.

The books stay whole: an entry brings the account to nothing, and from then on no entry touches it. The lines stay, and so does the
statement. Whoever opened an account does not close it.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from city import here
from city.staff.doors import within_reach
from city.staff.models import Clerk
from city.staff.roles import Right
from city.timebank.ledger import WORDS_LEAST, Refusal, are_open, balance_of, member_of, pool_of
from city.timebank.limits import limits_of
from city.timebank.models import Account, AccountKind, Entry, EntryKind, Helped, Word


def close(account: Account, clerk: Clerk, words: str, heir_number: str = "") -> Refusal | None:
    """Close an account; `heir_number` names the member to whom the hours go, and nobody means the community."""
    words = words.strip()[:200]
    is_within = Account.objects.filter(within_reach(clerk, Right.DIRECT_TIME_BANK), pk=account.pk, kind=AccountKind.MEMBER).exists()
    if not is_within:
        return Refusal.NOT_YOURS
    if account.opened_by_id == clerk.pk:
        return Refusal.OPENED_BY_YOU
    if len(words) < WORDS_LEAST:
        return Refusal.NO_WORDS
    heir = member_of(account.area, heir_number) if heir_number else pool_of(account.area)
    if heir is None or heir.pk == account.pk:
        return Refusal.NO_MEMBER
    with transaction.atomic():
        if not are_open(account, heir):
            return Refusal.CLOSED
        return _emptied(account, heir, clerk, words)


def _emptied(account: Account, heir: Account, clerk: Clerk, words: str) -> Refusal | None:
    left = balance_of(account)
    if _is_still_to_book(account):
        return Refusal.STILL_TO_BOOK
    if heir.kind == AccountKind.MEMBER:
        if left <= 0:
            return Refusal.NOTHING_LEFT
        if balance_of(heir) + left > limits_of(account.area).most_minutes:
            return Refusal.BEYOND_MOST
    if left:
        payer, earner = (account, heir) if left > 0 else (heir, account)
        Entry(
            area=account.area, kind=EntryKind.CLOSING, payer=payer, earner=earner, minutes=abs(left),
            word=Word.COMMUNITY, clerk=clerk, words=words,
        ).save()  # fmt: skip
    Account.objects.filter(pk=account.pk).update(closed_at=here.now(), closed_by=clerk, closed_words=words)
    return None


def _is_still_to_book(account: Account) -> bool:
    """Tell whether a provider said that this member helped, and no entry stands for it: those hours would be lost."""
    standing = Entry.objects.filter(order=OuterRef("order"), kind=EntryKind.SERVICE, countered_by=None)
    return Helped.objects.filter(~Exists(standing), helper=account).exists()
