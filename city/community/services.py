"""The directory and the requests to its services: who may do which step, each in one transaction that locks the row."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import Avg, Count, F, Q, QuerySet

from city import here
from city.community.models import OrderLine, OrderRow, OrderState, OrderStep, ProviderRow, ProviderState
from city.grid.events import conclude
from city.onewindow.actions import Accept, Refuse
from city.onewindow.arrivals import arrives_at
from city.onewindow.content import Content
from city.onewindow.models import Case
from city.onewindow.states import State
from city.onewindow.work import carry_out_locked
from city.staff.doors import within_reach
from city.staff.models import Clerk
from city.staff.roles import Right
from sync.contract.directory import Directory, Family, Provider, ServiceKind
from sync.contract.item import Door
from sync.contract.words import Words

RATINGS_LEAST: Final = 5
"""Below so many ratings none is shown: one voice could be recognised."""

WORDS_LEAST: Final = 4


class Refusal(StrEnum):
    """Why a step was not taken."""

    OVERTAKEN = "overtaken"
    NOT_YOURS = "not_yours"
    NO_WORDS = "no_words"
    NO_PROVIDER = "no_provider"


@dataclass(frozen=True, slots=True)
class Way:
    """One step of a request: from where, to where, by the provider or by the community, and whether words are needed."""

    before: frozenset[OrderState]
    after: OrderState
    by_provider: bool
    with_words: bool = False


_OPEN: Final = frozenset({OrderState.PLACED, OrderState.TAKEN, OrderState.SERVING, OrderState.UNANSWERED})

WAYS: Final[Mapping[OrderStep, Way]] = {
    OrderStep.TAKE: Way(frozenset({OrderState.PLACED}), OrderState.TAKEN, by_provider=True),
    OrderStep.START: Way(frozenset({OrderState.TAKEN}), OrderState.SERVING, by_provider=True),
    OrderStep.FINISH: Way(frozenset({OrderState.SERVING}), OrderState.DONE, by_provider=True),
    OrderStep.DECLINE: Way(frozenset({OrderState.PLACED, OrderState.TAKEN}), OrderState.UNANSWERED, by_provider=True, with_words=True),
    OrderStep.CHECK: Way(frozenset({OrderState.DONE}), OrderState.CHECKED, by_provider=False),
    OrderStep.CANCEL: Way(_OPEN, OrderState.CANCELLED, by_provider=False, with_words=True),
    OrderStep.REASSIGN: Way(frozenset({OrderState.PLACED, OrderState.UNANSWERED}), OrderState.PLACED, by_provider=False),
}
OVER: Final = frozenset({OrderState.CHECKED, OrderState.CANCELLED})
CONTACT_OPEN: Final = frozenset({OrderState.TAKEN, OrderState.SERVING})
"""While these hold the provider sees whom to go to."""


# The directory


def admit(row: ProviderRow, version: int, clerk: Clerk) -> Refusal | None:
    """List a service; whoever proposed it does not."""
    if row.proposed_by_id == clerk.pk:
        return Refusal.NOT_YOURS
    seen = ProviderRow.objects.filter(pk=row.pk, version=version, state=ProviderState.APPLIED)
    return None if seen.update(state=ProviderState.LISTED, admitted_by=clerk, version=F("version") + 1) else Refusal.OVERTAKEN


def delist(row: ProviderRow, version: int) -> Refusal | None:
    """Take a service off the terminals."""
    seen = ProviderRow.objects.filter(pk=row.pk, version=version).exclude(state=ProviderState.DELISTED)
    return None if seen.update(state=ProviderState.DELISTED, version=F("version") + 1) else Refusal.OVERTAKEN


def with_ratings(rows: QuerySet[ProviderRow]) -> QuerySet[ProviderRow]:
    """Count what residents said of each."""
    return rows.annotate(rated=Count("orders__case__rating"), stars=Avg("orders__case__rating__level"))


def directory_for(area: str) -> Directory:
    """Return what the terminals of an area are given."""
    around = Q(area__in=["", *(area[:length] for length in range(1, len(area) + 1))])
    rows = ProviderRow.objects.filter(around, state=ProviderState.LISTED, valid_until__gte=here.today())
    return Directory(tuple(_as_sent(row) for row in with_ratings(rows).order_by("kind", "name", "pk")))


def _as_sent(row: ProviderRow) -> Provider:
    def words(name: str) -> Words:
        return Words(getattr(row, name), getattr(row, f"{name}_en") or None, getattr(row, f"{name}_ko") or None)

    rated, stars = getattr(row, "rated", 0), getattr(row, "stars", None)
    return Provider(
        id=str(row.key),
        kind=ServiceKind(row.kind),
        family=Family(row.family),
        name=words("name"),
        about=words("about"),
        place=words("place"),
        hours=words("hours"),
        price=words("price"),
        telephone=row.telephone,
        updated_on=row.updated_on,
        valid_until=row.valid_until,
        takes_requests=row.takes_requests and row.owner_id is not None,
        accessible=row.accessible,
        time_minutes=row.time_minutes or None,
        stars=round(stars * 10) if stars is not None and rated >= RATINGS_LEAST else None,
        rated=rated if rated >= RATINGS_LEAST else 0,
    )


# Requests


@arrives_at(Door.DIRECTORY)
def place(case: Case, content: Content) -> None:
    """Route a request to its provider; if it is not listed, or does something else by now, the community finds another."""
    answers = content.application.answers
    key = str(answers.get("service", ""))
    of_kind = Q(kind__in=content.package.serves) if content.package.serves else Q()
    provider = ProviderRow.objects.filter(of_kind, key=key, state=ProviderState.LISTED, owner__isnull=False).first()
    order = OrderRow.objects.create(
        case=case,
        provider=provider,
        area=case.area,
        day=str(answers.get("day", ""))[:10],
        slot=str(answers.get("slot", ""))[:12],
        state=OrderState.PLACED if provider else OrderState.UNANSWERED,
        placed_at=here.now(),
    )
    OrderLine(order=order, step=OrderStep.PLACE, clerk=None).save()


def orders_seen(clerk: Clerk) -> QuerySet[OrderRow]:
    """Return the requests that this person sees: a provider its own, the community those of its area."""
    seen = within_reach(clerk, Right.KEEP_PROVIDERS)
    if clerk.may(Right.SERVE_ORDERS):
        seen |= Q(provider__owner=clerk)
    return OrderRow.objects.filter(seen).select_related("case", "provider", "provider__owner")


def do(order: OrderRow, step: OrderStep, seen: int, clerk: Clerk, words: str = "", provider: ProviderRow | None = None) -> Refusal | None:
    """Take one step, or say why not; then nothing is changed."""
    way = WAYS.get(step)
    if way is None:
        return Refusal.OVERTAKEN
    if way.with_words and len(words) < WORDS_LEAST:
        return Refusal.NO_WORDS
    if step is OrderStep.REASSIGN and provider is None:
        return Refusal.NO_PROVIDER
    with transaction.atomic():
        locked = OrderRow.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if locked.version != seen or locked.state not in way.before:
            return Refusal.OVERTAKEN
        is_owner = locked.provider is not None and locked.provider.owner_id == clerk.pk
        if (way.by_provider and not is_owner) or (not way.by_provider and (is_owner or not clerk.may(Right.KEEP_PROVIDERS))):
            return Refusal.NOT_YOURS
        locked.state, locked.version = way.after, locked.version + 1
        locked.provider = provider if step is OrderStep.REASSIGN else locked.provider
        locked.over_at = here.now() if way.after in OVER else None
        locked.save()
        OrderLine(order=locked, step=step, clerk=clerk, words=words[:200]).save()
        _bring_along(locked, clerk, words)
    return None


def _bring_along(order: OrderRow, clerk: Clerk, words: str) -> None:
    """Let the case say the same, so that the slip shows the progress."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=order.case_id)
    if order.state == OrderState.TAKEN and case.state == State.RECEIVED:
        carry_out_locked(case, Accept(clerk.pk))
    elif order.state == OrderState.CANCELLED and case.state == State.RECEIVED:
        carry_out_locked(case, Refuse(clerk.pk, words))
    elif order.state in OVER and case.state == State.ACCEPTED:
        owner = order.provider.owner_id if order.provider else None
        conclude(case, (clerk.pk, owner), words or OrderState(order.state).label)
