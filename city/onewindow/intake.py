"""Taking applications in: once, whole, and answered with the same signed receipt however often they are sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import DataError, IntegrityError, transaction

from city.fleet.models import Terminal
from city.onewindow import blobs, photo_store
from city.onewindow.arriving import Arriving, write
from city.onewindow.content import open_content, read_sealed
from city.onewindow.corrections import corrected_by
from city.onewindow.models import Case
from city.onewindow.room import Room
from city.refused import Refused
from sync.contract.application import Header
from sync.contract.names import ApplicationId, Digest, digest_of
from sync.contract.problem import ProblemCode
from sync.contract.receipt import PutAnswer
from sync.contract.routes import BLOB_MAX_BYTES

Asked = tuple[ApplicationId, bytes]
"""The id under which an application is sent, and its body."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The city has it; `is_new` tells a first delivery from a repeated one."""

    answer: PutAnswer
    is_new: bool


def take(terminal: Terminal, application_id: ApplicationId, body: bytes) -> Taken | Refused:
    """Take in the body of a PUT. Its bytes are kept as they came; nothing is ever overwritten."""
    with transaction.atomic():
        (taken,) = take_all(terminal, [(application_id, body)])
    return taken


def take_all(terminal: Terminal, asked: Sequence[Asked]) -> list[Taken | Refused]:
    """Take in several, within a transaction of the caller's, and answer each as if it had come alone.

    The good ones are written together. Should the database refuse them, they are written one by one, and the culprit shows.
    """
    answers: dict[int, Taken | Refused] = {}
    known = _known(terminal, [name for name, _ in asked])
    room = Room()
    fresh: dict[int, Arriving] = {}
    names: set[str] = set()
    for place, (name, body) in enumerate(asked):
        if name in known:
            answers[place] = _again(known[name], digest_of(body))
        elif name not in names:
            judged = _judged(terminal, name, body, room)
            if isinstance(judged, Refused):
                answers[place] = judged
            else:
                fresh[place] = judged
                names.add(name)
    answers |= _written(terminal, {place: one for place, one in fresh.items() if one.content.application.corrects is None})
    answers |= _corrections(terminal, {place: one for place, one in fresh.items() if one.content.application.corrects is not None})
    for place, (name, body) in enumerate(asked):
        if place not in answers:  # the same one came twice in this batch
            answers[place] = _one_more(terminal, name, body)
    return [answers[place] for place in range(len(asked))]


def standing(case: Case) -> PutAnswer:
    """Return the answer for a case as it stands: its receipt, and the photos that are still wanted."""
    wanted = case.attachments.filter(stored_at=None).order_by("place").values_list("digest", flat=True)
    return PutAnswer(bytes(case.receipt), tuple(dict.fromkeys(Digest(digest) for digest in wanted)))


def _known(terminal: Terminal, names: Sequence[ApplicationId]) -> dict[str, Case]:
    return {str(case.application_id): case for case in Case.objects.filter(terminal=terminal, application_id__in=names)}


def _again(case: Case, digest: Digest) -> Taken | Refused:
    if case.digest != digest:
        return Refused(ProblemCode.OTHER_CONTENT, f"this application is here with the digest {case.digest}")
    return Taken(standing(case), is_new=False)


def _one_more(terminal: Terminal, application_id: ApplicationId, body: bytes) -> Taken | Refused:
    """Answer for one that another copy of it was taken in for, or refused."""
    case = Case.objects.filter(terminal=terminal, application_id=application_id).first()
    return take_all(terminal, [(application_id, body)])[0] if case is None else _again(case, digest_of(body))


def _judged(terminal: Terminal, application_id: ApplicationId, body: bytes, room: Room) -> Arriving | Refused:
    """Read, open and check one, without the database but for the room that is left."""
    sealed = read_sealed(body)
    if isinstance(sealed, Refused):
        return sealed
    header = sealed.header
    wrong = _header_problem(terminal, application_id, header)
    if wrong is not None:
        return wrong
    content = open_content(body)
    if isinstance(content, Refused):
        return content
    if not room.is_enough_for(header, len(body)):
        return Refused(ProblemCode.BUSY, "too little storage is free")
    try:
        stored = frozenset(photo.digest for photo in header.attachments if photo_store.is_kept(photo.digest))
    except OSError:
        return Refused(ProblemCode.BUSY, "the store of photos does not answer")
    return Arriving(header, content, body, digest_of(body), stored)


def _written(terminal: Terminal, fresh: dict[int, Arriving]) -> dict[int, Taken | Refused]:
    if not fresh:
        return {}
    try:
        with transaction.atomic():
            cases = write(terminal, list(fresh.values()))
    except (IntegrityError, DataError) as error:
        if len(fresh) > 1:
            return {place: answer for one in fresh.items() for place, answer in _written(terminal, dict([one])).items()}
        ((place, one),) = fresh.items()
        case = Case.objects.filter(terminal=terminal, application_id=one.header.application_id).first()
        if case is None:
            raise error from None
        return {place: _again(case, one.digest)}  # it came by another request at the same moment: the unique key has decided
    return {
        place: Taken(PutAnswer(bytes(case.receipt), one.wanted), is_new=True)
        for (place, one), case in zip(fresh.items(), cases, strict=True)
    }


def _corrections(terminal: Terminal, fresh: dict[int, Arriving]) -> dict[int, Taken | Refused]:
    """Each in its turn, since what it completes may have come in this very batch."""
    answers: dict[int, Taken | Refused] = {}
    for place, one in fresh.items():
        corrected = corrected_by(one.content)
        if isinstance(corrected, Refused):
            answers[place] = corrected
        else:
            answers |= _written(terminal, {place: replace(one, corrected=corrected)})
    return answers


def _header_problem(terminal: Terminal, application_id: ApplicationId, header: Header) -> Refused | None:
    if header.terminal != terminal.id:
        return Refused(ProblemCode.NOT_YOURS, "the header names another terminal")
    if header.application_id != application_id:
        return Refused(ProblemCode.MALFORMED, "path and header name different applications")
    if any(not 0 < photo.size_bytes <= BLOB_MAX_BYTES or not blobs.is_digest(photo.digest) for photo in header.attachments):
        return Refused(ProblemCode.MALFORMED, f"an attachment has 1 to {BLOB_MAX_BYTES} bytes and a SHA-256")
    return None
