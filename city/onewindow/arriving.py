"""How applications become rows: all of a batch in a handful of statements, whatever their number."""

import uuid
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import cast

import msgspec
from django.db import connection

from city import here
from city.fleet.models import Terminal
from city.onewindow import arrivals
from city.onewindow.among import among
from city.onewindow.content import Content
from city.onewindow.copying import Row, next_keys, write_rows
from city.onewindow.corrections import attach, number_of_correction
from city.onewindow.history import history_grew
from city.onewindow.legal_clock import add_working_days
from city.onewindow.masks import Mask, masked
from city.onewindow.models import Attachment, Case, Event, SealedBody
from city.onewindow.people import person_of
from city.onewindow.states import Kind, State
from sync.contract.application import Header
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, Digest, InstallId, TerminalId
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


def write(terminal: Terminal, arriving: Sequence[Arriving], taken: AbstractSet[Place]) -> list[bytes]:
    """Write all of them, within a transaction of the caller's, and return their receipts in the same order.

    A correction may not come together with the case that it completes.

    Args:
        terminal: Whose they are.
        arriving: At least one.
        taken: The places in the order of its applications that were taken before; that they are again is noted.

    Raises:
        IntegrityError, DataError: One of them is here already, or cannot be stored; nothing is written then.
    """
    now = here.now()
    told = _first_lines(terminal, arriving, taken)
    keys, line_keys = next_keys((Case, len(arriving)), (Event, sum(map(len, told))))
    cases: list[Row] = []

    def made() -> Iterator[Row]:
        for key, one in zip(keys, arriving, strict=True):
            cases.append(_case(key, terminal, one, now))
            yield cases[-1]

    kinds = ((key, kind, detail) for key, lines in zip(keys, told, strict=True) for kind, detail in lines)
    lines: list[Row] = [
        {"id": key, "case_id": case, "at": now, "kind": kind.value, "detail": detail}
        for key, (case, kind, detail) in zip(line_keys, kinds, strict=True)
    ]
    bodies: list[Row] = [{"case_id": key, "body": one.body} for key, one in zip(keys, arriving, strict=True)]
    photos: list[Row] = [
        {
            "case_id": key,
            "place": place,
            "digest": photo.digest,
            "size_bytes": photo.size_bytes,
            "stored_at": now if photo.digest in one.stored else None,
        }
        for key, one in zip(keys, arriving, strict=True)
        for place, photo in enumerate(one.header.attachments)
    ]
    write_rows((Case, made(), len(keys)), (SealedBody, bodies, len(bodies)), (Attachment, photos, len(photos)), (Event, lines, len(lines)))
    _tell(terminal, arriving, cases, lines)
    return [cast("bytes", case["receipt"]) for case in cases]


def _tell(terminal: Terminal, arriving: Sequence[Arriving], cases: Sequence[Row], lines: Sequence[Row]) -> None:
    """Tell whoever waits for these applications; Django's objects are made for those who do, and for nobody else."""

    @cache
    def written(key: object) -> Case:
        case = next(Case(**row) for row in cases if row["id"] == key)
        case.terminal = terminal
        case._state.adding, case._state.db = False, connection.alias  # noqa: SLF001  as Django's own bulk_create leaves it
        return case

    def grown() -> list[Event]:
        events = [Event(**row) for row in lines]
        for event in events:
            event.case = written(event.case_id)
        return events

    history_grew.send(sender=Event, lines=grown)
    for row, one in zip(cases, arriving, strict=True):
        if one.corrected is None:
            arrivals.tell(one.content, partial(written, row["id"]))
        elif row["completed_at"] is not None:
            attach(written(row["id"]))


def known_like(terminal: Terminal, names: AbstractSet[ApplicationId], places: AbstractSet[Place]) -> tuple[list[Case], set[Place]]:
    """Return a terminal's cases of these applications, and which of these places in the order of its applications are taken.

    In SQL, since every request of a terminal asks it: Django takes longer to write the two conditions than the database to answer.
    """
    named, install, sequence = (
        among("application_id", "uuid", names),
        among("install", "text", {install for install, _ in places}),
        among("sequence", "bigint", {number for _, number in places}),
    )
    wanted = (
        f"SELECT id, {named.condition}, install, sequence FROM {Case._meta.db_table} WHERE terminal_id = %s"  # noqa: S608, SLF001  our own names
        f" AND ({named.condition} OR ({install.condition} AND {sequence.condition}))"
    )
    with connection.cursor() as cursor:
        cursor.execute(wanted, [*named.values, terminal.pk, *named.values, *install.values, *sequence.values])
        found = cursor.fetchall()
    keys = [key for key, is_named, *_ in found if is_named]
    return list(Case.objects.filter(pk__in=keys)) if keys else [], {(install, number) for *_, install, number in found}


def signed_receipt(case: Case, package: ItemPackage) -> bytes:
    """Sign what the city says about a case as it is now."""
    state = ReceiptState.COMPLETE if case.is_complete else ReceiptState.RECEIVED
    who = case.terminal.terminal_id, ApplicationId(str(case.application_id)), Digest(case.digest)
    return _signed(who, CaseNumber(case.number_said), state, case.received_at, package)


def _signed(
    who: tuple[TerminalId, ApplicationId, Digest], number: CaseNumber, state: ReceiptState, received_at: datetime, package: ItemPackage
) -> bytes:
    terminal, application_id, digest = who
    decide_by = add_working_days(here.day_of(received_at), package.limit.working_days)
    receipt = Receipt(FORMAT, terminal, application_id, digest, number, state, received_at, decide_by)
    return here.keys().receipts.sign(msgspec.json.encode(receipt), PAYLOAD_TYPE)


def _case(key: int, terminal: Terminal, one: Arriving, now: datetime) -> Row:
    header, corrected, today, package = one.header, one.corrected, here.day_of(now), one.content.package
    person = one.content.application.applicant
    number = number_of_correction(corrected, key) if corrected else f"{here.own().region}{today:%m%d}{key:05d}"
    state = ReceiptState.RECEIVED if one.wanted else ReceiptState.COMPLETE
    said = CaseNumber(corrected.case_number if corrected else number)
    return {
        "id": key,
        "terminal_id": terminal.pk,
        "application_id": uuid.UUID(header.application_id),
        "number": header.number,
        "case_number": number,
        "install": header.install,
        "sequence": header.sequence,
        "item": header.item,
        "item_version": header.item_version,
        "digest": one.digest,
        "person": corrected.person if corrected else person_of(person.id_number if person else None),
        "corrects_id": corrected.pk if corrected else None,
        "masked_name": _masked_names(one.content),
        "masked_id_number": masked((person.id_number or "") if person else "", Mask.ID_NUMBER)[:32],
        "area": corrected.area if corrected else terminal.area,
        "papers_wanted": len(header.attachments),
        "state": (State.ARRIVING if one.wanted else State.RECEIVED).value,
        "sealed_at": header.sealed_at,
        "received_at": now,
        "completed_at": None if one.wanted else now,
        "precheck_by": add_working_days(today, here.own().precheck_working_days),
        "receipt": _signed((terminal.terminal_id, header.application_id, one.digest), said, state, now, package),
    }


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
