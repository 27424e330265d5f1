"""Admission (准入), on the city's side: open, connect, compare, agree, void; renew; withdraw.

Whoever asks with a wrong, old or used code is told the same thing, so that guessing teaches nothing. Five wrong codes end the
admission; a second machine with the right one ends it too, because somebody has read it who should not.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.db.models import F

from city import here
from city.certificates import authority
from city.fleet.certificates import issue, write_revoked
from city.fleet.models import Act, Admission, AdmissionState, Certificate, Terminal, note_act
from city.refused import Refused
from city.staff.models import Clerk
from sync.contract.enrolment import (
    CERTIFICATE_LIFE,
    CODE_LIFE,
    CODE_TRIES,
    RENEW_AFTER,
    AdmissionCodeError,
    AdmissionLink,
    CertificateAnswer,
    CertificateState,
    EnrolAnswer,
    EnrolRequest,
    EnrolState,
    new_code,
    read_code,
    six_words,
)
from sync.contract.problem import ProblemCode

TERMINAL = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}", re.ASCII)
FETCH_WITHIN = timedelta(days=7)  # how long after admission the terminal may come for its certificate
COMPARE_WITHIN = timedelta(hours=24)
_OPEN = (AdmissionState.WAITING, AdmissionState.CONNECTED)
_NOTHING = Refused(ProblemCode.NOT_ADMITTED, "no admission is open under this code")


class AdmissionError(ValueError):
    """This cannot be done now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh admission and its code, which is kept nowhere."""

    admission: Admission
    code: str


def open_admission(terminal_id: str, place: str, spot: str = "", form: str = "", *, area: str = "", clerk: Clerk | None = None) -> Opened:
    """Give out a one-time code for one machine; an older open code for the same terminal is void.

    Raises:
        AdmissionError: The id is malformed, or a terminal with it works already.
    """
    if not TERMINAL.fullmatch(terminal_id):
        raise AdmissionError(f"{terminal_id!r}: 1 to 32 capitals, digits and hyphens")
    if not place.strip():
        raise AdmissionError("say where it will stand")
    if Terminal.objects.filter(pk=terminal_id, withdrawn_at=None).exists():
        raise AdmissionError(f"{terminal_id} is admitted; withdraw it first, or give this machine another id")
    code = new_code()
    with transaction.atomic():
        for older in Admission.objects.select_for_update().filter(terminal_id=terminal_id, state__in=_OPEN):
            _end(older, AdmissionState.VOID, "a newer code was given out", clerk)
        admission = Admission.objects.create(
            terminal_id=terminal_id,
            place=place.strip()[:60],
            area=area.strip()[:32],
            spot=spot.strip()[:60],
            form=form.strip()[:60],
            code_digest=_digest(code),
            expires_at=here.now() + CODE_LIFE,
        )
        note_act(Act.OPENED, terminal_id, clerk)
    return Opened(admission, code)


def link(opened: Opened, url: str) -> AdmissionLink:
    """Return what the square on the operator's screen says."""
    fingerprint = hashlib.sha256(_authority_der()).hexdigest()
    return AdmissionLink(url, Terminal(id=opened.admission.terminal_id).terminal_id, opened.code, fingerprint)


def connect(request: EnrolRequest) -> EnrolAnswer | Refused:
    """Answer a machine that shows a code and its key; the key's possession has been proven by then."""
    with transaction.atomic():
        admission = Admission.objects.select_for_update().filter(terminal_id=request.terminal).order_by("-pk").first()
        if admission is None:
            return _NOTHING
        now = here.now()
        if admission.state in _OPEN and now >= admission.expires_at:
            _end(admission, AdmissionState.EXPIRED, "nobody finished it in time", None)
        if admission.state not in (*_OPEN, AdmissionState.ADMITTED):
            return _NOTHING
        if not secrets.compare_digest(_given_digest(request.code), admission.code_digest):
            return _wrong_code(admission)
        if admission.public_key is None:
            return _connected(admission, request, now)
        if bytes(admission.public_key) != request.public_key:
            return _second_machine(admission)
        if admission.state == AdmissionState.CONNECTED:
            return EnrolAnswer(EnrolState.COMPARE, admission.place)
        return _certificate_of(admission, now)


