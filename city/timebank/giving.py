"""Giving one's hours to another member (转赠): at the counter, by somebody who opened neither account, and only hours earned by helping.

What the community gave to begin with cannot be passed on: else accounts that were opened for their start would fill one of them.
"""

from django.db import transaction
from django.db.models import Sum

from city.staff.doors import within_reach
from city.staff.models import Clerk
from city.staff.roles import Right
from city.timebank.ledger import WORDS_LEAST, Refusal, are_open, balance_of, member_of
from city.timebank.limits import limits_of
from city.timebank.models import STEP_MINUTES, Account, AccountKind, Entry, EntryKind, Word


def give(account: Account, clerk: Clerk, number: str, minutes: int, words: str) -> Refusal | None:
    """Pass hours to the member whom `number` names, as the holder, who stands there, wishes."""
    words = words.strip()[:200]
    is_within = Account.objects.filter(within_reach(clerk, Right.DIRECT_TIME_BANK), pk=account.pk, kind=AccountKind.MEMBER).exists()
    if not is_within:
        return Refusal.NOT_YOURS
    if len(words) < WORDS_LEAST:
        return Refusal.NO_WORDS
    other = member_of(account.area, number)
    if other is None or other.pk == account.pk:
        return Refusal.NO_MEMBER
    if clerk.pk in (account.opened_by_id, other.opened_by_id):
        return Refusal.OPENED_BY_YOU
    if minutes <= 0 or minutes % STEP_MINUTES:
        return Refusal.BAD_TIME
    with transaction.atomic():
        if not are_open(account, other):
            return Refusal.CLOSED
        if minutes > may_give(account):
            return Refusal.NOT_EARNED
        if balance_of(other) + minutes > limits_of(account.area).most_minutes:
            return Refusal.BEYOND_MOST
        Entry(
            area=account.area, kind=EntryKind.GIFT, payer=account, earner=other, minutes=minutes,
            word=Word.COMMUNITY, clerk=clerk, words=words,
        ).save()  # fmt: skip
    return None


def may_give(account: Account) -> int:
    """Return how many minutes an account may pass on: what its holder earned by helping and has not given away, and still has."""
    standing = Entry.objects.filter(countered_by=None)
    earned = standing.filter(kind=EntryKind.SERVICE, earner=account).aggregate(sum=Sum("minutes"))["sum"] or 0
    given = standing.filter(kind=EntryKind.GIFT, payer=account).aggregate(sum=Sum("minutes"))["sum"] or 0
    return max(0, min(int(earned) - int(given), balance_of(account)))
