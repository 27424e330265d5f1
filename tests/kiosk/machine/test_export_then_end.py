"""A terminal with a dead line is ended: refused while something waits, allowed once that is on a stick, which the city takes in."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from kiosk.config import Config, load, places, sync_settings
from kiosk.machine.keeper import SOCKET
from kiosk.maintenance.machine import MachineAct, MachineOutcome
from kiosk.maintenance.machine_work import MachineWork
from kiosk.sandbox import Sandbox, make_sandbox
from kiosk.workshop import machine_tools, parts_of
from peripherals.secret import Secret
from sync.loop import run
from sync.wake import wake
from tests.city.test_command import city
from tests.kiosk.machine.keeper_ground import CARD, PIN, kept
from tests.kiosk.machine.test_decommission import CANARY, hand_in


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return make_sandbox(tmp_path_factory.mktemp("ended") / "sandbox")


@pytest.fixture
def file(made: Sandbox, tmp_path: Path) -> Path:
    shutil.copytree(made.config.parent, tmp_path / "terminal")
    return tmp_path / "terminal" / "kiosk.toml"


@pytest.fixture
def config(file: Path, tmp_path: Path) -> Config:
    (tmp_path / "stick").mkdir()
    config = load(file)
    return msgspec.structs.replace(config, terminal=msgspec.structs.replace(config.terminal, stick=tmp_path / "stick"))


@contextmanager
def sending(config: Config) -> Iterator[None]:
    """The sending process; nobody answers it, for the city does not serve. On a machine the keeper stops its unit before the end."""
    settings, stop = sync_settings(config), threading.Event()
    thread = threading.Thread(target=run, args=(settings, stop))
    thread.start()
    pause = threading.Event()
    for _ in range(600):
        if settings.ask_socket.exists() or pause.wait(0.1):
            break
    try:
        yield
    finally:
        stop.set()
        wake(settings.outbox)
        thread.join()


def test_what_waited_is_carried_away_before_the_terminal_ends(made: Sandbox, file: Path, config: Config) -> None:
    hand_in(made, file)
    with kept(config, file, places(config).sockets / SOCKET) as keeper:
        keeper.sign_in(CARD, Secret(PIN))
        work = MachineWork(machine_tools(config, parts_of(config), keeper))
        with sending(config):
            assert work.do(MachineAct.END).outcome is MachineOutcome.WAITING
            exported = work.do(MachineAct.EXPORT)
            assert (exported.outcome, exported.fact) == (MachineOutcome.DONE, "1")
            hand_in(made, file)
            assert work.do(MachineAct.END).outcome is MachineOutcome.WAITING, "one more came since"
            exported = work.do(MachineAct.EXPORT)
            assert (exported.outcome, exported.fact) == (MachineOutcome.DONE, "2")
        ended = work.do(MachineAct.END)
        assert ended.outcome is MachineOutcome.NOT_PRINTED, "no printer runs here; its number is on the glass"
    assert not file.exists()
    assert not any(CANARY.encode() in path.read_bytes() for path in config.terminal.stick.rglob("*") if path.is_file())
    taken = json.loads(city("receive", "--data", made.city, "--from", config.terminal.stick, "--json").stdout)
    assert (taken["status"], taken["new"], taken["known"]) == ("done", 2, 1), "the first is on both lists, and counts once"
