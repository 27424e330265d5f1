"""What the terminal says to the city, and what it believes of the answers.

Only a receipt signed by the city for this application and these bytes counts as taken. A refusal is believed when it is the
city's kind of refusal; everything else is as good as no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.contract import feed, problem, routes
from sync.contract.application import SealedApplication
from sync.contract.batch import BatchAnswer, BatchItem, BatchRequest, BatchResult, CatalogueAnswer
from sync.contract.city_time import CITY_TIME, TimeAsked
from sync.contract.decoding import UNDECODABLE
from sync.contract.heartbeat import Heartbeat
from sync.contract.names import ApplicationId, Digest, TerminalId, digest_of
from sync.contract.problem import Problem, ProblemCode, Retry
from sync.contract.question import REPLY_MAX_BYTES, REPLY_TYPE, Question, QuestionId, Reply
from sync.contract.rating import RatingAnswer
from sync.contract.receipt import PutAnswer, Receipt
from sync.contract.signed import SignatureError, verify_as
from sync.deliveries import Parcel, PhotoParcel, RatingParcel
from sync.exchange import Answer, Exchange
from sync.offline import Offline, OfflineReason, Refused
from sync.receipts import verified, verified_rating

RETRY_AFTER_MAX_S: Final = 900.0
DETAIL_MAX: Final = 300
REFUSAL_MAX_BYTES: Final = 16 * 1024
CATALOGUE_MAX_BYTES: Final = 16 * 1024 * 1024

_TAKEN: Final = frozenset({200, 201})
_OVERLOADED: Final = frozenset({429, 503})
_BY_STATUS: Final = {401: Retry.REAUTH, 403: Retry.REAUTH, 413: Retry.SPLIT}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taken:
    """The city has the application, and this is its receipt."""

    receipt: Receipt
    statement: bytes = field(repr=False)
    missing: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class PieceTaken:
    """The city has this much of a photo."""

    offset: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The signed packages on offer; None means that nothing has changed."""

    etag: str
    items: tuple[bytes, ...] | None


