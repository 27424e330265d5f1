"""Opening accounts, booking what was given and received, and taking an entry back: each in one transaction, or refused by name."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from city.community.models import OrderRow, OrderState
from city.community.services import orders_seen
from city.onewindow.papers import content_of
from city.onewindow.people import person_of
from city.records.details import label_of, opened, sealed
from city.records.models import RecordKind
from city.staff.doors import within_reach
from city.staff.models import Clerk
from city.staff.roles import Right
from city.timebank.limits import limits_of
from city.timebank.models import STEP_MINUTES, Account, AccountKind, Entry, EntryKind, Helped, Word

WORDS_LEAST: Final = 4
DONE: Final = (OrderState.DONE, OrderState.CHECKED)
CONTENT_WITH: Final = 3
"""From this rating on (of five) a resident's word counts as a yes; below it the community asks first."""


class Refusal(StrEnum):
    """Why nothing was booked."""

    NOT_YOURS = "not_yours"
    NOT_DONE = "not_done"  # the request is not finished, or no mutual help whose time is counted
    NOBODY_NAMED = "nobody_named"  # the provider has not said who helped
    SAID_ALREADY = "said_already"
    NO_MEMBER = "no_member"  # none with this number in this community
    BAD_TIME = "bad_time"  # not more than nothing, not in steps, or more than one service may count
    SELF_HELP = "self_help"
    BOOKED = "booked"
    BEYOND_DEBT = "beyond_debt"
    BEYOND_MOST = "beyond_most"
    NO_ACCOUNT = "no_account"  # who was helped has none; the pool pays on the community's word alone
    NO_NAME = "no_name"
    THERE_ALREADY = "there_already"
    NO_WORDS = "no_words"
    TAKEN_BACK = "taken_back"
    SAME_PERSON = "same_person"
    CLOSED = "closed"  # one of the accounts is
    OPENED_BY_YOU = "opened_by_you"
    STILL_TO_BOOK = "still_to_book"  # a provider named this member, and it is not booked yet
    NOTHING_LEFT = "nothing_left"  # to pass on to a member
    NOT_EARNED = "not_earned"  # more than was earned by helping and is still there


@dataclass(frozen=True, slots=True)
class Said:
    """On whose word an entry stands; `clerk` is nobody where both sides' word is enough."""

    word: Word
    clerk: Clerk | None = None


BOTH: Final = Said(Word.BOTH)


# Accounts


def open_account(clerk: Clerk, area: str, name: str, telephone: str) -> Account | Refusal:
    """Open a member's account with what the community gives to begin with."""
    telephone = "".join(telephone.split())
    if not name.strip() or not (telephone.isascii() and telephone.isdecimal() and len(telephone) == 11):
        return Refusal.NO_NAME
    details = {"name": name, "telephone": telephone}
    label = label_of(RecordKind.PERSON, details)
    reached = person_of(telephone)
    had_one = Account.objects.filter(area=area, reached=reached, closed_at__isnull=False).exists()
    begins_with = 0 if had_one else limits_of(area).start_minutes  # else closing and opening would make hours
    try:
        with transaction.atomic():
            account = Account.objects.create(
                area=area, kind=AccountKind.MEMBER, label=label, reached=reached, sealed=sealed(details), opened_by=clerk
            )
            if begins_with:
                Entry(
                    area=area, kind=EntryKind.START, payer=pool_of(area), earner=account, minutes=begins_with,
                    word=Word.COMMUNITY, clerk=clerk,
                ).save()  # fmt: skip
    except IntegrityError:
        return Refusal.THERE_ALREADY
    return account


def pool_of(area: str) -> Account:
    """Return the community's own account, which gives what no member does: it may go below nothing, and its balance says what was given."""
    facts = {"label": AccountKind.POOL.label, "sealed": sealed({})}
    return Account.objects.get_or_create(area=area, kind=AccountKind.POOL, defaults=facts)[0]


