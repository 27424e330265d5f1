"""Taking in what somebody hands in at the desk: sealed, numbered and received exactly as if it came from a terminal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.db.models import Max

from city import here
from city.fleet.models import Terminal
from city.onewindow import blobs
from city.onewindow.intake import take
from city.onewindow.models import Case, Event
from city.onewindow.states import Kind
from city.refused import Refused
from city.staff.models import Clerk
from city.staff.roles import Right
from sync.contract.application import FORMAT, Applicant, Application, Consent, Header, Helper, PaperPage, Signature
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, InstallId, MaterialId, TerminalId, digest_of, new_receipt_number
from sync.contract.suites import seal

DESK = "DESK"
INSTALL = InstallId("desk")
_JPEG = "image/jpeg"
_MOST_STROKES, _MOST_POINTS = 500, 20_000


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that the clerk has before them."""

    application_id: ApplicationId
    package: ItemPackage
    applicant: Applicant | None
    answers: dict[str, Any]
    papers: tuple[tuple[MaterialId, int, bytes], ...]  # the material, the page from 1, the JPEG
    signature: Signature | None
    signed_on_paper: bool
    helper: Helper | None
    agreed_at: datetime
    language: str


class EntryRefusedError(RuntimeError):
    """The city itself would not take it; nothing of it is kept."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.detail or str(refused.code))
        self.refused = refused


def desk_of(clerk: Clerk) -> Terminal:
    """Return the desk of this person's area, as a terminal that no key opens and no list of the fleet shows."""
    areas = clerk.areas(Right.ENTER_CASES)
    area = "" if "" in areas or not areas else areas[0]
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()  # its secret half is thrown away: nobody can sign for a desk
    name = f"{DESK}-{area}" if area else DESK
    facts = {"public_key": key, "place": clerk.office[:60], "area": area, "withdrawn_at": here.now()}
    return Terminal.objects.get_or_create(id=name[:32], defaults=facts)[0]


def entered(desk: Terminal, application_id: ApplicationId) -> Case | None:
    """Return what was entered under this id already: a form that is sent twice is one application."""
    return Case.objects.filter(terminal=desk, application_id=application_id).first()


def enter(draft: Draft, desk: Terminal, clerk: Clerk) -> Case:
    """Seal a draft and take it in, photos included: all of it, or nothing.

    Raises:
        EntryRefusedError: The city does not take it, such as for want of room.
    """
    with transaction.atomic():
        Terminal.objects.select_for_update().get(pk=desk.pk)  # the numbers of a desk have no gaps either
        sequence = (Case.objects.filter(terminal=desk, install=INSTALL).aggregate(last=Max("sequence"))["last"] or 0) + 1
        names: dict[str, Any] = {
            "format": FORMAT,
            "application_id": draft.application_id,
            "number": new_receipt_number(),
            "terminal": TerminalId(desk.pk),
            "item": draft.package.code,
            "item_version": draft.package.version,
        }
        now = here.now()
        header = Header(**names, install=INSTALL, sequence=sequence, sealed_at=now, attachments=())
        photos = tuple(jpeg for _, _, jpeg in draft.papers)
        sealed = seal(header, msgspec.json.encode(_content(draft, names, now)), photos, here.keys().newest.public_key())
        taken = take(desk, draft.application_id, sealed.body)
        if isinstance(taken, Refused):
            raise EntryRefusedError(taken)
        for photo, said in zip(sealed.attachments, sealed.header.attachments, strict=True):
            added = blobs.append(desk, said.digest, 0, said.size_bytes, photo)
            if isinstance(added, Refused):
                raise EntryRefusedError(added)
        case = Case.objects.get(terminal=desk, application_id=draft.application_id)
        how = "screen" if draft.signature else "paper" if draft.signed_on_paper else "none"
        Event(case=case, kind=Kind.ENTERED, clerk=clerk, detail={"signed": how}).save()
    return case


def read_signature(text: str) -> Signature | None:
    """Read what was drawn on the page; None for nothing, and for what no hand can have drawn."""
    try:
        drawn = msgspec.json.decode(text.encode(), type=Signature)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
    points = [point for stroke in drawn.strokes for point in stroke]
    is_hand = 0 < len(points) <= _MOST_POINTS and len(drawn.strokes) <= _MOST_STROKES
    is_sheet = 10 <= drawn.width_mm <= 300 and 10 <= drawn.height_mm <= 300
    inside = all(-1 <= x <= drawn.width_mm + 1 and -1 <= y <= drawn.height_mm + 1 and 0 <= ms < 3_600_000 for x, y, ms in points)
    return drawn if is_hand and is_sheet and inside else None


def _content(draft: Draft, names: dict[str, Any], now: datetime) -> Application:
    papers = tuple(
        PaperPage(material, page, place, _JPEG, digest_of(jpeg), len(jpeg)) for place, (material, page, jpeg) in enumerate(draft.papers)
    )
    return Application(
        **names,
        language=draft.language,
        handed_in_at=now,
        applicant=draft.applicant,
        consent=Consent(draft.package.notice.version, draft.agreed_at),
        answers=draft.answers,
        papers=papers,
        signature=draft.signature,
        helper=draft.helper,
    )
