"""The keeper: what it does for whom, what it does not, and the end of a terminal through it, on paper."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.bench import Bench
from kiosk.config import Config, load, places
from kiosk.devices import workers
from kiosk.keeping import rights_of
from kiosk.machine.keeper import (
    SOCKET,
    AdmitStick,
    Denied,
    Did,
    EndTerminal,
    GoBack,
    Granted,
    HasNone,
    InstallOffStick,
    Keeper,
    KeeperError,
    OpenGrant,
)
from kiosk.machine.keeping import GRANT_S, Keeping
from kiosk.maintenance.machine import MachineAct, MachineOutcome
from kiosk.maintenance.machine_work import MachineWork
from kiosk.sandbox import Sandbox, make_sandbox
from kiosk.workshop import machine_tools, parts_of
from peripherals.secret import Secret
from tests.kiosk.machine.keeper_ground import CARD, PIN, door, kept
from tests.kiosk.machine.test_decommission import hand_in

TERMINAL = "SY-DEMO-0001"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return make_sandbox(tmp_path_factory.mktemp("kept") / "sandbox")


@pytest.fixture
def file(made: Sandbox, tmp_path: Path) -> Path:
    """The configuration of a terminal of its own for each test."""
    shutil.copytree(made.config.parent, tmp_path / "terminal")
    return tmp_path / "terminal" / "kiosk.toml"


@pytest.fixture
def config(file: Path, tmp_path: Path) -> Config:
    (tmp_path / "stick").mkdir()
    config = load(file)
    return msgspec.structs.replace(config, terminal=msgspec.structs.replace(config.terminal, stick=tmp_path / "stick"))


@pytest.fixture
def keeper(config: Config, file: Path) -> Iterator[Keeper]:
    with kept(config, file, places(config).sockets / SOCKET) as keeper:
        yield keeper


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def keeping(config: Config, file: Path, tmp_path: Path, clock: list[float]) -> Keeping:
    return Keeping(door(tmp_path), rights_of(config, file), lambda: clock[0])


def granted(keeping: Keeping) -> str:
    answer = keeping.answer(OpenGrant(CARD.reveal(), PIN))
    assert isinstance(answer, Granted)
    return answer.grant


def test_only_somebody_with_card_and_pin_gets_a_grant(keeping: Keeping) -> None:
    assert isinstance(keeping.answer(OpenGrant("", PIN)), Denied), "a PIN is no one-time code"
    assert isinstance(keeping.answer(OpenGrant(CARD.reveal(), "000000")), Denied)
    assert isinstance(keeping.answer(OpenGrant("04FFFFFFFF", PIN)), Denied)
    assert granted(keeping)


def test_pins_are_not_guessed_over_the_socket(keeping: Keeping, config: Config, file: Path, tmp_path: Path) -> None:
    for guess in range(5):
        keeping.answer(OpenGrant(CARD.reveal(), f"{guess:06d}"))
    assert isinstance(keeping.answer(OpenGrant(CARD.reveal(), PIN)), Denied), "locked, whatever is right"
    again = Keeping(door(tmp_path), rights_of(config, file))
    assert isinstance(again.answer(OpenGrant(CARD.reveal(), PIN)), Denied), "a restart gives no tries back"


@pytest.mark.parametrize("order", [AdmitStick, InstallOffStick, GoBack, lambda grant: EndTerminal(grant, TERMINAL, 0)])
@pytest.mark.parametrize("grant", ["", "guessed", "旧"])
def test_without_a_grant_nothing_is_done(keeping: Keeping, file: Path, order: type[InstallOffStick], grant: str) -> None:
    assert isinstance(keeping.answer(order(grant)), Denied)
    granted(keeping)
    assert isinstance(keeping.answer(order(grant)), Denied)
    assert file.exists()


def test_a_technicians_grant_is_not_an_engineers(keeping: Keeping, file: Path) -> None:
    answer = keeping.answer(OpenGrant("04A1B2C3D4", "493817"))
    assert isinstance(answer, Granted)
    for order in (InstallOffStick(answer.grant), GoBack(answer.grant), EndTerminal(answer.grant, TERMINAL, 0)):
        assert isinstance(keeping.answer(order), Denied)
    assert file.exists()


def test_a_grant_is_over_by_itself(keeping: Keeping, clock: list[float]) -> None:
    grant = granted(keeping)
    clock[0] = GRANT_S - 1
    assert isinstance(keeping.answer(GoBack(grant)), HasNone), "held, and there is no update channel here"
    clock[0] = GRANT_S
    assert isinstance(keeping.answer(GoBack(grant)), Denied)


def test_the_next_one_s_failure_takes_the_last_one_s_grant(keeping: Keeping) -> None:
    grant = granted(keeping)
    keeping.answer(OpenGrant(CARD.reveal(), "000000"))
    assert isinstance(keeping.answer(GoBack(grant)), Denied)


def test_another_terminal_s_number_ends_none(keeping: Keeping, file: Path) -> None:
    assert keeping.answer(EndTerminal(granted(keeping), "SY-HP-0173", 0)) == Did("other_terminal")
    assert file.exists()


def test_nothing_of_a_card_is_shown_by_an_order() -> None:
    assert PIN not in repr(OpenGrant(CARD.reveal(), PIN))
    assert CARD.reveal() not in repr(OpenGrant(CARD.reveal(), PIN))


@pytest.mark.parametrize("sent", [b"", b"\x00\x00\x00\x02\xff\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x09garbage!!"])
def test_what_is_no_order_is_hung_up_on_and_the_next_is_served(keeper: Keeper, config: Config, sent: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        here = os.open(places(config).sockets, os.O_PATH)
        line.connect(f"/proc/self/fd/{here}/{SOCKET}")
        os.close(here)
        line.settimeout(20)
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        assert line.recv(10) == b""
    keeper.sign_in(CARD, Secret(PIN))
    assert keeper.end("SY-HP-0173", 0).word == "other_terminal"


def test_with_no_keeper_there_nothing_is_done(config: Config, tmp_path: Path) -> None:
    nobody = Keeper(tmp_path / SOCKET)
    nobody.sign_in(CARD, Secret(PIN))
    nobody.sign_out()
    with pytest.raises(KeeperError):
        nobody.end(TERMINAL, 0)
    assert work(config, nobody).do(MachineAct.END).outcome is MachineOutcome.NO_KEEPER


def work(config: Config, keeper: Keeper) -> MachineWork:
    return MachineWork(machine_tools(config, parts_of(config), keeper))


def test_the_end_destroys_all_and_comes_out_on_paper(config: Config, file: Path, keeper: Keeper) -> None:
    keeper.sign_in(CARD, Secret(PIN))
    with Bench(config) as bench, workers(config, file):
        done = work(config, keeper).do(MachineAct.END)
        assert (done.outcome, len(done.fact)) == (MachineOutcome.DONE, 16)
        assert list(bench.receipts.iterdir())
    own = places(config)
    assert not file.exists()
    left = [path for path in own.folder.rglob("*") if path.is_file() and not path.is_relative_to(own.sockets)]
    assert left == []


def test_a_proof_that_is_not_printed_is_told_on_the_glass(config: Config, file: Path, keeper: Keeper) -> None:
    keeper.sign_in(CARD, Secret(PIN))
    done = work(config, keeper).do(MachineAct.END)
    assert (done.outcome, len(done.fact)) == (MachineOutcome.NOT_PRINTED, 16)
    assert not file.exists()


def test_what_waits_is_not_destroyed_unless_it_was_carried_away(made: Sandbox, config: Config, file: Path, keeper: Keeper) -> None:
    hand_in(made, file)
    keeper.sign_in(CARD, Secret(PIN))
    machine = work(config, keeper)
    done = machine.do(MachineAct.END)
    assert (done.outcome, done.fact) == (MachineOutcome.WAITING, "1")
    assert file.exists()
    exported = places(config).maintenance / "exported.json"
    exported.parent.mkdir(parents=True, exist_ok=True)
    exported.write_text("[]")
    assert machine.do(MachineAct.END).outcome is MachineOutcome.WAITING, "something else was exported"


def test_the_command_serves_until_it_is_told_to_end(file: Path, config: Config) -> None:
    keeping = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "machine", "keep", "--config", str(file), "--json"], stdout=subprocess.PIPE, text=True
    )
    try:
        path = places(config).sockets / SOCKET
        arrived = threading.Event()
        for _ in range(600):
            if path.exists() or arrived.wait(0.1):
                break
        assert path.stat().st_mode & 0o007 == 0
        assert isinstance(Keeper(path).ask(GoBack("guessed")), Denied)
        keeping.terminate()
        assert '"stopped"' in keeping.communicate(timeout=60)[0]
    finally:
        keeping.kill()
        keeping.wait()
