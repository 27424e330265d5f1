"""Calling a person: an alert where there is a line, and never a word that somebody comes where there is none."""

import pytest

from kiosk.flow.effects import Enquire
from kiosk.flow.events.glass import OverlayClosed, StaffWanted
from kiosk.flow.events.terminal import CityTold, LineSeen
from kiosk.flow.views import CallStage, StaffCalled
from sync.contract.calls import CALL_STAFF, StaffAlerted
from sync.contract.question import Answered, Declined, NoLine, Outcome, QuestionId
from sync.offline import OfflineReason
from tests.kiosk.flow.walk import Walk

ID = QuestionId("0193582a-7b3c-7d4e-8f50-123456789abc")


def told(walk: Walk, outcome: Outcome[StaffAlerted], token: int | None = None) -> CityTold:
    return CityTold(walk.state.visits if token is None else token, CALL_STAFF.name, ID, outcome)


def calling() -> Walk:
    return Walk().at_card().happen(LineSeen(up=True), StaffWanted())


def test_the_alert_is_tried_and_then_said_to_be_up() -> None:
    walk = calling()
    assert walk.state.overlay == StaffCalled(CallStage.RINGING)
    (order,) = walk.ordered(Enquire)
    assert isinstance(order, Enquire)
    assert (order.kind, order.token) == (CALL_STAFF, walk.state.visits)
    assert walk.happen(told(walk, Answered(StaffAlerted()))).state.overlay == StaffCalled(CallStage.ALERTED)


@pytest.mark.parametrize("outcome", [NoLine(OfflineReason.TOO_SLOW), NoLine(OfflineReason.NO_LINE), Declined("unknown", is_passing=False)])
def test_a_call_that_did_not_get_through_is_not_said_to_have(outcome: Outcome[StaffAlerted]) -> None:
    walk = calling()
    assert walk.happen(told(walk, outcome)).state.overlay == StaffCalled(CallStage.NO_LINE)


def test_without_a_line_nothing_is_tried_and_nobody_is_said_to_come() -> None:
    walk = Walk().at_card().happen(LineSeen(up=False), StaffWanted())
    assert walk.state.overlay == StaffCalled(CallStage.NO_LINE)
    assert walk.ordered(Enquire) == []


def test_an_answer_to_a_dialog_that_was_closed_opens_nothing() -> None:
    walk = calling().happen(OverlayClosed())
    assert walk.happen(told(walk, Answered(StaffAlerted()))).state.overlay is None


def test_an_answer_for_an_earlier_visit_says_nothing_of_this_call() -> None:
    walk = calling()
    assert walk.happen(told(walk, Answered(StaffAlerted()), token=0)).state.overlay == StaffCalled(CallStage.RINGING)
