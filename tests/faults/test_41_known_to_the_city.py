"""Fault 41: the city already has this id."""

from sync.contract.problem import ProblemCode, Retry
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import always, nothing_was_believed
from tests.sync.conftest import open_outbox
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity, refusal


def test_the_same_bytes_again_settle_and_other_bytes_are_set_aside(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    first = counter.hand_in()
    assert first.header is not None
    assert once(settings)["complete"] == 1
    name = first.header.application_id
    receipt = city.put_answer(name).receipt
    other = counter.sealed(name, 9, outbox.install)
    city.cases[name].body = other.body
    outbox.close()
    (settings.outbox / "outbox.db").unlink()
    anew = open_outbox(settings)
    again = Counter(anew, counter.city_key).hand_in(application_id=name)
    assert again.header is not None
    result = once(settings)
    assert result["quarantined"] == 1
    entry = anew.list()[0]
    anew.close()
    assert (entry["state"], entry["reason"]) == ("quarantined", "other-content")
    assert city.put_answer(name).receipt == receipt


def test_still_being_taken_in_means_later(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = always(refusal(409, ProblemCode.IN_PROGRESS, Retry.LATER))
    counter.hand_in()
    result = once(settings)
    nothing_was_believed(result, outbox)
    assert result["held"] == 1
    assert outbox.deliveries.next_due_s() != 0
