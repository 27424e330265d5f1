"""Events for departments' systems, written in the transaction in which a case's history grows: both are there, or neither.

What is told: which case, which item, what kind of thing, when, how it stands. Nothing personal, no reason, no clerk.
"""

import uuid
from collections.abc import Callable, Iterator

import msgspec
from django.db import connection
from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver

from city import here
from city.onewindow.history import history_grew
from city.onewindow.models import Case, Event, Step
from city.onewindow.states import Kind
from city.partners.models import Delivery, DeliveryState, Partner
from city.partners.wire import EventNote

_NAMES = uuid.UUID("5b1d6f0a-6d0e-5d54-9d5e-6c2f5f0e8a11")
"""The namespace in which an event's id is made from its line in the history, so that telling it again is the same event."""

TOLD = frozenset(Kind) - {Kind.CLAIMED, Kind.RELEASED, Kind.REASSIGNED, Kind.SEQUENCE_REUSED, Kind.PAPER_DAMAGED}
"""What concerns a department's system; who holds a step inside of an office does not."""


@receiver(post_save, sender=Event, dispatch_uid="tell-departments")
def tell(instance: Event, created: bool, **_facts: object) -> None:
    """Write the event down for every system that it concerns."""
    if created:
        tell_all([instance])


@receiver(history_grew, dispatch_uid="tell-departments-many")
def tell_many(lines: Callable[[], list[Event]], **_facts: object) -> None:
    """Write down what was written many at once."""
    partners = _asked_for_today()
    if partners:
        _tell(lines(), partners)


def tell_all(lines: list[Event]) -> None:
    """Write events down; the systems are asked for once."""
    if any(line.kind in TOLD for line in lines):
        _tell(lines, _asked_for_today())


def _tell(lines: list[Event], partners: list[Partner]) -> None:
    for line in lines if partners else ():
        if line.kind in TOLD:
            _write_down(line, partners)


def _asked_for_today() -> list[Partner]:
    """Return the systems that are told of anything at all: in SQL, since every application asks, and most towns have a few or none."""
    today = connection.ops.adapt_datefield_value(here.today())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {Partner._meta.db_table} WHERE is_on AND valid_until >= %s", [today])  # noqa: S608, SLF001  our own name
        keys = [key for (key,) in cursor.fetchall()]
    return list(Partner.objects.filter(pk__in=keys).prefetch_related("offices")) if keys else []


def _write_down(instance: Event, partners: list[Partner]) -> None:
    case = instance.case
    body = msgspec.to_builtins(_note(instance, case))
    for partner in _concerned(partners, case):
        Delivery.objects.create(
            partner=partner,
            event_id=body["id"],
            case_number=case.case_number,
            body=body,
            state=DeliveryState.WAITING if partner.url else DeliveryState.KEPT,
            next_at=here.now() if partner.url else None,
        )


def reach(partner: Partner) -> Q:
    """Return the condition on cases that a system may know of."""
    within = Q(item__in=partner.items) if partner.items else ~Q(item__in=here.catalogue().elsewhere())
    offices = [office.pk for office in partner.offices.all()]
    return within & Q(pk__in=Step.objects.filter(office__in=offices).values("case")) if offices else within


def _concerned(partners: list[Partner], case: Case) -> Iterator[Partner]:
    at = set(Step.objects.filter(case=case).values_list("office", flat=True))
    for partner in partners:
        is_of_item = case.item in partner.items if partner.items else case.item not in here.catalogue().elsewhere()
        offices = {office.pk for office in partner.offices.all()}
        if is_of_item and (not offices or offices & at):
            yield partner


def _note(event: Event, case: Case) -> EventNote:
    return EventNote(
        id=str(uuid.uuid5(_NAMES, f"event {event.pk}")),
        number=event.pk,
        kind=event.kind,
        at=event.at,
        case_number=case.case_number,
        item=case.item,
        item_version=case.item_version,
        state=case.plain_state,
        step=str(event.detail.get("step", "")),
        conclusion=str(event.detail.get("conclusion", "")),
    )
