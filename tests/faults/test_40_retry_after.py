"""Fault 40: an absurd Retry-After is obeyed within bounds."""

import pytest

from sync.client import RETRY_AFTER_MAX_S
from sync.contract.problem import ProblemCode, Retry
from sync.courier import PassStatus
from sync.loop import Sender, _pause_s
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import always
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity, refusal


@pytest.mark.parametrize(
    ("said", "least_s", "most_s"),
    [
        ("7", 7, 7),
        ("0", 0, 0),
        ("999999999999999999999999", RETRY_AFTER_MAX_S, RETRY_AFTER_MAX_S),
        ("-5", 0, 0),
        ("Fri, 04 Jan 2999 00:00:00 GMT", RETRY_AFTER_MAX_S, RETRY_AFTER_MAX_S),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0, 0),
        ("soon", None, None),
        ("1e999", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_within_bounds(
    status: int,
    said: str | None,
    least_s: float | None,
    most_s: float | None,
    settings: SyncSettings,
    city: StandInCity,
    outbox: Outbox,
    counter: Counter,
) -> None:
    city.misbehave = always(refusal(status, ProblemCode.BUSY, Retry.LATER, {} if said is None else {"Retry-After": said}))
    counter.hand_in()
    sender = Sender.open(settings)
    done = sender.deliver()
    assert (done.status, done.complete) == (PassStatus.BUSY, 0)
    assert len(city.asked) == 1, "nothing else was asked of it"
    assert [entry["state"] for entry in outbox.list()] == ["sealed"]
    if least_s is None or most_s is None:
        assert done.wait_s is None, "it said nothing that can be obeyed, so the pauses are our own"
    else:
        assert done.wait_s is not None
        assert least_s <= done.wait_s <= most_s
    assert 0 <= _pause_s(sender, done, 1, lambda: 1.0) <= RETRY_AFTER_MAX_S
    city.misbehave = None
    assert sender.deliver().complete == 1
    sender.close()
