"""Fault 33: the clock is years off. What the city has signed says what is past, the certificate is judged by that, and sending goes on."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.certificate_time import DOUBTED_AFTER, CertificateTime
from sync.contract import routes
from sync.contract.city_time import CITY_TIME, TimeTold
from sync.contract.enrolment import new_code
from sync.contract.names import digest_of
from sync.contract.question import REPLY_TYPE, Question, QuestionId
from sync.contract.question import Reply as SignedReply
from sync.enrolment import NotAdmitted, ask_admission
from sync.exchange import Exchange
from sync.identity import request_key
from sync.loop import OnceResult, once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from sync.way import walk
from sync.way_steps import StepOutcome, WayStep
from tests.sync.counter import TERMINAL, Counter
from tests.sync.standin import Asked, Reply, StandInCity, make_authority

DAY = timedelta(days=1)
YEARS = timedelta(days=3653)
Sent = Callable[[datetime, datetime], OnceResult]


@pytest.fixture
def sent(settings: SyncSettings, city: StandInCity, counter: Counter, tmp_path: Path) -> Sent:
    """Hand one application in, and send it to a city whose certificate is valid between the two."""

    def send(since: datetime, until: datetime) -> OnceResult:
        shown = make_authority(tmp_path / f"shown-{since:%Y%m%d}-{until:%Y%m%d}", until=until, since=since)
        city.stop()
        city.start(shown)
        counter.hand_in()
        return once(replace(settings, ca_file=shown.with_name("ca.pem")))

    return send


def test_a_clock_that_is_ten_years_behind_what_the_city_signed_stops_nothing(
    settings: SyncSettings, city: StandInCity, counter: Counter, sent: Sent
) -> None:
    city.ahead = YEARS
    counter.hand_in()
    assert once(settings)["complete"] == 1
    true_now = datetime.now(UTC) + YEARS
    refused = sent(true_now - 30 * DAY, true_now - DAY)
    assert (refused["waiting"], refused["reason"]) == (1, "certificate"), "it was over when the city signed"
    assert sent(true_now - 30 * DAY, true_now + 30 * DAY)["complete"] == 2


def test_a_clock_that_is_years_ahead_of_what_the_city_signed_stops_nothing(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    monkeypatch.setattr("sync.loop.BUILT_AT", now - YEARS)
    refused = sent(now - YEARS - 60 * DAY, now - YEARS - 30 * DAY)
    assert (refused["waiting"], refused["reason"]) == (1, "certificate"), "it was over when this program was made"
    assert sent(now - YEARS - 60 * DAY, now - YEARS + 60 * DAY)["complete"] == 2


def test_a_clock_that_is_months_behind_stops_nothing_even_where_the_city_has_never_signed_anything(sent: Sent) -> None:
    """As after a year in a store room, on a machine that keeps the time of its last switching-off."""
    now = datetime.now(UTC)
    assert sent(now + 200 * DAY, now + 300 * DAY)["complete"] == 1


def test_a_clock_that_is_months_ahead_is_no_reason_to_take_a_certificate_that_may_really_be_over(sent: Sent) -> None:
    now = datetime.now(UTC)
    refused = sent(now - 120 * DAY, now - 30 * DAY)
    assert (refused["waiting"], refused["reason"]) == (1, "certificate")


def test_a_clock_that_is_months_ahead_stops_nothing_once_the_city_has_signed_what_time_it_is(
    sent: Sent, city: StandInCity, outbox: Outbox
) -> None:
    """The city's certificate is over by our clock, and valid by the city's."""
    now = datetime.now(UTC)
    city.ahead, city.replies = -120 * DAY, {CITY_TIME.name: lambda _: TimeTold()}
    assert sent(now - 150 * DAY, now - 60 * DAY)["complete"] == 1
    assert [path for _, path in city.asked if "questions" in path] == [routes.question_path(CITY_TIME.name)], "it is asked once"
    assert outbox.stats()["complete"] == 1


def test_a_certificate_that_is_over_by_the_citys_own_time_is_not_taken(sent: Sent, city: StandInCity) -> None:
    now = datetime.now(UTC)
    city.ahead, city.replies = -30 * DAY, {CITY_TIME.name: lambda _: TimeTold()}
    refused = sent(now - 150 * DAY, now - 60 * DAY)
    assert (refused["waiting"], refused["reason"]) == (1, "certificate")
    assert city.cases == {}


@pytest.mark.parametrize("lie", ["another key", "an answer of before", "a time without a zone", "an older city"])
def test_no_time_is_believed_but_what_the_city_signed_for_this_very_question(
    sent: Sent, city: StandInCity, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    now = datetime.now(UTC)
    city.ahead = -120 * DAY
    asked_before = msgspec.json.encode(Question(1, QuestionId(str(uuid4())), TERMINAL, msgspec.Raw(b"{}")))

    def misbehave(asked: Asked) -> Reply | None:
        if asked.path != routes.question_path(CITY_TIME.name) or lie == "an older city":
            return None
        body = asked_before if lie == "an answer of before" else asked.body
        at = now - 120 * DAY
        said = SignedReply(1, TERMINAL, digest_of(body), at.replace(tzinfo=None) if "zone" in lie else at, msgspec.Raw(b"{}"))
        if lie == "another key":
            monkeypatch.setattr(city, "receipt_key", Ed25519PrivateKey.generate())
        return 200, {"Content-Type": routes.STATEMENT_TYPE}, city.say(said, REPLY_TYPE)

    city.misbehave = misbehave
    refused = sent(now - 150 * DAY, now - 60 * DAY)
    assert (refused["waiting"], refused["reason"]) == (1, "certificate")
    assert city.cases == {}
    assert all("applications" not in path and "batch" not in path for _, path in city.asked)


def test_the_time_goes_on_from_where_the_city_told_it() -> None:
    now_s = [5000.0]
    judged_by = CertificateTime(now_s=lambda: now_s[0])
    assert judged_by.told_now is None
    judged_by.tell(datetime(2026, 11, 23, tzinfo=UTC))
    now_s[0] += 3600
    assert judged_by.told_now == datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize("off", [-300 * DAY, -YEARS, YEARS])
def test_a_new_terminal_is_admitted_whatever_its_clock_shows(
    settings: SyncSettings, city: StandInCity, tmp_path: Path, off: timedelta
) -> None:
    """It asks, and is answered; the city's certificate is valid for a month around the true time, which is `off` from ours."""
    now = datetime.now(UTC)
    true_now = now - off
    city.stop()
    city.start(shown := make_authority(tmp_path / "shown", until=true_now + 15 * DAY, since=true_now - 15 * DAY))
    built = CertificateTime(min(true_now, now) - 30 * DAY)
    signer = request_key(settings.request_key, settings.terminal)
    with closing(Exchange(settings.url, shown.with_name("ca.pem"), signer, 10, judged_by=built)) as exchange:
        told = ask_admission(exchange, settings.terminal, new_code(), tmp_path / "certificate.pem", shown.with_name("ca.pem"))
    assert isinstance(told, NotAdmitted), "the stand-in admits nobody, but it was reached"


