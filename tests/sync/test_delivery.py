"""From the counter to the city and back: what a resident handed in arrives, once, whatever the line does."""

import time
from dataclasses import replace

import pytest

from sync.contract import routes
from sync.contract.problem import ProblemCode, Retry
from sync.contract.rating import Level
from sync.contract.receipt import ReceiptState
from sync.contract.suites import open_sealed
from sync.courier import FORGOTTEN, PHOTO_LOST, PassStatus
from sync.line import LineState, line_state
from sync.loop import Sender, once
from sync.outbox import HandInStatus, Outbox
from sync.settings import SyncSettings
from tests.sync.conftest import open_outbox
from tests.sync.counter import CANARY, Counter, photo
from tests.sync.standin import Asked, HangUp, Reply, StandInCity, refusal
from tests.sync.test_loop import until


def test_an_application_arrives_with_its_photos_and_the_receipt_comes_back(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    clear = (photo(1_200_000), photo(10), b"")
    handed = counter.hand_in(*clear)
    assert handed.status is HandInStatus.HANDED_IN
    assert handed.header is not None
    assert outbox.receipt_of(handed.header.application_id) is None

    result = once(settings)

    assert result["status"] == "done", result
    assert (result["sent"], result["complete"], result["photos"], result["waiting"]) == (1, 1, 3, 0)
    receipt = outbox.receipt_of(handed.header.application_id)
    assert receipt is not None
    assert receipt.state is ReceiptState.COMPLETE
    assert receipt.digest == handed.digest
    case = city.cases[handed.header.application_id]
    opened = open_sealed(case.body, {city.city_key.key_id: city.city_key})
    assert CANARY.encode() in opened.content
    for place, attachment in enumerate(case.sealed.header.attachments):
        assert opened.attachment(place, bytes(city.blobs[attachment.digest])) == clear[place]
    assert line_state(settings.outbox).state is LineState.UP


def test_many_applications_travel_in_batches_and_arrive_in_order(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    for _ in range(120):
        assert counter.hand_in().status is HandInStatus.HANDED_IN
    result = once(settings)
    assert result["complete"] == 120
    assert len(city.asked) == 2, "a batch that was quick may be followed by one twice as large"
    sequences = [city.cases[name].sealed.header.sequence for name in city.order]
    assert sorted(sequences) == list(range(1, 121))
    assert sequences[0] == 120, "the one whose resident may still be there goes first"
    assert sequences[1:50] == list(range(1, 50))


def test_on_a_line_too_slow_for_a_batch_the_next_ones_are_smaller_until_they_fit(
    settings: SyncSettings, city: StandInCity, counter: Counter
) -> None:
    for _ in range(40):
        counter.hand_in()
    sizes: list[int] = []

    def slow(asked: Asked) -> Reply | None:
        if asked.path == routes.BATCH_PATH:
            sizes.append(len(asked.body))
            if len(asked.body) > 6_000:
                time.sleep(1.2)
                raise HangUp
        return None

    city.misbehave = slow
    sender = Sender.open(replace(settings, exchange_s=1.0))
    passes = 0
    while sender.deliver().status is not PassStatus.DONE:
        passes += 1
        assert passes < 10
    sender.close()
    assert len(city.cases) == 40
    assert sizes[0] > 6_000
    assert passes >= 1


def test_a_city_without_batches_gets_them_one_by_one(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    city.takes_batches = False
    for _ in range(5):
        counter.hand_in()
    assert once(settings)["complete"] == 5


def test_a_rating_follows_its_application(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    handed = counter.hand_in()
    assert handed.header is not None
    name = handed.header.application_id
    assert outbox.put_rating(name, Level.SATISFIED) is HandInStatus.HANDED_IN
    assert outbox.put_rating(name, Level.VERY_DISSATISFIED) is HandInStatus.HANDED_IN, "the first one stays"
    result = once(settings)
    assert result["ratings"] == 1
    assert b'"level":4' in city.ratings[name]
    assert outbox.stats()["ratings_waiting"] == 0
    assert once(settings)["ratings"] == 0


def test_with_the_line_cut_everything_stays_and_arrives_when_it_is_back(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.stop()
    counter.hand_in(photo())
    result = once(settings)
    assert (result["status"], result["reason"], result["waiting"]) == ("offline", "no_line", 1)
    assert line_state(settings.outbox).state is LineState.DOWN
    assert outbox.stats()["sealed"] == 1
    city.start()
    assert once(settings)["complete"] == 1
    assert line_state(settings.outbox).state is LineState.UP


def test_an_answer_lost_after_the_city_took_it_counts_once(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    """Row 45."""
    lost = 0

    def lose_the_answer(asked: Asked) -> Reply | None:
        nonlocal lost
        if asked.method == "PUT" and lost < 2:
            lost += 1
            city.answer_well(asked)
            raise HangUp
        return None

    city.misbehave = lose_the_answer
    counter.hand_in()
    while once(settings)["status"] != "done":
        pass
    assert lost == 2
    assert len(city.cases) == 1


def test_a_photo_goes_on_where_the_line_broke(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    pieces: list[int] = []

    def break_after_the_first_piece(asked: Asked) -> Reply | None:
        if asked.method == "PATCH":
            pieces.append(len(asked.body))
            if len(pieces) in {2, 3}:
                raise HangUp
        return None

    city.misbehave = break_after_the_first_piece
    counter.hand_in(photo(1_300_000))
    first = once(settings)
    assert first["status"] == "offline"
    assert first["waiting"] == 1
    assert once(settings)["photos"] == 1
    taken = pieces[0] + sum(pieces[3:])
    assert taken == sum(a.size_bytes for case in city.cases.values() for a in case.sealed.header.attachments), "nothing was sent anew"


def test_a_city_that_lost_a_photo_gets_it_again(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    lost = False

    def lose_the_photo_once(asked: Asked) -> Reply | None:
        nonlocal lost
        if asked.method == "GET" and not lost:
            lost = True
            city.blobs.clear()
        return None

    city.misbehave = lose_the_photo_once
    counter.hand_in(photo())
    result = once(settings)
    assert lost
    assert (result["complete"], result["photos"]) == (1, 2)


def test_the_clock_of_the_city_is_learnt_and_a_wrong_one_here_stops_nothing(settings: SyncSettings, counter: Counter) -> None:
    counter.hand_in()
    assert once(settings)["complete"] == 1
    offset_s = line_state(settings.outbox).clock_offset_s
    assert offset_s is not None
    assert abs(offset_s) < 60


def test_what_is_complete_is_purged_after_its_time_and_numbers_go_on(settings: SyncSettings, outbox: Outbox, counter: Counter) -> None:
    counter.hand_in(photo())
    counter.hand_in()
    assert once(replace(settings, retention_s=-1))["complete"] == 2
    assert list((settings.outbox / "photos").iterdir()) == []
    assert [entry["state"] for entry in outbox.list()] == ["purged", "purged"]
    again = open_outbox(settings)
    handed = Counter(again, counter.city_key).hand_in()
    again.close()
    assert handed.header is not None
    assert handed.header.sequence == 3


def test_one_bad_batch_does_not_make_all_that_follow_slow(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    batches: list[int] = []

    def stumble_once(asked: Asked) -> Reply | None:
        if asked.method == "POST":
            batches.append(1)
            return (500, {}, b"") if len(batches) == 1 else None
        return None

    city.misbehave = stumble_once
    for _ in range(60):
        counter.hand_in()
    assert once(settings)["complete"] == 60
    assert len(batches) == 2, "the second lot went together again"


def test_a_proxy_that_takes_small_pieces_only_gets_small_pieces(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    def take_little(asked: Asked) -> Reply | None:
        return (413, {}, b"<html>") if asked.method == "PATCH" and len(asked.body) > 100_000 else None

    city.misbehave = take_little
    counter.hand_in(photo(400_000))
    result = once(settings)
    assert (result["complete"], result["quarantined"]) == (1, 0)


def test_a_city_that_keeps_asking_for_a_photo_that_it_has_is_not_asked_without_a_pause(
    settings: SyncSettings, city: StandInCity, counter: Counter
) -> None:
    questions = 0

    def forget_at_each_last_word(asked: Asked) -> Reply | None:
        nonlocal questions
        if asked.method == "GET" and "/applications/" in asked.path:
            questions += 1
            assert questions < 10
            city.blobs.clear()
        return None

    city.misbehave = forget_at_each_last_word
    counter.hand_in(photo())
    result = once(settings)
    assert (result["complete"], result["held"]) == (0, 1)


def test_a_sender_that_comes_late_takes_nothing_back(settings: SyncSettings, outbox: Outbox, counter: Counter) -> None:
    counter.hand_in()
    (parcel,) = outbox.deliveries.claim(1, -1)  # its lease is over at once
    assert once(settings)["complete"] == 1
    outbox.deliveries.quarantine(parcel.place, "invented")
    assert [entry["state"] for entry in outbox.list()] == ["complete"]


def test_a_photo_of_which_nothing_was_sent_is_sent_without_asking_and_a_wrong_guess_is_put_right(
    settings: SyncSettings, city: StandInCity, counter: Counter
) -> None:
    counter.hand_in(photo(30_000))
    sender = Sender.open(settings)
    assert sender.deliver().complete == 1
    assert [method for method, path in city.asked if "/blobs/" in path] == ["PATCH"]
    begun = counter.hand_in(photo(30_000)).header
    assert begun is not None
    (named,) = begun.attachments
    sealed = (settings.outbox / "photos" / named.digest).read_bytes()
    city.blobs[named.digest] = bytearray(sealed[:10_000])
    city.asked.clear()
    assert sender.deliver().complete == 1
    sender.close()
    assert [method for method, path in city.asked if "/blobs/" in path] == ["PATCH", "PATCH"]
    assert bytes(city.blobs[named.digest]) == sealed


def test_after_a_restart_a_photo_is_gone_on_with_where_it_stands(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    header = counter.hand_in(photo(30_000)).header
    assert header is not None
    city.misbehave = lambda asked: (503, {}, b"") if "/blobs/" in asked.path else None
    assert once(settings)["sent"] == 1
    city.misbehave = None
    city.asked.clear()
    assert once(settings)["complete"] == 1
    assert [method for method, path in city.asked if "/blobs/" in path] == ["HEAD", "PATCH"]


@pytest.mark.parametrize("asked_by", ["PATCH", "GET"])
def test_a_city_that_forgot_what_it_gave_a_receipt_for_gets_it_again(
    asked_by: str, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """As one that was restored from a backup: asked for a photo's next piece or for its last word, it knows of nothing."""
    is_forgotten = False

    def forget_once(asked: Asked) -> Reply | None:
        nonlocal is_forgotten
        if asked.method != asked_by or is_forgotten or asked.path == routes.HEALTH_PATH:
            return None
        is_forgotten = True
        city.cases.clear()
        city.blobs.clear()
        return refusal(404, ProblemCode.UNKNOWN, Retry.LATER)

    city.misbehave = forget_once
    counter.hand_in(photo(), photo())
    assert once(settings)["held"] == 1
    assert is_forgotten
    assert city.cases == {}
    assert [(entry["state"], entry["reason"]) for entry in outbox.list()] == [("sealed", FORGOTTEN)]
    until(lambda: once(settings)["waiting"] == 0, 30)
    (case,) = city.cases.values()
    assert city.missing(case) == ()
    assert [entry["state"] for entry in outbox.list()] == ["complete"]


def test_a_photo_that_is_gone_sets_its_application_aside_and_the_next_one_goes(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    first = counter.hand_in(photo()).header
    counter.hand_in(photo())
    assert first is not None
    (settings.outbox / "photos" / first.attachments[0].digest).unlink()
    assert once(settings)["complete"] == 1
    assert [(entry["state"], entry["reason"]) for entry in outbox.list()] == [("quarantined", PHOTO_LOST), ("complete", None)]
    assert set(city.cases) == {entry["application_id"] for entry in outbox.list()}, "the application itself has arrived"


def test_what_was_delivered_whole_is_sent_once_more_to_a_city_that_was_restored(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    names = [header.application_id for header in (counter.hand_in(photo()).header, counter.hand_in().header) if header is not None]
    assert once(settings)["complete"] == 2
    kept = city.cases[names[1]]
    city.cases = {names[1]: kept}  # the first one came after the backup
    city.blobs.clear()
    assert outbox.deliveries.take_up_again(None) == 0, "not without being told so"
    assert outbox.deliveries.take_up_again(None, is_delivered_too=True) == 2
    result = once(settings)
    assert (result["complete"], result["waiting"], result["quarantined"]) == (2, 0, 0)
    assert set(city.cases) == set(names)
    assert city.cases[names[1]] is kept, "what it has, it recognises"
    assert city.missing(city.cases[names[0]]) == ()
    assert once(replace(settings, retention_s=-1))["waiting"] == 0
    assert outbox.deliveries.take_up_again(None, is_delivered_too=True) == 0, "what was purged is not here any more"