class CityClient:
    """Asks the city, one question at a time."""

    def __init__(
        self, exchange: Exchange, terminal: TerminalId, receipt_keys: Mapping[str, Ed25519PublicKey], carried: Digest | None = None
    ) -> None:
        """Speak for `terminal`; with `carried`, for another one, whose signed list of this digest was brought by hand."""
        self._exchange = exchange
        self._carried = carried
        self._terminal = terminal
        self._receipt_keys = receipt_keys
        self.clock_offset_s: float | None = None
        """How far the city's clock is ahead of this one's, as of the last answer."""

    def put(self, parcel: Parcel) -> Taken | Refused | Offline:
        """Send one application."""
        path = self._application_path(parcel.application_id)
        return self._receipt(parcel, self._ask("PUT", path, {"Content-Type": routes.SEALED_TYPE}, parcel.body))

    def put_list(self, statement: bytes) -> Refused | Offline | None:
        """Bring the list of what another terminal gave out; None means that the city believes it."""
        path = routes.carried_path(digest_of(statement))
        answer = self._ask("PUT", path, {"Content-Type": routes.STATEMENT_TYPE}, statement)
        return None if isinstance(answer, Answer) else answer

    def ask_again(self, parcel: Parcel) -> Taken | Refused | Offline:
        """Ask how an application stands that was sent before."""
        return self._receipt(parcel, self._ask("GET", self._application_path(parcel.application_id)))

    def put_batch(self, parcels: Sequence[Parcel]) -> list[Taken | Refused | Offline] | Refused | Offline:
        """Send several applications in one request; each has its own outcome."""
        request = BatchRequest(tuple(BatchItem(parcel.application_id, msgspec.Raw(parcel.body)) for parcel in parcels))
        body = zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(request))
        headers = {"Content-Type": routes.BATCH_TYPE, "Content-Encoding": "zstd"}
        answer = self._ask("POST", routes.BATCH_PATH, headers, body, answer_max_bytes=4 * routes.BATCH_MAX_BYTES)
        if not isinstance(answer, Answer):
            return answer
        read = _decoded(answer, BatchAnswer)
        if read is None or [result.application_id for result in read.results] != [parcel.application_id for parcel in parcels]:
            return Offline(OfflineReason.NOT_THE_CITY)
        return [self._batch_outcome(parcel, result) for parcel, result in zip(parcels, read.results, strict=True)]

    def photo_offset(self, photo: PhotoParcel) -> PieceTaken | Refused | Offline:
        """Ask how much of a photo the city has."""
        answer = self._ask("HEAD", self._blob_path(photo.digest), is_absence_fine=True)
        if not isinstance(answer, Answer):
            return answer
        return PieceTaken(0) if answer.status == 404 else _offset(answer, photo)

    def put_piece(self, photo: PhotoParcel, offset: int, piece: bytes) -> PieceTaken | Refused | Offline:
        """Send a piece of a photo. A wrong offset is put right by the answer."""
        headers = {
            "Content-Type": routes.PIECE_TYPE,
            routes.OFFSET_HEADER: str(offset),
            routes.LENGTH_HEADER: str(photo.size_bytes),
        }
        answer = self._exchange.ask("PATCH", self._blob_path(photo.digest), headers, piece)
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 409 and routes.OFFSET_HEADER.lower() in answer.headers:
            return _offset(answer, photo)
        judged = _judged(answer)
        return judged if not isinstance(judged, Answer) else _offset(judged, photo)

    def put_rating(self, rating: RatingParcel) -> Refused | Offline | None:
        """Send a rating; None means that the city has it."""
        path = routes.rating_path(self._terminal, rating.application_id)
        answer = self._ask("PUT", path, {"Content-Type": routes.RATING_TYPE}, rating.body)
        if not isinstance(answer, Answer):
            return answer
        read = _decoded(answer, RatingAnswer)
        receipt = verified_rating(read.receipt, self._receipt_keys, rating.application_id, rating.digest) if read else None
        return None if receipt is not None and receipt.terminal == self._terminal else Offline(OfflineReason.NOT_THE_CITY)

    def catalogue(self, etag: str | None) -> Catalogue | Refused | Offline:
        """Fetch the packages, unless nothing has changed since `etag`."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._ask("GET", routes.CATALOGUE_PATH, headers, answer_max_bytes=CATALOGUE_MAX_BYTES)
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 304 and etag:
            return Catalogue(etag, None)
        read = _decoded(answer, CatalogueAnswer)
        return Catalogue(answer.headers.get("etag", ""), read.items) if read else Offline(OfflineReason.NOT_THE_CITY)

    def feed(self, name: str, etag: str | None) -> bytes | Refused | Offline | None:
        """Fetch the signed statement of a feed; None means that nothing has changed since `etag`."""
        headers = {"Accept": routes.STATEMENT_TYPE} | ({"If-None-Match": etag} if etag else {})
        answer = self._ask("GET", routes.feed_path(name), headers, answer_max_bytes=feed.MAX_BYTES)
        if not isinstance(answer, Answer):
            return answer
        return None if answer.status == 304 and etag else answer.body

    def question(self, kind: str, question_id: QuestionId, content: bytes, within_s: float) -> bytes | Refused | Offline:
        """Ask a question of this kind and return the JSON of its answer, which the city signed for this very question."""
        reply = self._reply(kind, question_id, content, within_s)
        return bytes(reply.content) if isinstance(reply, Reply) else reply

    def city_time(self, question_id: QuestionId) -> datetime | Refused | Offline:
        """Ask what time it is and return the moment at which the city signed its answer to this very question."""
        reply = self._reply(CITY_TIME.name, question_id, msgspec.json.encode(TimeAsked()), None)
        if not isinstance(reply, Reply):
            return reply
        return reply.replied_at if reply.replied_at.tzinfo is not None else Offline(OfflineReason.NOT_THE_CITY)

    def _reply(self, kind: str, question_id: QuestionId, content: bytes, within_s: float | None) -> Reply | Refused | Offline:
        body = msgspec.json.encode(Question(1, question_id, self._terminal, msgspec.Raw(content)))
        headers = {"Content-Type": routes.QUESTION_TYPE, "Accept": routes.STATEMENT_TYPE}
        path = routes.question_path(kind)
        answer = self._ask("POST", path, headers, body, answer_max_bytes=2 * REPLY_MAX_BYTES, within_s=within_s)
        if not isinstance(answer, Answer):
            return answer
        try:
            reply = verify_as(answer.body, REPLY_TYPE, self._receipt_keys, Reply)
        except SignatureError:
            return Offline(OfflineReason.NOT_THE_CITY)
        is_ours = reply.terminal == self._terminal and reply.question == digest_of(body)
        return reply if is_ours else Offline(OfflineReason.NOT_THE_CITY)

    def put_heartbeat(self, heartbeat: Heartbeat) -> Refused | Offline | None:
        """Tell how the terminal is; None means that the city knows."""
        path = routes.heartbeat_path(self._terminal)
        answer = self._ask("PUT", path, {"Content-Type": routes.JSON_TYPE}, msgspec.json.encode(heartbeat))
        return None if isinstance(answer, Answer) else answer

    def is_there(self) -> bool | Offline:
        """Ask whether the city is there at all; False when it is, and is too busy."""
        answer = self._ask("GET", routes.HEALTH_PATH)
        return answer if isinstance(answer, Offline) else isinstance(answer, Answer)

    def fetch_nothing(self, size_bytes: int, within_s: float) -> Refused | Offline | None:
        """Fetch so many bytes that mean nothing; None means that all of them came."""
        path = routes.measure_path(size_bytes)
        answer = self._ask("GET", path, {"Accept": routes.BYTES_TYPE}, answer_max_bytes=size_bytes + REFUSAL_MAX_BYTES, within_s=within_s)
        if not isinstance(answer, Answer):
            return answer
        return None if len(answer.body) == size_bytes else Offline(OfflineReason.NOT_THE_CITY)

    def send_nothing(self, content: bytes, within_s: float) -> Refused | Offline | None:
        """Send bytes that mean nothing; None means that the city took all of them."""
        answer = self._ask("PUT", routes.measure_path(len(content)), {"Content-Type": routes.BYTES_TYPE}, content, within_s=within_s)
        return None if isinstance(answer, Answer) else answer

    def _application_path(self, application_id: ApplicationId) -> str:
        if self._carried is None:
            return routes.application_path(self._terminal, application_id)
        return routes.carried_application_path(self._carried, application_id)

    def _blob_path(self, photo: Digest) -> str:
        return routes.blob_path(photo) if self._carried is None else routes.carried_blob_path(self._carried, photo)

    def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        answer_max_bytes: int = 256 * 1024,
        is_absence_fine: bool = False,
        within_s: float | None = None,
    ) -> Answer | Refused | Offline:
        answer = self._exchange.ask(method, path, headers or {}, body, answer_max_bytes, within_s)
        if not isinstance(answer, Answer):
            return answer
        self._learn_offset(answer)
        return answer if is_absence_fine and answer.status == 404 else _judged(answer)

    def _learn_offset(self, answer: Answer) -> None:
        try:
            theirs = datetime.fromisoformat(answer.headers[routes.NOW_HEADER.lower()])
            self.clock_offset_s = (theirs - datetime.now(UTC)).total_seconds()
        except (KeyError, ValueError, TypeError):
            return

    def _receipt(self, parcel: Parcel, answer: Answer | Refused | Offline) -> Taken | Refused | Offline:
        if not isinstance(answer, Answer):
            return self._of_whom(parcel, answer)
        return self._believed(parcel, _decoded(answer, PutAnswer))

    def _batch_outcome(self, parcel: Parcel, result: BatchResult) -> Taken | Refused | Offline:
        if result.status in _TAKEN:
            return self._believed(parcel, result.answer)
        return self._of_whom(parcel, _refusal(result.status, result.problem, None))

    def _of_whom(self, parcel: Parcel, outcome: Refused | Offline) -> Refused | Offline:
        """Let "not yours" be the fault of an application that names another terminal, as after a disk was given to a new one.

        A city of before says it as if the whole lane were to stop; where the application is this terminal's own, it is.
        """
        if not isinstance(outcome, Refused) or outcome.reason != ProblemCode.NOT_YOURS:
            return outcome
        return outcome if _named_by(parcel.body) == self._terminal else replace(outcome, retry=Retry.NEVER)

    def _believed(self, parcel: Parcel, read: PutAnswer | None) -> Taken | Offline:
        receipt = verified(read.receipt, self._receipt_keys, parcel.application_id, parcel.digest) if read else None
        if read is None or receipt is None or receipt.terminal != self._terminal:
            return Offline(OfflineReason.NOT_THE_CITY)
        return Taken(receipt, read.receipt, read.missing)


def _judged(answer: Answer) -> Answer | Refused | Offline:
    """Tell answers from refusals, and refusals from pages of somebody in between."""
    if answer.status in _TAKEN or answer.status in {204, 304}:
        return answer
    if answer.status < 400:
        return Offline(OfflineReason.NOT_THE_CITY)
    is_problem = answer.headers.get("content-type", "").partition(";")[0].strip() == problem.MEDIA_TYPE
    read = _problem(answer.body) if is_problem else None
    return _refusal(answer.status, read, _retry_after_s(answer.headers.get("retry-after")))


def _refusal(status: int, read: Problem | None, wait_s: float | None) -> Refused:
    """A proxy may say that something is too large or not allowed; only the city itself may say never."""
    if read is None:
        retry, reason = _BY_STATUS.get(status, Retry.LATER), f"status-{status}"
    else:
        retry = Retry(read.retry) if read.retry in set(Retry) else Retry.LATER
        code = read.type.replace(":", "/").rsplit("/", 1)[-1]
        reason = code if code in set(ProblemCode) else f"status-{status}"
    detail = None if read is None or read.detail is None else _printable(read.detail)
    return Refused(retry, reason, wait_s, is_overloaded=status in _OVERLOADED, detail=detail, status=status)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text[:DETAIL_MAX])


def _named_by(body: bytes) -> TerminalId | None:
    try:
        return msgspec.json.decode(body, type=SealedApplication).header.terminal
    except UNDECODABLE:
        return None


def _problem(body: bytes) -> Problem | None:
    try:
        return msgspec.json.decode(body, type=Problem)
    except UNDECODABLE:
        return None


def _decoded(answer: Answer, type_: type[T]) -> T | None:
    try:
        return msgspec.json.decode(answer.body, type=type_)
    except UNDECODABLE:
        return None


def _offset(answer: Answer, photo: PhotoParcel) -> PieceTaken | Offline:
    said = answer.headers.get(routes.OFFSET_HEADER.lower(), "")
    is_number = said.isascii() and said.isdigit() and len(said) <= len(str(routes.BLOB_MAX_BYTES))
    if not is_number or int(said) > photo.size_bytes:
        return Offline(OfflineReason.NOT_THE_CITY)
    return PieceTaken(int(said))


def _retry_after_s(said: str | None) -> float | None:
    """Seconds or a date, never negative, never more than the longest pause."""
    if said is None:
        return None
    try:
        seconds = float(int(said[:20]))
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(RETRY_AFTER_MAX_S, max(0.0, seconds))