def agree(admission_id: int, clerk: Clerk | None) -> Admission:
    """Say that the six words are the same; the second person who says so admits the machine. `None` is the owner of the city's keys.

    Raises:
        AdmissionError: No machine is connected, it took too long, or the same person said so twice.
    """
    with transaction.atomic():
        admission = Admission.objects.select_for_update().get(pk=admission_id)
        now = here.now()
        if admission.state == AdmissionState.CONNECTED and now >= admission.expires_at:
            _end(admission, AdmissionState.EXPIRED, "nobody finished it in time", None)
        if admission.state != AdmissionState.CONNECTED:
            return _refuse_agreement(admission)
        note_act(Act.WORDS_AGREED, admission.terminal_id, clerk)
        if clerk is not None and admission.first_by_id is None:
            admission.first_by = clerk
            admission.save()
            return admission
        if clerk is not None and admission.first_by_id == clerk.pk:
            raise AdmissionError("the second signature must be another person's")
        _admit(admission, now, clerk)
    return admission


def void(admission_id: int, why: str, clerk: Clerk | None) -> Admission:
    """End an admission: the words differ, or nobody wants it any more.

    Raises:
        AdmissionError: It has ended already.
    """
    with transaction.atomic():
        admission = Admission.objects.select_for_update().get(pk=admission_id)
        if admission.state not in _OPEN:
            raise AdmissionError(f"it has ended already: {admission.get_state_display()}")
        _end(admission, AdmissionState.VOID, why, clerk)
    return admission


def withdraw(terminal_id: str, why: str, clerk: Clerk | None) -> None:
    """Take a terminal's admission back, at once: its next request is refused, its certificates are on the list.

    Raises:
        AdmissionError: There is no such terminal, or it is withdrawn.
    """
    with transaction.atomic():
        terminal = Terminal.objects.select_for_update().filter(pk=terminal_id, withdrawn_at=None).first()
        if terminal is None:
            raise AdmissionError(f"{terminal_id}: no such terminal is admitted")
        now = here.now()
        terminal.withdrawn_at = now
        terminal.save(update_fields=["withdrawn_at"])
        Certificate.objects.filter(terminal=terminal, revoked_at=None).update(revoked_at=now)
        note_act(Act.WITHDRAWN, terminal_id, clerk, why)
    write_revoked(here.folder(), now)


def renew(terminal: Terminal) -> CertificateAnswer:
    """Answer an admitted terminal that asks for a certificate: the one it has, a new one, or that a person must agree first."""
    with transaction.atomic():
        locked = Terminal.objects.select_for_update().get(pk=terminal.pk)
        now = here.now()
        until = locked.certificate_until
        if until is not None and now >= until and locked.renewal_agreed_at is None:
            if locked.renewal_asked_at is None:
                Terminal.objects.filter(pk=locked.pk).update(renewal_asked_at=now)
                note_act(Act.RENEWAL_ASKED, locked.id)
            return CertificateAnswer(CertificateState.AWAITING_APPROVAL)
        newest = locked.certificates.filter(revoked_at=None).order_by("-pk").first()
        if newest is not None and until is not None and now < until - (CERTIFICATE_LIFE - RENEW_AFTER):
            return CertificateAnswer(CertificateState.VALID, newest.pem)
        Terminal.objects.filter(pk=locked.pk).update(renewal_asked_at=None, renewal_agreed_at=None)
        note_act(Act.RENEWED, locked.id)
        return CertificateAnswer(CertificateState.VALID, issue(here.folder(), locked, now).pem)


def agree_to_renewal(terminal_id: str, clerk: Clerk | None) -> None:
    """Agree that a terminal whose certificate is over gets a new one when it asks next.

    Raises:
        AdmissionError: It has not asked.
    """
    changed = Terminal.objects.filter(pk=terminal_id, withdrawn_at=None).exclude(renewal_asked_at=None)
    if not changed.update(renewal_agreed_at=here.now()):
        raise AdmissionError(f"{terminal_id} has not asked for a new certificate")
    note_act(Act.RENEWAL_AGREED, terminal_id, clerk)


