"""Fault 43: a poison item is set aside and its neighbours go on."""

from dataclasses import replace

import pytest

from sync import identity
from sync.contract.names import TerminalId
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


@pytest.mark.parametrize("retry", [Retry.NEVER, Retry.REAUTH])
@pytest.mark.parametrize("takes_batches", [True, False])
def test_what_the_terminal_before_on_this_disk_took_does_not_stop_the_new_one(
    retry: Retry, takes_batches: bool, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """A disk, or a backup of it, goes into a terminal that is admitted anew: outbox and its key come along, number and request key do not.

    A city of before says REAUTH, which is what stops a terminal whose own applications are refused.
    """
    city.takes_batches, city.not_yours = takes_batches, retry
    before = counter.hand_in(photo()).header
    new = replace(settings, terminal=TerminalId("SY-TEST-0002"), request_key=settings.request_key.with_name("new.pem"))
    city.terminals[new.terminal] = identity.request_key(new.request_key, new.terminal).key.public_key()
    counter.terminal = new.terminal
    own = [counter.hand_in(photo()).header for _ in range(3)]
    assert before is not None
    result = once(new)
    assert (result["status"], result["complete"] + result["sent"], result["quarantined"]) == ("done", 6, 1), "each was sent, then complete"
    assert [(entry["state"], entry["reason"]) for entry in outbox.list()] == [("quarantined", "not-yours"), *[("complete", None)] * 3]
    assert set(city.cases) == {header.application_id for header in own if header is not None}
    assert outbox.deliveries.take_up_again(None) == 1
    assert once(settings)["complete"] == 1, "as the terminal that took it, it is delivered with its photo"
    assert city.missing(city.cases[before.application_id]) == ()


def test_not_yours_on_its_own_applications_stops_a_terminal(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always(refusal(403, ProblemCode.NOT_YOURS, Retry.REAUTH))
    city.takes_batches = False
    counter.hand_in()
    assert once(settings)["status"] == "stopped"
    assert [(entry["state"], entry["attempts"]) for entry in outbox.list()] == [("sealed", 0)]
