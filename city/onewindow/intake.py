"""Taking applications in: once, whole, and answered with the same signed receipt however often they are sent."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import DataError, IntegrityError, transaction

from city.fleet.models import Terminal
from city.onewindow import blobs, photo_store
from city.onewindow.arriving import Arriving, Place, known_like, write
from city.onewindow.content import open_content, read_sealed
from city.onewindow.corrections import corrected_by
from city.onewindow.models import Case
from city.onewindow.room import Room
from city.refused import Refused
from sync.contract.application import Header
from sync.contract.names import ApplicationId, Digest, digest_of
from sync.contract.problem import ProblemCode, Retry
from sync.contract.receipt import PutAnswer
from sync.contract.routes import BLOB_MAX_BYTES

_log = logging.getLogger(__name__)

Asked = tuple[ApplicationId, bytes]
"""The id under which an application is sent, and its body."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The city has it; `is_new` tells a first delivery from a repeated one."""

    answer: PutAnswer
    is_new: bool


def take(terminal: Terminal, application_id: ApplicationId, body: bytes) -> Taken | Refused:
    """Take in the body of a PUT. Its bytes are kept as they came; nothing is ever overwritten."""
    asked = [(application_id, body)]
    try:
        with transaction.atomic():
            (taken,) = _Intake(terminal, asked, is_alone=True).answers()
    except IntegrityError:  # it came by another request at the same moment: the unique key has decided, and it is known now
        with transaction.atomic():
            (taken,) = _Intake(terminal, asked, is_alone=True).answers()
    return taken


def take_all(terminal: Terminal, asked: Sequence[Asked]) -> list[Taken | Refused]:
    """Take in several, within a transaction of the caller's, and answer each as if it had come alone.

    The good ones are written together. Should the database refuse them, they are written one by one, and the culprit alone is told that
    the city failed.
    """
    return _Intake(terminal, asked).answers()


def standing(case: Case) -> PutAnswer:
    """Return the answer for a case as it stands: its receipt, and the photos that are still wanted."""
    wanted = case.attachments.filter(stored_at=None).order_by("place").values_list("digest", flat=True)
    return PutAnswer(bytes(case.receipt), tuple(dict.fromkeys(Digest(digest) for digest in wanted)))


