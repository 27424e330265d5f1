"""Questions from a terminal's screen: answered by whoever of the city's apps knows, signed, and done once if they do something."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from django.http import HttpResponse

from city.api import questions
from city.api.models import KeptReply
from city.api.questions import answers
from city.fleet.models import Terminal as Row
from city.here import keys
from city.refused import Refused
from sync.contract import routes
from sync.contract.names import digest_of
from sync.contract.problem import ProblemCode
from sync.contract.question import REPLY_TYPE, Question, QuestionId, QuestionKind, Reply
from sync.contract.signed import verify_as
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db


class Count(msgspec.Struct, frozen=True):
    """An invented question."""

    by: int


class Counted(msgspec.Struct, frozen=True):
    """Its invented answer."""

    to: int


LOOK, ADD = QuestionKind("look", Count, Counted), QuestionKind("add", Count, Counted)


class Desk:
    """Knows a number, and lets it be raised by something positive."""

    number = 0

    def look(self, _terminal: Row, _question: Count) -> Counted | Refused:
        return Counted(self.number)

    def add(self, terminal: Row, question: Count) -> Counted | Refused:
        Row.objects.filter(pk=terminal.pk).update(place=str(question.by))
        if question.by < 0:
            return Refused(ProblemCode.INVALID, "by at least nothing")
        self.number += question.by
        return Counted(self.number)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    answers(LOOK)(desk.look)
    answers(ADD, does=True)(desk.add)
    yield desk
    for name in ("look", "add"):
        del questions._answering[name]


def body(terminal: Terminal, count: Count, name: str | None = None, /, **changes: object) -> bytes:
    question = Question(1, QuestionId(name or str(uuid4())), terminal.id, msgspec.Raw(msgspec.json.encode(count)))
    return msgspec.json.encode(msgspec.structs.replace(question, **changes))


def ask(terminal: Terminal, kind: str, said: bytes) -> HttpResponse:
    return terminal.send("POST", routes.question_path(kind), said, routes.QUESTION_TYPE)


def answer(response: HttpResponse, said: bytes) -> Counted:
    reply = verify_as(response.content, REPLY_TYPE, keys().receipts.public, Reply)
    assert reply.question == digest_of(said)
    return msgspec.json.decode(reply.content, type=Counted)


def test_a_question_is_answered_with_a_signature_over_this_very_question(terminal: Terminal, desk: Desk) -> None:
    desk.number = 5
    said = body(terminal, Count(0))
    assert answer(ask(terminal, "look", said), said) == Counted(5)
    assert not KeptReply.objects.exists()


def test_what_does_something_is_done_once_however_often_it_is_asked(terminal: Terminal, desk: Desk) -> None:
    said = body(terminal, Count(2))
    first, second = ask(terminal, "add", said), ask(terminal, "add", said)
    assert first.content == second.content
    assert answer(first, said) == Counted(2)
    assert desk.number == 2


def test_another_question_under_the_same_id_is_refused(terminal: Terminal, desk: Desk) -> None:
    name = str(uuid4())
    ask(terminal, "add", body(terminal, Count(2), name))
    assert ask(terminal, "add", body(terminal, Count(3), name)).status_code == 422
    assert desk.number == 2


def test_what_is_refused_has_changed_nothing_and_may_be_asked_again(terminal: Terminal, desk: Desk) -> None:
    said = body(terminal, Count(-1))
    refused = ask(terminal, "add", said)
    assert (refused.status_code, msgspec.json.decode(refused.content)["detail"]) == (422, "by at least nothing")
    assert Row.objects.get(pk=terminal.id).place == "样例社区"
    assert not KeptReply.objects.exists()


def test_kept_replies_are_forgotten_when_nobody_can_be_waiting(terminal: Terminal, desk: Desk) -> None:
    ask(terminal, "add", body(terminal, Count(1)))
    assert questions.forget_old_replies() == 0
    row = KeptReply.objects.get()
    row.replied_at -= questions.KEPT_FOR + timedelta(seconds=1)
    row.save()
    assert questions.forget_old_replies() == 1


@pytest.mark.parametrize(
    ("kind", "changes", "status"),
    [
        ("nothing", {}, 404),
        ("look", {"content": msgspec.Raw(b'{"by":"x"}')}, 400),
        ("look", {"terminal": "SY-OTHER"}, 400),
        ("look", {"format": 2}, 400),
        ("add", {"id": "not-an-id"}, 400),
    ],
)
def test_what_is_no_question_of_this_terminal_is_refused(
    terminal: Terminal, desk: Desk, kind: str, changes: dict[str, object], status: int
) -> None:
    assert ask(terminal, kind, body(terminal, Count(1), **changes)).status_code == status
    assert desk.number == 0


def test_a_body_of_another_type_and_one_that_is_too_large_are_refused(terminal: Terminal, desk: Desk) -> None:
    assert terminal.send("POST", routes.question_path("look"), b"{}", routes.JSON_TYPE).status_code == 400
    assert ask(terminal, "look", b" " * 70_000).status_code == 413


def test_a_kind_is_answered_by_one(desk: Desk) -> None:
    with pytest.raises(ValueError, match="look"):
        answers(LOOK)(desk.look)
