"""Fault 43: a poison item is set aside and its neighbours go on."""

import pytest

from sync.contract.problem import ProblemCode, Retry
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import always, nothing_was_believed
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity, refusal


@pytest.mark.parametrize(("status", "code"), [(400, ProblemCode.MALFORMED), (422, ProblemCode.INVALID), (422, ProblemCode.CANNOT_OPEN)])
def test_a_poison_item_is_set_aside_and_its_neighbours_go_on(
    status: int, code: ProblemCode, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.takes_batches = False
    headers = [counter.hand_in().header for _ in range(5)]
    poison = headers[2]
    assert poison is not None
    city.misbehave = lambda asked: refusal(status, code, Retry.NEVER) if asked.path.endswith(poison.application_id) else None
    result = once(settings)
    assert (result["complete"], result["quarantined"], result["status"]) == (4, 1, "done")
    entry = outbox.list()[2]
    assert (entry["state"], entry["reason"]) == ("quarantined", code.value)
    assert once(settings)["quarantined"] == 0, "it is not sent again by itself"


def test_only_the_city_itself_can_say_never(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = always((400, {"Content-Type": "text/html"}, b"<h1>No required SSL certificate was sent</h1>"))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)


def test_an_unknown_retry_word_means_later(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = always(refusal(422, ProblemCode.INVALID, "on-a-full-moon"))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)