class _Intake:
    """One request of a terminal's, and what is known of it while it is answered."""

    def __init__(self, terminal: Terminal, asked: Sequence[Asked], *, is_alone: bool = False) -> None:
        """`is_alone` says that there is nothing in the transaction but this one, which the caller tries again as a whole."""
        self._terminal = terminal
        self._asked = asked
        self._is_alone = is_alone
        self._sealed = [read_sealed(body) for _, body in asked]
        self._room = Room()
        self._known: dict[str, Case] = {}
        self._places: set[Place] = set()

    def answers(self) -> list[Taken | Refused]:
        """Return the answers in the order in which was asked."""
        self._look_up()
        answers: dict[int, Taken | Refused] = {}
        fresh: dict[int, Arriving] = {}
        names: set[str] = set()
        for at, (name, body) in enumerate(self._asked):
            if name in self._known:
                answers[at] = _again(self._known[name], digest_of(body))
            elif name not in names:
                judged = self._judged(at)
                if isinstance(judged, Refused):
                    answers[at] = judged
                else:
                    fresh[at] = judged
                    names.add(name)
        answers |= self._written({at: one for at, one in fresh.items() if one.content.application.corrects is None})
        answers |= self._corrections({at: one for at, one in fresh.items() if one.content.application.corrects is not None})
        for at, (name, body) in enumerate(self._asked):
            if at not in answers:  # the same one came twice in this batch
                answers[at] = self._one_more(name, body)
        return [answers[at] for at in range(len(self._asked))]

    def _look_up(self) -> None:
        """Find, at once, the cases that are here already and the places in the terminal's order that are taken."""
        asked = {name for name, _ in self._asked}
        headers = [sealed.header for sealed in self._sealed if not isinstance(sealed, Refused)]
        cases, self._places = known_like(self._terminal, asked, {(header.install, header.sequence) for header in headers})
        self._known = {str(case.application_id): case for case in cases}

    def _judged(self, at: int) -> Arriving | Refused:
        """Open and check one, without the database but for the room that is left."""
        name, body = self._asked[at]
        sealed = self._sealed[at]
        if isinstance(sealed, Refused):
            return sealed
        header = sealed.header
        wrong = _header_problem(self._terminal, name, header)
        if wrong is not None:
            return wrong
        content = open_content(body)
        if isinstance(content, Refused):
            return content
        if not self._room.is_enough_for(header, len(body)):
            return Refused(ProblemCode.BUSY, "too little storage is free")
        try:
            stored = frozenset(photo.digest for photo in header.attachments if photo_store.is_kept(photo.digest))
        except OSError:
            return Refused(ProblemCode.BUSY, "the store of photos does not answer")
        return Arriving(header, content, body, digest_of(body), stored)

    def _written(self, fresh: dict[int, Arriving]) -> dict[int, Taken | Refused]:
        if not fresh:
            return {}
        arriving = list(fresh.values())
        if self._is_alone:
            receipts = write(self._terminal, arriving, self._places)
        else:
            try:
                with transaction.atomic():
                    receipts = write(self._terminal, arriving, self._places)
            except (IntegrityError, DataError) as error:
                if len(fresh) > 1:
                    return {at: answer for one in fresh.items() for at, answer in self._written(dict([one])).items()}
                ((at, one),) = fresh.items()
                case = self._case(one.header.application_id)
                if case is None:  # nothing that its terminal or its neighbours can mend
                    _log.error("%s %s: not written: %s", self._terminal.pk, one.header.application_id, type(error).__name__)
                    return {at: Refused(ProblemCode.FAULT)}
                return {at: _again(case, one.digest)}  # it came by another request at the same moment: the unique key has decided
        self._places |= {one.place for one in arriving}
        return {at: Taken(PutAnswer(receipt, one.wanted), is_new=True) for (at, one), receipt in zip(fresh.items(), receipts, strict=True)}

    def _corrections(self, fresh: dict[int, Arriving]) -> dict[int, Taken | Refused]:
        """Each in its turn, since what it completes may have come in this very batch."""
        answers: dict[int, Taken | Refused] = {}
        for at, one in fresh.items():
            corrected = corrected_by(one.content)
            if isinstance(corrected, Refused):
                answers[at] = corrected
            else:
                answers |= self._written({at: replace(one, corrected=corrected)})
        return answers

    def _one_more(self, application_id: ApplicationId, body: bytes) -> Taken | Refused:
        """Answer for one that another copy of it was taken in for, or refused."""
        case = self._case(application_id)
        return take_all(self._terminal, [(application_id, body)])[0] if case is None else _again(case, digest_of(body))

    def _case(self, application_id: ApplicationId) -> Case | None:
        return Case.objects.filter(terminal=self._terminal, application_id=application_id).first()


def _again(case: Case, digest: Digest) -> Taken | Refused:
    if case.digest != digest:
        return Refused(ProblemCode.OTHER_CONTENT, f"this application is here with the digest {case.digest}")
    return Taken(standing(case), is_new=False)


def _header_problem(terminal: Terminal, application_id: ApplicationId, header: Header) -> Refused | None:
    if header.terminal != terminal.id:
        return Refused(ProblemCode.NOT_YOURS, "the header names another terminal", retry=Retry.NEVER)  # its neighbours may be its own
    if header.application_id != application_id:
        return Refused(ProblemCode.MALFORMED, "path and header name different applications")
    if any(not 0 < photo.size_bytes <= BLOB_MAX_BYTES or not blobs.is_digest(photo.digest) for photo in header.attachments):
        return Refused(ProblemCode.MALFORMED, f"an attachment has 1 to {BLOB_MAX_BYTES} bytes and a SHA-256")
    return None