def with_balances(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Add what each was given, received, and has left, in minutes; what was taken back counts on neither side."""
    standing = Entry.objects.filter(counters=None, countered_by=None).order_by()

    def summed(entries: QuerySet[Entry], side: str) -> Coalesce:
        total = entries.filter(**{side: OuterRef("pk")}).values(side).annotate(minutes_sum=Sum("minutes")).values("minutes_sum")
        return Coalesce(Subquery(total, output_field=IntegerField()), Value(0))

    everything = Entry.objects.order_by()
    return accounts.annotate(
        given=summed(standing.filter(kind=EntryKind.SERVICE), "earner"),
        received=summed(standing.filter(kind=EntryKind.SERVICE), "payer"),
        balance=summed(everything, "earner") - summed(everything, "payer"),
    )


def balance_of(account: Account) -> int:
    """Return what an account has left, in minutes."""
    earned, paid = (Entry.objects.filter(**{side: account}).aggregate(sum=Sum("minutes"))["sum"] or 0 for side in ("earner", "payer"))
    return int(earned) - int(paid)


# A finished request


def community_of(order: OrderRow) -> str:
    """Return the code of the community in whose books a request belongs."""
    return order.area or (order.provider.area if order.provider else "")


def counts_time(order: OrderRow) -> bool:
    """Tell whether a finished request is mutual help whose time is counted."""
    return order.state in DONE and order.provider is not None and order.provider.time_minutes > 0


def to_book(clerk: Clerk) -> QuerySet[OrderRow]:
    """Return the finished requests of mutual help for which no entry stands."""
    standing = Entry.objects.filter(order=OuterRef("pk"), kind=EntryKind.SERVICE, countered_by=None)
    seen = orders_seen(clerk).filter(within_reach(clerk, Right.KEEP_TIME_BANK))
    return seen.filter(~Exists(standing), state__in=DONE, provider__time_minutes__gt=0).order_by("placed_at")


def say_who_helped(order: OrderRow, clerk: Clerk, number: str, minutes: int) -> Refusal | None:
    """Take the provider's word; where the resident is content already, both have spoken and it is booked."""
    if order.provider is None or order.provider.owner_id != clerk.pk:
        return Refusal.NOT_YOURS
    if not counts_time(order):
        return Refusal.NOT_DONE
    helper = member_of(community_of(order), number)
    if helper is None:
        return Refusal.NO_MEMBER
    refused = _unfit(order, helper, minutes)
    if refused is not None:
        return refused
    try:
        with transaction.atomic():
            Helped.objects.create(order=order, helper=helper, minutes=minutes, said_by=clerk)
    except IntegrityError:
        return Refusal.SAID_ALREADY
    both_agree(order)
    return None


def both_agree(order: OrderRow) -> None:
    """Book a request when its provider has named who helped and its resident is content; else it waits for the community."""
    helped, rating = getattr(order, "helped", None), getattr(order.case, "rating", None)
    if helped is not None and rating is not None and rating.level >= CONTENT_WITH:
        _book(order, helped.helper, helped.minutes, BOTH)


def book(order: OrderRow, clerk: Clerk, number: str = "", minutes: int | None = None) -> Refusal | None:
    """Book on the community's word: what the provider said, or what the community found out."""
    is_within = OrderRow.objects.filter(within_reach(clerk, Right.KEEP_TIME_BANK), pk=order.pk).exists()
    if not is_within or (order.provider is not None and order.provider.owner_id == clerk.pk):
        return Refusal.NOT_YOURS
    helped = Helped.objects.filter(order=order).select_related("helper").first()
    helper = member_of(community_of(order), number) if number else helped.helper if helped else None
    if helper is None:
        return Refusal.NO_MEMBER if number else Refusal.NOBODY_NAMED
    took = minutes if minutes is not None else helped.minutes if helped else 0
    return _book(order, helper, took, Said(Word.COMMUNITY, clerk))


def _book(order: OrderRow, helper: Account, minutes: int, said: Said) -> Refusal | None:
    with transaction.atomic():
        locked = OrderRow.objects.select_for_update(of=("self",)).select_related("provider", "case").get(pk=order.pk)
        earlier = list(Entry.objects.filter(order=locked, kind=EntryKind.SERVICE).order_by("attempt"))
        if earlier and not Entry.objects.filter(counters=earlier[-1]).exists():
            return Refusal.BOOKED
        if not counts_time(locked):
            return Refusal.NOT_DONE
        refused = _unfit(locked, helper, minutes)
        if refused is not None:
            return refused
        payer = _helped_one(locked, said)
        if payer is None:
            return Refusal.NO_ACCOUNT
        refused = _beyond(payer, helper, minutes)
        if refused is not None:
            return refused
        Entry(
            area=helper.area, kind=EntryKind.SERVICE, payer=payer, earner=helper, minutes=minutes, order=locked,
            attempt=len(earlier), word=said.word, clerk=said.clerk,
        ).save()  # fmt: skip
    return None


def _unfit(order: OrderRow, helper: Account, minutes: int) -> Refusal | None:
    if minutes <= 0 or minutes % STEP_MINUTES or minutes > limits_of(helper.area).task_minutes:
        return Refusal.BAD_TIME
    return Refusal.SELF_HELP if helper.reached == _asked_by(order) else None


def _asked_by(order: OrderRow) -> str:
    """Return the digest of the telephone that a request names; only that is compared, and nobody sees it."""
    return person_of("".join(str(content_of(order.case).application.answers.get("mobile", "")).split()))


def _helped_one(order: OrderRow, said: Said) -> Account | None:
    area, digest = community_of(order), _asked_by(order)
    member = Account.objects.filter(area=area, kind=AccountKind.MEMBER, reached=digest, closed_at=None).first() if digest else None
    return member or (pool_of(area) if said.word is Word.COMMUNITY else None)


def _beyond(payer: Account, earner: Account, minutes: int) -> Refusal | None:
    """Hold the limits; both accounts are locked, so that two bookings cannot pass side by side, nor one beside a closing."""
    if not are_open(payer, earner):
        return Refusal.CLOSED
    limits = limits_of(earner.area)
    if payer.kind == AccountKind.MEMBER and balance_of(payer) - minutes < -limits.debt_minutes:
        return Refusal.BEYOND_DEBT
    return Refusal.BEYOND_MOST if balance_of(earner) + minutes > limits.most_minutes else None


def are_open(*accounts: Account) -> bool:
    """Lock accounts until the transaction ends, in one order for everybody, and tell whether none of them is closed."""
    locked = list(Account.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in accounts]).order_by("pk"))
    return all(one.closed_at is None for one in locked)


