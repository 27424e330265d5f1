"""Taking an application in: once, whole, and answered with the same signed receipt however often it is sent."""

import shutil
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Sum

from city import here
from city.fleet.models import Terminal
from city.onewindow import arrivals, blobs, photo_store
from city.onewindow.content import Content, open_content, read_sealed
from city.onewindow.corrections import attach, corrected_by, number_of_correction
from city.onewindow.legal_clock import add_working_days
from city.onewindow.masks import Mask, masked
from city.onewindow.models import Attachment, Case, Event, SealedBody
from city.onewindow.people import person_of
from city.onewindow.states import Kind, State
from city.refused import Refused
from sync.contract.application import Header, SealedApplication
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, Digest, digest_of
from sync.contract.problem import ProblemCode
from sync.contract.receipt import PAYLOAD_TYPE, PutAnswer, Receipt, ReceiptState
from sync.contract.routes import BLOB_MAX_BYTES

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """The city has it; `is_new` tells a first delivery from a repeated one."""

    answer: PutAnswer
    is_new: bool


def take(terminal: Terminal, application_id: ApplicationId, body: bytes) -> Taken | Refused:
    """Take in the body of a PUT. Its bytes are kept as they came; nothing is ever overwritten."""
    digest = digest_of(body)
    known = Case.objects.filter(terminal=terminal, application_id=application_id).first()
    if known is not None:
        return _again(known, digest)
    sealed = read_sealed(body)
    if isinstance(sealed, Refused):
        return sealed
    wrong = _header_problem(terminal, application_id, sealed.header) or _no_room_for(sealed.header, len(body))
    if wrong is not None:
        return wrong
    content = open_content(body)
    if isinstance(content, Refused):
        return content
    corrected = corrected_by(content)
    if isinstance(corrected, Refused):
        return corrected
    try:
        with transaction.atomic():
            case = _write(terminal, sealed, content, corrected, body, digest)
    except OSError:
        return Refused(ProblemCode.BUSY, "the store of photos does not answer")
    except IntegrityError:  # the same application came by another request at the same moment: the unique key has decided
        return _again(Case.objects.get(terminal=terminal, application_id=application_id), digest)
    return Taken(standing(case), is_new=True)


def standing(case: Case) -> PutAnswer:
    """Return the answer for a case as it stands: its receipt, and the photos that are still wanted."""
    wanted = case.attachments.filter(stored_at=None).order_by("place").values_list("digest", flat=True)
    return PutAnswer(bytes(case.receipt), tuple(dict.fromkeys(Digest(digest) for digest in wanted)))


def _again(case: Case, digest: Digest) -> Taken | Refused:
    if case.digest != digest:
        return Refused(ProblemCode.OTHER_CONTENT, f"this application is here with the digest {case.digest}")
    return Taken(standing(case), is_new=False)


def _header_problem(terminal: Terminal, application_id: ApplicationId, header: Header) -> Refused | None:
    if header.terminal != terminal.id:
        return Refused(ProblemCode.NOT_YOURS, "the header names another terminal")
    if header.application_id != application_id:
        return Refused(ProblemCode.MALFORMED, "path and header name different applications")
    if any(not 0 < photo.size_bytes <= BLOB_MAX_BYTES or not blobs.is_digest(photo.digest) for photo in header.attachments):
        return Refused(ProblemCode.MALFORMED, f"an attachment has 1 to {BLOB_MAX_BYTES} bytes and a SHA-256")
    return None


def _no_room_for(header: Header, body_bytes: int) -> Refused | None:
    """Room for all photos that were promised to terminals is kept free before another application is taken."""
    promised = Attachment.objects.filter(stored_at=None).aggregate(total=Sum("size_bytes"))["total"] or 0
    needed = promised + sum(photo.size_bytes for photo in header.attachments) + 4 * body_bytes
    if shutil.disk_usage(here.folder().root).free - needed < here.own().free_space_floor_bytes:
        return Refused(ProblemCode.BUSY, "too little storage is free")
    return None


def _write(terminal: Terminal, sealed: SealedApplication, content: Content, corrected: Case | None, body: bytes, digest: Digest) -> Case:
    header = sealed.header
    now = here.now()
    here_already = {photo.digest for photo in header.attachments if photo_store.is_kept(photo.digest)}
    is_complete = all(photo.digest in here_already for photo in header.attachments)
    person = content.application.applicant
    case = Case.objects.create(
        terminal=terminal,
        application_id=header.application_id,
        case_number=header.application_id,  # until the row's own place is known, a few lines below
        number=header.number,
        install=header.install,
        sequence=header.sequence,
        item=header.item,
        item_version=header.item_version,
        digest=digest,
        person=corrected.person if corrected else person_of(person.id_number if person else None),
        corrects=corrected,
        masked_name=_masked_names(content),
        masked_id_number=masked((person.id_number or "") if person else "", Mask.ID_NUMBER)[:32],
        area=corrected.area if corrected else terminal.area,
        papers_wanted=len(header.attachments),
        state=State.RECEIVED if is_complete else State.ARRIVING,
        sealed_at=header.sealed_at,
        received_at=now,
        completed_at=now if is_complete else None,
        precheck_by=add_working_days(here.day_of(now), here.own().precheck_working_days),
        receipt=b"",
    )
    case.case_number = number_of_correction(corrected, case) if corrected else f"{here.own().region}{here.day_of(now):%m%d}{case.pk:05d}"
    case.receipt = signed_receipt(case, content.package)
    case.save(update_fields=["case_number", "receipt"])
    SealedBody.objects.create(case=case, body=body)
    Attachment.objects.bulk_create(
        Attachment(
            case=case,
            place=place,
            digest=photo.digest,
            size_bytes=photo.size_bytes,
            stored_at=now if photo.digest in here_already else None,
        )
        for place, photo in enumerate(header.attachments)
    )
    _note_arrival(case, is_complete=is_complete, handed_in_at=content.application.handed_in_at)
    if is_complete:
        attach(case)
    if corrected is None:
        arrivals.tell(case, content)
    return case


def _note_arrival(case: Case, *, is_complete: bool, handed_in_at: datetime) -> None:
    Event(case=case, kind=Kind.RECEIVED, detail={"handed_in_at": handed_in_at.isoformat(), "terminal": case.terminal_id}).save()
    if is_complete:
        Event(case=case, kind=Kind.COMPLETED, detail={"papers": case.papers_wanted}).save()
    others = Case.objects.filter(install=case.install, sequence=case.sequence, terminal_id=case.terminal_id).exclude(pk=case.pk)
    if others.exists():
        Event(case=case, kind=Kind.SEQUENCE_REUSED, detail={"sequence": case.sequence}).save()


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


def _masked_names(content: Content) -> str:
    """Return the applicant, and who hands in for them: 周**（代办 吴**）."""
    application = content.application
    person, helper = application.applicant, application.helper
    name = (person.name or person.name_latin or "") if person else str(application.answers.get("applicant_name", ""))
    shown = masked(name, Mask.NAME)
    if helper is None:
        return shown[:60]
    return f"{shown}（代办 {masked(helper.card.name or helper.card.name_latin or '', Mask.NAME)}）"[:60]
