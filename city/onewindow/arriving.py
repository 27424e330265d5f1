"""How applications become rows: all of a batch in a handful of statements, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import connection
from django.db.models import Max

from city import here
from city.fleet.models import Terminal
from city.onewindow import arrivals
from city.onewindow.content import Content
from city.onewindow.copying import write_rows
from city.onewindow.corrections import attach, number_of_correction
from city.onewindow.history import history_grew
from city.onewindow.legal_clock import add_working_days
from city.onewindow.masks import Mask, masked
from city.onewindow.models import Attachment, Case, Event, SealedBody
from city.onewindow.people import person_of
from city.onewindow.states import Kind, State
from sync.contract.application import Header
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, Digest
from sync.contract.receipt import PAYLOAD_TYPE, Receipt, ReceiptState

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Arriving:
    """An application that was opened and found right. `stored` are those of its photos that are here already."""

    header: Header
    content: Content
    body: bytes
    digest: Digest
    stored: frozenset[str]
    corrected: Case | None = None

    @property
    def wanted(self) -> tuple[Digest, ...]:
        """The photos that are not here yet, each once."""
        return tuple(dict.fromkeys(photo.digest for photo in self.header.attachments if photo.digest not in self.stored))


def write(terminal: Terminal, arriving: Sequence[Arriving]) -> list[Case]:
    """Write all of them, within a transaction of the caller's. A correction may not come together with the case that it completes.

    Raises:
        IntegrityError: One of them is here already; nothing is written then.
    """
    now = here.now()
    cases = [_case(place, terminal, one, now) for place, one in zip(_places(len(arriving)), arriving, strict=True)]
    write_rows(Case, cases)
    write_rows(SealedBody, [SealedBody(case=case, body=one.body) for case, one in zip(cases, arriving, strict=True)])
    Attachment.objects.bulk_create(
        Attachment(
            case=case,
            place=place,
            digest=photo.digest,
            size_bytes=photo.size_bytes,
            stored_at=now if photo.digest in one.stored else None,
        )
        for case, one in zip(cases, arriving, strict=True)
        for place, photo in enumerate(one.header.attachments)
    )
    _note_arrivals(terminal, cases, arriving)
    for case, one in zip(cases, arriving, strict=True):
        if one.corrected is None:
            arrivals.tell(case, one.content)
        elif case.is_complete:
            attach(case)
    return cases


def signed_receipt(case: Case, package: ItemPackage) -> bytes:
    """Sign what the city says about a case as it is now."""
    receipt = Receipt(
        format=FORMAT,
        terminal=case.terminal.terminal_id,
        application_id=ApplicationId(str(case.application_id)),
        digest=Digest(case.digest),
        case_number=CaseNumber(case.number_said),
        state=ReceiptState.COMPLETE if case.is_complete else ReceiptState.RECEIVED,
        received_at=case.received_at,
        decide_by=add_working_days(here.day_of(case.received_at), package.limit.working_days),
    )
    return here.keys().receipts.sign(msgspec.json.encode(receipt), PAYLOAD_TYPE)


def _places(count: int) -> list[int]:
    """Return the keys of rows that are yet to be written: number and receipt of a case name its key, and are written with it."""
    if connection.vendor != "postgresql":  # SQLite's transactions are its only writer from their first statement on
        last: int = Case.objects.aggregate(last=Max("pk"))["last"] or 0
        return list(range(last + 1, last + 1 + count))
    with connection.cursor() as cursor:
        table = Case._meta.db_table  # noqa: SLF001  Django documents it
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table, count))
        return sorted(row[0] for row in cursor.fetchall())


def _case(place: int, terminal: Terminal, one: Arriving, now: datetime) -> Case:
    header, corrected, today = one.header, one.corrected, here.day_of(now)
    person = one.content.application.applicant
    case = Case(
        pk=place,
        terminal=terminal,
        application_id=header.application_id,
        number=header.number,
        install=header.install,
        sequence=header.sequence,
        item=header.item,
        item_version=header.item_version,
        digest=one.digest,
        person=corrected.person if corrected else person_of(person.id_number if person else None),
        corrects=corrected,
        masked_name=_masked_names(one.content),
        masked_id_number=masked((person.id_number or "") if person else "", Mask.ID_NUMBER)[:32],
        area=corrected.area if corrected else terminal.area,
        papers_wanted=len(header.attachments),
        state=State.ARRIVING if one.wanted else State.RECEIVED,
        sealed_at=header.sealed_at,
        received_at=now,
        completed_at=None if one.wanted else now,
        precheck_by=add_working_days(today, here.own().precheck_working_days),
    )
    case.case_number = number_of_correction(corrected, case) if corrected else f"{here.own().region}{today:%m%d}{place:05d}"
    case.receipt = signed_receipt(case, one.content.package)
    return case


def _note_arrivals(terminal: Terminal, cases: Sequence[Case], arriving: Sequence[Arriving]) -> None:
    """Write the first lines of their histories; a sequence number that was there before is one of them."""
    names = {(case.install, case.sequence) for case in cases}
    others = Case.objects.filter(terminal=terminal, install__in={name for name, _ in names}, sequence__in={number for _, number in names})
    taken = set(others.exclude(pk__in=[case.pk for case in cases]).values_list("install", "sequence"))
    lines: list[Event] = []
    for case, one in zip(cases, arriving, strict=True):
        at = one.content.application.handed_in_at.isoformat()
        lines.append(Event(case=case, kind=Kind.RECEIVED, detail={"handed_in_at": at, "terminal": terminal.id}))
        if case.is_complete:
            lines.append(Event(case=case, kind=Kind.COMPLETED, detail={"papers": case.papers_wanted}))
        if (case.install, case.sequence) in taken:
            lines.append(Event(case=case, kind=Kind.SEQUENCE_REUSED, detail={"sequence": case.sequence}))
        taken.add((case.install, case.sequence))
    Event.objects.bulk_create(lines)
    history_grew.send(sender=Event, lines=lines)


def _masked_names(content: Content) -> str:
    """Return the applicant, and who hands in for them: 周**（代办 吴**）."""
    application = content.application
    person, helper = application.applicant, application.helper
    name = (person.name or person.name_latin or "") if person else str(application.answers.get("applicant_name", ""))
    shown = masked(name, Mask.NAME)
    if helper is None:
        return shown[:60]
    return f"{shown}（代办 {masked(helper.card.name or helper.card.name_latin or '', Mask.NAME)}）"[:60]