def test_the_technicians_walk_ends_where_sending_ends(settings: SyncSettings, city: StandInCity, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for number, (since, until, ends_at) in enumerate(
        ((now + 200 * DAY, now + 300 * DAY, WayStep.CLOCK), (now - 120 * DAY, now - 30 * DAY, WayStep.TLS))
    ):
        shown = make_authority(tmp_path / f"way-{number}", until=until, since=since)
        city.stop()
        city.start(shown)
        city.ahead = 250 * DAY
        walked = {one.step: one.outcome for one in walk(replace(settings, ca_file=shown.with_name("ca.pem")))}
        assert walked[ends_at] is StepOutcome.OUT_OF_DATE
        assert all(outcome.holds for step, outcome in walked.items() if list(WayStep).index(step) < list(WayStep).index(ends_at))


def test_whoever_shows_a_strangers_certificate_gets_nothing_from_a_wrong_clock(
    settings: SyncSettings, city: StandInCity, counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.loop.BUILT_AT", datetime.now(UTC) - YEARS)
    for number, stranger in enumerate((make_authority(tmp_path / "a"), make_authority(tmp_path / "b", host="127.0.0.9"))):
        city.stop()
        city.start(stranger)
        counter.hand_in()
        trusted = settings.ca_file if number == 0 else stranger.with_name("ca.pem")  # the second one has another's name
        assert once(replace(settings, ca_file=trusted))["reason"] == "certificate"
    assert city.asked == []


@pytest.mark.parametrize(
    ("ahead", "is_doubtful"), [(-DAY, True), (0 * DAY, False), (DOUBTED_AFTER, False), (DOUBTED_AFTER + DAY, True), (YEARS, True)]
)
def test_a_clock_is_doubted_before_what_was_signed_and_long_after_it(ahead: timedelta, is_doubtful: bool) -> None:
    signed_at = datetime(2026, 11, 23, tzinfo=UTC)
    assert CertificateTime(signed_at).is_doubtful(signed_at + ahead) is is_doubtful
