"""How quick the line is, measured against a city over TLS: a quick line, a narrow one, one that breaks, a city that will not."""

import threading
import time

import pytest

from sync.ask import City
from sync.contract import routes
from sync.contract.problem import ProblemCode, Retry
from sync.contract.question import Answered
from sync.line_speed import APPLICATION_BYTES, SPEED, LineSpeed, SpeedOutcome, SpeedWanted, SpeedWord
from sync.loop import run
from sync.measuring import LARGE_BYTES, SMALL_BYTES, measure
from sync.settings import SyncSettings
from sync.wake import wake
from tests.sync.standin import Asked, HangUp, Reply, StandInCity, refusal


def sizes(seen: list[Asked], method: str) -> list[int]:
    return [int(asked.path.rsplit("/", 1)[1]) for asked in seen if asked.method == method and "/measure/" in asked.path]


@pytest.fixture
def seen(city: StandInCity) -> list[Asked]:
    """What the city was asked."""
    asked_for: list[Asked] = []
    city.misbehave = asked_for.append
    return asked_for


def test_both_ways_are_measured_within_the_limit_of_bytes(settings: SyncSettings, seen: list[Asked]) -> None:
    began_s = time.monotonic()
    speed = measure(settings)
    took_s = time.monotonic() - began_s
    assert speed.outcome is SpeedOutcome.MEASURED
    down, up = sizes(seen, "GET"), sizes(seen, "PUT")
    assert down[:2] == [0, SMALL_BYTES]
    assert up[0] == SMALL_BYTES
    assert sum(down + up) <= 2 * (SMALL_BYTES + LARGE_BYTES)
    for moved, kbit_s in ((down[-1], speed.down_kbit_s), (up[-1], speed.up_kbit_s)):
        assert kbit_s >= moved * 8 / 1000 / took_s * 0.99, "no request took longer than all together"
    assert all(asked.body == b"" or len(set(asked.body)) > 200 for asked in seen), (
        "nothing that could be packed, and nothing that is anyone's"
    )


def test_a_narrow_line_is_spared_the_large_piece(settings: SyncSettings, city: StandInCity) -> None:
    asked_for: list[Asked] = []

    def narrow(asked: Asked) -> Reply | None:
        asked_for.append(asked)
        if "/measure/" in asked.path and not asked.path.endswith("/0"):
            threading.Event().wait(0.8)
        return None

    city.misbehave = narrow
    speed = measure(settings)
    assert (sizes(asked_for, "GET"), sizes(asked_for, "PUT")) == ([0, SMALL_BYTES], [SMALL_BYTES])
    assert speed.outcome is SpeedOutcome.MEASURED
    assert max(speed.down_kbit_s, speed.up_kbit_s) <= SMALL_BYTES * 8 / 1000 / 0.8


def test_not_even_a_small_piece_in_time_is_too_slow(settings: SyncSettings, city: StandInCity) -> None:
    over = threading.Event()

    def drips(asked: Asked) -> Reply | None:
        if asked.path == routes.measure_path(SMALL_BYTES):
            over.wait(60)
            raise HangUp
        return None

    city.misbehave = drips
    began_s = time.monotonic()
    try:
        assert measure(settings, within_s=2.0) == LineSpeed(SpeedOutcome.TOO_SLOW)
    finally:
        over.set()
    assert time.monotonic() - began_s < 30


def test_without_a_line_there_is_no_speed(settings: SyncSettings, city: StandInCity) -> None:
    city.stop()
    assert measure(settings) == LineSpeed(SpeedOutcome.NO_LINE)


def test_a_line_that_breaks_meanwhile_is_said(settings: SyncSettings, city: StandInCity) -> None:
    def breaks(asked: Asked) -> Reply | None:
        if asked.method == "PUT" and "/measure/" in asked.path:
            raise HangUp
        return None

    city.misbehave = breaks
    assert measure(settings) == LineSpeed(SpeedOutcome.NO_LINE)


def test_fewer_bytes_than_were_asked_for_are_somebody_elses_answer(settings: SyncSettings, city: StandInCity) -> None:
    city.misbehave = lambda asked: (200, {}, b"welcome") if asked.path == routes.measure_path(SMALL_BYTES) else None
    assert measure(settings) == LineSpeed(SpeedOutcome.NO_LINE)


def test_a_city_of_a_release_before_does_not_offer_it(settings: SyncSettings, city: StandInCity) -> None:
    city.misbehave = lambda asked: refusal(404, ProblemCode.UNKNOWN, Retry.LATER) if "/measure/" in asked.path else None
    assert measure(settings) == LineSpeed(SpeedOutcome.NOT_OFFERED)


def test_the_screen_asks_the_sending_process_for_it(settings: SyncSettings) -> None:
    stop = threading.Event()
    sending = threading.Thread(target=run, args=(settings, stop))
    sending.start()
    try:
        until_s = time.monotonic() + 30
        while not settings.ask_socket.exists() and time.monotonic() < until_s:
            stop.wait(0.05)
        outcome = City(settings.ask_socket).ask(SPEED, SpeedWanted(), 45.0)
    finally:
        stop.set()
        wake(settings.outbox)
        sending.join(60)
    assert isinstance(outcome, Answered)
    assert outcome.answer.outcome is SpeedOutcome.MEASURED


@pytest.mark.parametrize(
    ("down", "up", "word"),
    [(46_300, 9_870, SpeedWord.QUICK), (46_300, 1_999, SpeedWord.ENOUGH), (255, 9_870, SpeedWord.SLOW), (256, 256, SpeedWord.ENOUGH)],
)
def test_the_slower_way_decides_the_word(down: int, up: int, word: SpeedWord) -> None:
    assert LineSpeed(SpeedOutcome.MEASURED, 9, down, up).word is word


def test_an_application_is_told_in_whole_seconds_of_the_way_up() -> None:
    assert LineSpeed(SpeedOutcome.MEASURED, 9, 99_999, 1_000).application_s == round(APPLICATION_BYTES * 8 / 1_000_000)
    assert LineSpeed(SpeedOutcome.MEASURED, 9, 99_999, 999_999).application_s == 1
