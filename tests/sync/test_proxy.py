"""The way to the city through an HTTP proxy that is a process of its own: what it lets through, what it sees, and what it can refuse."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tuf.api.exceptions import DownloadHTTPError

from sync import identity
from sync.client import CityClient
from sync.errors import SettingsError
from sync.exchange import Exchange
from sync.loop import once
from sync.offline import Offline, OfflineReason
from sync.proxy import Proxy, proxy_at
from sync.settings import LOGIN_FILE, SyncSettings
from sync.update.line import Line, LineError
from sync.way import walk
from sync.way_steps import StepOutcome, WayStep
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity

LOGIN = "kiosk-0173:sample-word"
Start = Callable[..., int]


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    return tmp_path / "seen"


@pytest.fixture
def proxy(seen: Path) -> Iterator[Start]:
    """Start proxies; each call gives a port."""
    running = []

    def start(*words: str) -> int:
        one = subprocess.Popen([sys.executable, "-m", "tests.sync.connect_proxy", "--seen", str(seen), *words], stdout=subprocess.PIPE)
        running.append(one)
        assert one.stdout is not None
        return int(one.stdout.readline())

    yield start
    for one in running:
        one.kill()
        one.wait()
        if one.stdout is not None:
            one.stdout.close()


def through(settings: SyncSettings, port: int, login: str = "") -> SyncSettings:
    if login:
        settings.proxy_login.parent.mkdir(parents=True, exist_ok=True)
        settings.proxy_login.write_text(login + "\n")
    return replace(settings, proxy=f"http://127.0.0.1:{port}", exchange_s=2.0)


def outcomes(settings: SyncSettings) -> dict[WayStep, StepOutcome]:
    return {one.step: one.outcome for one in walk(settings)}


def test_an_application_reaches_the_city_through_a_proxy_that_reads_none_of_it(
    settings: SyncSettings, counter: Counter, proxy: Start, seen: Path
) -> None:
    handed_in = counter.hand_in(b"a photo")
    assert once(through(settings, proxy("--login", LOGIN), LOGIN))["complete"] == 1
    passed = seen.read_bytes()
    assert passed.startswith(b"CONNECT 127.0.0.1:")
    assert handed_in.header is not None
    for word in (b"PUT ", b"Signature-Input", b"a photo", handed_in.header.application_id.encode(), settings.terminal.encode()):
        assert word not in passed


def test_the_city_never_hears_the_login(settings: SyncSettings, city: StandInCity, proxy: Start) -> None:
    heard: list[str] = []
    city.misbehave = lambda asked: heard.extend(name.lower() for name in asked.headers)
    assert not isinstance(ask(through(settings, proxy("--login", LOGIN), LOGIN)), Offline)
    assert "signature" in heard
    assert "proxy-authorization" not in heard


def ask(settings: SyncSettings) -> object:
    signer = identity.request_key(settings.request_key, settings.terminal)
    exchange = Exchange(settings.url, settings.ca_file, signer, settings.exchange_s, proxy_at(settings.proxy, settings.proxy_login))
    try:
        return CityClient(exchange, settings.terminal, {}).is_there()
    finally:
        exchange.close()


@pytest.mark.parametrize("words", [("--login", "somebody:else"), ("--answer", "403"), ("--answer", "502")])
def test_a_proxy_that_refuses_is_said_to_be_the_proxy(settings: SyncSettings, proxy: Start, words: tuple[str, ...]) -> None:
    assert ask(through(settings, proxy(*words), LOGIN)) == Offline(OfflineReason.PROXY)


def test_a_proxy_that_is_not_there(settings: SyncSettings) -> None:
    given = through(settings, 1)
    assert ask(given) == Offline(OfflineReason.PROXY)
    walked = outcomes(given)
    assert (walked[WayStep.PROXY], walked[WayStep.CONNECTION]) == (StepOutcome.FAILED, StepOutcome.NOT_TRIED)


def test_a_proxy_that_says_nothing_costs_no_more_than_the_time_allowed(
    settings: SyncSettings, proxy: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.way.CONNECT_WITHIN_S", 0.5)
    given = through(settings, proxy("--mute"))
    assert ask(given) == Offline(OfflineReason.TOO_SLOW)
    assert outcomes(given)[WayStep.PROXY] is StepOutcome.FAILED


def test_the_ladder_holds_through_a_proxy(settings: SyncSettings, proxy: Start) -> None:
    walked = outcomes(through(settings, proxy("--login", LOGIN), LOGIN))
    assert all(outcome.holds for outcome in walked.values())
    assert walked[WayStep.PROXY] is StepOutcome.HOLDS


@pytest.mark.parametrize(
    ("words", "at_proxy", "at_connection"),
    [
        (("--login", "somebody:else"), StepOutcome.LOGIN_REFUSED, StepOutcome.NOT_TRIED),
        (("--answer", "403"), StepOutcome.FAILED, StepOutcome.NOT_TRIED),
        (("--answer", "502"), StepOutcome.HOLDS, StepOutcome.FAILED),
    ],
)
def test_the_ladder_tells_whose_business_it_is(
    settings: SyncSettings, proxy: Start, words: tuple[str, ...], at_proxy: StepOutcome, at_connection: StepOutcome
) -> None:
    walked = outcomes(through(settings, proxy(*words), LOGIN))
    assert (walked[WayStep.PROXY], walked[WayStep.CONNECTION]) == (at_proxy, at_connection)


def test_an_impostor_behind_a_proxy_is_found_at_the_handshake(settings: SyncSettings, tmp_path: Path, proxy: Start) -> None:
    impostor = StandInCity(tmp_path / "impostor")
    try:
        given = replace(through(settings, proxy()), url=impostor.url)
        assert ask(given) == Offline(OfflineReason.CERTIFICATE)
        assert outcomes(given)[WayStep.TLS] is StepOutcome.WRONG_CERTIFICATE
    finally:
        impostor.stop()


def test_the_environment_names_no_proxy(settings: SyncSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert not isinstance(ask(settings), Offline)


def test_a_login_is_shown_by_nothing(tmp_path: Path) -> None:
    (tmp_path / LOGIN_FILE).write_text(LOGIN)
    found = proxy_at("http://[2001:db8::1]:3128", tmp_path / LOGIN_FILE)
    assert found == Proxy("2001:db8::1", 3128, LOGIN)
    assert "sample-word" not in repr(found)
    assert "sample-word" not in found.url
    assert found.url == "http://[2001:db8::1]:3128"


@pytest.mark.parametrize("text", [b"only-a-name", b"a:b\x07", b"\xff:\xff"])
def test_what_is_no_login_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / LOGIN_FILE).write_bytes(text)
    with pytest.raises(SettingsError, match=LOGIN_FILE):
        proxy_at("http://proxy.example.org:3128", tmp_path / LOGIN_FILE)


def test_a_straight_way_has_no_proxy_and_reads_no_login(tmp_path: Path) -> None:
    assert proxy_at("", tmp_path / LOGIN_FILE) is None


def test_the_update_channel_takes_the_same_way(city: StandInCity, proxy: Start, seen: Path) -> None:
    login = "kiosk-0173:sam@ple/word"
    line = Line(city.folder / "tls" / "ca.pem", proxy=Proxy("127.0.0.1", proxy("--login", login), login))
    with pytest.raises(DownloadHTTPError):  # the city's own answer to a file that it does not have
        b"".join(line.pieces(f"{city.url}/targets/none", 0))
    line.close()
    assert seen.read_bytes().startswith(b"CONNECT 127.0.0.1:")


def test_the_update_channel_behind_a_proxy_that_refuses_has_no_line(city: StandInCity, proxy: Start) -> None:
    line = Line(city.folder / "tls" / "ca.pem", proxy=Proxy("127.0.0.1", proxy("--answer", "403")))
    with pytest.raises(LineError):
        b"".join(line.pieces(f"{city.url}/targets/none", 0))
    line.close()