def _connected(admission: Admission, request: EnrolRequest, now: datetime) -> EnrolAnswer | Refused:
    if Terminal.objects.filter(public_key=request.public_key).exists():
        _end(admission, AdmissionState.VOID, "the machine brought the key of another terminal: a copied disk?", None)
        return _NOTHING
    admission.public_key = request.public_key
    admission.words = " ".join(six_words(read_code(request.code), request.public_key, _authority_der()))
    admission.state = AdmissionState.CONNECTED
    admission.connected_at = now
    admission.expires_at = now + COMPARE_WITHIN
    admission.save()
    note_act(Act.CONNECTED, admission.terminal_id)
    return EnrolAnswer(EnrolState.COMPARE, admission.place)


def _wrong_code(admission: Admission) -> Refused:
    """Count it, and give up after some; an admission that is over cannot be ended by guessing."""
    if admission.state not in _OPEN:
        return _NOTHING
    Admission.objects.filter(pk=admission.pk).update(tries=F("tries") + 1)
    if admission.tries + 1 >= CODE_TRIES:
        _end(admission, AdmissionState.VOID, f"{CODE_TRIES} wrong codes", None)
    return _NOTHING


def _second_machine(admission: Admission) -> Refused:
    if admission.state in _OPEN:
        _end(admission, AdmissionState.VOID, "a second machine showed the same code", None)
    else:
        note_act(Act.VOIDED, admission.terminal_id, note="a second machine showed the code of an admission that is over")
    return _NOTHING


def _certificate_of(admission: Admission, now: datetime) -> EnrolAnswer | Refused:
    terminal = Terminal.objects.filter(pk=admission.terminal_id, withdrawn_at=None).first()
    newest = terminal.certificates.filter(revoked_at=None).order_by("-pk").first() if terminal else None
    if newest is None or admission.closed_at is None or now >= admission.closed_at + FETCH_WITHIN:
        return _NOTHING
    return EnrolAnswer(EnrolState.ADMITTED, admission.place, newest.pem)


def _admit(admission: Admission, now: datetime, clerk: Clerk | None) -> None:
    facts = {
        "public_key": bytes(admission.public_key or b""),
        "place": admission.place,
        "area": admission.area,
        "spot": admission.spot,
        "form": admission.form,
        "withdrawn_at": None,
        "renewal_asked_at": None,
        "renewal_agreed_at": None,
    }
    terminal, _ = Terminal.objects.update_or_create(id=admission.terminal_id, defaults=facts)
    issue(here.folder(), terminal, now)
    admission.state, admission.closed_at = AdmissionState.ADMITTED, now
    admission.save()
    note_act(Act.ADMITTED, admission.terminal_id, clerk)


def _refuse_agreement(admission: Admission) -> Admission:
    if admission.state == AdmissionState.WAITING:
        raise AdmissionError("no machine has connected yet; let the technician enter the code")
    raise AdmissionError(f"it has ended: {admission.get_state_display()}; give out a new code")


def _end(admission: Admission, state: AdmissionState, why: str, clerk: Clerk | None) -> None:
    admission.state, admission.why, admission.closed_at = state, why[:200], here.now()
    Admission.objects.filter(pk=admission.pk).update(state=state, why=admission.why, closed_at=admission.closed_at)
    note_act(Act.VOIDED, admission.terminal_id, clerk, why)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _given_digest(text: str) -> str:
    try:
        return _digest(read_code(text[:64]))
    except AdmissionCodeError:
        return ""


def _authority_der() -> bytes:
    return authority(here.folder())[0].public_bytes(Encoding.DER)


def key_of(request: EnrolRequest) -> Ed25519PublicKey | None:
    """Return the key that a machine brings, None if it is none."""
    try:
        return Ed25519PublicKey.from_public_bytes(request.public_key)
    except ValueError:
        return None
