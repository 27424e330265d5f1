"""Fault 38: somebody else's or an expired certificate gets nothing."""

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.contract import routes
from sync.contract.city_time import CITY_TIME
from sync.line import LineState, line_state
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import nothing_was_believed
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity, make_authority


def test_nobody_else_with_a_certificate_gets_anything(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    stranger = make_authority(city.folder / "stranger")
    city.stop()
    city.start(stranger)
    counter.hand_in()
    result = once(settings)
    nothing_was_believed(result, outbox)
    assert (result["status"], result["reason"]) == ("offline", "certificate")
    assert city.asked == [], "not a byte of the application left"


def test_an_environment_variable_does_not_change_whom_we_trust(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = make_authority(city.folder / "stranger")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stranger.with_name("ca.pem")))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    counter.hand_in()
    assert once(settings)["complete"] == 1
    city.stop()
    city.start(stranger)
    counter.hand_in()
    assert once(settings)["reason"] == "certificate"


def test_an_expired_certificate_is_not_accepted(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    counter.hand_in()
    assert once(settings)["complete"] == 1, "so that the terminal has the city's word on what time it is"
    expired = make_authority(city.folder / "expired", until=datetime.now(UTC) - timedelta(days=1))
    city.stop()
    city.start(expired)
    city.asked.clear()
    counter.hand_in()
    result = once(replace(settings, ca_file=expired.with_name("ca.pem")))
    assert (result["complete"], result["waiting"], result["reason"]) == (0, 1, "certificate")
    assert [entry["state"] for entry in outbox.list()] == ["complete", "sealed"]
    assert {path for _, path in city.asked} == {routes.question_path(CITY_TIME.name)}, "what time it is, and nothing else"


def test_another_hosts_certificate_by_the_citys_own_authority_is_not_accepted(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """As when somebody at a poisoned address got hold of the key of the city's printer."""
    printer = make_authority(city.folder / "printer", host="127.0.0.9")
    city.stop()
    city.start(printer)
    counter.hand_in()
    result = once(replace(settings, ca_file=printer.with_name("ca.pem")))
    nothing_was_believed(result, outbox)
    assert city.asked == []
    line = line_state(settings.outbox)
    assert (line.state, line.reason) == (LineState.DOWN, "certificate"), "staff see why"


def test_plain_http_is_not_spoken(settings: SyncSettings, outbox: Outbox, counter: Counter) -> None:
    """Not even a connection is made; whoever listens there would read the request although nobody answers it."""
    counter.hand_in()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        result = once(replace(settings, url=f"http://127.0.0.1:{listener.getsockname()[1]}"))
        nothing_was_believed(result, outbox)
        with pytest.raises(BlockingIOError):
            listener.accept()
