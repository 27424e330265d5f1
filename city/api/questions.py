"""Questions from a terminal's screen. An app of the city answers one kind; here the question is read and the answer signed.

    @answers(CASE_PROGRESS)
    def progress(terminal: Terminal, question: ProgressQuestion) -> Progress | Refused: ...

    @answers(APPOINTMENT, does=True)   # it changes something: asked twice, it is done once
    def book(terminal: Terminal, question: Booking) -> Booked | Refused: ...

The module with it is imported in the app's `AppConfig.ready`. A refusal has a `ProblemCode`; its detail is for staff and names nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

import msgspec
from django.db import transaction

from city import here
from city.api.models import KeptReply
from city.fleet.models import Terminal
from city.refused import Refused
from sync.contract.decoding import UNDECODABLE
from sync.contract.names import Digest, digest_of, is_uuid
from sync.contract.problem import ProblemCode
from sync.contract.question import REPLY_TYPE, Question, QuestionKind, Reply

Q = TypeVar("Q")
A = TypeVar("A")
Handler = Callable[[Terminal, Q], A | Refused]

KEPT_FOR: Final = timedelta(days=2)
"""How long the answer to a question that did something is kept; nobody stands at a screen for longer."""


@dataclass(frozen=True, slots=True)
class _Answering:
    kind: QuestionKind[Any, Any]
    handler: Handler[Any, Any]
    does: bool


_answering: dict[str, _Answering] = {}


def answers(kind: QuestionKind[Q, A], *, does: bool = False) -> Callable[[Handler[Q, A]], Handler[Q, A]]:
    """Make a function the one that answers a kind of question; `does` when it changes something.

    Raises:
        ValueError: The kind is answered already.
    """

    def register(handler: Handler[Q, A]) -> Handler[Q, A]:
        if kind.name in _answering:
            raise ValueError(f"questions of the kind {kind.name} are answered already")
        _answering[kind.name] = _Answering(kind, handler, does)
        return handler

    return register


def reply(terminal: Terminal, kind: str, body: bytes) -> bytes | Refused:
    """Return the signed reply to a question."""
    answering = _answering.get(kind)
    if answering is None:
        return Refused(ProblemCode.UNKNOWN, "no such question")
    try:
        question = msgspec.json.decode(body, type=Question)
        content = msgspec.json.decode(question.content, type=answering.kind.question)
    except UNDECODABLE:
        return Refused(ProblemCode.MALFORMED, "not a question of this kind")
    if question.format != 1 or question.terminal != terminal.id or not is_uuid(question.id):
        return Refused(ProblemCode.MALFORMED, "not a question of this terminal")
    if not answering.does:
        answer = answering.handler(terminal, content)
        return answer if isinstance(answer, Refused) else _signed(terminal, digest_of(body), answer)
    return _once(answering, terminal, question, content, digest_of(body))


def forget_old_replies() -> int:
    """Delete the replies that nobody will ask for again, and return how many there were."""
    gone, _ = KeptReply.objects.filter(replied_at__lt=here.now() - KEPT_FOR).delete()
    return gone


def _once(answering: _Answering, terminal: Terminal, question: Question, content: object, digest: Digest) -> bytes | Refused:
    """Let it be done at most once, and give the same reply to the same question; what it did and the reply are one transaction."""
    forget_old_replies()
    with transaction.atomic():
        Terminal.objects.select_for_update().get(pk=terminal.pk)  # one terminal's doings, one after the other
        kept = KeptReply.objects.filter(terminal=terminal, question_id=question.id).first()
        if kept is not None:
            return bytes(kept.statement) if kept.digest == digest else Refused(ProblemCode.OTHER_CONTENT)
        answer = answering.handler(terminal, content)
        if isinstance(answer, Refused):
            transaction.set_rollback(True)
        else:
            statement = _signed(terminal, digest, answer)
            KeptReply.objects.create(terminal=terminal, question_id=question.id, digest=digest, statement=statement, replied_at=here.now())
    if not isinstance(answer, Refused):
        return statement
    if answer.afterwards is not None:
        answer.afterwards()
    return answer


def _signed(terminal: Terminal, question: Digest, answer: object) -> bytes:
    said = Reply(1, terminal.terminal_id, question, here.now(), msgspec.Raw(msgspec.json.encode(answer)))
    return here.keys().receipts.sign(msgspec.json.encode(said), REPLY_TYPE)
