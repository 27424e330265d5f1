"""The sending process as it runs on a terminal: woken by a tap, driven by its timer, ended cleanly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.contract.problem import ProblemCode, Retry
from sync.contract.rating import Level
from sync.errors import SettingsError
from sync.line import LineState, line_state
from sync.loop import run
from sync.outbox import Outbox
from sync.settings import SyncSettings
from sync.wake import WakeSocket, wake
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity, refusal


def until(happened: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a condition."""
    deadline_s = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.01)


class Running:
    """`run` in a thread, which stands for the process."""

    def __init__(self, settings: SyncSettings, chance: Callable[[], float] = lambda: 1.0) -> None:
        self.settings = settings
        self.stop = threading.Event()
        self.thread = threading.Thread(target=run, args=(settings, self.stop, chance), daemon=True)
        self.thread.start()
        until(lambda: (settings.outbox / "wake.sock").exists() and line_state(settings.outbox).state is not LineState.UNKNOWN)

    def end(self) -> None:
        self.stop.set()
        wake(self.settings.outbox)
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def running(settings: SyncSettings, outbox: Outbox) -> Iterator[Running]:
    running = Running(settings)
    yield running
    running.end()


def test_a_tap_sends_at_once_and_the_receipt_is_there_within_a_moment(
    running: Running, settings: SyncSettings, outbox: Outbox, counter: Counter
) -> None:
    handed = counter.hand_in(photo())
    assert handed.header is not None
    name = handed.header.application_id
    assert outbox.receipt_of(name) is None
    began_s = time.monotonic()
    wake(settings.outbox)
    until(lambda: outbox.receipt_of(name) is not None)
    assert time.monotonic() - began_s < 3
    outbox.put_rating(name, Level.VERY_SATISFIED)
    wake(settings.outbox)
    until(lambda: outbox.stats()["ratings_waiting"] == 0)
    until(lambda: outbox.stats()["complete"] == 1)


def test_when_the_line_returns_everything_goes_by_itself(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.stop()
    running = Running(replace(settings, wait_max_s=0.3))
    counter.hand_in()
    wake(settings.outbox)
    until(lambda: line_state(settings.outbox).state is LineState.DOWN)
    city.start()
    until(lambda: outbox.stats()["complete"] == 1)
    until(lambda: line_state(settings.outbox).state is LineState.UP)
    running.end()


def test_the_line_is_watched_while_nothing_is_sent(settings: SyncSettings, city: StandInCity, outbox: Outbox) -> None:
    running = Running(replace(settings, probe_s=0.1))
    until(lambda: line_state(settings.outbox).state is LineState.UP)
    city.stop()
    until(lambda: line_state(settings.outbox).state is LineState.DOWN)
    city.start()
    until(lambda: line_state(settings.outbox).state is LineState.UP)
    running.end()


def test_while_the_city_asks_for_patience_taps_change_nothing(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    city.misbehave = lambda asked: refusal(503, ProblemCode.BUSY, Retry.LATER, {"Retry-After": "2"}) if asked.method == "PUT" else None
    counter.hand_in()
    running = Running(settings)
    until(lambda: any(method == "PUT" for method, _ in city.asked))
    asked = len(city.asked)
    for _ in range(20):
        wake(settings.outbox)
        time.sleep(0.01)
    assert len(city.asked) == asked
    began_s = time.monotonic()
    running.end()
    assert time.monotonic() - began_s < 1.5, "but it ends at once"


def test_a_tap_on_nobodys_shoulder_harms_nobody(tmp_path: Path) -> None:
    wake(tmp_path)
    wake(tmp_path / "not-there")


def test_a_folder_with_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    deep.mkdir(parents=True)
    with WakeSocket(deep) as shoulder:
        assert not shoulder.wait(0.01)
        for _ in range(3):
            wake(deep)
        assert shoulder.wait(1)
        assert not shoulder.wait(0.01), "several taps are one"


def test_a_line_state_that_is_not_readable_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "line.json").write_text(json.dumps({"state": "sideways"}))
    assert line_state(tmp_path).state is LineState.UNKNOWN


def test_without_the_citys_keys_it_does_not_start(settings: SyncSettings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match="no public key"):
        run(replace(settings, receipt_keys=tmp_path / "empty"), threading.Event())


def test_the_running_process_fetches_the_catalogue(settings: SyncSettings, city: StandInCity, running: Running) -> None:
    until(lambda: ("GET", "/v1/catalogue") in city.asked)
