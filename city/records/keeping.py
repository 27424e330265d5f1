"""What may be done with records and offers, by whom; each in one transaction, in the version that was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import F

from city import here
from city.onewindow.people import person_of
from city.records.details import label_of, opened, sealed
from city.records.models import GridRecord, OfferState, RecordKind, RecordLine, RecordOffer, RecordState, RecordStep, Source
from city.staff.models import Clerk


class Refusal(StrEnum):
    """Why nothing was done."""

    OVERTAKEN = "overtaken"
    NO_NAME = "no_name"
    THERE_ALREADY = "there_already"  # this person has a record in this grid


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record is from."""

    source: Source
    case_number: str = ""


def enter(clerk: Clerk, kind: str, grid: str, details: Mapping[str, str], origin: Origin) -> GridRecord | Refusal:
    """Enter a record."""
    if kind not in RecordKind.values or not (details.get("name") or details.get("home")):
        return Refusal.NO_NAME
    step = RecordStep.TAKEN if origin.case_number else RecordStep.ENTERED
    try:
        with transaction.atomic():
            record = GridRecord.objects.create(
                kind=kind, area=grid, as_of=here.today(), source=origin.source, case_number=origin.case_number, **_kept(kind, details)
            )
            RecordLine(record=record, step=step, clerk=clerk, note=origin.case_number).save()
    except IntegrityError:
        return Refusal.THERE_ALREADY
    return record


def change(record: GridRecord, version: int, clerk: Clerk, details: Mapping[str, str]) -> Refusal | None:
    """Write what is known now."""
    if not (details.get("name") or details.get("home")):
        return Refusal.NO_NAME
    facts = _kept(record.kind, details) | {"as_of": here.today()}
    try:
        return _move(record, version, clerk, RecordStep.CHANGED, facts)
    except IntegrityError:
        return Refusal.THERE_ALREADY


def retire(record: GridRecord, version: int, clerk: Clerk, why: str) -> Refusal | None:
    """Take it out of the lists; it is kept."""
    return _move(record, version, clerk, RecordStep.RETIRED, {"state": RecordState.RETIRED}, why)


def take(offer: RecordOffer, clerk: Clerk, grid: str) -> GridRecord | Refusal:
    """Make an offer a record of a grid; of a person who has one there already, that one is brought up to date."""
    details = opened(offer.sealed)
    with transaction.atomic():
        if not _settled(offer, clerk, OfferState.TAKEN):
            return Refusal.OVERTAKEN
        known = GridRecord.objects.filter(area=grid, person=offer.person, state=RecordState.CURRENT).first() if offer.person else None
        if known is not None:
            refused = change(known, known.version, clerk, opened(known.sealed) | details)
            return refused or known
        return enter(clerk, offer.kind, grid, details, Origin(Source.APPLICATION, offer.case.case_number))


def dismiss(offer: RecordOffer, clerk: Clerk) -> Refusal | None:
    """Leave it; what it held is dropped."""
    return None if _settled(offer, clerk, OfferState.DISMISSED) else Refusal.OVERTAKEN


def _settled(offer: RecordOffer, clerk: Clerk, state: OfferState) -> bool:
    """Settle it once. Its own copy of the details goes: they are in the record, or nowhere."""
    as_seen = RecordOffer.objects.filter(pk=offer.pk, state=OfferState.OFFERED)
    return as_seen.update(state=state, reviewer=clerk, reviewed_at=here.now(), sealed=sealed({}), person="") == 1


def _kept(kind: str, details: Mapping[str, str]) -> dict[str, object]:
    number = details.get("id_number", "").strip() if kind == RecordKind.PERSON else ""
    return {"label": label_of(kind, details), "sealed": sealed(details), "person": person_of(number) if number else ""}


def _move(record: GridRecord, version: int, clerk: Clerk, step: RecordStep, facts: Mapping[str, object], note: str = "") -> Refusal | None:
    with transaction.atomic():
        as_seen = GridRecord.objects.filter(pk=record.pk, version=version, state=RecordState.CURRENT)
        if as_seen.update(version=F("version") + 1, **facts) != 1:
            return Refusal.OVERTAKEN
        RecordLine(record=record, step=step, clerk=clerk, note=note[:200]).save()
    return None
