"""How applications become rows: all of a batch in a handful of statements, whatever their number."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import connection

from city import here
from city.fleet.models import Terminal
from city.onewindow import arrivals
from city.onewindow.content import Content
from city.onewindow.copying import made_and_written, next_keys, write_rows
from city.onewindow.corrections import attach, number_of_correction
from city.onewindow.history import history_grew
from city.onewindow.legal_clock import add_working_days
from city.onewindow.masks import Mask, masked
from city.onewindow.models import Attachment, Case, Event, SealedBody
from city.onewindow.people import person_of
from city.onewindow.states import Kind, State
from sync.contract.application import Header
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, Digest, InstallId
from sync.contract.receipt import PAYLOAD_TYPE, Receipt, ReceiptState

FORMAT = 1

Place = tuple[InstallId, int]
"""An install of a terminal, and a sequence number of it."""


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
    def place(self) -> Place:
        """Its place in the order of its terminal's applications."""
        return self.header.install, self.header.sequence

    @property
    def wanted(self) -> tuple[Digest, ...]:
        """The photos that are not here yet, each once."""
        return tuple(dict.fromkeys(photo.digest for photo in self.header.attachments if photo.digest not in self.stored))


def write(terminal: Terminal, arriving: Sequence[Arriving], taken: AbstractSet[Place]) -> list[Case]:
    """Write all of them, within a transaction of the caller's. A correction may not come together with the case that it completes.

    Args:
        terminal: Whose they are.
        arriving: At least one.
        taken: The places in the order of its applications that were taken before; that they are again is noted.

    Raises:
        IntegrityError: One of them is here already; nothing is written then.
    """
    now = here.now()
    told = _first_lines(terminal, arriving, taken)
    keys, line_keys = next_keys((Case, len(arriving)), (Event, sum(map(len, told))))
    cases = made_and_written(Case, (_case(key, terminal, one, now) for key, one in zip(keys, arriving, strict=True)), len(keys))
    kinds = ((case, kind, detail) for case, lines in zip(cases, told, strict=True) for kind, detail in lines)
    lines = [Event(pk=key, case=case, kind=kind, detail=detail) for key, (case, kind, detail) in zip(line_keys, kinds, strict=True)]
    bodies = [SealedBody(case=case, body=one.body) for case, one in zip(cases, arriving, strict=True)]
    photos = [
        Attachment(
            case=case,
            place=place,
            digest=photo.digest,
            size_bytes=photo.size_bytes,
            stored_at=now if photo.digest in one.stored else None,
        )
        for case, one in zip(cases, arriving, strict=True)
        for place, photo in enumerate(one.header.attachments)
    ]
    write_rows(bodies, photos, lines)
    history_grew.send(sender=Event, lines=lines)
    for case, one in zip(cases, arriving, strict=True):
        if one.corrected is None:
            arrivals.tell(case, one.content)
        elif case.is_complete:
            attach(case)
    return cases


def cases_like(terminal: Terminal, names: AbstractSet[ApplicationId], places: AbstractSet[Place]) -> Iterator[Case]:
    """Return a terminal's cases of these applications, and those that have one of these installs and one of these sequence numbers.

    In SQL, since every request of a terminal asks it: Django takes longer to write the two conditions than the database to answer.
    """
    ids = Case._meta.get_field("application_id")  # noqa: SLF001  Django documents it
    lists: list[tuple[str, Collection[object]]] = [("application_id", [ids.get_db_prep_value(name, connection) for name in names])]
    lists += [("install", {install for install, _ in places}), ("sequence", {number for _, number in places})]
    named, install, sequence = (f"{column} IN ({', '.join(['%s'] * len(values)) or 'NULL'})" for column, values in lists)
    wanted = f"SELECT * FROM {Case._meta.db_table} WHERE terminal_id = %s AND ({named} OR ({install} AND {sequence}))"  # noqa: S608, SLF001
    return iter(Case.objects.raw(wanted, [terminal.pk, *(value for _, values in lists for value in values)]))


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


def _case(key: int, terminal: Terminal, one: Arriving, now: datetime) -> Case:
    header, corrected, today = one.header, one.corrected, here.day_of(now)
    person = one.content.application.applicant
    case = Case(
        pk=key,
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
    case.case_number = number_of_correction(corrected, case) if corrected else f"{here.own().region}{today:%m%d}{key:05d}"
    case.receipt = signed_receipt(case, one.content.package)
    return case


def _first_lines(terminal: Terminal, arriving: Sequence[Arriving], taken: AbstractSet[Place]) -> list[list[tuple[Kind, dict[str, object]]]]:
    """Return how the history of each begins; that a sequence number was there before is a line of it."""
    seen = set(taken)
    told: list[list[tuple[Kind, dict[str, object]]]] = []
    for one in arriving:
        header = one.header
        at = one.content.application.handed_in_at.isoformat()
        lines: list[tuple[Kind, dict[str, object]]] = [(Kind.RECEIVED, {"handed_in_at": at, "terminal": terminal.id})]
        if not one.wanted:
            lines.append((Kind.COMPLETED, {"papers": len(header.attachments)}))
        if one.place in seen:
            lines.append((Kind.SEQUENCE_REUSED, {"sequence": header.sequence}))
        seen.add(one.place)
        told.append(lines)
    return told


def _masked_names(content: Content) -> str:
    """Return the applicant, and who hands in for them: 周**（代办 吴**）."""
    application = content.application
    person, helper = application.applicant, application.helper
    name = (person.name or person.name_latin or "") if person else str(application.answers.get("applicant_name", ""))
    shown = masked(name, Mask.NAME)
    if helper is None:
        return shown[:60]
    return f"{shown}（代办 {masked(helper.card.name or helper.card.name_latin or '', Mask.NAME)}）"[:60]
