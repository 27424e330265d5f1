"""A call from a terminal is an alert for whoever may go there, once, until somebody goes."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
import uuid6

from city import here
from city.community.calls import SHOWN_FOR
from city.community.models import HelpCall
from city.fleet.models import Terminal as Row
from city.staff.roles import Role
from sync.contract import routes
from sync.contract.calls import CALL_STAFF, StaffCall
from sync.contract.question import Question, QuestionId
from tests.city.people import Person
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db


def call(terminal: Terminal, name: str | None = None) -> int:
    question = Question(1, QuestionId(name or str(uuid6.uuid7())), terminal.id, msgspec.Raw(msgspec.json.encode(StaffCall())))
    body = msgspec.json.encode(question)
    return terminal.send("POST", routes.question_path(CALL_STAFF.name), body, routes.QUESTION_TYPE).status_code


@pytest.fixture
def here_called(terminal: Terminal) -> HelpCall:
    Row.objects.filter(pk=terminal.id).update(area="990101001001")
    assert call(terminal) == 200
    return HelpCall.objects.get()


def test_it_stands_on_every_page_of_whoever_may_go_there(here_called: HelpCall, person: Callable[..., Person]) -> None:
    assert "有人要帮忙" in person(Role.FRONT_DESK, "990101").page("/queue")
    assert "有人要帮忙" in person(Role.GRID_WORKER, "990101001001").page("/calls")
    assert "有人要帮忙" not in person(Role.FRONT_DESK, "990102").page("/queue")
    assert "有人要帮忙" not in person(Role.CONTENT_EDITOR, "990101").page("/community/notices")


def test_who_goes_takes_it_and_nobody_else_does(here_called: HelpCall, person: Callable[..., Person]) -> None:
    first, second = person(Role.FRONT_DESK, "990101"), person(Role.FRONT_DESK, "990101")
    address = f"/calls/{here_called.pk}/take"
    assert first.post(address, "/queue", next="/queue").headers["Location"] == "/queue"
    second.post(address, "/queue", next="https://elsewhere.example/")
    here_called.refresh_from_db()
    assert here_called.taken_by == first.clerk
    assert "有人要帮忙" not in second.page("/queue")


def test_another_area_cannot_take_it(here_called: HelpCall, person: Callable[..., Person]) -> None:
    person(Role.FRONT_DESK, "990102").post(f"/calls/{here_called.pk}/take", "/queue")
    here_called.refresh_from_db()
    assert here_called.taken_at is None


def test_pressing_again_counts_and_the_same_question_again_does_not(here_called: HelpCall, terminal: Terminal) -> None:
    name = str(uuid6.uuid7())
    assert (call(terminal, name), call(terminal, name)) == (200, 200)
    here_called.refresh_from_db()
    assert here_called.calls == 2


def test_an_old_call_is_no_alert_and_a_new_one_is(
    here_called: HelpCall, terminal: Terminal, person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = here.now() + SHOWN_FOR + timedelta(minutes=1)
    monkeypatch.setattr(here, "now", lambda: later)
    desk = person(Role.FRONT_DESK, "990101")
    assert "有人要帮忙" not in desk.page("/calls")
    assert call(terminal) == 200
    assert "有人要帮忙" in desk.page("/calls")
    assert HelpCall.objects.count() == 2
