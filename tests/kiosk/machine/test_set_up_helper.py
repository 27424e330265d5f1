"""The helper with rights: it does three things for the wizard, believes nothing that does not decode, and always answers."""

import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from kiosk.machine.network import CABLE, DOT1X, Network
from kiosk.machine.set_up_helper import Done, Request, answer, apply_network, ask, carry_out, kept_network
from kiosk.maintenance.set_up import Answers, SetUpStep
from kiosk.maintenance.set_up_files import SetUpPlace, keep_answers
from tests.kiosk.maintenance.set_up_ground import ground

ZONE = ZoneInfo("Asia/Shanghai")
WIRED = Network(has_dot1x=True, identity="kiosk-0173", password="sample")


class Machine:
    """The programs that the helper runs, and what they did."""

    def __init__(self, *, fails: bool = False) -> None:
        self.ran: list[tuple[str, ...]] = []
        self._fails = fails

    def __call__(self, words: Sequence[str]) -> None:
        self.ran.append(tuple(words))
        if self._fails:
            raise subprocess.CalledProcessError(1, list(words))


@pytest.fixture
def place(tmp_path: Path) -> SetUpPlace:
    return ground(tmp_path)


def test_a_network_is_kept_and_in_use_at_once(place: SetUpPlace, tmp_path: Path) -> None:
    ask(place.requests, Request.NETWORK, msgspec.json.encode(WIRED))
    machine = Machine()
    assert carry_out(place, ZONE, tmp_path / "run", machine) == (Request.NETWORK,)
    assert answer(place.requests, Request.NETWORK, 1) == Done()
    assert not (place.requests / "network.json").exists()
    assert ("networkctl", "reload") in machine.ran
    assert ("systemctl", "restart", "kiosk-wired.service") in machine.ran
    assert (tmp_path / "run/systemd/network" / CABLE).exists()
    secret = tmp_path / "run/kiosk-prepare" / DOT1X
    assert secret.stat().st_mode & 0o077 == 0, "nobody else reads the port's password"


def test_each_boot_uses_what_was_kept_and_drops_what_was_before(place: SetUpPlace, tmp_path: Path) -> None:
    kept = kept_network(place.config)
    kept.write_bytes(msgspec.json.encode(WIRED))
    assert apply_network(kept, tmp_path / "run", Machine())
    kept.write_bytes(msgspec.json.encode(Network()))
    machine = Machine()
    assert apply_network(kept, tmp_path / "run", machine)
    assert not (tmp_path / "run/kiosk-prepare" / DOT1X).exists()
    assert ("systemctl", "stop", "kiosk-wired.service") in machine.ran


def test_a_machine_that_was_never_set_up_keeps_the_image_s_network(place: SetUpPlace, tmp_path: Path) -> None:
    machine = Machine()
    assert not apply_network(kept_network(place.config), tmp_path / "run", machine)
    assert machine.ran == []


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"is_fixed": true}', b'{"command": "rm"}', b'{"has_dot1x": true, "identity": "a", "password": "\\" x"}', b"x" * 40_000],
)
def test_a_network_that_cannot_be_used_is_neither_kept_nor_set(place: SetUpPlace, tmp_path: Path, content: bytes) -> None:
    ask(place.requests, Request.NETWORK, content)
    machine = Machine()
    carry_out(place, ZONE, tmp_path / "run", machine)
    told = answer(place.requests, Request.NETWORK, 1)
    assert told is not None
    assert told.trouble
    assert machine.ran == []
    assert not kept_network(place.config).exists()


def test_a_daemon_that_refuses_is_told(place: SetUpPlace, tmp_path: Path) -> None:
    ask(place.requests, Request.NETWORK, msgspec.json.encode(Network()))
    carry_out(place, ZONE, tmp_path / "run", Machine(fails=True))
    told = answer(place.requests, Request.NETWORK, 1)
    assert told is not None
    assert "networkctl" in told.trouble


def test_a_time_that_is_none_sets_no_clock(place: SetUpPlace, tmp_path: Path) -> None:
    ask(place.requests, Request.CLOCK, b'{"to": "yesterday"}')
    carry_out(place, ZONE, tmp_path / "run", Machine())
    told = answer(place.requests, Request.CLOCK, 1)
    assert told is not None
    assert told.trouble


def test_a_request_that_is_a_link_is_left_alone(place: SetUpPlace, tmp_path: Path) -> None:
    place.requests.mkdir(parents=True)
    (tmp_path / "elsewhere").write_bytes(msgspec.json.encode(Network()))
    (place.requests / "network.json").symlink_to(tmp_path / "elsewhere")
    assert carry_out(place, ZONE, tmp_path / "run", Machine()) == ()


def test_nobody_answers_and_the_request_is_taken_back(place: SetUpPlace) -> None:
    ask(place.requests, Request.NETWORK, b"{}")
    assert answer(place.requests, Request.NETWORK, 0.0) is None
    assert not (place.requests / "network.json").exists()


def test_putting_in_force_needs_no_answer(place: SetUpPlace, tmp_path: Path) -> None:
    from kiosk.maintenance.set_up_files import write_candidate

    answers = Answers(step=SetUpStep.TRIAL, city="city.example.org", terminal="SY-TEST-0001", place="样例社区", is_admitted=True)
    keep_answers(place, answers)
    write_candidate(place, answers)
    ask(place.requests, Request.FINISH, b"{}")
    helper = threading.Thread(target=carry_out, args=(place, ZONE, tmp_path / "run", Machine()))
    helper.start()
    assert answer(place.requests, Request.FINISH, 20, place.config.exists) == Done()
    helper.join(20)
    assert not place.folder.exists()


def test_what_cannot_be_put_in_force_is_told(place: SetUpPlace, tmp_path: Path) -> None:
    ask(place.requests, Request.FINISH, b"{}")
    carry_out(place, ZONE, tmp_path / "run", Machine())
    told = answer(place.requests, Request.FINISH, 1, place.config.exists)
    assert told is not None
    assert told.trouble
    assert not place.config.exists()
