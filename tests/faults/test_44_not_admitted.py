"""Fault 44: a terminal that is not admitted stops sending and goes on taking."""

import pytest

from sync.contract.problem import ProblemCode, Retry
from sync.line import LineState, line_state
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import always
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity, refusal


@pytest.mark.parametrize("status", [401, 403])
def test_a_terminal_that_is_not_admitted_stops_sending_and_goes_on_taking(
    status: int, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always(refusal(status, ProblemCode.NOT_ADMITTED, Retry.REAUTH))
    for _ in range(3):
        counter.hand_in()
    result = once(settings)
    assert (result["status"], result["waiting"]) == ("stopped", 3)
    assert len(city.asked) == 1
    assert line_state(settings.outbox).state is LineState.STOPPED
    assert outbox.refusal() is None
    assert [entry["attempts"] for entry in outbox.list()] == [0, 0, 0], "no attempt was spent"
    city.misbehave = None
    assert once(settings)["complete"] == 3


def test_a_key_that_the_city_does_not_know(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.terminals.clear()
    counter.hand_in()
    assert once(settings)["status"] == "stopped"
