"""Fault 43: a poison item is set aside and its neighbours go on."""

import pytest

from sync.contract.problem import ProblemCode, Retry
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import always, nothing_was_believed
from tests.sync.counter import Counter, photo
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


def test_what_was_set_aside_is_sent_once_more_when_staff_say_so(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """Such as one sealed to a key that the city has found again; another one is as bad as before, and is set aside as before."""
    mended, other = counter.hand_in(photo()).header, counter.hand_in().header
    assert mended is not None
    assert other is not None
    city.misbehave = always(refusal(422, ProblemCode.CANNOT_OPEN, Retry.NEVER))
    city.takes_batches = False
    assert once(settings)["quarantined"] == 2
    city.misbehave = lambda asked: refusal(422, ProblemCode.CANNOT_OPEN, Retry.NEVER) if asked.path.endswith(other.application_id) else None
    assert outbox.deliveries.take_up_again("00000000") == 0
    assert outbox.deliveries.take_up_again(mended.number) == 1
    result = once(settings)
    assert (result["complete"], result["photos"], result["quarantined"]) == (1, 1, 0), "the other one was not asked for"
    assert outbox.deliveries.take_up_again(None) == 1
    assert once(settings)["quarantined"] == 1
    assert [entry["state"] for entry in outbox.list()] == ["complete", "quarantined"]
    assert list(city.cases) == [mended.application_id]


def test_one_whose_photo_was_lost_and_was_found_again_gets_it_sent(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    header = counter.hand_in(photo()).header
    assert header is not None
    path = settings.outbox / "photos" / header.attachments[0].digest
    found = path.rename(settings.outbox / "found")
    assert once(settings)["quarantined"] == 1
    found.rename(path)
    assert outbox.deliveries.take_up_again(None) == 1
    assert once(settings)["complete"] == 1
    assert city.missing(city.cases[header.application_id]) == ()


def test_only_the_city_itself_can_say_never(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = always((400, {"Content-Type": "text/html"}, b"<h1>No required SSL certificate was sent</h1>"))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)


def test_an_unknown_retry_word_means_later(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = always(refusal(422, ProblemCode.INVALID, "on-a-full-moon"))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)
