"""Freezing: from a finished draft to the application whose bytes never change again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec
from uuid6 import uuid7

from kiosk.flow.signers import family_of, has_mark, kept_for
from kiosk.flow.visit import Ink, Visit
from peripherals.values import dataclass
from sync.contract import application
from sync.contract.application import Application, Consent, FamilySignature, Header, Helper, PaperPage, Signature
from sync.contract.names import ApplicationId, InstallId, ReceiptNumber, TerminalId, digest_of, new_receipt_number
from sync.contract.suites import CityPublicKey, Seal, Sealed
from sync.contract.suites import seal as seal_alone

JPEG = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Frozen:
    """An application with its numbers; `sealed` makes the form that travels once the outbox says where it stands in line."""

    application_id: ApplicationId
    number: ReceiptNumber
    at: datetime
    sealed: Callable[[int, InstallId], Sealed]


def freeze(visit: Visit, terminal: TerminalId, language: str, at: datetime, city_key: CityPublicKey, seal: Seal = seal_alone) -> Frozen:
    """Fix every byte of a finished draft.

    Args:
        visit: Complete: card, consent and answers are there and fit the item.
        terminal: Who takes it.
        language: What the resident read it in.
        at: UTC, by this terminal's clock.
        city_key: What it is sealed to.
        seal: How; a process that seals many gives its `Sealer`'s.

    Raises:
        ValueError: The draft is not complete; the flow never hands in such a one.
    """
    if visit.agreed_at is None:
        raise ValueError("an application without consent is not frozen")
    application_id, number = ApplicationId(str(uuid7())), new_receipt_number()
    pictures = tuple(paper.jpeg.reveal() for paper in visit.papers)
    papers = tuple(
        PaperPage(paper.material, paper.page, place, JPEG, digest_of(picture), len(picture), paper.earlier)
        for place, (paper, picture) in enumerate(zip(visit.papers, pictures, strict=True))
    )
    content = msgspec.json.encode(
        Application(
            format=application.FORMAT,
            application_id=application_id,
            number=number,
            terminal=terminal,
            item=visit.item.code,
            item_version=visit.item.version,
            language=language,
            handed_in_at=at,
            applicant=None if visit.card is None else visit.card.reveal(),
            consent=Consent(visit.item.notice.version, visit.agreed_at.astimezone(UTC)),
            answers=dict(visit.answers),
            papers=papers,
            signature=_signature(visit.ink) if visit.applicant_signs else None,
            corrects=None if visit.completes is None else visit.completes.application_id,
            helper=Helper(visit.helper.reveal(), _signature(visit.helper_ink)) if visit.is_helped and visit.helper is not None else None,
            family=tuple(_family(visit)),
            witness=visit.witness.reveal() if visit.witness is not None and has_mark(visit) else None,
        )
    )

    def sealed(sequence: int, install: InstallId) -> Sealed:
        header = Header(
            application.FORMAT, application_id, number, terminal, install, sequence, visit.item.code, visit.item.version, at, ()
        )
        return seal(header, content, pictures, city_key)

    return Frozen(application_id, number, at, sealed)


def _family(visit: Visit) -> Iterator[FamilySignature]:
    """Yield what each adult of the family put down, in the order of their rows."""
    for member, adult in enumerate(family_of(visit)):
        kept = kept_for(visit, member)
        yield FamilySignature(adult.row, None if kept is None else _signature(kept.ink))


def _signature(ink: Ink) -> Signature | None:
    return Signature(ink.width_mm, ink.height_mm, ink.strokes, ink.is_mark) if ink.strokes else None
