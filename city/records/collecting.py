"""Basic information collection (基础信息采集): what an accepted application teaches is offered to the grid, and waits for a person.

Only items that `city.toml` names under [grid] records_from are asked: residents agree to a purpose, and the notice of such an item
has to say that who lives where goes into the community's records.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from city import here
from city.onewindow.content import Content
from city.onewindow.models import Case, Event
from city.onewindow.papers import DamagedError, content_of
from city.onewindow.people import person_of
from city.onewindow.states import Kind
from city.records.details import label_of, sealed
from city.records.models import RecordKind, RecordOffer
from sync.contract import address
from sync.contract.item import CardField, Control, Field

MOST = 20
"""Offers of one application."""

Learned = tuple[RecordKind, dict[str, str]]


@receiver(post_save, sender=Event, dispatch_uid="offer-to-the-grid")
def learn(instance: Event, created: bool, **_facts: object) -> None:
    """Offer what the application teaches, once it is accepted."""
    if created and instance.kind == Kind.ACCEPTED and instance.case.item in here.own().grid_records_from:
        offer(instance.case)


def offer(case: Case) -> int:
    """Write the offers of a case down, each once; return how many it makes."""
    try:
        learned = list(taught(content_of(case)))[:MOST]
    except DamagedError:
        return 0  # the clerk's page says so
    for place, (kind, details) in enumerate(learned):
        facts: dict[str, object] = {"kind": kind, "area": case.area, "label": label_of(kind, details), "sealed": sealed(details)}
        number = details.get("id_number", "")
        facts |= {"person": person_of(number) if number else "", "as_of": here.day_of(case.received_at)}
        RecordOffer.objects.get_or_create(case=case, place=place, defaults=facts)
    return len(learned)


def taught(content: Content) -> Iterator[Learned]:
    """Yield the applicant, the people of their household, and the places that they named."""
    applicant, answers = content.application.applicant, content.application.answers
    fields = [field for page in content.package.pages for field in page.fields]
    if applicant is not None and applicant.name:
        telephone = next((str(answers[one.name]) for one in fields if one.name == "mobile" and answers.get(one.name)), "")
        yield RecordKind.PERSON, _written(applicant.name, applicant.id_number, telephone, applicant.address)
    for field in fields:
        answer = answers.get(field.name)
        if field.rows is not None and isinstance(answer, list):
            yield from _household(field, answer)
        elif field.control is Control.ADDRESS and answer:
            said = address.said(answer) if isinstance(answer, dict) else str(answer)
            yield RecordKind.PLACE, {"home": said}


def _household(field: Field, rows: list[Any]) -> Iterator[Learned]:
    """Rows that are read from cards are people."""
    assert field.rows is not None  # noqa: S101  the caller looked
    named = {one.card: one for one in field.rows.fields if one.card is not None}
    if CardField.NAME not in named:
        return
    relation = next((one for one in field.rows.fields if one.name.endswith("relation")), None)
    for row in rows:
        if isinstance(row, dict) and row.get(named[CardField.NAME].name):
            number = row.get(named[CardField.ID_NUMBER].name) if CardField.ID_NUMBER in named else None
            details = _written(row[named[CardField.NAME].name], number, "", "")
            yield RecordKind.PERSON, details | ({"relation": _label(relation, row)} if relation else {})


def _label(field: Field, row: Mapping[str, Any]) -> str:
    value = row.get(field.name)
    return next((option.label.zh for option in field.options if option.value == value), str(value or ""))


def _written(name: object, number: object, telephone: object, where: object) -> dict[str, str]:
    facts = {"name": name, "id_number": number, "telephone": telephone, "home": where}
    return {key: str(value) for key, value in facts.items() if value}
