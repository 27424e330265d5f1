"""Fault 42: what is too large is halved, and a single culprit set aside."""

from sync.contract import routes
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.sync.counter import Counter
from tests.sync.standin import Asked, Reply, StandInCity


def test_a_batch_that_is_too_large_is_halved_until_the_culprit_is_alone(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    names = [counter.hand_in().header for _ in range(40)]
    culprit = names[17]
    assert culprit is not None

    def too_large(asked: Asked) -> Reply | None:
        is_culprit = asked.path.endswith(culprit.application_id)
        is_large = asked.path == routes.BATCH_PATH and len(asked.body) > 12_000
        return (413, {"Content-Type": "text/html"}, b"<h1>Request Entity Too Large</h1>") if is_culprit or is_large else None

    city.misbehave = too_large
    result = once(settings)
    assert result["status"] == "done"
    delivered = result["complete"]
    assert delivered in {39, 40}
    assert result["quarantined"] == 40 - delivered


def test_a_single_item_that_is_too_large_is_set_aside(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.takes_batches = False
    first = counter.hand_in()
    counter.hand_in()
    assert first.header is not None
    culprit = first.header.application_id
    city.misbehave = lambda asked: (413, {}, b"") if asked.path.endswith(culprit) else None
    result = once(settings)
    assert (result["quarantined"], result["complete"]) == (1, 1)
    assert outbox.list()[0]["reason"] == "status-413"