def member_of(area: str, number: str) -> Account | None:
    """Return a community's member by the number that is said; none whose account is closed."""
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    return Account.objects.filter(pk=int(number), area=area, kind=AccountKind.MEMBER, closed_at=None).first() if is_number else None


# Taking back, and what an account's holder is told


def take_back(entry: Entry, clerk: Clerk, words: str) -> Refusal | None:
    """Undo an entry by one the other way round; whoever booked it does not."""
    is_within = Entry.objects.filter(within_reach(clerk, Right.DIRECT_TIME_BANK), pk=entry.pk).exists()
    if not is_within:
        return Refusal.NOT_YOURS
    if entry.clerk_id == clerk.pk:
        return Refusal.SAME_PERSON
    if len(words.strip()) < WORDS_LEAST:
        return Refusal.NO_WORDS
    if entry.kind == EntryKind.COUNTER:
        return Refusal.TAKEN_BACK
    try:
        with transaction.atomic():
            if not are_open(entry.payer, entry.earner):
                return Refusal.CLOSED
            Entry(
                area=entry.area, kind=EntryKind.COUNTER, payer=entry.earner, earner=entry.payer, minutes=entry.minutes,
                counters=entry, word=Word.COMMUNITY, clerk=clerk, words=words.strip()[:200],
            ).save()  # fmt: skip
    except IntegrityError:
        return Refusal.TAKEN_BACK
    return None


@dataclass(frozen=True, slots=True)
class Booked:
    """A line of a statement: what it adds or takes, and what is left then, in minutes."""

    entry: Entry
    change: int
    left: int


def statement(account: Account) -> list[Booked]:
    """Return an account's lines from the first on."""
    lines, left = [], 0
    entries = Entry.objects.filter(Q(payer=account) | Q(earner=account)).select_related(
        "order__provider", "clerk", "counters", "countered_by", "payer", "earner"
    )
    for entry in entries.order_by("pk"):
        change = entry.minutes if entry.earner_id == account.pk else -entry.minutes
        left += change
        lines.append(Booked(entry, change, left))
    return lines


def name_and_telephone(account: Account) -> tuple[str, str]:
    """Return whose account it is, for a look that has been written down."""
    details = opened(account.sealed)
    return details.get("name", account.label), details.get("telephone", "")
