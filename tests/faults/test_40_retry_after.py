"""Fault 40: an absurd Retry-After is obeyed within bounds."""

import pytest

from sync.client import RETRY_AFTER_MAX_S, _retry_after_s
from sync.contract.problem import ProblemCode, Retry
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import always, nothing_was_believed
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity, refusal


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [("7", 7, 7), ("999999999999999999999999", 900, 900), ("-5", 0, 0), ("soon", 0, 900), ("", 0, 900)],
)
def test_retry_after_is_obeyed_within_bounds(
    said: str, least: float, most: float, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always(refusal(429, ProblemCode.BUSY, Retry.LATER, {"Retry-After": said}))
    counter.hand_in()
    result = once(settings)
    nothing_was_believed(result, outbox)
    assert result["status"] == "busy"
    wait_s = _retry_after_s(said)
    assert least <= (0 if wait_s is None else wait_s) <= most <= RETRY_AFTER_MAX_S
