"""Fault 37: a captive portal's 200 is not a receipt."""

import msgspec
import pytest

from sync.contract.receipt import PutAnswer
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import JSON, always, nothing_was_believed
from tests.sync.counter import Counter
from tests.sync.standin import Reply, StandInCity


@pytest.mark.parametrize(
    "reply",
    [
        (200, {"Content-Type": "text/html"}, b"<html>Welcome to our guest network</html>"),
        (200, JSON, b"{}"),
        (200, JSON, b""),
        (201, JSON, msgspec.json.encode(PutAnswer(b'{"payload":"","payloadType":"x","signatures":[]}'))),
        (204, {}, b""),
        (302, {"Location": "https://login.example/"}, b""),
        (301, {"Location": "/v1/health"}, b""),
        (304, {}, b""),
    ],
)
def test_a_captive_portals_answer_is_not_a_receipt(
    reply: Reply, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always(reply)
    counter.hand_in()
    result = once(settings)
    nothing_was_believed(result, outbox)
    assert len(city.asked) == 1, "and nothing was followed"
