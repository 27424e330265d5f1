"""An older terminal before a newer city: what it does not know it passes over, and what it knows still means the same."""

import msgspec
import pytest

from sync.contract import routes
from sync.contract.receipt import PutAnswer
from sync.contract.signed import payload_unverified
from sync.contract.signed import sign as sign_statement
from sync.contract.signing_keys import key_id_of
from sync.loop import Sender, once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.sync.counter import Counter, photo
from tests.sync.standin import Asked, Reply, StandInCity, refusal

RECEIPT = "application/vnd.bianmin.receipt+json"


def grown(content: bytes) -> bytes:
    """Return a JSON object with fields of a later version in front."""
    return b'{"later":{"nested":[1,2]},"also":"new",' + content[1:]


def newer(city: StandInCity, asked: Asked) -> Reply | None:
    """Answer as the city does, and say more everywhere: around the receipt, in it, and in each result of a batch."""
    status, headers, content = city.answer_well(asked)
    if not content.startswith(b"{"):
        return status, headers, content
    if status in (200, 201) and asked.path.startswith("/v1/terminals/") and not asked.path.endswith("/rating"):
        read = msgspec.json.decode(content, type=PutAnswer)
        said = grown(payload_unverified(read.receipt, RECEIPT))
        statement = sign_statement(said, RECEIPT, key_id_of(city.receipt_key.public_key()), city.receipt_key)
        content = msgspec.json.encode(PutAnswer(statement, read.missing))
    return status, {**headers, "Later-Header": "new"}, grown(content)


def test_a_newer_city_may_say_more_in_every_answer(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = lambda asked: newer(city, asked) if asked.path != routes.HEALTH_PATH else None
    handed = counter.hand_in(photo(9_000))
    assert handed.header is not None
    outbox.put_rating(handed.header.application_id, 4)
    result = once(settings)
    assert (result["waiting"], result["quarantined"], result["ratings"]) == (0, 0, 1)
    for _ in range(60):
        counter.hand_in()
    assert once(settings)["complete"] == 60


@pytest.mark.parametrize("code", ["a-code-of-a-later-version", ""])
def test_a_code_that_it_does_not_know_does_what_its_retry_says(
    code: str, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.takes_batches = False
    first = counter.hand_in().header
    counter.hand_in()
    assert first is not None
    city.misbehave = lambda asked: refusal(422, code, "never") if asked.path.endswith(first.application_id) else None  # type: ignore[arg-type]
    result = once(settings)
    assert (result["quarantined"], result["complete"]) == (1, 1)
    assert outbox.list()[0]["reason"] == "status-422"


def test_an_older_city_without_feeds_heartbeats_or_questions_still_takes_applications(
    settings: SyncSettings, city: StandInCity, counter: Counter
) -> None:
    old = ("/v1/feeds/", "/v1/questions/", "/heartbeat")
    city.misbehave = lambda asked: (404, {"Content-Type": "text/html"}, b"Not Found") if any(one in asked.path for one in old) else None
    counter.hand_in(photo(9_000))
    sender = Sender.open(settings)
    sender.fetch_down()
    sender.beat()
    assert sender.deliver().complete == 1
    sender.close()
