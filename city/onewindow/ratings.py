"""Ratings (好差评): one for each case, kept as it was sent, seen by nobody who decides the case before it is closed."""

from dataclasses import dataclass

import msgspec
from django.db import IntegrityError, transaction

from city import here
from city.fleet.models import Terminal
from city.onewindow.content import is_moment
from city.onewindow.models import Case, Event, RatingRow
from city.onewindow.states import Kind
from city.refused import Refused
from sync.contract.decoding import UNDECODABLE
from sync.contract.names import ApplicationId, Digest, digest_of
from sync.contract.problem import ProblemCode
from sync.contract.rating import PAYLOAD_TYPE, Rating, RatingAnswer, RatingReceipt

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Rated:
    """The city has the rating."""

    answer: RatingAnswer
    is_new: bool


def rate(terminal: Terminal, application_id: ApplicationId, body: bytes) -> Rated | Refused:
    """Take in the body of a rating's PUT."""
    rating = _read(terminal, application_id, body)
    if isinstance(rating, Refused):
        return rating
    case = Case.objects.filter(terminal=terminal, application_id=application_id).first()
    if case is None:
        return Refused(ProblemCode.UNKNOWN, "the application is not here yet; send it first")
    digest = digest_of(body)
    said = msgspec.json.encode(RatingReceipt(FORMAT, terminal.terminal_id, application_id, digest))
    receipt = here.keys().receipts.sign(said, PAYLOAD_TYPE)
    try:
        with transaction.atomic():
            RatingRow.objects.create(case=case, level=rating.level, rated_at=rating.rated_at, digest=digest, receipt=receipt)
            Event(case=case, kind=Kind.RATED).save()
    except IntegrityError:
        return _again(case, digest)
    return Rated(RatingAnswer(receipt), is_new=True)


def _read(terminal: Terminal, application_id: ApplicationId, body: bytes) -> Rating | Refused:
    try:
        rating = msgspec.json.decode(body, type=Rating)
    except UNDECODABLE:
        return Refused(ProblemCode.MALFORMED, "not a rating")
    if rating.format != FORMAT or rating.application_id != application_id or rating.terminal != terminal.id:
        return Refused(ProblemCode.MALFORMED, "the rating is of another format, application or terminal than its path")
    if not is_moment(rating.rated_at):
        return Refused(ProblemCode.MALFORMED, "rated_at must name its time zone")
    return rating


def _again(case: Case, digest: Digest) -> Rated | Refused:
    kept = RatingRow.objects.get(case=case)
    if kept.digest != digest:
        return Refused(ProblemCode.OTHER_CONTENT, "this application has been rated with other content")
    return Rated(RatingAnswer(bytes(kept.receipt)), is_new=False)
