"""The way to the city, walked against what is really there: cards and routes as the kernel shows them, a city, an impostor, nobody."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync.settings import SyncSettings
from sync.way import walk
from sync.way_steps import StepOutcome, Walked, WayStep
from tests.sync.standin import StandInCity

FAILED, HOLDS, NOT_NEEDED, NOT_TRIED = StepOutcome.FAILED, StepOutcome.HOLDS, StepOutcome.NOT_NEEDED, StepOutcome.NOT_TRIED
AFAR = "https://city.invalid"  # RFC 6761: never found


def kernel(root: Path, *, carrier: str | None = "1", route: str | None = "0100007F", arp: str | None = None) -> Path:
    """Write what a kernel with one card would show; the gateway is 127.0.0.1, which takes datagrams."""
    card = root / "sys/class/net/eth0"
    card.mkdir(parents=True)
    (root / "sys/class/net/lo").mkdir()
    (root / "sys/class/net/lo/carrier").write_text("1")
    if carrier is not None:
        (card / "carrier").write_text(carrier)
        (card / "speed").write_text("1000")
    net = root / "proc/net"
    net.mkdir(parents=True)
    head = "Iface\tDestination\tGateway\tFlags\n"
    (net / "route").write_text(head + ("" if route is None else f"eth0\t00000000\t{route}\t0003\n"))
    (net / "arp").write_text("IP address HW type Flags\n" + ("" if arp is None else f"127.0.0.1 0x1 {arp} 00:00:5e:00:53:01\n"))
    return root


def outcomes(settings: SyncSettings, root: Path = Path("/")) -> dict[WayStep, StepOutcome]:
    return {one.step: one.outcome for one in walk(settings, root)}


def test_every_step_to_a_city_that_is_there_holds(settings: SyncSettings) -> None:
    walked = outcomes(settings)
    assert all(outcome.holds for outcome in walked.values())
    assert [walked[step] for step in (WayStep.CONNECTION, WayStep.TLS, WayStep.CITY, WayStep.CLOCK)] == [HOLDS] * 4


def test_a_terminal_that_was_withdrawn_sees_at_the_last_step_that_it_is_not_let_in(settings: SyncSettings, city: StandInCity) -> None:
    city.terminals.clear()
    *before, last = walk(settings)
    assert all(one.outcome.holds for one in before)
    assert (last.step, last.outcome, last.fact) == (WayStep.ADMISSION, StepOutcome.NOT_LET_IN, "unsigned")


def test_without_a_cable_nothing_else_is_tried(settings: SyncSettings, tmp_path: Path) -> None:
    walked = outcomes(replace(settings, url=AFAR), kernel(tmp_path / "root", carrier="0"))
    assert walked == {WayStep.CABLE: FAILED, **dict.fromkeys(list(WayStep)[1:], NOT_TRIED)}


def test_a_card_that_is_down_and_does_not_even_say_so_is_no_cable(settings: SyncSettings, tmp_path: Path) -> None:
    assert outcomes(replace(settings, url=AFAR), kernel(tmp_path / "root", carrier=None))[WayStep.CABLE] is FAILED


def test_without_an_address_the_way_ends_there(settings: SyncSettings, tmp_path: Path) -> None:
    walked = outcomes(replace(settings, url=AFAR), kernel(tmp_path / "root", route=None))
    assert (walked[WayStep.CABLE], walked[WayStep.ADDRESS], walked[WayStep.GATEWAY]) == (HOLDS, FAILED, NOT_TRIED)


def test_a_gateway_that_never_told_its_hardware_address_is_dead(
    settings: SyncSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.way.GATEWAY_WITHIN_S", 0.1)
    walked = outcomes(replace(settings, url=AFAR), kernel(tmp_path / "root", arp="0x0"))
    assert (walked[WayStep.ADDRESS], walked[WayStep.GATEWAY], walked[WayStep.NAME]) == (HOLDS, FAILED, NOT_TRIED)


def test_a_name_that_nobody_knows(settings: SyncSettings, tmp_path: Path) -> None:
    steps = list(walk(replace(settings, url=AFAR), kernel(tmp_path / "root", arp="0x2")))
    assert steps[2].outcome is HOLDS
    assert steps[3].step is WayStep.NAME
    assert (steps[3].outcome, steps[3].fact) == (FAILED, "city.invalid")
    assert steps[4] == Walked(WayStep.PROXY, NOT_TRIED)


def test_a_port_that_is_closed(settings: SyncSettings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    walked = outcomes(replace(settings, url=f"https://127.0.0.1:{port}"))
    assert (walked[WayStep.CONNECTION], walked[WayStep.TLS]) == (FAILED, NOT_TRIED)


def test_somebody_who_poses_as_the_city_is_found_at_the_handshake(settings: SyncSettings, tmp_path: Path) -> None:
    impostor = StandInCity(tmp_path / "impostor")
    try:
        walked = outcomes(replace(settings, url=impostor.url))
    finally:
        impostor.stop()
    assert (walked[WayStep.TLS], walked[WayStep.CITY]) == (StepOutcome.WRONG_CERTIFICATE, NOT_TRIED)


def test_a_port_that_takes_connections_and_says_nothing_of_tls(settings: SyncSettings) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(4)
        mute.settimeout(10)
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        steps = walk(replace(settings, url=url))
        seen = {}
        for one in steps:
            seen[one.step] = one.outcome
            if one.step is WayStep.CONNECTION:
                mute.close()  # the next one is refused in the middle
    assert seen[WayStep.CONNECTION] is HOLDS
    assert seen[WayStep.TLS] is FAILED


def test_a_missing_authority_is_said_where_it_is_used(settings: SyncSettings, tmp_path: Path) -> None:
    steps = list(walk(replace(settings, ca_file=tmp_path / "no-such.pem")))
    assert (steps[6].outcome, steps[6].fact) == (StepOutcome.WRONG_CERTIFICATE, str(tmp_path / "no-such.pem"))


def test_a_clock_that_is_months_off_is_the_last_step(settings: SyncSettings, city: StandInCity) -> None:
    city.ahead = timedelta(days=40)
    assert outcomes(settings)[WayStep.CLOCK] is StepOutcome.OUT_OF_DATE
