"""Issuing a certificate, drawing it for its holder, and taking it back."""

import secrets
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from city import here
from city.fleet.models import Terminal
from city.onewindow.document_pdf import drawn
from city.onewindow.documents import CODE_SYMBOLS, Sheet
from city.onewindow.masks import Mask, masked
from city.onewindow.people import person_of
from city.proofs.kinds import Written, issuable
from city.proofs.models import Proof, ProofLine, ProofState, ProofStep
from city.staff.models import Clerk
from sync.contract.names import SYMBOLS
from sync.contract.proofs import ProofAnswer, ProofQuestion, ProofStatus

VERIFY = "/verify"
WORDS_LEAST = 4


class Refusal(StrEnum):
    """Why a clerk's step was not taken."""

    OVERTAKEN = "overtaken"
    NO_WORDS = "no_words"
    NOT_THEIRS = "not_theirs"  # name and number are not those it was issued to
    REVOKED = "revoked"


def issued_to(terminal: Terminal, question: ProofQuestion) -> ProofAnswer:
    """Issue a certificate to the holder of a card, or give out the one that was issued under the same id."""
    person = person_of(question.id_number)
    known = Proof.objects.filter(proof_id=question.proof).first()
    if known is None:
        made = _issue(terminal, question, person)
        if not isinstance(made, Proof):
            return ProofAnswer(made)
        known = made
    elif known.person != person or known.terminal_id != terminal.pk or known.kind != question.kind:
        return ProofAnswer(ProofStatus.NOT_OFFERED)
    else:
        ProofLine(proof=known, step=ProofStep.FETCHED).save()
    if known.state == ProofState.REVOKED:
        return ProofAnswer(ProofStatus.REVOKED, known.number)
    pages = pdf_of(known, question.name, question.id_number)
    return ProofAnswer(ProofStatus.ISSUED, known.number, known.code, known.valid_until, pages)


def note_printed(terminal: Terminal, proof_id: str, *, printed: bool) -> None:
    """Write down what a terminal says of the paper."""
    found = Proof.objects.filter(proof_id=proof_id, terminal=terminal).first()
    if found is not None and found.printed is not True:
        Proof.objects.filter(pk=found.pk).update(printed=printed)
        ProofLine(proof=found, step=ProofStep.PRINTED if printed else ProofStep.NOT_PRINTED).save()


def hand_out(proof: Proof, clerk: Clerk, name: str, id_number: str) -> bytes | Refusal:
    """Draw a certificate for its holder, who stands at the window with their card."""
    if proof.state == ProofState.REVOKED:
        return Refusal.REVOKED
    if person_of(id_number) != proof.person or masked(name, Mask.NAME) != proof.masked_name:
        return Refusal.NOT_THEIRS
    ProofLine(proof=proof, step=ProofStep.HANDED_OUT, clerk=clerk).save()
    return pdf_of(proof, name, id_number)


def revoke(proof: Proof, version: int, clerk: Clerk, words: str) -> Refusal | None:
    """Take a certificate back, with a reason; whoever checks it is told from now on."""
    if len(words) < WORDS_LEAST:
        return Refusal.NO_WORDS
    with transaction.atomic():
        seen = Proof.objects.filter(pk=proof.pk, version=version, state=ProofState.VALID)
        if not seen.update(state=ProofState.REVOKED, version=F("version") + 1):
            return Refusal.OVERTAKEN
        ProofLine(proof=proof, step=ProofStep.REVOKED, clerk=clerk, words=words).save()
    return None


def pdf_of(proof: Proof, name: str, id_number: str) -> bytes:
    """Return the certificate's pages."""
    kind, own = issuable(proof.kind), here.own()
    written = kind.written(proof.facts) if kind is not None else Written(())
    host = own.hosts[0] if own.hosts else "localhost"
    address = f"https://{host}{VERIFY}"
    sheet = Sheet(
        title=proof.name,
        office=own.office,
        number=proof.number,
        addressee=f"兹证明 {name}（证件号码 {id_number}）：",
        text=written.text,
        figures=written.figures,
        tables=written.tables,
        notes=(("有效期", f"至 {proof.valid_until.isoformat()}。样例证明，开具范围和效力须由主管部门核定。"),),
        hand=f"自助终端 {proof.terminal_id} 即时开具",
        on=here.day_of(proof.issued_at),
        foot="本证明可由任何人用核验码核对；撤销的证明核验时会说明。",
        slip_code=f"{address}?code={proof.code}",
    )
    return drawn(sheet, proof.code, address, settings.PAPER_FONTS)


def _issue(terminal: Terminal, question: ProofQuestion, person: str) -> Proof | ProofStatus:
    kind = issuable(question.kind)
    if kind is None or not person or not question.name.strip():
        return ProofStatus.NOT_OFFERED
    facts = kind.facts(person)
    if facts is None:
        return ProofStatus.NOTHING_KNOWN
    today = here.today()
    try:
        with transaction.atomic():
            proof = Proof.objects.create(
                proof_id=question.proof,
                kind=kind.kind.code,
                name=kind.kind.name.zh,
                number=f"{here.own().region}{today:%y%m%d}{secrets.randbelow(10**7):07d}",
                code="".join(secrets.choice(SYMBOLS) for _ in range(CODE_SYMBOLS)),
                terminal=terminal,
                area=terminal.area,
                person=person,
                masked_name=masked(question.name, Mask.NAME),
                masked_id_number=masked(question.id_number, Mask.ID_NUMBER),
                facts=facts,
                issued_at=here.now(),
                valid_until=today + timedelta(days=kind.kind.valid_days),
            )
            ProofLine(proof=proof, step=ProofStep.ISSUED).save()
    except IntegrityError:  # the same question came twice at the same time
        return Proof.objects.get(proof_id=question.proof)
    return proof
